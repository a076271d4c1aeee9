"""The steps on what a handset is built with, over the real adb server."""

from __future__ import annotations

from typing import Any

import pytest

from harness.devices.adb import AdbServer
from harness.model.outcome import Outcome
from harness.model.reading import Unknown, Unreadable
from harness.model.record import Record
from harness.sim.handset import SimHandsets
from harness.sim.handset.state.answer import text
from harness.sim.unit import SimUnit
from harness.steps.device import _warmest
from tests.steps.phone import Phone, fault, measured, step

ALL = ("device.display", "device.storage", "device.memory", "device.thermal")
REQUIRED = "accelerometer, gyroscope, magnetometer, light, proximity"


@pytest.fixture
def phone_with(server: AdbServer, handsets: SimHandsets) -> Any:
    def make(*defects: str, **more: Any) -> Phone:
        planted: dict[str, dict[str, Any]] = {name: {} for name in defects}
        return Phone(server, handsets, SimUnit("A57A000001", defects=planted, **more))

    return make


def sensors(require: str = REQUIRED) -> Any:
    return step("device.sensors", require=require)


def by_step(record: Record) -> dict[str, Any]:
    return {
        f"{each.id}.{made.name}": made.value for each in record.steps for made in each.measurements
    }


@pytest.mark.parametrize(
    ("profile", "android", "screen", "hottest"),
    [
        ("oppo-mtk", 13, (720, 1612, 90.0, 320), ("mtktscpu", 35.0)),
        ("oppo-qcom", 15, (1240, 2772, 120.0, 480), ("cpu-0-0-0", 35.5)),
        ("samsung", 11, (1080, 2340, 120.0, 450), ("TYPE_CPU", 33.5)),
    ],
)
def test_what_it_is_built_with(
    phone_with: Any, profile: str, android: int, screen: Any, hottest: Any
) -> None:
    """Among the temperatures are a sensor without a reading, and a voltage."""
    phone = phone_with(profile=profile, android=android)
    phone.behaviour.run("wm size 360x640; wm density 200", 0.0)
    record = phone.run(*map(step, ALL), sensors())
    values = by_step(record)
    names = ("width", "height", "refresh", "density")
    assert tuple(values[f"device_display.{name}"] for name in names) == pytest.approx(screen)
    assert values["device_storage.size"] == pytest.approx(0.92 * 128, abs=1e-5)
    assert values["device_storage.free"] == pytest.approx(0.96 * 0.92 * 128, abs=1e-5)
    assert values["device_memory.total"] == pytest.approx(0.934 * 8 * 1024, abs=0.001)
    assert (values["device_sensors.all_listed"], values["device_sensors.missing"]) == (True, "none")
    assert values["device_thermal.hottest"] == hottest[0]
    assert values["device_thermal.highest"] == hottest[1]
    assert values["device_thermal.throttling"] == "none"
    assert record.outcome is Outcome.PASS, record.fault


def test_what_is_planted_is_measured(phone_with: Any) -> None:
    phone = phone_with("storage.small", "sensors.missing", "thermal.hot")
    values = by_step(phone.run(*map(step, ALL), sensors()))
    assert values["device_storage.size"] == pytest.approx(0.92 * 64, abs=1e-5)
    assert values["device_sensors.all_listed"] is False
    assert values["device_sensors.missing"] == "gyroscope"
    assert values["device_thermal.highest"] == 85.0


def test_two_sensors_that_are_missing_are_both_told(phone_with: Any) -> None:
    values = measured(phone_with("sensors.missing").run(sensors("pressure, light, gyroscope")))
    assert values == {"all_listed": False, "missing": "pressure, gyroscope"}


@pytest.mark.parametrize("require", ["gyro", "", "light,"])
def test_the_name_of_no_sensor_is_the_plans(phone_with: Any, require: str) -> None:
    record = phone_with().run(sensors(require))
    assert (record.outcome, fault(record).code) == (Outcome.ERROR, "STEP-SETTING")
    assert "accelerometer|magnetometer" in fault(record).message


def test_what_cannot_be_read_is_no_pass(phone_with: Any) -> None:
    """No thermal service before Android 10; a list that is cut, a table of other blocks."""
    phone = phone_with(android=9)
    programs = phone.behaviour.programs
    programs["dumpsys sensorservice"] = lambda *_: text("Sensor List:\n0x00000001) cut")
    programs["df"] = lambda *_: text(
        "Filesystem Size Used Avail Use% Mounted on\n/x 1G 1G 0 9% /data\n"
    )
    uses = ("device.thermal", "device.storage")
    for each in (*map(step, uses), sensors()):
        record = phone.run(each)
        assert (record.outcome, fault(record).code) == (Outcome.ERROR, "MEAS-UNREADABLE")
        assert set(measured(record).values()) == {None}


def test_the_warmest_is_of_what_has_a_temperature() -> None:
    nothing, damaged = Unknown("TYPE_SKIN: -99.9"), Unreadable("mtktscpu is no number", "x")
    assert _warmest({"a": 31.5, "b": 40.25, "c": nothing}) == ("b", 40.25)
    assert _warmest({"a": 31.5, "b": damaged}) is damaged
    assert isinstance(_warmest({"c": nothing}), Unknown)
    assert isinstance(_warmest({}), Unknown)
