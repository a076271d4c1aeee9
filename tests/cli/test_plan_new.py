"""`harness plan new`: a plan that can be checked and run at once, and is never taken for done."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from harness.plans.resolve import load_plans
from harness.plans.starting import read_areas, starting_plan
from harness.steps import catalogue
from tests.cli.conftest import ROOT, Cli

AREAS = sorted(read_areas(ROOT / "testplans", Path()))


def test_the_areas_are_the_shipped_plans_of_one_part_of_a_handset() -> None:
    assert {"battery", "camera", "lte-attach", "radio"} <= set(AREAS)
    assert {"identity", "device", "handover"} <= set(AREAS)
    assert not {"a57-final", "skeleton"} & set(AREAS)


@pytest.mark.timeout(180)  # every test there is, pictures too, and a machine may be busy
def test_a_new_plan_of_all_areas_is_right_and_passes_on_the_simulated_station(cli: Cli) -> None:
    file = cli.folder / "deeper" / "a58.yaml"
    file.parent.mkdir()
    options = [part for area in AREAS for part in ("--area", area)]
    made = cli("plan", "new", "a58-final", *options, "--out", file)
    assert (made.code, made.out) == (0, ""), made.err
    checked = cli("plan", "check", file)
    assert checked.code == 0
    assert checked.out.startswith(f"{file}: a58-final revision 1 ")
    assert checked.out.count("\n") == 1
    text = file.read_text()
    assert text.count("EXAMPLES, to be replaced") == text.count("    limits:")
    assert "record only" not in text or "low:" in text
    with_agent = cli.scenario("speed: 10\nunits: [{serial: A57A000001, agent: true}]\n")
    ran = cli("run", file, "--scenario", with_agent, "--json")
    assert ran.code == 0, ran.err
    (record,) = ran.records()
    ids = [step["id"] for step in record["steps"]]
    assert ids[:4] == ["close", "who", "prepare", "identity"]
    assert ids[-5:-2] == ["handover", "wipe", "sealed"]
    assert ids[-2:] == ["restore", "open"]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("area", AREAS)
def test_a_new_plan_of_one_area_is_right_as_it_is_written(cli: Cli, area: str) -> None:
    file = cli.folder / f"{area}.yaml"
    assert cli("plan", "new", "mine", "--area", area, "--out", file).code == 0
    checked = cli("plan", "check", file)
    assert (checked.code, checked.err) == (0, "")
    assert "EXAMPLES, to be replaced" in file.read_text()


@pytest.mark.parametrize("pair", list(combinations(AREAS, 2)), ids="+".join)
def test_any_two_areas_go_together(tmp_path: Path, pair: tuple[str, str]) -> None:
    areas = read_areas(ROOT / "testplans", tmp_path)
    file = tmp_path / "both.yaml"
    file.write_text(starting_plan("both", [areas[name] for name in pair], "A57-4G", "A57-4G"))
    assert load_plans(file, catalogue()).any.id == "both"


def test_the_model_and_the_part_are_those_that_are_given(cli: Cli) -> None:
    made = cli("plan", "new", "x", "--area", "radio", "--model", "O'Phone", "--part", "P: 1")
    assert made.code == 0, made.err
    file = cli.folder / "x.yaml"
    file.write_text(made.out)
    product = load_plans(file, catalogue()).any.product
    assert (product.model, product.part) == ("O'Phone", "P: 1")


def test_a_file_that_is_there_stays_as_it_is(cli: Cli) -> None:
    file = cli.folder / "mine.yaml"
    file.write_text("mine")
    made = cli("plan", "new", "x", "--area", "radio", "--out", file)
    assert made.code == 2
    assert "File exists" in made.err
    assert file.read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["x", "--area", "camra"], "no area 'camra'; did you mean 'camera'?"),
        (["x", "--area", "zzz"], "there are agent, battery, camera"),
        (["A58 final", "--area", "radio"], "is not a name of small letters"),
        (["x", "--area", "radio", "--model", "a\nb"], "printable"),
        (["x"], "Missing option '--area'"),
    ],
)
def test_what_cannot_be_made_is_said(cli: Cli, arguments: list[str], words: str) -> None:
    made = cli("plan", "new", *arguments)
    assert (made.code, made.out) == (2, "")
    assert words in made.err
