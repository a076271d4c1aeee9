"""What a step speaks to, and slots may share, it must reserve."""

from __future__ import annotations

from pathlib import Path

from harness.plans.resolve import resolve
from harness.steps import catalogue

SHIPPED = Path(__file__).parents[2] / "testplans/lte-attach.yaml"
NEEDS = "    needs: [callbox]\n"


def test_a_step_with_the_call_box_that_does_not_need_it_is_told(path: Path) -> None:
    text = SHIPPED.read_text()
    line = 1 + text.splitlines().index("    use: lte.attach")
    assert NEEDS in text
    path.write_text(text.replace(NEEDS, "", 1))
    _, problems = resolve(path, catalogue())
    (told,) = (str(problem) for problem in problems)
    assert told == (
        f"{path}:{line}:10: lte.attach speaks to the callbox: add 'needs: [callbox]', so that no "
        "other slot has it meanwhile"
    )
