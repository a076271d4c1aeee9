"""The current of a battery in amperes, by what is known of the model's driver."""

from __future__ import annotations

import pytest

from harness.model.reading import Unknown, Unreadable
from harness.steps.charging.gauge import Gauge, Raw, less

NONE = Unreadable("Permission denied")


@pytest.mark.parametrize(
    ("printed_in", "charging", "raws", "current_a"),
    [
        ("uA", "positive", [923_000], 0.923),
        ("uA", "negative", [-923_000], 0.923),
        ("uA", "negative", [112_000], -0.112),
        ("mA", "positive", [923], 0.923),
        ("mA", "negative", [-900, -1000], 0.95),
        ("uA", "positive", [300], 0.0003),
        ("unsaid", "positive", [300, 900_000], 0.45015),
        ("unsaid", "unsaid", [-257_109], -0.257109),
        ("uA", "positive", [0], 0.0),
    ],
)
def test_the_mean_in_ampere(
    printed_in: str, charging: str, raws: list[Raw], current_a: float
) -> None:
    assert Gauge(printed_in, charging).current_a(raws) == pytest.approx(current_a, abs=1e-12)


def test_what_leaves_the_unit_open_is_unknown() -> None:
    for raws in ([900], [-29_999], [0]):
        assert isinstance(Gauge("unsaid", "positive").current_a(raws), Unknown)


@pytest.mark.parametrize("lacking", [NONE, Unknown("no CURRENT_NOW")])
def test_one_reading_that_lacks_leaves_no_mean(lacking: Unknown | Unreadable) -> None:
    assert Gauge("uA", "positive").current_a([900_000, lacking]) == lacking
    assert isinstance(Gauge("uA", "positive").current_a([]), Unreadable)


def test_without_the_sign_nobody_knows_what_flows_into_the_battery() -> None:
    unsaid = Gauge("uA", "unsaid")
    assert unsaid.current_a([-900_000]) == -0.9
    assert isinstance(unsaid.into_battery_a([-900_000]), Unknown)
    assert Gauge("uA", "negative").into_battery_a([-900_000]) == 0.9


def test_a_difference_lacks_what_one_of_the_two_lacks() -> None:
    assert less(0.9, 0.8) == pytest.approx(0.1)
    assert less(NONE, 0.8) == NONE
    assert less(0.9, NONE) == NONE
