"""When a slot, or the whole station, takes no more units until somebody unlocks it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from harness.model.entry import Entry, Locked, Unlocked
from harness.model.head import RunHead
from harness.model.outcome import Outcome
from harness.model.rules.shown import first_pass, passed
from harness.model.rules.values import FpyFloor, Rules


def stop(
    rules: Rules,
    slot: int,
    on_slot: Sequence[RunHead],
    first_runs: Sequence[RunHead],
    entries: Sequence[Entry],
) -> Locked | None:
    """Why the slot, or the station, is to be locked now. All of them newest first.

    `on_slot` are the runs on it, `first_runs` the first runs of units on the station. What ended
    before one of the `entries` unlocked the slot, or the station, counts no more.

    It is STOP-STREAK for the slot, or STOP-FPY for the station.
    """
    of_slot = _after(_unlocked(entries, {slot, None}), on_slot)
    of_station = _after(_unlocked(entries, {None}), first_runs)
    return _streak(rules.streak, slot, of_slot) or _fpy(rules.fpy, of_station)


def lock_on(slot: int, entries: Sequence[Entry]) -> Locked | None:
    """What keeps a slot locked: a lock of its own, or of the station. Entries are newest first.

    Whoever unlocks the station unlocks every slot; who unlocks a slot does not unlock the station.
    """
    own = True
    for what in (entry.what for entry in entries):
        match what:
            case Unlocked(slot=None):
                return None
            case Unlocked(slot=at) if at == slot:
                own = False  # who locks it now is the station
            case Locked(slot=at) if at is None or (at == slot and own):
                return what
    return None


def _unlocked(entries: Sequence[Entry], slots: set[int | None]) -> int:
    """Where in the chain one of them was last unlocked; 0 when none was."""
    unlocked = (e for e in entries if isinstance(e.what, Unlocked) and e.what.slot in slots)
    return next((entry.number for entry in unlocked), 0)


def _after(since: int, runs: Sequence[RunHead]) -> list[RunHead]:
    """Those that show whether a unit is good, and ended after this place; newest first."""
    return [run for run in runs if passed(run) is not None and run.ended_since(since)]


def _streak(length: int | None, slot: int, runs: Sequence[RunHead]) -> Locked | None:
    """One that was aborted on its fail lacks the code of it: it goes with whatever is around."""
    last = runs[:length] if length else []
    codes = {run.fault for run in last if run.outcome is Outcome.FAIL}
    if not last or len(last) != length or len(codes) > 1 or any(map(passed, last)):
        return None
    code = next(iter(codes), "a fail that was aborted")
    words = f"the last {length} units on slot {slot} failed with {code}"
    return Locked("STOP-STREAK", words, slot)


def _fpy(floor: FpyFloor | None, runs: Sequence[RunHead]) -> Locked | None:
    runs = [run for run in runs if first_pass(run) is not None]
    if floor is None or len(runs) < floor.over:
        return None
    good = sum(first_pass(run) or False for run in runs[: floor.over])
    percent = 100 * good / floor.over
    if percent >= floor.percent:
        return None
    words = f"{good} of the last {floor.over} first runs passed"
    return Locked("STOP-FPY", f"{words}: {percent:.1f} %, the floor is {floor.percent:g} %")
