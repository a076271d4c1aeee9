"""What a station has done so far: how many units, how they ended, how fast. No clock, no I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from harness.model.durations import waited_s
from harness.model.events import Purpose
from harness.model.head import RunHead
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.model.rules.shown import first_pass
from harness.ui.verdict import verdict


@dataclass(slots=True)
class Tally:
    """Runs that have ended. FPY is of first attempts alone; time is from the first start on."""

    verdicts: Counter[tuple[Outcome, str]] = field(default_factory=Counter)
    """How many had which outcome, for which purpose."""
    golden: Counter[tuple[Outcome, str]] = field(default_factory=Counter)
    """The same of golden and known-bad units, which count in nothing else."""
    refused: Counter[str] = field(default_factory=Counter)
    """Units that were not tested, by the code of the reason."""
    first: int = 0
    first_passed: int = 0
    testing_s: float = 0.0
    """The time of all runs together, without what they waited for shared instruments."""
    waiting_s: float = 0.0
    began: datetime | None = None
    ended: datetime | None = None

    def add(self, record: Record) -> None:
        """Count a run that has ended."""
        assert record.outcome is not None
        assert record.ended
        assert record.duration_s is not None
        kind = record.outcome, record.purpose.value
        if record.purpose is Purpose.GOLDEN:
            self.golden[kind] += 1
            return
        self.verdicts[kind] += 1
        if (good := first_pass(RunHead.of(record))) is not None:
            self.first += 1
            self.first_passed += good
        waiting_s = waited_s(record)
        self.waiting_s += waiting_s
        self.testing_s += record.duration_s - waiting_s
        self.began = min(self.began or record.started, record.started)
        self.ended = max(self.ended or record.ended, record.ended)

    @property
    def units(self) -> int:
        return self.verdicts.total()

    @property
    def takt_s(self) -> float | None:
        """How long one unit took after another, on average [s]; None before the first."""
        if not (self.began and self.ended):
            return None
        return (self.ended - self.began).total_seconds() / self.units

    def lines(self) -> Iterator[str]:
        """What it says, for a person."""
        units = "1 unit" if self.units == 1 else f"{self.units} units"
        yield f"{units}: {_told(self.verdicts) or 'none was tested'}"
        if self.golden:
            yield f"golden units besides: {_told(self.golden)}"
        if self.first:
            share = 100 * self.first_passed / self.first
            yield f"first-pass yield {share:.1f} % ({self.first_passed} of {self.first})"
        if takt_s := self.takt_s:
            yield f"a unit every {takt_s:.2f} s, {3600 / takt_s:.0f} an hour"
            testing_s, waits_s = (each / self.units for each in (self.testing_s, self.waiting_s))
            yield f"of each {testing_s:.2f} s in test, {waits_s:.2f} s waiting for instruments"
        for code, count in self.refused.most_common():
            yield f"{count} not tested: {code}"


def _told(verdicts: Counter[tuple[Outcome, str]]) -> str:
    return ", ".join(f"{n} {verdict(*kind).plain}" for kind, n in sorted(verdicts.items()))
