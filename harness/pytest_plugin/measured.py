"""What a test in plain pytest measures: judged at once, told at its end."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from decimal import Decimal

from harness.engine.measure import readable, seen_and_raw
from harness.errors import StepBug
from harness.model.judgement import judge
from harness.model.limits import Equals, Range, RecordOnly
from harness.model.outcome import Outcome
from harness.model.reading import Reading
from harness.model.record import MeasurementRecord
from harness.model.step import Flag, Measurement, Numeric, Series, Text
from harness.model.units import difference_symbol
from harness.model.value import Curve, Value, spoken
from harness.model.words import amount_words, edges_of, unit_words, value_words
from harness.ui.limits import limit_words, measurement_lines
from harness.ui.text import printable


class BenchMeasure:
    """The measurements of one test, in the order they were made."""

    def __init__(self) -> None:
        self.made: list[MeasurementRecord] = []
        self.ended = False
        """Whether its test has been judged."""
        self._began = time.monotonic()

    def __call__(
        self,
        name: str,
        value: Reading[Value],
        unit: str = "1",
        *,
        low: float | None = None,
        high: float | None = None,
        equals: str | bool | None = None,
    ) -> None:
        """Take down a number [unit], a text, a flag or a curve; one name may come again and again.

        A number outside of its limits, which are inclusive, fails the test at its end, and so
        does a text or a flag that is not what it `equals`, or what could not be read; what has
        neither is for the report only. Raises: ValueError for a unit or limits that are none;
        StepBug(LEASE-ENDED) when the test has ended.
        """
        if self.ended:
            raise StepBug("LEASE-ENDED", f"{name} was measured after the end of its test")
        declared, limit = _declared(name, value, unit), _limit(low, high, equals)
        reading = readable(declared, value)
        judged, (seen, raw) = judge(limit, reading), seen_and_raw(reading)
        self.made.append(
            MeasurementRecord(
                name=name,
                at_ms=round((time.monotonic() - self._began) * 1000),
                value=seen,
                unit=declared.unit,
                outcome=judged.outcome,
                reason=judged.reason,
                limit=limit.describe(),
                raw=raw,
            )
        )

    @property
    def bad(self) -> list[MeasurementRecord]:
        """What did not pass."""
        return [*filter(_is_bad, self.made)]

    def lines(self) -> Iterator[str]:
        """What was measured, by name; of what came often the spread, and what did not pass."""
        for series in self._series():
            yield from _lines(series)
            if len(series) > 1:
                for made in filter(_is_bad, series):
                    yield from _lines([made])

    def summary(self) -> Iterator[str]:
        """What was measured, by name; of what came often only the spread."""
        for series in self._series():
            yield from _lines(series)

    def properties(self) -> Iterator[tuple[str, str]]:
        """Every value as a property of the test case; each limit once."""
        for series in self._series():
            yield from ((made.name, value_words(made)) for made in series)
            yield f"{series[0].name}.limit", limit_words(series[0])

    def _series(self) -> list[list[MeasurementRecord]]:
        """What was measured under one name, in one unit, by one limit."""
        series: dict[tuple[str, str, str], list[MeasurementRecord]] = {}
        for made in self.made:
            series.setdefault((made.name, made.unit, str(made.limit)), []).append(made)
        return list(series.values())


def _lines(series: Sequence[MeasurementRecord]) -> Iterator[str]:
    """A value with its limit; of several, how many, mean, standard deviation (n - 1) and range."""
    first, numbers = series[0], [made.value for made in series if type(made.value) is float]
    if len(series) == 1:
        yield from (printable(line) for line, _ in measurement_lines(first))
        return
    words = [f"{first.name}: {len(series)} values"]
    if len(numbers) > 1:
        mean, s = statistics.fmean(numbers), statistics.stdev(numbers)
        words.append(f"mean {amount_words(mean, first.unit)}")
        words.append(f"s {amount_words(s, difference_symbol(first.unit), 3)}")
        low, high = (spoken(end, beside=edges_of(first)) for end in (min(numbers), max(numbers)))
        words.append(f"from {low} to {high}{unit_words(first.unit)}")
    if bad := sum(map(_is_bad, series)):
        words.append(f"{bad} bad")
    yield printable(f"      {', '.join(words)}; limit {limit_words(first)}")


def _is_bad(made: MeasurementRecord) -> bool:
    return made.outcome is not Outcome.PASS


def _declared(name: str, value: object, unit: str) -> Measurement:
    match value:
        case bool():
            return Flag(name)
        case str():
            return Text(name)
        case Curve():
            return Series(name, unit, value.x_unit)
        case _:
            return Numeric(name, unit)


def _limit(low: float | None, high: float | None, equals: object) -> Range | Equals | RecordOnly:
    if equals is None:
        if low is None and high is None:
            return RecordOnly()
        return Range(_exact(low), _exact(high))
    if not isinstance(equals, str | bool):
        words = f"equals takes a text, True or False, not {equals!r:.60}: a number has low and high"
        raise ValueError(words)
    if low is not None or high is not None:
        raise ValueError("equals is for a text or a flag, low and high for a number: give one kind")
    return Equals(equals)


def _exact(bound: float | None) -> Decimal | None:
    return None if bound is None else Decimal(str(bound))
