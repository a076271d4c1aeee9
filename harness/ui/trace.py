"""A unit's life on one page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.text import Text

from harness.model.entry import Entry
from harness.model.outcome import Outcome
from harness.model.words import amount_words
from harness.records.life import Course, Life, LifeRun
from harness.ui.entries import entry_words
from harness.ui.text import printable, short_hash
from harness.ui.verdict import (
    RECALLED,
    STYLES,
    outcome_text,
    release_words,
    symptom_words,
    verdict,
)

HANG = 6
"""How far in a line goes on that is too long [columns]."""
_STANDS_OUT = "bold"


def trace_lines(life: Life) -> Iterator[Text]:
    """The unit, what each process said of it first and last, then all that befell it in order."""
    yield Text("unit  " + (", ".join(map(printable, filter(None, life.serials))) or "unknown"))
    if life.claims:
        yield Text("IMEI  " + ", ".join(map(printable, life.claims)))
    for imei, serials in life.duplicates.items():
        words = f"IMEI {imei} was shown by {len(serials)} serials: {', '.join(serials)}"
        yield Text(printable(words), STYLES[Outcome.FAIL])
    for course in life.courses:
        yield _course(course, tell_serial=len(life.serials) > 1)
    befell: list[LifeRun | Entry] = [*life.runs, *life.entries]
    for made in sorted(befell, key=_at):
        yield Text()
        if isinstance(made, Entry):
            yield Text(entry_words(made), _STANDS_OUT)
        else:
            yield from _run(made)


def _at(made: LifeRun | Entry) -> tuple[datetime, str]:
    """When; of one moment by their ids, which begin with it."""
    if isinstance(made, Entry):
        return made.at, made.id
    return made.head.started, made.head.run


def _course(course: Course, *, tell_serial: bool) -> Text:
    of_unit = f" of {course.serial}" if tell_serial else ""
    line = Text(printable(f"{course.process} ({course.purpose}){of_unit}: first "))
    line.append_text(outcome_text(course.first, course.first_failed))
    line.append(", final ")
    line.append_text(outcome_text(course.last, course.last_failed))
    if course.recalled:
        line.append(f" ({RECALLED})", STYLES[Outcome.FAIL])
    return line.append(f", {course.runs} run{'s' if course.runs > 1 else ''}")


def _run(run: LifeRun) -> Iterator[Text]:
    head = run.head
    line = Text(f"{head.started:%Y-%m-%d %H:%M:%S} UTC  attempt {head.attempt}  ")
    line.append_text(verdict(head.outcome, head.purpose, head.dut_failed))
    if run.recalls:
        line.append(f" ({RECALLED})", STYLES[Outcome.FAIL])
    yield line.append(f"  {printable(head.fault)}" if head.fault else "")
    for recall in run.recalls:
        yield Text(f"    the PASS is revoked by the recall {recall}", STYLES[Outcome.FAIL])
    yield from _found(run)
    yield from _made_with(run)


def _found(run: LifeRun) -> Iterator[Text]:
    if run.symptom:
        yield Text(f"    {printable(symptom_words(run.symptom))}", "bold")
    if run.words:
        yield Text(f"    {printable(run.words)}")
        yield Text(f"    -> {printable(run.remedy)}")
    for made in run.marginal:
        words = f"MARGINAL: {made.step}.{made.name} = {amount_words(made.value, made.unit)}"
        yield Text(f"    {printable(words)}", "yellow")


def _made_with(run: LifeRun) -> Iterator[Text]:
    head = run.head
    if run.only:
        words = f"only {', '.join(run.only)} of the plan: a part of it is no verdict"
        yield Text(f"    {printable(words)}", "yellow")
    release = f", {release_words(run.release)}" if run.release else ""
    short = short_hash(head.plan_sha256)
    plan = f"plan {head.plan} revision {head.revision} ({short})"
    place = f"station {head.station}, slot {head.slot}, jig {head.jig or 'none'}"
    for words in (
        f"{place}, operator {head.operator or 'none'}, serial {head.serial or 'unknown'}",
        f"{plan}, {head.process}, {head.purpose}{release}",
        f"run {head.run}",
    ):
        yield Text(f"    {printable(words)}", "dim")
