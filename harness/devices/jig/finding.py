"""Finding a jig by who it says that it is, on whichever port of the PC it answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.clock import Deadline
from harness.devices.jig.dialect import Dialect
from harness.devices.jig.who import Answer, ask_ports, close_all
from harness.devices.link import ByteLink
from harness.errors import HarnessError, JigFault

Ports = Callable[[], Sequence[str]]
"""Names the ports that are there now; those of a PC come and go."""

SPARE_S = 1.0
"""What a search may take beyond the time in which a jig must say who it is [s]."""
_TURN_S = 3.0
"""How long a search waits for others to end: with its own time, less than an abort's grace [s]."""
_AGAIN_S = 0.1
"""How soon a port is tried again that another program holds, perhaps to look as well [s]."""
_REMEDY = "Plug the jig in and switch it on; `harness jig list` shows who answers where."


@dataclass(frozen=True, slots=True)
class _Search:
    """What one search for a jig goes by, and what has answered so far."""

    serial: str
    dialect: Dialect
    deadline: Deadline
    since_s: float
    """Since when it waits for its turn: what others have found from then on is news to it, too."""
    answers: dict[str, Answer]

    @property
    def way(self) -> tuple[object, ...]:
        """By what one kind of jig is asked who it is otherwise than another."""
        verb = self.dialect.verbs["identify"]
        return self.dialect.baud, self.dialect.terminator, verb.text, self.dialect.identity

    @property
    def held(self) -> list[str]:
        """The ports that other programs hold."""
        return [answer.port for answer in self.answers.values() if answer.held]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the last search of one way has found."""

    began_s: float
    listed: Sequence[str]
    answers: Sequence[Answer]
    whole: bool
    """Whether every port had its full time, and its jig was on none."""


class JigFinder:
    """Gives each jig of a station the port on which it answers.

    A port that it has given out is left alone until it is closed, one that hangs until it has come
    back, and `apart`, which belong to others, always. What answered where is kept: as long as no
    port has come or gone, a jig is looked for where it was, and if it is not there, everywhere.
    """

    def __init__(self, ports: Ports, apart: Collection[str] = ()) -> None:
        self._ports = ports
        self._apart = {_real(port) for port in apart}
        self._lock = threading.Lock()
        self._given_out: set[str] = set()
        self._hanging: dict[str, Answer] = {}
        self._seen: dict[tuple[object, ...], _Seen] = {}

    def open(self, serial: str, dialect: Dialect) -> ByteLink:
        """The port of the jig with this serial, open.

        Raises: JigFault(JIG-ABSENT) with what answers where, JIG-TWIN when two say that they are
        this one.
        """
        turn, answers = Deadline(_TURN_S), dict[str, Answer]()
        while True:
            since_s = time.monotonic()
            with self._turn(serial, turn):
                search = _Search(serial, dialect, Deadline(_limit_s(dialect)), since_s, answers)
                if found := self._where_it_was(search) or self._searched(search):
                    return self._given(found)
            if not search.held or turn.left_s() < _AGAIN_S:
                raise _absent(search)
            time.sleep(_AGAIN_S)

    def look(self, dialect: Dialect) -> list[Answer]:
        """What answers on each port that is free; all are closed again."""
        answers = self._asked(self._free(), dialect, Deadline(_limit_s(dialect)))
        close_all(answers)
        return answers

    @contextmanager
    def _turn(self, serial: str, deadline: Deadline) -> Iterator[None]:
        """One search asks at a time: two would find each other's ports held."""
        if not self._lock.acquire(timeout=max(deadline.left_s(), 0)):
            words = f"the jig {serial} was not looked for: the search for others took all the time"
            raise JigFault("JIG-ABSENT", words, evidence={"serial": serial}, remedy=_REMEDY)
        try:
            yield
        finally:
            self._lock.release()

    def _free(self) -> list[str]:
        """The ports that are there and nobody's, each once, whatever links lead to it."""
        by_target = {_real(port): port for port in reversed(self._ports())}
        taken = self._apart | self._given_out
        return sorted(port for real, port in by_target.items() if real not in taken)

    def _where_it_was(self, search: _Search) -> Answer | None:
        """The jig on the one port where the last search saw it; None when that is not plain."""
        seen = self._seen.get(search.way)
        if not seen or not self._unchanged(seen):
            return None
        ports = [answer.port for answer in seen.answers if answer.serial == search.serial]
        if len(ports) != 1 or ports[0] not in self._free():
            return None
        (answer,) = self._asked(ports, search.dialect, search.deadline)
        if answer.serial == search.serial:
            return answer
        close_all([answer])
        return None

    def _searched(self, search: _Search) -> Answer | None:
        """The jig, asked for on every free port: last on those where others were seen."""
        if known := self._known(search):
            search.answers.update((answer.port, answer) for answer in known)
            return None
        last = self._answered_otherwise(search)
        began_s, listed, free = time.monotonic(), list(self._ports()), self._free()
        answers: list[Answer] = []
        for ports in ([each for each in free if each not in last], last & set(free)):
            answers += self._asked(sorted(ports), search.dialect, search.deadline, search.serial)
            if found := [answer for answer in answers if answer.serial == search.serial]:
                break
        whole = not found and not any(answer.cut and not answer.hangs for answer in answers)
        self._seen[search.way] = _Seen(began_s, listed, answers, whole)
        search.answers.update((answer.port, answer) for answer in answers)
        close_all(answer for answer in answers if found != [answer])
        if len(found) > 1:
            raise _twins(search.serial, found)
        return found[0] if found else None

    def _asked(
        self, ports: Sequence[str], dialect: Dialect, deadline: Deadline, wanted: str | None = None
    ) -> list[Answer]:
        """As ask_ports, but for ports that hang since an earlier search: none is opened twice."""
        hanging = {port: each for port, each in self._hanging.items() if each.hangs}
        quick = [port for port in ports if _real(port) not in hanging]
        new = {each.port: each for each in ask_ports(quick, dialect, deadline, wanted)}
        self._hanging = hanging | {_real(port): each for port, each in new.items() if each.hangs}
        return [new.get(port) or hanging[_real(port)] for port in ports]

    def _known(self, search: _Search) -> Sequence[Answer]:
        """What every free port has just said to another search, begun while this one waited.

        Else the jigs of several slots that are switched off would each take a whole search, and
        one that is there would wait for all of them. Empty when this jig may be among them.
        """
        seen = self._seen.get(search.way)
        if not seen or not seen.whole or seen.began_s < search.since_s:
            return ()
        here = any(answer.serial == search.serial for answer in seen.answers)
        asked = {answer.port for answer in seen.answers}
        return () if here or not asked.issuperset(self._free()) else seen.answers

    def _answered_otherwise(self, search: _Search) -> set[str]:
        """Ports on which a jig of another language was seen."""
        return {
            answer.port
            for way, seen in self._seen.items()
            if way != search.way and self._unchanged(seen)
            for answer in seen.answers
            if answer.serial
        }

    def _unchanged(self, seen: _Seen) -> bool:
        """Whether the ports that are there now are those of that search."""
        return list(self._ports()) == seen.listed

    def _given(self, found: Answer) -> ByteLink:
        assert found.link, "who answers does so on a port that is open"
        real = _real(found.port)
        self._given_out.add(real)
        return _GivenOut(found.port, found.link, lambda: self._given_out.discard(real))


