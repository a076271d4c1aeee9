"""A record is held against the plan document that it names, whatever its hashes say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import apsw
import pytest

from harness.model import events as e
from harness.model.judgement import Limit, judge
from harness.model.outcome import Outcome
from harness.model.plan import Phase, Plan, PlannedStep, Product
from harness.model.record import MeasurementRecord, Record, StepRecord, reading_of
from harness.model.step import Numeric
from harness.plans.canonical import canonical_of
from harness.plans.read_canonical import read_canonical
from harness.records.chain import verify
from harness.records.codec import pack, sha256
from harness.records.head import HEAD_COLUMNS, fail_rows, head_row, imeis
from harness.records.recorder import Recorder
from harness.records.store import identity, open_for_reading
from tests.records.runs import LIMIT, Life, as_json, tamper

MEASURES = {name: Numeric(name, "V") for name in ("rail_0", "rail_1")}


def planned(step: str) -> PlannedStep:
    limits = dict.fromkeys(MEASURES, LIMIT)
    return PlannedStep(step, "jig.rails", Phase.STEPS, Decimal(30), limits=limits)


def real_plan() -> Plan:
    steps = (planned("step_0"), planned("step_1"))
    product = Product("A57", "A57-4G")
    plan = Plan("a57-final", 14, "Final test", "final-test", product, steps, canonical="")
    form = canonical_of(plan, {step.id: MEASURES for step in steps})
    return replace(plan, canonical=form)


def lived() -> Life:
    """A run of that plan whose first reading is too low."""
    model, plan = Life("r1"), real_plan()
    model.start()
    started = model.events[0].event
    assert isinstance(started, e.RunStarted)
    life = Life("r1")
    life.add(replace(started, plan=replace(started.plan, sha256=plan.sha256)))
    life.step(0, [0.2, 2.0])
    life.step(1, [2.0, 2.0])
    life.end()
    return life


def kept(path: Path, change: Callable[[Record], Record], document: str = "") -> list[str]:
    """What is found when the record is written changed, every hash and row true to it."""
    record, form = lived().builder.build(), document or real_plan().canonical
    sha = sha256(form.encode())
    record = change(replace(record, plan=replace(record.plan, sha256=sha)))
    Recorder(path).close()
    connection = open_for_reading(path)
    genesis = identity(connection).genesis
    connection.close()
    text, say = as_json(record, genesis), apsw.format_sql_value
    rows = [
        f"INSERT INTO run ({HEAD_COLUMNS}) VALUES ({', '.join(map(say, head_row(record)))})",
        f"INSERT INTO record VALUES (1, '{genesis}', '{sha256(text)}', {say(pack(text))})",
        f"INSERT INTO document VALUES ('{sha}', {say(pack(form.encode()))})",
        *(f"INSERT INTO imei VALUES (1, '{imei}')" for imei in imeis(record)),
        *(f"INSERT INTO fail VALUES (1, {', '.join(map(say, row))})" for row in fail_rows(record)),
    ]
    tamper(path, *rows)
    return verify(path, read_canonical)


def passed(record: Record) -> Record:
    return replace(record, outcome=Outcome.PASS, fault=None, dut_failed=False)


def with_first(record: Record, **changes: object) -> Record:
    """The first measurement changed, and its step."""
    first, *others = record.steps
    made = replace(first.measurements[0], **changes)  # type: ignore[arg-type]
    outcome = Outcome.PASS if made.outcome is Outcome.PASS else first.outcome
    whole = replace(first, outcome=outcome, measurements=(made, *first.measurements[1:]))
    return replace(record, steps=(whole, *others))


def judged_by(record: Record, limit: Limit) -> Record:
    made: MeasurementRecord = record.steps[0].measurements[0]
    outcome, reason = judge(limit, reading_of(made))
    return with_first(record, outcome=outcome, reason=reason, limit=limit.describe())


def without_first(record: Record) -> Record:
    plan = replace(record.plan, steps=record.plan.steps[1:])
    return passed(replace(record, plan=plan, steps=record.steps[1:]))


def measuring_less(record: Record) -> Record:
    first, *others = record.plan.steps
    plan = replace(record.plan, steps=(replace(first, measures=("rail_1",)), *others))
    step: StepRecord = record.steps[0]
    left = replace(step, outcome=Outcome.PASS, measurements=step.measurements[1:])
    return passed(replace(record, plan=plan, steps=(left, *record.steps[1:])))


FORGED: dict[str, tuple[Callable[[Record], Record], str]] = {
    "a lower limit": (
        lambda record: passed(judged_by(record, replace(LIMIT, low=Decimal("0.1")))),
        "the limit of step_0.rail_0 is {'low': 0.1,",
    ),
    "no step": (without_first, "its planned steps, or what they measure, are not those"),
    "no measurement": (measuring_less, "its planned steps, or what they measure, are not those"),
    "unit": (lambda record: with_first(record, unit="mV"), "the unit of step_0.rail_0 is 'mV'"),
    "revision": (
        lambda record: replace(record, plan=replace(record.plan, revision=15)),
        "it says plan a57-final 15, its plan is a57-final 14",
    ),
    "another name": (
        lambda record: with_first(record, name="rail_9"),
        "its plan does not measure step_0.rail_9",
    ),
    "use": (
        lambda record: replace(
            record, steps=(record.steps[0], replace(record.steps[1], use="jig.close"))
        ),
        "step step_1 is jig.close in steps, not as its plan has it",
    ),
    "a step more": (
        lambda record: replace(
            record, steps=(*record.steps, replace(record.steps[1], id="step_9"))
        ),
        "its plan has no step step_9",
    ),
}


@pytest.mark.parametrize(("change", "said"), FORGED.values(), ids=FORGED)
def test_a_record_that_is_not_of_its_plan_is_found(
    tmp_path: Path, change: Callable[[Record], Record], said: str
) -> None:
    findings = kept(tmp_path / "records.db", change)
    assert any(said in finding for finding in findings), findings


def test_a_run_of_its_plan_is_clean(tmp_path: Path) -> None:
    plan, path = real_plan(), tmp_path / "records.db"
    life = lived()
    with Recorder(path) as recorder:
        recorder.begin(life.events[0], {plan.sha256: plan.canonical.encode()})
        hand_in_rest(recorder, life)
    assert verify(path, read_canonical) == []


def hand_in_rest(recorder: Recorder, life: Life) -> None:
    for event in life.events[1:]:
        recorder.write(event)
    recorder.seal(life.builder.build())


def test_a_plan_that_is_spelt_in_another_way_is_found(tmp_path: Path) -> None:
    spelt = real_plan().canonical.replace(":", ": ", 1)
    (finding,) = kept(tmp_path / "records.db", lambda record: record, spelt)
    assert "cannot be read: no canonical form of a plan" in finding
