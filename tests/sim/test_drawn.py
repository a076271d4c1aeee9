"""Units that a scenario draws: the same ones again, in the shares that were asked for."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from harness.errors import StationFault
from harness.model.outcome import Outcome
from harness.sim.drawn import Drawn
from harness.sim.scenario import load_scenario

HEAD = "schema: 1\nseed: 5\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "scenario.yaml"
    path.write_text(HEAD + text)
    return path


def test_serials_count_up_until_their_digits_are_used_up() -> None:
    assert list(Drawn("A57C099").serials())[:2] == ["A57C099", "A57C100"]
    assert list(Drawn("A57C998").serials()) == ["A57C998", "A57C999"]


def test_a_defect_has_its_share_and_follows_from_seed_and_serial() -> None:
    drawn = Drawn("A57C100001", {"gnss.deaf": 0.2, "imei.not_written": 0.1})
    serials = list(islice(drawn.serials(), 5000))
    found = Counter(drawn.defect_of(serial, 1) for serial in serials)
    assert 0.17 < found["gnss.deaf"] / 5000 < 0.23
    assert 0.08 < found["imei.not_written"] / 5000 < 0.12
    assert {serial: name for serial in serials[:15] if (name := drawn.defect_of(serial, 1))} == {
        "A57C100005": "gnss.deaf",
        "A57C100007": "imei.not_written",
        "A57C100013": "imei.not_written",
        "A57C100014": "gnss.deaf",
        "A57C100015": "imei.not_written",
    }
    assert found != Counter(drawn.defect_of(serial, 2) for serial in serials)


def test_units_are_those_told_first_and_then_drawn_ones(tmp_path: Path) -> None:
    text = "units: [{serial: A57A000009}]\ndrawn: {first: A57C100001, defects: {gnss.deaf: 1}}\n"
    scenario = load_scenario(written(tmp_path, text))
    first, second, third = scenario.first_units(3)
    assert [first.serial, second.serial, third.serial] == ["A57A000009", "A57C100001", "A57C100002"]
    assert list(second.defects) == ["gnss.deaf"]
    assert second.expect
    assert second.expect.outcome is Outcome.FAIL
    assert len({imei for unit in (first, second, third) for imei in unit.imei}) == 6
    assert scenario.unit_with("A57A000009").serial == "A57A000009"


def test_without_drawn_ones_there_are_no_more_than_are_told(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path, "units: [{serial: A57A000009}]\n"))
    with pytest.raises(ValueError, match="has 1 units, not 2"):
        scenario.first_units(2)
    with pytest.raises(ValueError, match="no unit A57C100001"):
        scenario.unit_with("A57C100001")


@pytest.mark.parametrize(
    ("defects", "words"),
    [
        ("{gnss.dead: 0.1}", "no defect 'gnss.dead'"),
        ("{gnss.deaf: 0.7, imei.not_written: 0.6}", "the shares come to 1.3"),
        ("{modem.silent: 0.1}", "no defect"),
        ("{gnss.deaf: 0}", "expected more than 0"),
    ],
)
def test_shares_that_make_no_sense_are_told_at_their_place(
    tmp_path: Path, defects: str, words: str
) -> None:
    path = written(tmp_path, f"drawn: {{first: A57C100001, defects: {defects}}}\n")
    with pytest.raises(StationFault) as caught:
        load_scenario(path)
    assert words in str(caught.value.evidence)
