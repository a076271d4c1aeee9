"""What the screen draws is what its pictures show, and no key is cut off them."""

from __future__ import annotations

import pytest

from tests.ui.operator.pictures import DOCS, DRAW, IN_DOCS, SNAPSHOTS, Pictures, pictures, said
from tests.ui.operator.scenes import SCENES


@pytest.mark.parametrize("name", SCENES)
def test_the_screen_looks_as_in_its_pictures(name: str) -> None:
    made = pictures(name)
    kept = SNAPSHOTS / f"{name}.txt"
    assert kept.exists(), DRAW
    assert made.text(name).splitlines() == kept.read_text(encoding="utf-8").splitlines(), DRAW
    if made.svg:
        drawn = (DOCS / f"operator-{name}.svg").read_text(encoding="utf-8")
        assert said(drawn) == said(made.svg), f"operator-{name}.svg: {DRAW}"
    assert not cut_keys(made)


def test_there_is_a_picture_of_each_scene_and_no_other() -> None:
    assert {path.stem for path in SNAPSHOTS.glob("*.txt")} == SCENES.keys(), DRAW
    drawn = {path.name for path in DOCS.glob("operator-*.svg")}
    assert drawn == {f"operator-{name}.svg" for name in IN_DOCS}, DRAW


def cut_keys(made: Pictures) -> list[str]:
    """The lines of keys that are not whole: somebody would look for a key that he does not see."""
    lasts = (next(filter(None, reversed(picture.lines))) for picture in made.taken)
    return [line for line in lasts if line.endswith("…")]
