"""What the log of a handset on a charger says, and what it leaves open."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from harness.devices.android.battery import read_battery
from harness.devices.android.charge_log import Point
from harness.devices.android.power_supply import read_uevent
from harness.model.reading import Reading, Unreadable
from harness.sim.handset import HandsetBehaviour
from harness.sim.unit import SimUnit
from harness.steps.charging.gauge import Gauge
from harness.steps.charging.without_data import ChargingPart, charging_part
from harness.steps.charging.witness import Witness

POSITIVE = Gauge("uA", "positive")
LACKING = Unreadable("the log does not begin with a point")


def at(uptime_s: float, current_ua: int = 1_700_000, plug: str = "AC") -> Point:
    """A point of a log; `plug` is what the power comes from."""
    unit = SimUnit("A57A000001", vbus_v=0.0 if plug == "none" else 5.0, dcp=plug == "AC")
    dump = HandsetBehaviour(unit).run("dumpsys battery", 0.0).out.decode()
    uevent = f"POWER_SUPPLY_NAME=battery\nPOWER_SUPPLY_CURRENT_NOW={current_ua}\n"
    return Point(uptime_s, read_uevent(uevent), read_battery(dump))


def current_a(charged: ChargingPart) -> Reading[float]:
    return Witness(POSITIVE, (), charged.drivers).current_a


def part(*points: Point) -> ChargingPart:
    """What was logged while the charger was on from 10 to 14 s; the last point ended then."""
    return charging_part((*points, at(14.0)), 10.0, 14.0)


def test_only_what_was_logged_on_the_charger_counts() -> None:
    log = (at(9.9), at(10.0), at(12.0), at(14.0), at(14.1))
    charged = charging_part(log, 10.0, 14.0)
    assert charged.count == 2
    assert charged.gap_s == 2.0


def test_a_point_that_may_have_ended_after_the_charger_went_does_not_count() -> None:
    log = (at(12.5), at(13.8), at(13.99, plug="none"), at(14.2, plug="none"))
    assert charging_part(log, 10.0, 14.0).charger == "AC"
    assert charging_part(log[:3], 10.0, 14.0).charger == "AC"


def test_the_current_is_that_of_the_second_half() -> None:
    early = [at(10.5, 100_000), at(11.9, 100_000)]
    charged = part(*early, at(12.1, 1_600_000), at(13.9, 1_800_000))
    assert current_a(charged) == 1.7


@pytest.mark.parametrize(
    ("times_s", "gap_s"), [((), 4.0), ((13.0,), 3.0), ((10.5, 11.0), 3.0), ((10.5, 13.8), 3.3)]
)
def test_the_gap_counts_the_ends(times_s: Sequence[float], gap_s: float) -> None:
    assert part(*map(at, times_s)).gap_s == pytest.approx(gap_s)


@pytest.mark.parametrize(
    ("plugs", "told"),
    [
        (["AC", "AC"], "AC"),
        (["USB", "USB"], "USB"),
        (["none", "none"], "none"),
        (["USB", "AC", "USB"], "USB, AC"),
    ],
)
def test_the_charger_is_what_android_said_once_it_had_settled(
    plugs: Sequence[str], told: Reading[str]
) -> None:
    settled = [at(12.5 + 0.1 * n, plug=plug) for n, plug in enumerate(plugs)]
    assert part(at(10.1, plug="none"), *settled).charger == told


def test_a_log_without_a_point_tells_no_value() -> None:
    silent = part(at(10.5))
    assert silent.count == 1
    assert isinstance(silent.charger, Unreadable)
    assert isinstance(current_a(silent), Unreadable)


def test_what_is_no_log_tells_nothing() -> None:
    none = charging_part(LACKING, 10.0, 14.0)
    assert none.count == none.gap_s == none.charger == LACKING
    assert current_a(none) == none.counted_a == LACKING


def test_a_point_that_android_did_not_answer_leaves_the_charger_open() -> None:
    deaf = Point(13.0, read_uevent(""), read_battery("Can't find service: battery\n"))
    assert isinstance(part(at(12.5), deaf).charger, Unreadable)
    assert isinstance(current_a(part(at(12.5), deaf)), Unreadable)
