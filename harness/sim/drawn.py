"""Units of a scenario that are not told one by one: good ones, and a share with a defect each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from random import Random


@dataclass(frozen=True, slots=True)
class Drawn:
    """Units whose serials count up from `first`; `defects` are shares of 1, of those that have one.

    A unit has at most one defect. Which follows from the scenario's seed and its serial alone.
    """

    first: str
    defects: Mapping[str, float] = field(default_factory=dict)

    def serials(self) -> Iterator[str]:
        """Their serials, until the digits at their end are used up."""
        head = self.first.rstrip("0123456789")
        digits = len(self.first) - len(head)
        for number in count(int("0" + self.first[len(head) :])):
            if len(str(number)) > digits:
                return
            yield f"{head}{number:0{digits}}"

    def defect_of(self, serial: str, seed: int) -> str | None:
        """What is planted in the unit with this serial; None in a good one."""
        left = Random(f"drawn {seed} {serial}").random()  # noqa: S311 (it must repeat)
        for name, share in self.defects.items():
            left -= share
            if left < 0:
                return name
        return None
