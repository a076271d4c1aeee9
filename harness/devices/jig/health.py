"""What the self-test asks of a jig (model.ports.JigHealth)."""

from __future__ import annotations

from datetime import UTC, date, datetime

from harness.devices.jig.asking import Asking
from harness.devices.jig.replies import (
    Interlock,
    Position,
    read_date,
    read_interlock,
    read_position,
    read_time,
)
from harness.errors import JigFault
from harness.errors.base import LineFault
from harness.model.ports import JigIdentity


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
        return self._ask.exchange.identify()

    def self_test(self) -> int:
        return self._whole("self_test")

    def echo(self, text: str) -> str:
        return self._ask.query("echo", {"value": text}, str)

    def interlock(self) -> str:
        return self._ask.steady("interlock", read_interlock).value

    def prove_interlock(self) -> bool:
        """With the supply at 0 V, so that an interlock that fails puts nothing on the contacts.

        Raises: JigFault(JIG-STUCK) when the loop does not open or close again.
        """
        verbs = self._ask.verb
        self._ask.exchange.command(verbs("set_voltage").text.format(value="0"))
        self._loop("break_interlock", Interlock.OPEN)
        try:
            return self._refuses_power()
        finally:
            self._ask.exchange.command(verbs("output_off").text)
            self._loop("restore_interlock", Interlock.CLOSED)

    def resistance_ohm(self, channel: str) -> float:
        return self._ask.reading("resistance", channel, "ohm")

    def illuminance_lx(self) -> float:
        return self._ask.reading("illuminance", None, "lx")

    def contact_cycles(self) -> int:
        return self._whole("cycles")

    def calibrated(self) -> date:
        return self._ask.steady("calibrated", read_date)

    def calibration_due(self) -> date:
        return self._ask.steady("calibration_due", read_date)

    def clock(self) -> datetime:
        """Asked again when midnight passes between the day and the time."""
        day = self._ask.steady("date", read_date)
        while True:
            at = self._ask.query("time", {}, read_time)
            again = self._ask.steady("date", read_date)
            if day == again:
                return datetime.combine(day, at, UTC)
            day = again

    def shielded(self) -> bool:
        return self._ask.steady("shield", read_position) is Position.CLOSED

    def _refuses_power(self) -> bool:
        """Whether the jig itself refuses power: the driver would not even ask it to."""
        command = self._ask.verb("output_on").text
        try:
            garbled = self._ask.exchange.command(command)
        except LineFault as fault:
            if fault.kind != "REFUSED":
                raise
            garbled = None
        if garbled:
            raise garbled
        return self._ask.flag("output", {}) is False

    def _loop(self, verb: str, wanted: Interlock) -> None:
        def shown() -> Interlock:
            return self._ask.query("interlock", {}, read_interlock)

        self._ask.change(verb, {}, shown, lambda found: found is wanted)

    def _whole(self, verb: str) -> int:
        number = self._ask.reading(verb, None, "1")
        if number != int(number):
            message = f"{verb} is {number}, expected a whole number"
            raise JigFault("JIG-GARBLED", message, evidence={"received": str(number)})
        return int(number)
