"""The example of docs/plans.md is a plan: its blocks, each in its file, load without a word."""

import re
from pathlib import Path

from harness.plans.resolve import resolve
from harness.steps import catalogue

DOCS = Path(__file__).parents[2] / "docs" / "plans.md"
FILES = {
    "plan.yaml": "plan: a57-final",
    "limits/a57.yaml": "limits: a57\n",
    "golden/a57.yaml": "golden: a57\n",
    "masks/rear.csv": "x [%]",
    "labels/a57.yaml": "label: a57\n",
}


def test_the_example_is_a_plan(tmp_path: Path) -> None:
    blocks = re.findall(r"```(?:yaml|csv)\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == len(FILES)
    for name, told_by in FILES.items():
        (block,) = [block for block in blocks if f"\n{told_by}" in block]
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(block)
    plans, problems = resolve(tmp_path / "plan.yaml", catalogue())
    assert not problems
    assert plans
    assert list(plans.plans) == ["pk", "ae"]
    assert set(plans.any.files) == {"plan", "limits", "golden", "mask:../masks/rear.csv", "label"}
