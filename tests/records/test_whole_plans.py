"""What plans with groups, masks, symptoms and releases leave in a store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import orjson
import pytest

from harness.model import events as e
from harness.model.identity import Unit
from harness.model.limits import RecordOnly
from harness.model.mask import Mask, MaskPoint
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.model.refs import ReleaseRef
from harness.model.value import Curve
from harness.records.chain import verify
from harness.records.codec import from_json
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.records.store import open_for_reading
from tests.records.runs import SYMPTOM, Life, hand_in, leave_open
from tests.records.test_query import path as path  # noqa: PLC0414 (a fixture)

MASK = Mask(
    (MaskPoint(Decimal(0), Decimal("0.9"), None), MaskPoint(Decimal("0.5"), Decimal("0.1"), None))
)
CURVE = Curve((0.0, 0.25, 0.5), (1.0, 0.2, 0.15), "cy/px")
RELEASE = ReleaseRef("final-test", 7, "ab" * 32, ("anna", "ben"))


def grouped() -> Life:
    """Two steps side by side; the second one's second reading is too high."""
    life = Life("r1")
    life.start()
    life.together([2.0, 2.1], [2.2, 5.0])
    return life


def measured(record: Record) -> dict[str, list[object]]:
    return {step.id: [made.value for made in step.measurements] for step in record.steps}


@pytest.mark.parametrize("cut", range(1, len(grouped().events)))
def test_a_run_that_was_cut_in_a_group_keeps_what_each_step_had_done(path: Path, cut: int) -> None:
    life = Life("r1")
    for stamped in grouped().events[:cut]:
        life.add(stamped.event)
    with Recorder(path) as recorder:
        leave_open(recorder, life)
    with Recorder(path) as recorder:
        (record,) = recorder.recovered
    assert record.steps == life.builder.build().steps
    assert {step.parent for step in record.steps} <= {"both"}
    assert record.fault and record.fault.code == "RUN-INTERRUPTED"
    assert (record.outcome, record.symptom) == (Outcome.ABORTED, None)
    assert record.dut_failed is any(5.0 in values for values in measured(record).values())
    assert verify(path) == []


def test_both_steps_of_a_group_are_there_with_their_group_and_symptom(path: Path) -> None:
    life = grouped()
    life.end()
    with Recorder(path) as recorder:
        hand_in(recorder, life)
    with Reader(path) as reader:
        record = reader.record("r1")
    assert measured(record) == {"step_0": [2.0, 2.1], "step_1": [2.2, 5.0]}
    assert [step.parent for step in record.steps] == ["both", "both"]
    assert record.symptom == SYMPTOM
    assert record == life.builder.build()


def test_a_curve_is_kept_and_its_row_among_the_fails_is_in_words(path: Path) -> None:
    life = Life("r1")
    life.start(steps=1, measures=1)
    life.begin("step_0")
    life.measure("step_0", "rail_0", CURVE, MASK, "1")
    life.measure("step_0", "whole", CURVE, RecordOnly(), "1")
    life.finish("step_0")
    life.end()
    with Recorder(path) as recorder:
        hand_in(recorder, life)
    assert verify(path) == []
    with Reader(path) as reader:
        record = reader.record("r1")
        plain = orjson.loads(reader.json("r1"))
    connection = open_for_reading(path)
    rows = connection.execute("SELECT name, code, value FROM fail").fetchall()
    connection.close()
    assert [made.value for made in record.steps[0].measurements] == [CURVE, CURVE]
    kept = plain["steps"][0]["measurements"][0]["value"]
    assert kept == {"x": [0.0, 0.25, 0.5], "y": [1.0, 0.2, 0.15], "x_unit": "cy/px"}
    assert rows == [("rail_0", "step_0.rail_0:LOW", "3 points from 0.15 to 1")]
    assert record.fault
    assert record.fault.message == "at 0.25 cy/px it is 0.2, below the mask's 0.5"


CHANGES: dict[str, tuple[Callable[[e.RunStarted], e.RunStarted], list[str], object]] = {
    "release": (
        lambda started: replace(started, release=RELEASE),
        ["release"],
        {"process": "final-test", "number": 7, "sha256": "ab" * 32, "signed_by": ["anna", "ben"]},
    ),
    "only": (
        lambda started: replace(started, plan=replace(started.plan, only=("step_0",))),
        ["plan", "only"],
        ["step_0"],
    ),
    "sku": (
        lambda started: replace(started, unit=Unit("A57A000002", sku="A57-PK", variant="pk")),
        ["scanned", "sku"],
        "A57-PK",
    ),
}


@pytest.mark.parametrize(("change", "where", "said"), CHANGES.values(), ids=CHANGES)
def test_the_json_says_how_the_run_was_chosen(
    path: Path,
    change: Callable[[e.RunStarted], e.RunStarted],
    where: list[str],
    said: object,
) -> None:
    life = Life("r1")
    started = grouped().events[0].event
    assert isinstance(started, e.RunStarted)
    life.add(change(started))
    life.together([2.0, 2.0], [2.0, 2.0])
    record = life.end()
    with Recorder(path) as recorder:
        hand_in(recorder, life)
    with Reader(path) as reader:
        text = reader.json("r1")
    found = orjson.loads(text)
    for key in where:
        found = found[key]
    assert found == said
    assert from_json(text)[0] == record
    assert verify(path) == []
