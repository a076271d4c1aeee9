"""A unit's life on one page."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from harness.model.outcome import Outcome
from harness.records.life import Course, Life, LifeRun
from harness.ui.console import OPEN, STYLES, UNIT_FAILED
from harness.ui.text import printable

_HASH_SHOWN = 12


def trace_lines(life: Life) -> Iterator[Text]:
    """The unit, what each process said of it first and last, then its runs in order."""
    yield Text("unit  " + (", ".join(map(printable, filter(None, life.serials))) or "unknown"))
    if life.claims:
        yield Text("IMEI  " + ", ".join(map(printable, life.claims)))
    for imei, serials in life.duplicates.items():
        words = f"IMEI {imei} was shown by {len(serials)} serials: {', '.join(serials)}"
        yield Text(printable(words), STYLES[Outcome.FAIL])
    for course in life.courses:
        yield _course(course, tell_serial=len(life.serials) > 1)
    for run in life.runs:
        yield Text()
        yield from _run(run)


def _course(course: Course, *, tell_serial: bool) -> Text:
    of_unit = f" of {course.serial}" if tell_serial else ""
    line = Text(printable(f"{course.process} ({course.purpose}){of_unit}: first "))
    line.append_text(_outcome(course.first, course.first_failed))
    line.append(", final ")
    line.append_text(_outcome(course.last, course.last_failed))
    return line.append(f", {course.runs} run{'s' if course.runs > 1 else ''}")


def _run(run: LifeRun) -> Iterator[Text]:
    head = run.head
    line = Text(f"{head.started:%Y-%m-%d %H:%M:%S} UTC  attempt {head.attempt}  ")
    line.append_text(_outcome(head.outcome, head.dut_failed))
    yield line.append(f"  {printable(head.fault)}" if head.fault else "")
    if run.words:
        yield Text(f"    {printable(run.words)}")
        yield Text(f"    -> {printable(run.remedy)}")
    short = head.plan_sha256[:_HASH_SHOWN]
    place = f"station {head.station}, slot {head.slot}, jig {head.jig or 'none'}"
    for words in (
        f"{place}, operator {head.operator or 'none'}, serial {head.serial or 'unknown'}",
        f"plan {head.plan} revision {head.revision} ({short}), {head.process}, {head.purpose}",
        f"run {head.run}",
    ):
        yield Text(f"    {printable(words)}", "dim")


def _outcome(outcome: Outcome | None, dut_failed: bool) -> Text:
    """An outcome; beside one that is not FAIL stands that the unit was found bad."""
    text = Text(OPEN) if outcome is None else Text(outcome.name, STYLES[outcome])
    if dut_failed and outcome is not Outcome.FAIL:
        text.append(f" ({UNIT_FAILED})", STYLES[Outcome.FAIL])
    return text
