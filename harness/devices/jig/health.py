"""What the self-test asks of a jig (model.jig_ports.JigHealth)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from harness.devices.jig.asking import MOST_READINGS, Asking
from harness.devices.jig.replies import (
    Interlock,
    Position,
    read_date,
    read_interlock,
    read_position,
    read_time,
)
from harness.devices.scpi.replies import read_whole
from harness.errors import JigFault, OperatorStop
from harness.errors.base import LineFault
from harness.model.jig_ports import JigIdentity


class HealthPort:
    """A jig under one lease, as its self-test sees it."""

    def __init__(self, asking: Asking) -> None:
        self._ask = asking

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(self._ask.dialect.channels)

    def can(self, ability: str) -> bool:
        return self._ask.dialect.can(ability)

    def identify(self) -> JigIdentity:
        return self._ask.sure("identify", self._ask.exchange.identify)

    def self_test(self) -> int:
        return self._ask.steady("self_test", read_whole)

    def echo(self, text: str) -> str:
        return self._ask.query("echo", {"value": text}, str)

    def interlock(self) -> str:
        return self._ask.steady("interlock", read_interlock).value

    def prove_interlock(self) -> bool:
        """With the supply at 0 V, so that an interlock that fails puts nothing on the contacts.

        Nobody else has the line meanwhile: the open loop is no accident.

        Raises: JigFault(JIG-INTERLOCK), OperatorStop(JIG-EMERGENCY) when it is open before;
        JigFault(JIG-STUCK) when it does not open, or not close again.
        """
        ask = self._ask
        with ask.exchange.turn():
            ask.require_interlock(ask.verb("break_interlock").text)
            ask.set_voltage(0.0)
            try:
                self._loop("break_interlock", Interlock.OPEN)
                return self._refuses_power()
            finally:
                ask.switch("output_off", "output", {}, on=False)
                self._loop("restore_interlock", Interlock.CLOSED)

    def resistance_ohm(self, channel: str) -> float:
        return self._ask.reading("resistance", channel, "ohm")

    def illuminance_lx(self) -> float:
        return self._ask.reading("illuminance", None, "lx")

    def contact_cycles(self) -> int:
        return self._ask.steady("cycles", read_whole)

    def calibrated(self) -> date:
        return self._ask.steady("calibrated", read_date)

    def calibration_due(self) -> date:
        return self._ask.steady("calibration_due", read_date)

    def clock(self) -> datetime:
        """Its day and its time twice: they agree when no more has passed than asking takes.

        Raises: JigFault(JIG-UNSTABLE) when no two agree.
        """
        said = [self._day_and_time()]
        while len(said) < MOST_READINGS:
            said.append(self._day_and_time())
            before, now = said[-2:]
            if 0 <= (now - before).total_seconds() <= _ASKING_TAKES_S:
                return now
        words = [f"{each:%F %T}" for each in said]
        message = f"no two readings of the jig's clock agree: {words}"
        raise JigFault("JIG-UNSTABLE", message, evidence={"received": words})

    def shielded(self) -> bool:
        return self._ask.steady("shield", read_position) is Position.CLOSED

    def _day_and_time(self) -> datetime:
        """The time first: when midnight passes in between it is a day too late, and agrees not."""
        at: time = self._ask.query("time", {}, read_time)
        return datetime.combine(self._ask.steady("date", read_date), at, UTC)

    def _refuses_power(self) -> bool:
        """Whether the jig itself refuses power: the driver would not even ask it to."""
        verb = self._ask.verb("output_on")
        try:
            unsure = self._ask.exchange.command(verb.text, verb.limit_s, verb.done)
        except LineFault as fault:
            if fault.kind != "REFUSED":
                raise
            unsure = None
        if unsure:
            raise unsure
        return self._ask.flag("output", {}) is False

    def _loop(self, verb: str, wanted: Interlock) -> None:
        def shown() -> Interlock:
            found = self._ask.query("interlock", {}, read_interlock)
            if found is Interlock.EMERGENCY:
                words = f"the jig's emergency stop was pressed at {self._ask.verb(verb).text}"
                raise OperatorStop("JIG-EMERGENCY", words, evidence={"interlock": found.value})
            return found

        self._ask.change(verb, {}, shown, lambda found: found is wanted)


_ASKING_TAKES_S = 3.0
"""Two readings of a clock of whole seconds are no more apart [s]: each takes a few queries."""
