"""What the store says of a jig's self-tests: the newest by its end, whatever the clock said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from harness.model.events import Purpose
from harness.model.outcome import Outcome
from harness.records.query import Reader
from harness.records.recorder import Recorder
from tests.records.runs import Life, hand_in, leave_open, tamper

JIG, GOLD = "J-0117", "A57G000001"
PORT = f"/dev/serial/by-path/{'pci-' * 12}usb-0:1.4:1.0-port0"
"""A name that is no serial number: too long."""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


@pytest.fixture
def recorder(store: Path) -> Iterator[Recorder]:
    with Recorder(store) as opened:
        yield opened


def life(
    run: str,
    jig: str = JIG,
    purpose: Purpose = Purpose.SELFTEST,
    *,
    later_h: float = 0,
    serial: str | None = None,
) -> Life:
    """A run on a jig, of the jig itself unless it is of the unit with this serial."""
    lived = Life(run)
    lived.started += timedelta(hours=later_h)
    unit = jig if serial is None else serial
    lived.start(serial=unit, steps=1, measures=1, purpose=purpose, jig=jig)
    return lived


def ended(lived: Life, value: float = 2.0) -> Life:
    lived.step(0, [value])
    lived.end()
    return lived


def names(store: Path, *jigs: str, limit: int = 100) -> list[str]:
    with Reader(store) as reader:
        return [head.run for head in reader.self_tests(jigs, limit)]


def test_the_newest_by_its_end_comes_first_though_the_clock_went_back(
    store: Path, recorder: Recorder
) -> None:
    hand_in(recorder, ended(life("01A", later_h=24)))
    hand_in(recorder, ended(life("01B"), 0.11))
    hand_in(recorder, ended(life("01C", later_h=-1)))
    assert names(store, JIG) == ["01C", "01B", "01A"]
    assert names(store, JIG, limit=2) == ["01C", "01B"]
    with Reader(store) as reader:
        heads = reader.self_tests([JIG])
    assert [head.outcome for head in heads] == [Outcome.PASS, Outcome.FAIL, Outcome.PASS]


def test_other_jigs_and_other_runs_are_none_of_its_self_tests(
    store: Path, recorder: Recorder
) -> None:
    hand_in(recorder, ended(life("01A")))
    hand_in(recorder, ended(life("01B", "J-0118")))
    hand_in(recorder, ended(life("01C", purpose=Purpose.ENGINEERING)))
    leave_open(recorder, life("01D", purpose=Purpose.ENGINEERING))
    assert names(store, JIG) == ["01A"]
    assert names(store, JIG, "J-0118") == ["01B", "01A"]
    assert names(store, "J-0119") == []


def test_one_that_has_not_ended_comes_before_all_others(store: Path, recorder: Recorder) -> None:
    leave_open(recorder, life("01A"))
    hand_in(recorder, ended(life("01B", later_h=1)))
    assert names(store, JIG) == ["01A", "01B"]
    with Reader(store) as reader:
        assert reader.self_tests([JIG])[0].outcome is None


def test_those_under_a_name_that_no_unit_can_have_are_found(
    store: Path, recorder: Recorder
) -> None:
    hand_in(recorder, ended(life("01A", PORT, serial="")))
    hand_in(recorder, ended(life("01B", "another port", serial="")))
    leave_open(recorder, life("01C", PORT, serial=""))
    leave_open(recorder, life("01D", "another port", serial=""))
    assert names(store, PORT) == ["01C", "01A"]
    assert names(store, PORT, JIG) == ["01C", "01A"]


def test_one_that_can_never_be_read_hides_no_other(store: Path) -> None:
    with Recorder(store) as recorder:
        leave_open(recorder, life("01A"))
        hand_in(recorder, ended(life("01B")))
    tamper(store, "UPDATE open_run SET body = x'00'")
    assert names(store, JIG) == ["01B"]


def test_the_newest_run_of_a_golden_unit_on_the_jig(store: Path, recorder: Recorder) -> None:
    hand_in(recorder, ended(life("019")))
    hand_in(recorder, ended(life("01A", purpose=Purpose.GOLDEN, serial=GOLD, later_h=5)))
    hand_in(recorder, ended(life("01B", purpose=Purpose.GOLDEN, serial=GOLD), 0.11))
    hand_in(recorder, ended(life("01C", purpose=Purpose.ENGINEERING, serial=GOLD)))
    hand_in(recorder, ended(life("01D", purpose=Purpose.GOLDEN, serial="A57G000002")))
    with Reader(store) as reader:
        newest = reader.last_golden(GOLD, JIG, "019")
        assert newest
        assert (newest.run, newest.outcome) == ("01B", Outcome.FAIL)
        assert reader.last_golden(GOLD, "J-0118", "019") is None
        assert reader.last_golden("A57G000003", JIG, "019") is None


def test_a_golden_run_counts_after_a_self_test_by_its_end_and_not_by_the_clock(
    store: Path, recorder: Recorder
) -> None:
    hand_in(recorder, ended(life("01A", purpose=Purpose.GOLDEN, serial=GOLD, later_h=48)))
    hand_in(recorder, ended(life("01B")))
    with Reader(store) as reader:
        assert reader.last_golden(GOLD, JIG, "01B") is None, "the clock was ahead"
    hand_in(recorder, ended(life("01C", purpose=Purpose.GOLDEN, serial=GOLD, later_h=-1)))
    leave_open(recorder, life("01D"))
    with Reader(store) as reader:
        newest = reader.last_golden(GOLD, JIG, "01B")
        assert newest
        assert newest.run == "01C"
        assert reader.last_golden(GOLD, JIG, "01D") is None, "that one has not ended"
