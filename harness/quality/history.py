"""The values of one jig's self-tests in the order of their time. Pure.

Only like is put beside like: a calibration, another jig file, firmware, plan or limits begin a new
history, and so does another unit of a measurement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from harness.model.limits import Equals, Range, limit_of
from harness.model.selftest import Number, SelfTestRow

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Beginning:
    """When a history begins [UTC], and by what."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Series:
    """What one measurement of one step has shown, oldest first; the last is of the newest run.

    `low` and `high` are its acceptance limits, None where there is none.
    """

    low: float | None
    high: float | None
    beginning: Beginning
    numbers: tuple[Number, ...]

    @property
    def newest(self) -> Number:
        return self.numbers[-1]

    @property
    def limited(self) -> bool:
        """Whether it has a limit; of what is only recorded nobody has said how much matters."""
        return self.low is not None or self.high is not None

    @property
    def values(self) -> list[float]:
        return [number.value for number in self.numbers]


def series_of(runs: Sequence[SelfTestRow]) -> tuple[Series, ...]:
    """A series of each number that the last of these runs of one jig measured; oldest first."""
    beginning, like = _since_the_last_change(runs)
    series: dict[tuple[str, str, str], list[Number]] = {_key(n): [] for n in runs[-1].numbers}
    for run in like:
        for number in run.numbers:
            if (key := _key(number)) in series:
                series[key].append(number)
    return tuple(
        Series(*_bounds(numbers[-1]), beginning, tuple(numbers)) for numbers in series.values()
    )


def _since_the_last_change(
    runs: Sequence[SelfTestRow],
) -> tuple[Beginning, Sequence[SelfTestRow]]:
    """The newest runs that are like each other, and what began with the first of them."""
    made = list(_conditions(runs))
    for place in range(len(runs) - 1, 0, -1):
        if why := next(_changes(made[place - 1], made[place]), ""):
            return Beginning(runs[place].started, why), runs[place:]
    return Beginning(runs[0].started, "the first on record"), runs


class _Condition(NamedTuple):
    """What a run was made under; None for what nobody has told yet."""

    run: SelfTestRow
    calibrated: date | None
    firmware: str | None


def _conditions(runs: Iterable[SelfTestRow]) -> Iterator[_Condition]:
    """Of each run; one in which the jig did not tell is as the one before."""
    calibrated: date | None = None
    firmware: str | None = None
    for run in runs:
        calibrated = run.calibrated or calibrated
        firmware = run.firmware or firmware
        yield _Condition(run, calibrated, firmware)


def _changes(before: _Condition, after: _Condition) -> Iterator[str]:
    """What makes the values of two runs another thing."""
    (old, was, ran), (new, now, runs) = before, after
    if old.simulated != new.simulated:
        yield "simulated from then on" if new.simulated else "simulated until then"
    if was and now and abs(now - was) > _ONE_DAY:  # told in days, so midnight may add one
        yield f"calibrated on {now}"
    if old.plan_sha256 != new.plan_sha256:
        yield f"plan {new.plan} revision {new.revision}, or its limits"
    if old.jig_sha256 != new.jig_sha256:
        yield "another revision of its jig file"
    if ran and ran != runs:
        yield f"firmware {runs}"


def _key(number: Number) -> tuple[str, str, str]:
    return number.step, number.name, number.unit


def _bounds(number: Number) -> tuple[float | None, float | None]:
    """The acceptance limits of a number, where it has some."""
    try:
        limit = limit_of(number.limit)
    except ValueError:  # of a kind that this harness does not know
        return None, None
    match limit:
        case Range():
            low, high = limit.accept_low, limit.accept_high
            return None if low is None else float(low), None if high is None else float(high)
        case Equals(Decimal() as value):
            return float(value), float(value)
        case _:
            return None, None
