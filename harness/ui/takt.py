"""The takt of a station in words: what it makes, what holds it up, and where that is known from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from harness.engine.expect import Expected, Source
from harness.engine.takt import SLOTS, Station, Takt, WhatIf
from harness.model.durations import Durations
from harness.model.plan import Plan, PlannedStep
from harness.ui.rows import aligned

_FROM = {
    Source.PLAN: "`expect` of the plan",
    Source.RECORDS: "mean of the records",
    Source.TIMEOUT: "a quarter of its timeout",
}
_LEAST_GAIN = 0.005
"""The part of the output below which one more of something is said to bring nothing."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """All that is told: of so many `units` they take `makespan_s` [s]."""

    plan: Plan
    name: str
    station: Station
    takt: Takt
    what_ifs: Sequence[WhatIf]
    steps: Mapping[str, Expected]
    past: Durations
    units: int
    makespan_s: float


def takt_lines(told: Prediction, shared: frozenset[str]) -> Iterator[Text]:
    """Steps with their durations, the takt, how far all is used, what more would bring."""
    yield from aligned(
        ("step", "takes", "known from", "shared"),
        [_step_row(step, told.steps[step.id], shared) for step in told.plan.steps],
    )
    yield Text()
    takt, station = told.takt, told.station
    yield Text.assemble((f"a unit every {takt.seconds:.1f} s", "bold"), _hour(takt), _of(told))
    yield Text(
        f"a unit takes {station.load_s:.1f} s to put in, {takt.test_s:.1f} s of testing,"
        f" and waits {takt.waited_s:.1f} s for instruments"
    )
    yield Text(f"{told.units} units take {_clock(told.makespan_s)}")
    yield Text()
    yield from aligned(
        ("used", "of its time", ""),
        [_use_row(name, takt) for name in sorted(takt.use, key=lambda n: -takt.use[n])],
    )
    yield Text()
    yield from aligned(
        ("one more", "a unit every", "units an hour", ""),
        [_more_row(each, takt) for each in told.what_ifs],
    )
    yield Text()
    yield from _grounds(told)


def takt_form(told: Prediction) -> dict[str, object]:
    """The same for programs: seconds, units an hour, parts of 1."""
    return {
        "plan": told.plan.id,
        "revision": told.plan.revision,
        "variant": told.plan.variant,
        "sha256": told.plan.sha256,
        "station": told.name,
        "slots": told.station.slots,
        "load_s": told.station.load_s,
        **_numbers(told.takt),
        "use": {name: round(part, 4) for name, part in told.takt.use.items()},
        "units": told.units,
        "makespan_s": round(told.makespan_s, 3),
        "runs": told.past.runs,
        "between_s": told.past.between_s,
        "steps": [
            {"id": name, "seconds": each.seconds, "source": each.source}
            for name, each in told.steps.items()
        ],
        "one_more": [{"more": each.more, **_numbers(each.takt)} for each in told.what_ifs],
    }


def _numbers(takt: Takt) -> dict[str, object]:
    return {
        "seconds_a_unit": round(takt.seconds, 3),
        "units_an_hour": round(takt.units_an_hour, 1),
        "test_s": round(takt.test_s, 3),
        "waited_s": round(takt.waited_s, 3),
        "bottleneck": takt.bottleneck,
    }


def _step_row(step: PlannedStep, takes: Expected, shared: frozenset[str]) -> tuple[str, ...]:
    names = ", ".join(sorted(shared.intersection(step.needs)))
    return step.id, f"{takes.seconds:.1f} s", _FROM[takes.source], names


def _hour(takt: Takt) -> str:
    return f", {takt.units_an_hour:.0f} an hour"


def _of(told: Prediction) -> str:
    slots = "1 slot" if told.station.slots == 1 else f"{told.station.slots} slots"
    return f": {told.plan.id} revision {told.plan.revision} on {slots} of {told.name}"


def _use_row(name: str, takt: Takt) -> tuple[str, str, str]:
    what = "the slots" if name == SLOTS else name
    return what, f"{100 * takt.use[name]:.0f} %", "<- bottleneck" if name == takt.bottleneck else ""


def _more_row(each: WhatIf, now: Takt) -> tuple[str, str, str, str]:
    gain = now.seconds / each.takt.seconds - 1
    words = f"{100 * gain:+.0f} %" if abs(gain) >= _LEAST_GAIN else "nothing"
    takes = f"{each.takt.seconds:.1f} s"
    return each.more, takes, f"{each.takt.units_an_hour:.0f}", words


def _grounds(told: Prediction) -> Iterator[Text]:
    if told.past.between_s is None:
        yield Text("no run of this plan has passed here: what lies between steps is not counted")
    else:
        runs = f"{told.past.runs} run{'s' * (told.past.runs != 1)} of this plan"
        yield Text(f"{runs}: {told.past.between_s:.1f} s of each lie between its steps")
    guessed = [name for name, each in told.steps.items() if each.source is Source.TIMEOUT]
    if guessed:
        yield Text(f"guessed: {', '.join(guessed)}: write `expect:`, or test some units", "yellow")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
