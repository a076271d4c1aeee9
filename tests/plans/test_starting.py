"""A starting plan is put together from the text of others, with its comments."""

from __future__ import annotations

import pytest

from harness.files.parse import parse
from harness.plans.starting import Area, starting_plan

ONE = """\
# The first area.
# More about it.
schema: 1
product: {model: A57, part: A57, serial: 'A''57'}
setup:
  - {id: prepare, use: handset.prepare, timeout: 20 s}
steps:
  # why this step
  - id: alpha
    use: one.alpha
    limits:
      a: {low: 1}   # from the golden unit

  # why this group
  - id: both
    parallel:
      - {id: beta, use: one.beta, limits: {b: {mask: m/b.csv}}}
      - id: gamma
        use: one.gamma
        limits:
          c:
            mask: "masks/c.csv"   # measured
# the end
teardown:
  - {id: restore, use: handset.restore, timeout: 20 s}
"""
TWO = """\
schema: 1
steps:
  - {id: delta, use: two.delta}
product: {model: A57, part: A57}
setup:
  - {id: prepare, use: handset.prepare, timeout: 20 s}
  - {id: close, use: jig.close, timeout: 10 s}   # shut
teardown:
  - {id: open, use: jig.open, timeout: 10 s}
  - {id: restore, use: handset.restore, timeout: 20 s}
"""


def area(name: str, text: str) -> Area:
    read = Area.read(name, text, lambda path: f"../{path}")
    assert read
    return read


def test_steps_come_with_their_comments_marks_and_moved_paths() -> None:
    text = starting_plan("x", [area("one", ONE)], "A58", "A58-1")
    assert (
        text[text.index("steps:") :]
        == """\
steps:
  # one: The first area.
  # why this step
  - id: alpha
    use: one.alpha
    limits:  # EXAMPLES, to be replaced
      a: {low: 1}   # from the golden unit
  # why this group
  - id: both
    parallel:
      - {id: beta, use: one.beta, limits: {b: {mask: '../m/b.csv'}}}  # EXAMPLES, to be replaced
      - id: gamma
        use: one.gamma
        limits:  # EXAMPLES, to be replaced
          c:
            mask: '../masks/c.csv'   # measured
teardown:
  - {id: restore, use: handset.restore, timeout: 20 s}
"""
    )
    root, problems = parse(text, "x")
    assert root
    assert not problems
    assert root.plain()["product"] == {"model": "A58", "part": "A58-1", "serial": "A'57"}


def test_what_areas_share_stands_once_and_the_jig_closes_first_and_opens_last() -> None:
    for order in ([ONE, TWO], [TWO, ONE]):
        text = starting_plan("x", [area(str(n), one) for n, one in enumerate(order)], "M", "P")
        root, problems = parse(text, "x")
        assert root
        assert not problems
        plain = root.plain()
        assert [step["id"] for step in plain["setup"]] == ["close", "prepare"]
        assert [step["id"] for step in plain["teardown"]] == ["restore", "open"]
        assert {step["id"] for step in plain["steps"]} == {"alpha", "both", "delta"}


def test_who_the_unit_is_comes_first_and_the_handover_last() -> None:
    who = area("who", TWO.replace("delta, use: two.delta", "a, use: identity.read"))
    out = area("out", TWO.replace("delta, use: two.delta", "z, use: handover.wipe"))
    text = starting_plan("x", [out, area("two", TWO), who], "M", "P")
    root, problems = parse(text, "x")
    assert root
    assert not problems
    assert [step["id"] for step in root.plain()["steps"]] == ["a", "delta", "z"]


def test_two_different_steps_of_one_id_are_refused() -> None:
    other = TWO.replace("timeout: 20 s", "timeout: 30 s")
    with pytest.raises(ValueError, match="one and two have two steps called prepare"):
        starting_plan("x", [area("one", ONE), area("two", other)], "M", "P")


@pytest.mark.parametrize(
    "text",
    [
        "steps: [",
        "schema: 1\n",
        TWO + "limits: limits/a57.yaml\n",
        TWO.replace("two.delta}", "two.delta}\n  - {id: e, use: identity.read}"),
    ],
)
def test_what_is_no_plan_of_one_area_is_none(text: str) -> None:
    assert Area.read("x", text, str) is None
