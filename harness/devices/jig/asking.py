"""Asking a jig for its values and states, and changing them, in the words of its dialect."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from harness.devices.jig.dialect import Dialect
from harness.devices.jig.replies import Interlock, read_interlock
from harness.devices.scpi.change import change
from harness.devices.scpi.exchange import Exchange
from harness.devices.scpi.replies import OVERRANGE, read_flag, read_number
from harness.devices.scpi.verb import Verb
from harness.errors import HarnessError, JigFault, OperatorStop, PlanError
from harness.model.value import spoken

T = TypeVar("T")

MOST_READINGS = 6
"""How many readings are taken before they are called unstable."""

SET_TOLERANCE_V = 0.002
"""How far a supply may round the voltage that it was told [V]."""


class Asking:
    """A jig under one lease, for those that know what its values and states mean.

    A command is sent once; then the state that it asks for must show. When its acknowledgement
    is garbled, that state alone decides. Where lines have no frames, what decides a verdict is
    read twice, because a changed digit would not show.
    """

    def __init__(self, exchange: Exchange, dialect: Dialect) -> None:
        self.exchange = exchange
        self.dialect = dialect

    def verb(self, name: str) -> Verb:
        """How the jig spells a verb.

        Raises: PlanError(PLAN-DEVICE) when it has none.
        """
        try:
            return self.dialect.verbs[name]
        except KeyError:
            message = f"a jig that speaks {self.dialect.name} has no verb {name!r}"
            raise PlanError("PLAN-DEVICE", message) from None

    def change(
        self,
        name: str,
        gaps: dict[str, object],
        shown: Callable[[], T],
        met: Callable[[T], bool],
    ) -> None:
        """Send a command once and wait until the state that it asks for shows."""
        verb = self.verb(name)
        command = verb.text.format(**gaps)

        def guard() -> None:
            if verb.guarded:
                self.require_interlock(command)

        change(self.exchange, command, verb.limit_s, shown, met, guard, verb.done)

    def require_interlock(self, command: str) -> None:
        """Raises: JigFault(JIG-INTERLOCK), OperatorStop(JIG-EMERGENCY) unless it is closed."""
        if stopped := self.interlock_stops(f"at {command}", command=command):
            raise stopped

    def interlock_stops(self, when: str, **evidence: str) -> HarnessError | None:
        """Why nothing may move or be powered now; None while the interlock is closed."""
        interlock = self.query("interlock", {}, read_interlock)
        evidence = {**evidence, "interlock": interlock.value}
        if interlock is Interlock.OPEN:
            words = f"the jig's interlock is open {when}"
            return JigFault("JIG-INTERLOCK", words, evidence=evidence)
        if interlock is Interlock.EMERGENCY:
            words = f"the jig's emergency stop is pressed {when}"
            return OperatorStop("JIG-EMERGENCY", words, evidence=evidence)
        return None

    def set_voltage(self, voltage_v: float) -> None:
        """Tell the supply a voltage [V], which it must then show."""
        scale, _ = self.dialect.scale("voltage_set")
        self.change(
            "set_voltage",
            {"value": f"{scale.number(voltage_v):.4f}"},
            lambda: scale.value(self.query("voltage_set", {}, read_number)),
            lambda set_v: abs(set_v - voltage_v) <= SET_TOLERANCE_V,
        )

    def switch(self, verb: str, state: str, gaps: dict[str, object], *, on: bool) -> None:
        """Switch something, whose state must then show it."""
        self.change(verb, gaps, lambda: self.flag(state, gaps), lambda shown: shown is on)

    def reading(self, name: str, channel: str | None, symbol: str) -> float:
        """A value: two readings that are the same, or the median of three of which two agree.

        A mean would spread a changed digit over the result; a median leaves it out. One reading
        is enough where no changed digit goes unseen.
        """
        first = self.number(name, channel)
        if self.exchange.framed:
            return first
        taken = [first, self.number(name, channel)]
        if taken[0] == taken[1]:
            return taken[0]
        while len(taken) < MOST_READINGS:
            taken.append(self.number(name, channel))
            low, median, high = sorted(taken[-3:])
            if self._agree(low, median) or self._agree(median, high):
                return median
        on = f" on {channel}" if channel else ""
        words = ", ".join(map(spoken, taken))
        raise JigFault(
            "JIG-UNSTABLE",
            f"{name}{on}: no two readings agree: {words} {symbol}",
            evidence={"channel": channel, "readings": taken, "unit": symbol},
        )

    def steady(self, name: str, read: Callable[[str], T]) -> T:
        """What a query brings twice in a row; once where no changed digit goes unseen.

        Raises: JigFault(JIG-UNSTABLE) when no two replies are the same.
        """
        return self.sure(name, lambda: self.query(name, {}, read))

    def sure(self, name: str, ask: Callable[[], T]) -> T:
        """What asking brings, as `steady` has it."""
        said = [ask()]
        while not self.exchange.framed:
            said.append(ask())
            if said[-1] == said[-2]:
                break
            if len(said) == MOST_READINGS:
                words = [str(each) for each in said]
                message = f"{name}: no two replies are the same: {words}"
                raise JigFault("JIG-UNSTABLE", message, evidence={"received": words})
        return said[-1]

    def number(self, name: str, channel: str | None = None) -> float:
        """One reading of a value, in its unit."""
        number = self.query(name, self.at(channel) if channel else {}, read_number)
        if abs(number) >= OVERRANGE:
            on = f" on {channel}" if channel else ""
            raise JigFault(
                "JIG-REFUSED",
                f"{name}{on} is over the range of the jig's meter",
                evidence={"channel": channel, "received": str(number)},
            )
        own, correction = self.dialect.scale(name, channel)
        return correction.value(own.value(number))

    def flag(self, name: str, gaps: dict[str, object]) -> bool | None:
        """A state of one digit; None when it was another one the second time."""
        first = self.query(name, gaps, read_flag)
        if self.exchange.framed:
            return first
        return first if self.query(name, gaps, read_flag) == first else None

    def query(self, name: str, gaps: dict[str, object], read: Callable[[str], T]) -> T:
        """The reply to a verb, in the words of the core."""
        verb = self.verb(name)
        return self.exchange.query(
            verb.text.format(**gaps), verb.limit_s, lambda text: read(verb.said(text))
        )

    def at(self, channel: str) -> dict[str, object]:
        """What stands for a channel in the text of a verb.

        Raises: PlanError(PLAN-DEVICE) when the jig has no such channel.
        """
        try:
            return {"channel": self.dialect.channels[channel]}
        except KeyError:
            known = ", ".join(self.dialect.channels) or "none"
            message = f"the jig has no channel {channel!r}; it has {known}"
            raise PlanError("PLAN-DEVICE", message) from None

    def _agree(self, first: float, second: float) -> bool:
        return self.dialect.readings.holds(first, second)
