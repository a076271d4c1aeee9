"""What product steps do with a jig (model.jig_ports.Jig)."""

from __future__ import annotations

import math
from typing import Literal

from harness.devices.jig.asking import Asking
from harness.devices.jig.replies import Field, Position, read_field, read_position
from harness.devices.scpi.replies import read_number
from harness.errors import JigFault
from harness.model.jig_ports import JigIdentity

_LIGHT_TOLERANCE_PCT = 0.5
"""How far a light box may round the level that it was told [% of full light]."""

_FIELDS = {"chart": Field.CHART, "flat": Field.FLAT}


class JigPort:
    """A jig under one lease."""

    def __init__(self, asking: Asking) -> None:
        self._ask = asking

    def identify(self) -> JigIdentity:
        return self._ask.exchange.identify()

    def close(self) -> None:
        """Raises: JigFault(JIG-INTERLOCK | JIG-STUCK | ...)."""
        self._ask.change("close", {}, self._fixture, lambda state: state is Position.CLOSED)

    def open(self) -> None:
        """Raises: JigFault(JIG-INTERLOCK | JIG-STUCK | ...)."""
        self._ask.change("open", {}, self._fixture, lambda state: state is Position.OPEN)

    def supply(self, voltage_v: float) -> None:
        """The voltage is read back before the output is switched on.

        Raises: JigFault(JIG-INTERLOCK | JIG-STUCK | ...); ValueError when it is no voltage.
        """
        if not math.isfinite(voltage_v):
            raise ValueError(f"no voltage: {voltage_v}")
        self._ask.set_voltage(voltage_v)
        self._ask.switch("output_on", "output", {}, on=True)

    def supply_off(self) -> None:
        self._ask.switch("output_off", "output", {}, on=False)

    def connect(self, channel: str) -> None:
        self._ask.switch("connect", "relay", self._ask.at(channel), on=True)

    def disconnect(self, channel: str) -> None:
        self._ask.switch("disconnect", "relay", self._ask.at(channel), on=False)

    def show(self, field: Literal["chart", "flat"]) -> None:
        """Raises: JigFault(JIG-INTERLOCK | JIG-STUCK | ...); ValueError when it is no field."""
        if field not in _FIELDS:
            raise ValueError(f"no field of the light box: {field!r}, there are chart and flat")
        wanted = _FIELDS[field]
        self._ask.change(
            "show", {"value": wanted.value}, self._field, lambda shown: shown is wanted
        )

    def light(self, level_pct: float) -> None:
        """The level is read back.

        Raises: JigFault(JIG-STUCK | ...); ValueError when it is no level from 0 to 100 %.
        """
        if not 0 <= level_pct <= 100:
            raise ValueError(f"no level of light: {level_pct} %, it goes from 0 to 100 %")
        self._ask.change(
            "light",
            {"value": f"{level_pct:.1f}"},
            lambda: self._ask.query("light_set", {}, read_number),
            lambda set_pct: abs(set_pct - level_pct) <= _LIGHT_TOLERANCE_PCT,
        )

    def voltage_v(self, channel: str) -> float:
        return self._ask.reading("voltage", channel, "V")

    def current_a(self, channel: str) -> float:
        return self._ask.reading("current", channel, "A")

    def require_safe(self) -> None:
        """Raises: JigFault(JIG-STUCK) when the supply is on or a relay is closed."""
        on = []
        if self._ask.dialect.can("supply") and self._ask.flag("output", {}) is not False:
            on.append("supply")
        if self._ask.dialect.can("relays"):
            on += [
                channel
                for channel in self._ask.dialect.channels
                if self._ask.flag("relay", self._ask.at(channel)) is not False
            ]
        if on:
            raise JigFault("JIG-STUCK", f"still on: {', '.join(on)}", evidence={"on": on})

    def _fixture(self) -> Position:
        return self._ask.query("fixture", {}, read_position)

    def _field(self) -> Field:
        return self._ask.query("shown", {}, read_field)
