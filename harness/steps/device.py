"""Steps on what a handset is built with: screen, storage, memory, sensors; and how warm it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from harness.devices.android import display as screen_dump
from harness.devices.android import sensors as sensor_dump
from harness.devices.android import thermal as thermal_dump
from harness.devices.android.batch import Answer
from harness.devices.android.display import read_display
from harness.devices.android.sensors import lacking, read_sensors
from harness.devices.android.storage import read_storage
from harness.devices.android.thermal import THROTTLING, read_thermal
from harness.devices.android.window_size import read_window_size
from harness.model.ports import Handset, Measure
from harness.model.reading import Reading, Unknown, Unreadable
from harness.steps.api import Flag, Numeric, Text, step
from harness.steps.asking.answers import ask_together, listed, names, understood

Dump = TypeVar("Dump")
Value = TypeVar("Value")
_GB, _MIB = 10**9, 2**20


@step(
    measures=[
        Numeric("width", "px"),
        Numeric("height", "px"),
        Numeric("refresh", "Hz"),
        Numeric("density", "1"),
    ]
)
def display(handset: Handset, measure: Measure) -> None:
    """Width and height [px], refresh rate [Hz] and density [dots an inch] of the built-in screen.

    Size and density are the panel's own (`wm size`, `wm density`), whatever Android has been told
    to use instead. The rate is that of the mode which the panel is driven in now (`dumpsys
    display`), whatever is rendered.
    """
    size, density, dump = ask_together(handset, "wm size", "wm density", screen_dump.COMMAND)
    pixels = _value(size, read_window_size, lambda found: found.physical)
    measure("width", pixels[0] if isinstance(pixels, tuple) else pixels)
    measure("height", pixels[1] if isinstance(pixels, tuple) else pixels)
    measure("refresh", _value(dump, read_display, lambda found: found.refresh_hz))
    measure("density", _value(density, read_window_size, lambda found: found.density))


@step(measures=[Numeric("size", "GB"), Numeric("free", "GB")])
def storage(handset: Handset, measure: Measure) -> None:
    """Size and free space [GB of 10^9 bytes] of the file system for users (`df /data`).

    The size is less than the one on the box, by what the system takes of the chip for itself and
    what the file system needs: a limit stands between what the model has and the next smaller
    chip. What is free is what an app could still write.
    """
    (table,) = ask_together(handset, "df /data")
    measure("size", _scaled(_value(table, read_storage, lambda found: found.data_total_kb), _GB))
    measure("free", _scaled(_value(table, read_storage, lambda found: found.data_avail_kb), _GB))


@step(measures=[Numeric("total", "MiB")])
def memory(handset: Handset, measure: Measure) -> None:
    """RAM that Linux has [MiB] (`MemTotal` of /proc/meminfo).

    It is less than the one on the box: modem, GPU and kernel keep up to a fifth for themselves.
    """
    (meminfo,) = ask_together(handset, "cat /proc/meminfo")
    measure("total", _scaled(_value(meminfo, read_storage, lambda found: found.mem_total_kb), _MIB))


@step(measures=[Flag("all_listed"), Text("missing")])
def sensors(handset: Handset, measure: Measure, *, require: str) -> None:
    """Whether each sensor that `require` names is in the list of the sensor service.

    `require` is such as `accelerometer, gyroscope, light`; `missing` names those that are not
    listed, or is `none`. A sensor is listed when its driver found it at the start: whether it
    measures anything is another matter.

    Raises: PlanError(STEP-SETTING) for the name of no sensor.
    """
    wanted = names(require, sensor_dump.NAME)
    (dump,) = ask_together(handset, sensor_dump.COMMAND)
    there = _value(dump, read_sensors, lambda found: found.sensors)
    if isinstance(there, Unknown | Unreadable):
        measure("all_listed", there)
        measure("missing", there)
        return
    missing = lacking(there, wanted)
    measure("all_listed", not missing)
    measure("missing", listed(missing))


@step(measures=[Numeric("highest", "degC"), Text("hottest"), Text("throttling")])
def thermal(handset: Handset, measure: Measure) -> None:
    """The highest temperature [degC] in the handset, whose it is, and how far it slows down.

    Of the live temperatures of the thermal service (Android 10 on), never the cached ones. A
    sensor that prints a sentinel has none and is left out; one that cannot be read might be the
    hottest, so that there is no highest then. `throttling` is none, light, moderate, severe,
    critical, emergency or shutdown (PowerManager.THERMAL_STATUS_...).
    """
    (dump,) = ask_together(handset, thermal_dump.COMMAND)
    warmest = _warmest(_value(dump, read_thermal, lambda found: found.current))
    measure("highest", warmest[1] if isinstance(warmest, tuple) else warmest)
    measure("hottest", warmest[0] if isinstance(warmest, tuple) else warmest)
    status = _value(dump, read_thermal, lambda found: found.status)
    measure("throttling", THROTTLING[status] if isinstance(status, int) else status)


def _value(
    answer: Answer, reader: Callable[[str], Reading[Dump]], of: Callable[[Dump], Reading[Value]]
) -> Reading[Value]:
    """One value of a dump."""
    dump = understood(reader, answer)
    return dump if isinstance(dump, Unknown | Unreadable) else of(dump)


def _scaled(blocks_kb: Reading[int], unit_bytes: int) -> Reading[float]:
    """Blocks of 1024 bytes in a larger unit."""
    return blocks_kb * 1024 / unit_bytes if isinstance(blocks_kb, int) else blocks_kb


def _warmest(current: Reading[Mapping[str, Reading[float]]]) -> Reading[tuple[str, float]]:
    """The name and temperature of the warmest sensor."""
    if isinstance(current, Unknown | Unreadable):
        return current
    known = {}
    for name, reading in current.items():
        if isinstance(reading, Unreadable):
            return reading
        if not isinstance(reading, Unknown):
            known[name] = reading
    if not known:
        return Unknown("no sensor has a temperature")
    name = max(known, key=lambda name: known[name])
    return name, known[name]
