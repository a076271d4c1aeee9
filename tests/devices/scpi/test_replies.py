"""What is a reply of SCPI, and what is none."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.scpi import replies
from harness.model.jig_ports import JigIdentity


@given(st.one_of(st.text(), st.from_regex(r"[-+0-9.eEnaif]{1,12}", fullmatch=True)))
def test_a_number_is_a_number_or_nothing(text: str) -> None:
    try:
        number = replies.read_number(text)
    except ValueError:
        return
    assert not math.isnan(number)
    assert number == float(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_that_a_device_may_write_is_read(number: float) -> None:
    assert replies.read_number(repr(number)) == number
    assert replies.read_number(f"{number:+.12E}") == float(f"{number:.12E}")


@pytest.mark.parametrize("text", ["nan", "NAN", "inf", "-INF", "0x10", "1_0", " 1", "1 ", "", "٣"])
def test_what_python_takes_for_a_number_and_scpi_does_not(text: str) -> None:
    with pytest.raises(ValueError, match="a number"):
        replies.read_number(text)


def test_an_identity_has_four_fields() -> None:
    identity = replies.read_identity("ACME, J1 ,0042,1.3")
    assert identity == JigIdentity("ACME", "J1", "0042", "1.3")
    for text in ("ACME,J1,0042", "ACME,J1,0042,1.3,x", "ACME,,0042,1.3", "0.9012"):
        with pytest.raises(ValueError, match="maker"):
            replies.read_identity(text)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (replies.read_flag, "2"),
        (replies.read_flag, "01"),
        (replies.read_error, "0"),
        (replies.read_error, '0,"Undefined header"'),
        (replies.read_error, '-113,"No error"'),
        (replies.read_error, '0,"No error'),
        (replies.read_error, "0.9"),
    ],
)
def test_a_reply_of_another_form_is_none(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read(text)


def test_the_error_queue_speaks() -> None:
    assert replies.read_error('+0,"No error"').code == 0
    error = replies.read_error('-222,"Data out of range;""25"" V"')
    assert (error.code, error.words) == (-222, 'Data out of range;"25" V')
    assert str(error) == '-222,"Data out of range;"25" V"'
