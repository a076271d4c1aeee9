"""A jig on a serial line: its port, the leases of it, and how it is made safe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass

from harness.clock import Cancel, Deadline, Lease
from harness.devices.jig.asking import Asking
from harness.devices.jig.dialect import CORE, Dialect
from harness.devices.jig.health import HealthPort
from harness.devices.jig.port import JigPort
from harness.devices.jig.watch import Watch
from harness.devices.link import ByteLink
from harness.devices.scpi.exchange import ANYONE, Exchange, Expected
from harness.devices.scpi.verb import Verb
from harness.devices.scpi.wire import Wire
from harness.devices.serial import SerialLink
from harness.errors import HarnessError, JigFault


class SerialJig:
    """A jig found by its port, and held to the identity that is expected of it.

    Opens the port when it is first used, and again after it was lost.
    """

    def __init__(
        self,
        name: str,
        dialect: Dialect = CORE,
        *,
        expected: Expected = ANYONE,
        open_link: Callable[[], ByteLink] | None = None,
    ) -> None:
        """`open_link` opens its port, which is else the serial port of this name.

        It is called anew after the port was lost, and may find the jig on another.
        """
        open_port = open_link or (lambda: SerialLink(name, dialect.baud))
        self._wire = Wire(name, open_port, dialect.terminator, JigFault)
        self._dialect = dialect
        self._expected = expected
        self._watch: Watch | None = None

    @property
    def port(self) -> str:
        """Where it is, or was last; its name until it was found."""
        return self._wire.name

    def for_run(self) -> SerialJig:
        return self

    def under(self, lease: Lease) -> JigPort:
        """The jig for as long as the lease holds."""
        return JigPort(self.asked(lease))

    def asked(self, lease: Lease) -> Asking:
        """The jig in the words of its dialect, for as long as the lease holds.

        Raises: JigFault(JIG-LOST) when its line was lost in the run that it is watched for.
        """
        asking = self._asking(lease)
        if self._watch:
            self._watch.begin(asking)
        return asking

    def watch(self, stop: Cancel) -> Watch:
        self._wire.forgive()
        self._watch = Watch(self._wire, self._asking, self._rest, stop)
        return self._watch

    def make_safe(self, deadline: Deadline) -> None:
        """Switch the supply off and open the relays, shown by asking; moves no mechanics.

        A jig that puts voltage on nothing is safe as it is, and is not asked.

        The light box stays as it is: it endangers nobody, and every step that needs it sets it.

        Whatever jig answers is made safe. Tried a second time over a freshly opened port.

        Raises: JigFault(JIG-UNSAFE) with the cause when it cannot be shown.
        """
        faults: list[HarnessError] = []
        with self._watch.aside() if self._watch else nullcontext():
            for limit_s in (deadline.left_s() / 2, None):
                try:
                    return self._make_safe(Lease(deadline.sooner(limit_s), Cancel()))
                except HarnessError as fault:
                    faults.append(fault)
        raise JigFault(
            "JIG-UNSAFE",
            f"the jig on {self._wire.name} could not be shown to be safe: {faults[-1]}",
            evidence={
                "port": self._wire.name,
                "faults": [str(fault) for fault in faults],
                "cause": faults[-1].evidence,
            },
        ) from faults[-1]

    def shut(self) -> None:
        """Close the port. Only its owner calls this, when no run is on."""
        self._wire.shut()

    def _make_safe(self, lease: Lease) -> None:
        asking = self._asking(lease, ANYONE)
        with asking.exchange.turn():
            try:
                self._switch_off(asking.exchange)
                JigPort(asking).require_safe()
            except HarnessError:
                self._wire.close()  # the next try opens the port afresh
                raise

    def _rest(self, lease: Lease) -> None:
        exchange = self._asking(lease, ANYONE).exchange
        with exchange.turn():
            self._switch_off(exchange)

    def _switch_off(self, exchange: Exchange) -> None:
        """Whether a garbled acknowledgement was one, the state tells."""
        for verb, command in self._safe_commands():
            if not self._wire.in_step:
                exchange.write(command)  # a jig that cannot answer may still hear
            exchange.command(command, verb.limit_s, verb.done)

    def _asking(self, lease: Lease, expected: Expected | None = None) -> Asking:
        language = self._dialect.language()
        exchange = Exchange(self._wire, language, lease, expected or self._expected)
        return Asking(exchange, self._dialect)

    def _safe_commands(self) -> Iterator[tuple[Verb, str]]:
        """What drives it safe; nothing for a jig that puts voltage on nothing."""
        for name in self._dialect.electrical if self._dialect.powers else ():
            verb = self._dialect.verbs[name]
            if name == "disconnect":
                for at in self._dialect.channels.values():
                    yield verb, verb.text.format(channel=at)
            else:
                yield verb, verb.text


@dataclass(frozen=True, slots=True)
class JigHealthOf:
    """The same jig as its self-test sees it (engine Device); the jig itself is made safe."""

    jig: SerialJig

    def for_run(self) -> JigHealthOf:
        return self

    def under(self, lease: Lease) -> HealthPort:
        return HealthPort(self.jig.asked(lease))

    def make_safe(self, _deadline: Deadline) -> None:
        """Nothing beyond what the jig does."""
