"""The files that a plan names are found without its steps: none that it is run by is left out."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from harness.plans.named import files_of_plan
from harness.plans.resolve import load_plans
from harness.steps import catalogue
from tests.plans import bundle

TESTPLANS = Path(__file__).parents[2] / "testplans"
PLANS = [path for place in (TESTPLANS, TESTPLANS / "selftest") for path in place.glob("*.yaml")]


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_of_each_shipped_plan_all_files_are_found(path: Path) -> None:
    found = {role: file.sha256 for role, file in files_of_plan(path).items()}
    run_by = load_plans(path, catalogue()).any.files
    assert found.items() >= {role: file.sha256 for role, file in run_by.items()}.items()


def test_of_a_plan_with_everything_nothing_else_is_found(tmp_path: Path) -> None:
    plans = bundle.whole(tmp_path, {})
    assert files_of_plan(tmp_path / "plan.yaml") == plans.any.files
    assert plans.any.files.keys() == {"plan", "limits", "golden", "label", "mask:mask.csv"}


@pytest.mark.parametrize("kind", ["parallel", "any_order"])
def test_a_mask_in_the_plan_and_one_of_a_variant_are_found(tmp_path: Path, kind: str) -> None:
    inline = "limits: {sfr: {mask: masks/own.csv}}"
    (tmp_path / "masks").mkdir()
    for name in ("own", "eu"):
        (tmp_path / "masks" / f"{name}.csv").write_text(name)
    (tmp_path / "plan.yaml").write_text(
        f"limits: limits.yaml\nsteps:\n  - {kind}:\n      - {{id: rear, {inline}}}\n"
    )
    (tmp_path / "limits.yaml").write_text(
        "variants:\n  eu: {values: {rear.sfr: {mask: masks/eu.csv}}}\n"
    )
    found = files_of_plan(tmp_path / "plan.yaml")
    masks = {role: file.sha256 for role, file in found.items() if role.startswith("mask:")}
    assert masks == {
        f"mask:masks/{name}.csv": sha256(name.encode()).hexdigest() for name in ("own", "eu")
    }


@pytest.mark.parametrize("content", ["", "- 1\n", "limits: [a]\nlabel: none.yaml\n", "\0"])
def test_what_is_no_plan_or_names_what_is_not_there_is_a_file_alone(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "plan.yaml").write_text(content)
    assert files_of_plan(tmp_path / "plan.yaml").keys() == {"plan"}
