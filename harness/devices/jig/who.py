"""Who answers on which port, asked of many at once.

Only its identity is asked for: nothing moves, nothing is powered, no error queue is touched.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from harness.clock import Cancel, Deadline, Lease
from harness.devices.jig.dialect import Dialect
from harness.devices.link import ByteLink
from harness.devices.scpi.exchange import ANYONE, Exchange
from harness.devices.scpi.language import Language
from harness.devices.scpi.wire import Wire
from harness.devices.serial import SerialLink
from harness.errors import HarnessError, JigFault
from harness.model.jig_ports import JigIdentity

TWIN_S = 0.3
"""How much longer than the jig itself another may take that says that it is the same one [s]."""
_HANGS_S = 0.5
"""A port that has not come back so long after its time is left behind [s]."""
_MOST_TIMES = 6
"""How often a port is asked until it has said the same twice."""
_HELD = (errno.EWOULDBLOCK, errno.EBUSY)


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answers on a port, or why nobody does; its link stays open while somebody does."""

    port: str
    said: JigIdentity | HarnessError
    link: ByteLink | None = None
    cut: bool = False
    """Whether the search ended before the port had its full time."""
    late: Future[Answer] | None = None
    """Who is still at a port that has not come back in its time, and will close it."""

    @property
    def hangs(self) -> bool:
        """Whether a thread is still at the port: until it is back, nobody else may open it."""
        return self.late is not None and not self.late.done()

    @property
    def serial(self) -> str | None:
        return self.said.serial if isinstance(self.said, JigIdentity) else None

    @property
    def held(self) -> bool:
        """Whether another program has the port."""
        cause = self.said.__cause__ if isinstance(self.said, HarnessError) else None
        return isinstance(cause, OSError) and cause.errno in _HELD

    def __str__(self) -> str:
        if isinstance(self.said, HarnessError):
            return f"{self.port}: {self.said.message}"
        return f"{self.port} is {self.said.maker} {self.said.model} {self.said.serial}"


def ask_ports(
    ports: Sequence[str], dialect: Dialect, deadline: Deadline, wanted: str | None = None
) -> list[Answer]:
    """Who answers on each of these ports, all asked at once.

    Once a jig with the serial that is `wanted` has, others have TWIN_S left.
    """
    if not ports:
        return []
    ended = Cancel()
    pool = ThreadPoolExecutor(len(ports), "find-jig")
    asked = {
        port: pool.submit(_ask, port, dialect, Lease(deadline, ended.child())) for port in ports
    }
    pending: set[Future[Answer]] = set(asked.values())
    until = deadline
    while pending and not until.expired():
        done, pending = wait(pending, until.left_s(), FIRST_COMPLETED)
        if wanted and any(each.result().serial == wanted for each in done):
            until = until.sooner(TWIN_S)
    ended.set(JigFault("JIG-TIMEOUT", "no reply in the time that the search had"))
    cut = set(pending)
    hanging = wait(pending, _HANGS_S).not_done
    pool.shutdown(wait=not hanging)  # a port whose driver hangs is left behind
    answers = [_answer_of(port, future) for port, future in asked.items()]
    return [
        replace(answer, cut=True) if future in cut else answer
        for answer, future in zip(answers, asked.values(), strict=True)
    ]


def close_all(answers: Iterable[Answer]) -> None:
    """Give their ports back."""
    for answer in answers:
        if answer.link:
            answer.link.close()


def _answer_of(port: str, asked: Future[Answer]) -> Answer:
    if asked.done():
        return asked.result()
    asked.add_done_callback(lambda late: close_all([late.result()]))
    words = f"the port {port} hangs: it does not open"
    return Answer(port, JigFault("JIG-TIMEOUT", words, evidence={"port": port}), late=asked)


def _ask(port: str, dialect: Dialect, lease: Lease) -> Answer:
    """Who answers, once it has said the same twice: noise makes other letters."""

    def opened() -> ByteLink:
        return SerialLink(port, dialect.baud)

    wire = Wire(port, opened, dialect.terminator, JigFault)
    exchange = Exchange(wire, _who_only(dialect), lease, ANYONE, grace_s=0.0)
    try:
        exchange.write(dialect.verbs["identify"].text)  # spoils half a line that it may have heard
        said = exchange.identify()
        for _ in range(_MOST_TIMES):
            before, said = said, exchange.identify()
            if said == before:
                return Answer(port, said, wire.open())
        words = f"{port} gives another identity each time: {before.serial}, then {said.serial}"
        raise JigFault("JIG-GARBLED", words, evidence={"port": port})
    except HarnessError as fault:
        wire.close()
        return Answer(port, fault)


def _who_only(dialect: Dialect) -> Language:
    """Of a language, what asks who it is: a stranger is told nothing else."""
    whole = dialect.language()
    only = {"identify": whole.verbs["identify"]}
    return Language(only, whole.answers, whole.unsolicited, whole.read_identity)
