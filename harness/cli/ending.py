"""How a command that tests units ends: with which exit code, and what it warns of."""

from __future__ import annotations

from collections.abc import Iterable

import click

from harness.cli import EXIT_ABORTED
from harness.errors import HarnessError
from harness.model.outcome import Outcome
from harness.model.refs import JigRef
from harness.station.readiness.readiness import JigReadiness
from harness.station.station import Slot
from harness.ui.text import changed_lines, printable

_EXIT_CODES = {
    Outcome.PASS: 0,
    Outcome.FAIL: 1,
    Outcome.SKIPPED: 3,
    Outcome.ERROR: 3,
    Outcome.ABORTED: EXIT_ABORTED,
}
_BAD_FIRST = (Outcome.ERROR, Outcome.SKIPPED, Outcome.ABORTED, Outcome.FAIL, Outcome.PASS)


def exit_code(outcomes: Iterable[Outcome]) -> int:
    """The exit code of runs that ended so: the worst of them decides; none at all is ERROR."""
    found = set(outcomes) or {Outcome.ERROR}
    return _EXIT_CODES[next(bad for bad in _BAD_FIRST if bad in found)]


def warn_changed(slot: int, why: HarnessError) -> None:
    """Say on stderr that a handset may still have what a run changed, and what to do."""
    click.echo("\n".join(changed_lines(slot, why)), err=True)


def warn_closed(slot: Slot, jig: JigRef | None, ready: JigReadiness) -> None:
    """Say on stderr that production would not run on the jig of a slot, and why."""
    found = ready.of(slot.kind, jig, slot.jig or "") if jig else None
    if found and not found.open:
        words = f"jig {found.jig} of slot {slot.number} is closed to production"
        click.echo(f"warning: {words}: {found.code}: {printable(found.words)}", err=True)
