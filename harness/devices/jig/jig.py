"""A jig on a serial line: what steps may do with it, and how it is made safe."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

from harness.clock import Cancel, Deadline, Lease
from harness.devices.jig.dialect import CORE, Dialect
from harness.devices.jig.exchange import Exchange
from harness.devices.jig.replies import (
    OVERRANGE,
    Contact,
    read_contact,
    read_flag,
    read_number,
)
from harness.devices.jig.wire import Wire
from harness.devices.serial import SerialLink
from harness.errors import HarnessError, JigFault, PlanError
from harness.model.ports import JigIdentity

T = TypeVar("T")

STATE_POLL_S = 0.02
"""How often a state is asked for until it shows [s]."""

PAIRS = 3
"""How often a pair of readings is taken before they are called unstable."""

_SET_TOLERANCE_V = 0.002
"""How far a supply may round the voltage that it was told [V]."""


class SerialJig:
    """A jig found by its port and, with `serial`, held to its identity.

    Opens the port when it is first used, and again after it was lost.
    """

    def __init__(self, url: str, dialect: Dialect = CORE, *, serial: str | None = None) -> None:
        self._wire = Wire(url, lambda: SerialLink(url, dialect.baud), dialect.terminator)
        self._dialect = dialect
        self._serial = serial

    def under(self, lease: Lease) -> JigPort:
        """The jig for as long as the lease holds."""
        return JigPort(Exchange(self._wire, self._dialect, lease, self._serial), self._dialect)

    def make_safe(self, deadline: Deadline) -> None:
        """Switch the supply off and open the relays, shown by asking; moves no mechanics.

        Whatever jig answers is made safe. Tried a second time over a freshly opened port.

        Raises: JigFault(JIG-UNSAFE) with the cause when it cannot be shown.
        """
        first: HarnessError | None = None
        try:
            try:
                self._make_safe(deadline.sooner(deadline.left_s() / 2))
            except HarnessError as fault:
                first = fault
                self._make_safe(deadline, afresh=True)
        except HarnessError as fault:
            faults = [str(each) for each in (first, fault) if each]
            raise JigFault(
                "JIG-UNSAFE",
                f"the jig on {self._wire.name} could not be shown to be safe: {fault}",
                evidence={"port": self._wire.name, "faults": faults, "cause": fault.evidence},
            ) from fault

    def shut(self) -> None:
        """Close the port. Only its owner calls this, when no run is on."""
        with self._wire.lock:
            self._wire.close()

    def _make_safe(self, deadline: Deadline, *, afresh: bool = False) -> None:
        exchange = Exchange(self._wire, self._dialect, Lease(deadline, Cancel()), None)
        safe = self._dialect.verbs["safe"].text
        with exchange.turn():
            if afresh:
                exchange.hang_up()
            if not self._wire.in_step:
                exchange.shout(safe)  # at once: a jig that cannot answer may still hear
            exchange.tell(safe)
            JigPort(exchange, self._dialect).require_safe()


class JigPort:
    """A jig under one lease (model.ports.Jig).

    A command is sent once; then the state that it asks for must show. When its acknowledgement
    is garbled, that state alone decides.
    """

    def __init__(self, exchange: Exchange, dialect: Dialect) -> None:
        self._exchange = exchange
        self._dialect = dialect

    def identify(self) -> JigIdentity:
        return self._exchange.identify()

    def close(self) -> None:
        """Raises: JigFault(JIG-INTERLOCK | JIG-STUCK | ...)."""
        self._change("close", {}, self._fixture, lambda state: state is Contact.CLOSED)

    def open(self) -> None:
        """Raises: JigFault(JIG-INTERLOCK | JIG-STUCK | ...)."""
        self._change("open", {}, self._fixture, lambda state: state is Contact.OPEN)

    def supply(self, voltage_v: float) -> None:
        """The voltage is read back before the output is switched on.

        Raises: JigFault(JIG-INTERLOCK | JIG-STUCK | ...); ValueError when it is no voltage.
        """
        if not math.isfinite(voltage_v):
            raise ValueError(f"no voltage: {voltage_v}")
        self._change(
            "set_voltage",
            {"value": f"{voltage_v:.4f}"},
            lambda: self._ask("voltage_set", {}, read_number),
            lambda set_v: abs(set_v - voltage_v) <= _SET_TOLERANCE_V,
        )
        self._change("output_on", {}, lambda: self._flag("output", {}), lambda on: on is True)

    def supply_off(self) -> None:
        self._change("output_off", {}, lambda: self._flag("output", {}), lambda on: on is False)

    def connect(self, channel: str) -> None:
        at = self._at(channel)
        self._change("connect", at, lambda: self._flag("relay", at), lambda on: on is True)

    def disconnect(self, channel: str) -> None:
        at = self._at(channel)
        self._change("disconnect", at, lambda: self._flag("relay", at), lambda on: on is False)

    def voltage_v(self, channel: str) -> float:
        return self._reading("voltage", channel, "V")

    def current_a(self, channel: str) -> float:
        return self._reading("current", channel, "A")

    def require_safe(self) -> None:
        """Raises: JigFault(JIG-STUCK) when the supply is on or a relay is closed."""
        on = [] if self._flag("output", {}) is False else ["supply"]
        on += [
            channel
            for channel in self._dialect.channels
            if self._flag("relay", self._at(channel)) is not False
        ]
        if on:
            raise JigFault("JIG-STUCK", f"still on: {', '.join(on)}", evidence={"on": on})

    def _change(
        self,
        name: str,
        gaps: dict[str, object],
        shown: Callable[[], T],
        met: Callable[[T], bool],
    ) -> None:
        """Send a command once and wait until the state that it asks for shows."""
        verb = self._dialect.verbs[name]
        command = verb.text.format(**gaps)
        lease = self._exchange.lease
        if verb.guarded:
            self._require_interlock(command)
        garbled = self._tell(command)
        deadline = lease.sooner(verb.limit_s)
        while not met(state := shown()):
            if deadline.expired():
                raise garbled or JigFault(
                    "JIG-STUCK",
                    f"{command}: still {state} after {verb.limit_s:g} s",
                    evidence={"sent": command, "state": str(state), "limit_s": verb.limit_s},
                )
            lease.sleep(min(STATE_POLL_S, max(deadline.left_s(), 0.0)))
            if verb.guarded:
                self._require_interlock(command)

    def _tell(self, command: str) -> JigFault | None:
        """Send a command; the fault when only its acknowledgement is garbled."""
        try:
            self._exchange.tell(command)
        except JigFault as fault:
            if fault.code != "JIG-GARBLED" or "command" not in fault.evidence:
                raise
            return fault
        return None

    def _require_interlock(self, command: str) -> None:
        if self._ask("interlock", {}, read_contact) is not Contact.CLOSED:
            raise JigFault(
                "JIG-INTERLOCK",
                f"the jig's interlock is open at {command}",
                evidence={"command": command, "interlock": "OPEN"},
            )

    def _reading(self, name: str, channel: str, symbol: str) -> float:
        """The mean of two readings in a row that agree."""
        taken: list[float] = []
        for _ in range(PAIRS):
            first, second = (self._number(name, channel) for _ in range(2))
            if self._dialect.readings.holds(first, second):
                return (first + second) / 2
            taken += first, second
        raise JigFault(
            "JIG-UNSTABLE",
            f"{name} on {channel}: no two readings agree: {taken} {symbol}",
            evidence={"channel": channel, "readings": taken, "unit": symbol},
        )

    def _number(self, name: str, channel: str) -> float:
        number = self._ask(name, self._at(channel), read_number)
        if abs(number) >= OVERRANGE:
            raise JigFault(
                "JIG-REFUSED",
                f"{name} on {channel} is over the range of the jig's meter",
                evidence={"channel": channel, "received": str(number)},
            )
        return number

    def _fixture(self) -> Contact:
        return self._ask("fixture", {}, read_contact)

    def _flag(self, name: str, gaps: dict[str, object]) -> bool | None:
        """A state of one digit, asked twice because a changed digit would not show."""
        first, second = (self._ask(name, gaps, read_flag) for _ in range(2))
        return first if first == second else None

    def _ask(self, name: str, gaps: dict[str, object], read: Callable[[str], T]) -> T:
        verb = self._dialect.verbs[name]
        return self._exchange.ask(verb.text.format(**gaps), verb.limit_s, read)

    def _at(self, channel: str) -> dict[str, object]:
        try:
            return {"channel": self._dialect.channels[channel]}
        except KeyError:
            raise PlanError(
                "PLAN-DEVICE",
                f"the jig has no channel {channel!r}; it has {', '.join(self._dialect.channels)}",
            ) from None
