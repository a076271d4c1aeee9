"""How the values of a jig drift, in words, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from rich.text import Text

from harness.model.words import amount_words
from harness.quality.control import Chart
from harness.quality.drift import LEAST_POINTS, Drift, State
from harness.ui.text import printable

WARNED = (State.OUT_OF_CONTROL, State.DRIFTING)
"""The states that somebody should do something about, the worst first."""
_DIGITS = 4
"""Of what is reckoned: no more than the values themselves are good for."""
_REMEDIES = {
    "jig_health.calibration": "Have the jig calibrated before that day.",
    "jig_health.clock": "Set the jig's clock; if it drifts again, replace its battery.",
    "jig_health.contact": "Clean the probes of this channel, or replace them and its relay.",
    "jig_health.cycles": "Order probes, and replace them before that day.",
    "jig_health.echo": "Check the jig's serial cable, its plugs and its ground.",
    "jig_health.light": "Clean the light box; look at its lamp and its sensor.",
    "jig_health.motion": "Look at guides, drive and air pressure of the fixture.",
    "jig_health.off": "Look at the relay: it may leak or begin to weld.",
    "jig_health.rail": "Hold supply and meter of the jig against a calibrated meter.",
}
_REMEDY = "Look at the jig before the next shift; after a repair have it calibrated."


def drift_words(drift: Drift) -> str:
    """The state of a value, and what it is told by."""
    return ": ".join(filter(None, [drift.state.value, "; ".join(_why(drift))]))


def drift_remedy(drift: Drift) -> str:
    """What to do about a value that drifts or is out of control."""
    return _REMEDIES.get(drift.series.newest.use, _REMEDY)


def is_told(drift: Drift) -> bool:
    """Whether it needs a warning of its own.

    One that failed its limit is told already; one that is only recorded matters to nobody.
    """
    return _matters(drift) and not drift.series.newest.failed


def drift_summary(drifts: Sequence[Drift]) -> str:
    """How many values of a jig do what, in a few words: the bad ones, else that there are none."""
    counted = Counter(drift.state for drift in drifts if _matters(drift))
    if told := [f"{counted[state]} {state}" for state in WARNED if counted[state]]:
        return ", ".join(told)
    if not drifts:
        return "-"
    known = any(drift.state is not State.TOO_FEW for drift in drifts)
    return str(State.STABLE if known else State.TOO_FEW)


def drift_lines(jig: str, drifts: Sequence[Drift]) -> Iterator[Text]:
    """A warning with what to do for each value that is out of control or drifts, worst first."""
    for state in WARNED:
        for drift in drifts:
            if drift.state is state and is_told(drift):
                yield Text(f"warning: jig {printable(jig)}: {warning_words(drift)}", "yellow")
                yield Text(f"  -> {drift_remedy(drift)}", "yellow")


def warning_words(drift: Drift) -> str:
    """Which value, what it is, and what is wrong with it."""
    newest = drift.series.newest
    ends = (drift.series.low, drift.series.high)
    limits = [Decimal(repr(end)) for end in ends if end is not None]
    value = amount_words(newest.value, newest.unit, beside=limits)
    return printable(f"{newest.step}.{newest.name} = {value}: {drift_words(drift)}")


def drift_numbers(drift: Drift) -> Iterator[str]:
    """What a value does by itself, and where it is going, as far as that is sure."""
    unit, going = drift.series.newest.unit, drift.trend
    if drift.chart:
        yield usual_words(drift.chart, unit)
    if going and going.sure:
        yield f"{_reckoned(going.per_day, unit, '+')} a day"
    if drift.reaches:
        yield f"meets its limit on {drift.reaches}"


def usual_words(chart: Chart, unit: str) -> str:
    """What a value does by itself."""
    if chart.constant:
        return f"always {_reckoned(chart.centre, unit)}"
    high = _reckoned(chart.high, unit)
    return "control limits " + (
        f"up to {high}" if chart.low is None else f"{_reckoned(chart.low)} to {high}"
    )


def beginning_words(drift: Drift) -> str:
    """Since when its history goes, and by what it began."""
    beginning = drift.series.beginning
    return f"since {beginning.at:%Y-%m-%d} ({beginning.why})"


def _matters(drift: Drift) -> bool:
    return drift.state in WARNED and drift.series.limited


def _why(drift: Drift) -> Iterator[str]:
    unit = drift.series.newest.unit
    if drift.state is State.TOO_FEW:
        yield f"{len(drift.series.numbers)} of {LEAST_POINTS + 1} values {beginning_words(drift)}"
    for told in drift.signals:
        yield f"{told.rule.value} ({_reckoned(told.size, unit, '+')})"
    if drift.chart and drift.signals:
        yield f"before that {usual_words(drift.chart, unit)} {beginning_words(drift)}"
    if drift.trend and drift.reaches:
        day = f"{_reckoned(drift.trend.per_day, unit, '+')} a day"
        yield f"at {day} it meets its limit on {drift.reaches}"


def _reckoned(number: float, unit: str = "", sign: str = "") -> str:
    """A number that was reckoned, not read, with its unit."""
    return f"{sign if number >= 0 else ''}{amount_words(number, unit, _DIGITS)}"
