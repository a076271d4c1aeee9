"""What a simulated handset says of its sensors: `dumpsys sensorservice`.

Layouts: SensorService::dump, SensorDevice::dump and SensorList::dump of AOSP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from harness.sim.handset.state.answer import Answer, Programs, text
from harness.sim.unit import SimUnit


class Sensor(NamedTuple):
    """A sensor; `type` is its number in Sensor.TYPE_..., `kind` its string type."""

    name: str
    vendor: str
    kind: str
    type: int
    mode: str = "continuous"


def _basic(
    inertial: tuple[str, str], optical: tuple[str, str], magnetic: tuple[str, str]
) -> tuple[Sensor, ...]:
    """What every one of these models has, by the names and makers of its chips."""
    android = "android.sensor."
    return (
        Sensor(f"{inertial[0]} Accelerometer", inertial[1], f"{android}accelerometer", 1),
        Sensor(f"{magnetic[0]} Magnetometer", magnetic[1], f"{android}magnetic_field", 2),
        Sensor(f"{inertial[0]} Gyroscope", inertial[1], f"{android}gyroscope", 4),
        Sensor(f"{optical[0]}", optical[1], f"{android}light", 5, "on-change"),
        Sensor(f"{optical[0]}", optical[1], f"{android}proximity", 8, "on-change"),
        Sensor(f"{inertial[0]} Step Counter", inertial[1], f"{android}step_counter", 19, "special"),
    )


_STK = ("stk3x1x alsprx", "Sensortek")
HARDWARE: Mapping[str, Sequence[Sensor]] = {
    "oppo-mtk": (
        *_basic(("lsm6dso", "STMicro"), _STK, ("mmc5603", "memsic")),
        Sensor("pickup_motion", "OPPO", "android.sensor.pickup_motion", 33171026, "one-shot"),
    ),
    "oppo-qcom": (
        *_basic(("icm4x6xx", "TDK-Invensense"), ("tcs3720", "ams AG"), ("ak0991x", "akm")),
        Sensor("oplus_fusion_light", "OPLUS", "qti.sensor.fusion_light", 33171088, "on-change"),
    ),
    "samsung": (
        *_basic(("LSM6DSOTR", "STM"), ("STK31610 Light", "Sensortek"), ("AK09918C", "AKM")),
        Sensor("Grip Sensor", "SEMTECH", "com.samsung.sensor.grip", 65560, "on-change"),
    ),
    "xiaomi": _basic(("bmi3xy", "BOSCH"), ("ltr2568", "liteon"), ("mmc5603", "memsic")),
    "pixel": (
        *_basic(("LSM6DSV", "STMicro"), ("TMD3719 Ambient Light", "AMS"), ("MMC56X3X", "Memsic")),
        Sensor("ICP20100 Pressure", "InvenSense", "android.sensor.pressure", 6),
    ),
}
"""What the HAL of each model offers."""
COMPUTED = (
    (0x5F677276, Sensor("Gravity Sensor", "AOSP", "android.sensor.gravity", 9)),
    (0x5F6C696E, Sensor("Linear Acceleration Sensor", "AOSP", "android.sensor.linear_acc", 10)),
    (0x5F726F76, Sensor("Rotation Vector Sensor", "AOSP", "android.sensor.rotation_vector", 11)),
)
"""What Android computes of them, with its handles: in the list, not in the HAL's total."""


def programs(unit: SimUnit, sdk: int) -> Programs:
    """The command that tells of sensors."""

    def dump(_words: list[str], _now_s: float) -> Answer:
        hardware = _fitted(unit)
        listed = [*enumerate(hardware, 1), *COMPUTED]
        rows = "".join(_row(handle, sensor, sdk) for handle, sensor in listed)
        return text(
            f"Captured at: 15:31:13.871\nSensor Device:\n{_total(len(hardware), sdk)}"
            f"Sensor List:\n{rows}{_rest(hardware[0].name)}"
        )

    return {"dumpsys sensorservice": dump}


def _fitted(unit: SimUnit) -> Sequence[Sensor]:
    missing = unit.defects.get("sensors.missing")
    if missing is None:
        return HARDWARE[unit.profile]
    kind = f"android.sensor.{missing.get('sensor', 'gyroscope')}"
    return [sensor for sensor in HARDWARE[unit.profile] if sensor.kind != kind]


def _total(count: int, sdk: int) -> str:
    running = "1 running" if sdk < 30 else "1 running 0 disabled clients"
    return (
        f"Total {count} h/w sensors, {running}:\n"
        "0x00000001) active-count = 1; sampling_period(ms) = {66.7}, selected = 66.70 ms; "
        "batching_period(ms) = {0.0}, selected = 0.00 ms\n"
    )


def _row(handle: int, sensor: Sensor, sdk: int) -> str:
    flags = " | flags: 0x00000000" if sdk >= 29 else ""
    return (
        f"{handle:#010x}) {sensor.name:<25} | {sensor.vendor:<15} | ver: 1 | "
        f"type: {sensor.kind:>20}({sensor.type}) | perm: n/a{flags}\n"
        f"\t{sensor.mode} | minRate=1.00Hz | maxRate=200.00Hz | "
        "FIFO (max,reserved) = (10000, 0) events | non-wakeUp | \n"
    )


def _rest(name: str) -> str:
    return (
        "Fusion States:\n\t9-axis fusion disabled (0 clients), gyro-rate= 200.00Hz\n"
        f"Recent Sensor events:\n{name}: last 1 events\n"
        "\t 1 (ts=1034.112233445, wall=15:31:13.102) 0.02, 0.11, 9.79, \n"
        "Active sensors:\n"
        f"{name} (handle=0x00000001, connections=1)\n"
        "Socket Buffer size = 39 events\nWakeLock Status: not held \nMode : NORMAL\n"
        "0 active connections\n"
    )
