"""What the driver of a battery says of its current, as amperes into the battery. Pure.

The kernel's ABI (testing/sysfs-class-power) asks for microampere, positive while charging, since
2020 only: of older drivers the sign goes by the model, of some the unit too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from harness.devices.android.power_supply import SURELY_UA, PowerSupply
from harness.model.reading import Reading, Unknown, Unreadable

PrintedIn = Literal["unsaid", "uA", "mA"]
"""The unit in which the model's driver prints its current; unsaid where nobody has looked."""
Charging = Literal["unsaid", "positive", "negative"]
"""The sign of the current that charges, as the model's driver prints it."""
_PER_A = {"uA": 1_000_000, "mA": 1_000}

Raw = Reading[int]


@dataclass(frozen=True, slots=True)
class Gauge:
    """What a plan knows of the driver of its model."""

    printed_in: str
    charging: str

    def current_a(self, raws: Sequence[Raw]) -> Reading[float]:
        """The mean [A]; into the battery where the sign is said, else with the driver's own.

        Unknown where the unit is not said and the numbers leave it open.
        """
        printed = mean(raws)
        if not isinstance(printed, int | float):
            return printed
        per_a = self._per_a([raw for raw in raws if isinstance(raw, int)])
        if not isinstance(per_a, int):
            return per_a
        return (-printed if self.charging == "negative" else printed) / per_a

    def into_battery_a(self, raws: Sequence[Raw]) -> Reading[float]:
        """As `current_a`; unknown where the sign is not said."""
        if self.charging == "unsaid":
            return Unknown("the plan does not say which sign the current that charges has")
        return self.current_a(raws)

    def _per_a(self, numbers: Sequence[int]) -> Reading[int]:
        largest = max(numbers, key=abs)
        if self.printed_in == "unsaid" and abs(largest) < SURELY_UA:
            return Unknown(f"{largest} may be uA or mA")
        return _PER_A.get(self.printed_in, _PER_A["uA"])


def mean(readings: Sequence[Reading[int]] | Sequence[Reading[float]]) -> Reading[float]:
    """The mean; what one of them lacks, it lacks too."""
    numbers = [each for each in readings if isinstance(each, int | float)]
    if len(numbers) < len(readings):
        return next(each for each in readings if not isinstance(each, int | float))
    return sum(numbers) / len(numbers) if numbers else Unreadable("no reading of it")


def raw_of(supply: Reading[PowerSupply]) -> Raw:
    """The current as the driver prints it."""
    return supply.current_now_raw if isinstance(supply, PowerSupply) else supply


def less(one: Reading[float], other: Reading[float]) -> Reading[float]:
    """The difference; what one of the two lacks, it lacks too."""
    if not isinstance(one, int | float):
        return one
    return one - other if isinstance(other, int | float) else other
