"""A jig on a serial line: what steps may do with it, and how it is made safe."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, TypeVar

from harness.clock import Cancel, Deadline, Lease
from harness.devices.jig.dialect import CORE, Dialect
from harness.devices.jig.replies import Field, Position, read_field, read_position
from harness.devices.link import ByteLink
from harness.devices.scpi.change import change
from harness.devices.scpi.exchange import ANYONE, Exchange, Expected
from harness.devices.scpi.replies import OVERRANGE, read_flag, read_number
from harness.devices.scpi.wire import Wire
from harness.devices.serial import SerialLink
from harness.errors import HarnessError, JigFault, PlanError
from harness.model.ports import JigIdentity

T = TypeVar("T")

MOST_READINGS = 6
"""How many readings are taken before they are called unstable."""

_SET_TOLERANCE_V = 0.002
"""How far a supply may round the voltage that it was told [V]."""

_LIGHT_TOLERANCE_PCT = 0.5
"""How far a light box may round the level that it was told [% of full light]."""

_FIELDS = {"chart": Field.CHART, "flat": Field.FLAT}


class SerialJig:
    """A jig found by its port, and held to the identity that is expected of it.

    Opens the port when it is first used, and again after it was lost.
    """

    def __init__(
        self,
        url: str,
        dialect: Dialect = CORE,
        *,
        expected: Expected = ANYONE,
        open_link: Callable[[], ByteLink] | None = None,
    ) -> None:
        """`open_link` opens a line of another kind than a serial port, which `url` only names."""
        opening = open_link or (lambda: SerialLink(url, dialect.baud))
        self._wire = Wire(url, opening, dialect.terminator, JigFault)
        self._dialect = dialect
        self._expected = expected

    def for_run(self) -> SerialJig:
        return self

    def under(self, lease: Lease) -> JigPort:
        """The jig for as long as the lease holds."""
        exchange = Exchange(self._wire, self._dialect.verbs, lease, self._expected)
        return JigPort(exchange, self._dialect)

    def make_safe(self, deadline: Deadline) -> None:
        """Switch the supply off and open the relays, shown by asking; moves no mechanics.

        The light box stays as it is: it endangers nobody, and every step that needs it sets it.

        Whatever jig answers is made safe. Tried a second time over a freshly opened port.

        Raises: JigFault(JIG-UNSAFE) with the cause when it cannot be shown.
        """
        faults: list[HarnessError] = []
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
        exchange = Exchange(self._wire, self._dialect.verbs, lease, ANYONE)
        safe = self._dialect.verbs["safe"].text
        with exchange.turn():
            try:
                if not self._wire.in_step:
                    exchange.write(safe)  # at once: a jig that cannot answer may still hear
                if garbled := exchange.command(safe):
                    raise garbled
                JigPort(exchange, self._dialect).require_safe()
            except HarnessError:
                self._wire.close()  # the next try opens the port afresh
                raise


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
        self._change("close", {}, self._fixture, lambda state: state is Position.CLOSED)

    def open(self) -> None:
        """Raises: JigFault(JIG-INTERLOCK | JIG-STUCK | ...)."""
        self._change("open", {}, self._fixture, lambda state: state is Position.OPEN)

    def supply(self, voltage_v: float) -> None:
        """The voltage is read back before the output is switched on.

        Raises: JigFault(JIG-INTERLOCK | JIG-STUCK | ...); ValueError when it is no voltage.
        """
        if not math.isfinite(voltage_v):
            raise ValueError(f"no voltage: {voltage_v}")
        self._change(
            "set_voltage",
            {"value": f"{voltage_v:.4f}"},
            lambda: self._query("voltage_set", {}, read_number),
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

    def show(self, field: Literal["chart", "flat"]) -> None:
        """Raises: JigFault(JIG-INTERLOCK | JIG-STUCK | ...); ValueError when it is no field."""
        if field not in _FIELDS:
            raise ValueError(f"no field of the light box: {field!r}, there are chart and flat")
        wanted = _FIELDS[field]
        self._change("show", {"value": wanted.value}, self._field, lambda shown: shown is wanted)

    def light(self, level_pct: float) -> None:
        """The level is read back.

        Raises: JigFault(JIG-STUCK | ...); ValueError when it is no level from 0 to 100 %.
        """
        if not 0 <= level_pct <= 100:
            raise ValueError(f"no level of light: {level_pct} %, it goes from 0 to 100 %")
        self._change(
            "light",
            {"value": f"{level_pct:.1f}"},
            lambda: self._query("light_set", {}, read_number),
            lambda set_pct: abs(set_pct - level_pct) <= _LIGHT_TOLERANCE_PCT,
        )

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

        def guard() -> None:
            if verb.guarded:
                self._require_interlock(command)

        change(self._exchange, command, verb.limit_s, shown, met, guard)

    def _require_interlock(self, command: str) -> None:
        interlock = self._query("interlock", {}, read_position)
        if interlock is not Position.CLOSED:
            raise JigFault(
                "JIG-INTERLOCK",
                f"the jig's interlock is {interlock.lower()} at {command}",
                evidence={"command": command, "interlock": interlock.value},
            )

    def _reading(self, name: str, channel: str, symbol: str) -> float:
        """Two readings that are the same, or the median of the last three when two of them agree.

        A mean would spread a changed digit over the result; a median leaves it out.
        """
        taken = [self._number(name, channel) for _ in range(2)]
        if taken[0] == taken[1]:
            return taken[0]
        while len(taken) < MOST_READINGS:
            taken.append(self._number(name, channel))
            low, median, high = sorted(taken[-3:])
            if self._agree(low, median) or self._agree(median, high):
                return median
        raise JigFault(
            "JIG-UNSTABLE",
            f"{name} on {channel}: no two readings agree: {taken} {symbol}",
            evidence={"channel": channel, "readings": taken, "unit": symbol},
        )

    def _agree(self, first: float, second: float) -> bool:
        return self._dialect.readings.holds(first, second)

    def _number(self, name: str, channel: str) -> float:
        number = self._query(name, self._at(channel), read_number)
        if abs(number) >= OVERRANGE:
            raise JigFault(
                "JIG-REFUSED",
                f"{name} on {channel} is over the range of the jig's meter",
                evidence={"channel": channel, "received": str(number)},
            )
        return number

    def _fixture(self) -> Position:
        return self._query("fixture", {}, read_position)

    def _field(self) -> Field:
        return self._query("shown", {}, read_field)

    def _flag(self, name: str, gaps: dict[str, object]) -> bool | None:
        """A state of one digit, asked twice because a changed digit would not show."""
        first, second = (self._query(name, gaps, read_flag) for _ in range(2))
        return first if first == second else None

    def _query(self, name: str, gaps: dict[str, object], read: Callable[[str], T]) -> T:
        verb = self._dialect.verbs[name]
        return self._exchange.query(verb.text.format(**gaps), verb.limit_s, read)

    def _at(self, channel: str) -> dict[str, object]:
        try:
            return {"channel": self._dialect.channels[channel]}
        except KeyError:
            raise PlanError(
                "PLAN-DEVICE",
                f"the jig has no channel {channel!r}; it has {', '.join(self._dialect.channels)}",
            ) from None
