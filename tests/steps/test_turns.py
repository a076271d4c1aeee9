"""Looking again and again, against a clock of our own."""

from __future__ import annotations

import pytest

from harness.steps.asking.turns import turns


class Time:
    def __init__(self) -> None:
        self.now_s = 0.0

    def stopwatch(self) -> float:
        return self.now_s

    def wait(self, seconds: float) -> None:
        self.now_s += seconds


@pytest.mark.parametrize(
    ("within_s", "every_s", "looked_at_s"),
    [
        (0.0, 1.0, [0.0]),
        (1.0, 0.5, [0.0, 0.5, 1.0]),
        (1.0, 0.75, [0.0, 0.75, 1.5]),
    ],
)
def test_it_looks_at_once_and_once_more_when_the_time_is_over(
    within_s: float, every_s: float, looked_at_s: list[float]
) -> None:
    time = Time()
    seen = [time.now_s for _ in turns(within_s, time.wait, time.stopwatch, every_s)]
    assert seen == looked_at_s


def test_a_look_that_takes_longer_than_the_time_is_followed_by_one_more() -> None:
    time = Time()
    looks = 0
    for _ in turns(1.0, time.wait, time.stopwatch, 0.5):
        looks += 1
        time.now_s += 5.0
    assert looks == 2
