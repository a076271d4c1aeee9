from __future__ import annotations

import pytest

from harness.model.step import Catalogue, Flag, Numeric, StepSpec, Text


def spec(name: str) -> StepSpec:
    return StepSpec(name, lambda: None, {}, {}, {}, frozenset(), "Does it.")


def test_a_number_has_a_unit_of_the_table() -> None:
    assert Numeric("voltage", "V").unit == "V"
    assert Numeric("crashes").unit == "1"
    with pytest.raises(ValueError, match="measurement voltage: no unit 'volt'"):
        Numeric("voltage", "volt")


def test_a_text_and_a_flag_have_none() -> None:
    assert (Text("serial").unit, Flag("locked").unit) == ("", "")


def test_a_catalogue_finds_steps_by_name_in_order() -> None:
    specs = [spec("jig.open"), spec("jig.close")]
    catalogue = Catalogue(specs)
    assert list(catalogue) == ["jig.open", "jig.close"]
    assert catalogue["jig.close"] is specs[1]
    assert len(catalogue) == 2
    assert "jig.lift" not in catalogue


def test_two_steps_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"two steps are called jig\.open"):
        Catalogue([spec("jig.open"), spec("jig.open")])
