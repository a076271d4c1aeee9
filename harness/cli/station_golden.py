"""What `harness station` says of the golden and known-bad units that come into its slots."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import click

from harness.cli import show_error
from harness.cli.ending import warn_closed
from harness.errors import StationFault
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.station.files.golden_units import GoldenUnit, GoldenUnits, shown_by
from harness.station.readiness.golden_orders import problem_of
from harness.station.readiness.golden_runs import made_otherwise
from harness.station.readiness.readiness import JigReadiness
from harness.station.slot import RunResult
from harness.station.station import Slot
from harness.ui.text import printable


@dataclass(frozen=True, slots=True)
class GoldenTold:
    """Tells golden units from those that the line makes, and how it went with them."""

    units: GoldenUnits
    ready: JigReadiness

    def registered(self, unit: Unit) -> bool:
        """Whether a label has the serial of a golden or known-bad unit, also of an expired one."""
        return unit.serial in self.units.units

    def tell(self, slot: Slot, result: RunResult) -> Outcome:
        """Say whether what came as golden speaks for the jig, and if production would run there.

        It gives what it shows of the jig: PASS of a known-bad unit that failed as it must, ERROR of
        one that ended as it must and counts for nothing.
        """
        entry = self.units.units[slot.unit.serial]
        problem = problem_of(entry, result)
        void = None if problem else self._void(entry, result)
        if (why := problem or void) is None:
            words = f"it ended as a {entry.kind} unit must"
            click.echo(printable(f"slot {slot.number}  {entry.unit.serial}  {words}"), err=True)
        elif result.record:
            show_error(why)
        self._tell_closed(slot, result)
        return Outcome.ERROR if void else shown_by(result.outcome, problem)

    def tell_expired(self, unit: Unit) -> None:
        """Say of a registered unit whose day has passed that it shows nothing of a jig."""
        entry = self.units.units.get(unit.serial)
        if entry and (expired := entry.expired(self.ready.clock.utc().date())):
            show_error(expired)

    def _void(self, entry: GoldenUnit, result: RunResult) -> StationFault | None:
        """Why a run that ended as it must counts for nothing all the same."""
        if result.record is None:
            return None
        return made_otherwise(entry, result.record, self.ready.plans.golden, self.ready.config)

    def _tell_closed(self, slot: Slot, result: RunResult) -> None:
        """Say why the jig is closed to production, at a station that may run it."""
        if self.ready.config.simulated or not (result.record and result.record.jig):
            return
        with suppress(StationFault):  # a store that fails: told by the next run
            warn_closed(slot, result.record.jig, self.ready)
