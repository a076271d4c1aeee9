"""What a station tells of a command: nothing that a screen could not say."""

from __future__ import annotations

import pytest

from harness.model.codec import decode, encode
from harness.model.sentence import Says, Sentence
from harness.model.station import Obeyed


@pytest.mark.parametrize("says", Says)
def test_a_sentence_names_just_what_its_kind_does(says: Says) -> None:
    names = dict.fromkeys(says.names, "1")
    obeyed = Obeyed("Scanned", (Sentence(says, names), Sentence.of(says, **names)))
    assert decode(Obeyed, encode(obeyed)) == obeyed
    for wrong in ({**names, "more": "1"}, {"other": "1"}):
        with pytest.raises(ValueError, match=f"{says} names "):
            Sentence(says, wrong)


def test_numbers_are_named_as_they_are_read() -> None:
    assert Sentence.of(Says.PUT_INTO, slot=3) == Sentence(Says.PUT_INTO, {"slot": "3"})
