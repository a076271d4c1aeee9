"""What steps may do with a jig, and what its self-test asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class JigIdentity:
    """What a jig says of itself (`*IDN?`, IEEE 488.2 clause 10.14)."""

    maker: str
    model: str
    serial: str
    firmware: str


@runtime_checkable
class Jig(Protocol):
    """A test jig: a fixture that closes on the handset, relays, a supply and a meter."""

    def identify(self) -> JigIdentity:
        """Ask who it is."""
        ...

    def close(self) -> None:
        """Close the fixture on the handset; returns when it says that it is closed."""
        ...

    def open(self) -> None:
        """Open the fixture; returns when it says that it is open."""
        ...

    def supply(self, voltage_v: float) -> None:
        """Set the supply's voltage [V] and switch its output on."""
        ...

    def supply_off(self) -> None:
        """Switch the supply's output off."""
        ...

    def connect(self, channel: str) -> None:
        """Close the relay of a channel, such as `vbus`."""
        ...

    def disconnect(self, channel: str) -> None:
        """Open the relay of a channel."""
        ...

    def show(self, field: Literal["chart", "flat"]) -> None:
        """Bring the chart or the flat field before the camera; returns when it is there."""
        ...

    def light(self, level_pct: float) -> None:
        """Set the light of the light box [% of its calibrated full light]; 0 is dark."""
        ...

    def voltage_v(self, channel: str) -> float:
        """Voltage on a channel [V], read until two readings agree."""
        ...

    def current_a(self, channel: str) -> float:
        """Current through a channel [A], read until two readings agree."""
        ...


@runtime_checkable
class JigHealth(Protocol):
    """A jig as its self-test sees it: what it says of itself, and what it can prove.

    What is asked of a jig that has not the ability is PlanError(PLAN-DEVICE).
    """

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels that it has."""
        ...

    def can(self, ability: str) -> bool:
        """Whether it has an ability, such as `supply`, `ohmmeter` or `calibration`."""
        ...

    def identify(self) -> JigIdentity:
        """Ask who it is."""
        ...

    def self_test(self) -> int:
        """Have it test itself (`*TST?`, IEEE 488.2 clause 10.38); 0 when it has passed."""
        ...

    def echo(self, text: str) -> str:
        """What it says when it is told to say a text: shows the line in both directions."""
        ...

    def interlock(self) -> str:
        """OPEN, CLOSED or EMERGENCY."""
        ...

    def prove_interlock(self) -> bool:
        """Open the interlock loop by its test relay; whether the jig then refuses power itself.

        Raises: JigFault(JIG-INTERLOCK), OperatorStop(JIG-EMERGENCY) when it is not closed before;
        JigFault(JIG-STUCK).
        """
        ...

    def resistance_ohm(self, channel: str) -> float:
        """Resistance of a channel's relay and contact [ohm], read until two readings agree."""
        ...

    def illuminance_lx(self) -> float:
        """The light of the light box at its own sensor [lx]."""
        ...

    def contact_cycles(self) -> int:
        """How often its contacts have closed since they were new."""
        ...

    def calibrated(self) -> date:
        """The day of its last calibration."""
        ...

    def calibration_due(self) -> date:
        """The day until which its calibration holds."""
        ...

    def clock(self) -> datetime:
        """What its own clock says, in UTC."""
        ...

    def shielded(self) -> bool:
        """Whether its shield is closed."""
        ...
