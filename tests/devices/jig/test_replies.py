from __future__ import annotations

import pytest

from harness.devices.jig import replies


@pytest.mark.parametrize("text", ["CLOSEE", "closed", ""])
def test_a_position_of_another_form_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="OPEN, CLOSED or MOVING"):
        replies.read_position(text)


@pytest.mark.parametrize("text", ["MOVING", "emergency", ""])
def test_an_interlock_of_another_form_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="OPEN, CLOSED or EMERGENCY"):
        replies.read_interlock(text)


@pytest.mark.parametrize("text", ["CHART", "flat", ""])
def test_a_field_of_another_form_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="CHAR, FLAT or MOV"):
        replies.read_field(text)