@dataclass(slots=True)
class _GivenOut:
    """A port that is left alone until it is closed."""

    name: str
    link: ByteLink
    give_back: Callable[[], None]

    def write(self, data: bytes) -> None:
        self.link.write(data)

    def read(self, timeout_s: float) -> bytes:
        return self.link.read(timeout_s)

    def close(self) -> None:
        self.link.close()
        self.give_back()


def _limit_s(dialect: Dialect) -> float:
    return dialect.verbs["identify"].limit_s + SPARE_S


def _real(port: str) -> str:
    """The port itself, whatever link leads to it."""
    return port if "://" in port else str(Path(port).resolve())


def _twins(serial: str, found: Sequence[Answer]) -> JigFault:
    ports = [each.port for each in found]
    words = f"the jig {serial} answers on {' and on '.join(ports)}"
    return JigFault("JIG-TWIN", words, evidence={"serial": serial, "ports": ports})


def _absent(search: _Search) -> JigFault:
    """Its remedy is that of a port on which the jig may be and that could not be asked."""
    answers = search.answers.values()
    barred = [each.said for each in answers if isinstance(each.said, JigFault)]
    own = [fault.remedy for fault in barred if fault.remedy != JigFault.codes[fault.code].remedy]
    told = [str(each) for each in answers if not each.held]
    if search.held:
        told.insert(0, f"other programs, such as a running station, hold {', '.join(search.held)}")
    return JigFault(
        "JIG-ABSENT",
        f"the jig {search.serial} answers on no free serial port: "
        f"{'; '.join(told) or 'there is none'}",
        evidence={
            "serial": search.serial,
            "sent": search.dialect.verbs["identify"].text,
            "ports": {each.port: _said(each) for each in answers},
        },
        remedy=own[0] if own else _REMEDY,
    )


def _said(answer: Answer) -> str:
    if isinstance(answer.said, HarnessError):
        return str(answer.said)
    return f"{answer.said.maker},{answer.said.model},{answer.said.serial}"
