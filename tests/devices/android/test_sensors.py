from __future__ import annotations

from harness.devices.android.sensors import Sensor, Sensors, read_sensors
from harness.model.reading import Unknown, Unreadable

HEAD = "Sensor Device:\nTotal 2 h/w sensors, 2 running 0 disabled clients:\n"
END = "Fusion States:\n9-axis fusion disabled (0 clients)\n"


def row(
    handle: str = "0x00000001", name: str = "lsm6dso", vendor: str = "STM", kind: int = 1
) -> str:
    """A row after the format string of SensorList::dump."""
    return (
        f"{handle}) {name:<25} | {vendor:<15} | ver: 1 | type: {'android.sensor.x':>20}({kind}) "
        "| perm: n/a | flags: 0x00000000\n"
        "\tcontinuous | minRate=1.00Hz | maxRate=400.00Hz | non-wakeUp | \n"
    )


def read(*rows: str, head: str = HEAD, end: str = END) -> Sensors:
    sensors = read_sensors(head + "Sensor List:\n" + "".join(rows) + end)
    assert isinstance(sensors, Sensors), sensors
    return sensors


def test_reads_rows_and_what_is_missing() -> None:
    found = read(row(), row("0x0000000b", "tmd2755", "ams", 5))
    assert found.total == 2
    assert found.sensors == (
        Sensor("0x00000001", "lsm6dso", "STM", 1),
        Sensor("0x0000000b", "tmd2755", "ams", 5),
    )
    assert found.missing == ("gyroscope", "proximity")


def test_a_handset_with_all_basic_sensors_lacks_none() -> None:
    assert read(*(row(kind=kind) for kind in (8, 5, 4, 1))).missing == ()


def test_a_placeholder_is_missing() -> None:
    found = read(*(row(kind=kind) for kind in (8, 5, 1)), row(name="NULL Sensor", kind=4))
    assert found.missing == ("gyroscope",)


def test_a_handset_without_sensors_is_an_answer() -> None:
    found = read(head=HEAD.replace("2 h/w", "0 h/w"))
    assert (found.total, found.sensors) == (0, ())
    assert found.missing == ("accelerometer", "gyroscope", "light", "proximity")


def test_older_forms() -> None:
    older = HEAD.replace(" 0 disabled clients", "")
    found = read(row().replace(" | flags: 0x00000000", ""), row("0" * 10, kind=4), head=older)
    assert found.total == 2
    assert isinstance(found.sensors, tuple)
    assert [sensor.type for sensor in found.sensors] == [1, 4]


def test_a_list_that_has_no_end_lacks_nothing_that_we_know() -> None:
    found = read(row(), end="")
    assert isinstance(found.sensors, Unreadable)
    assert isinstance(found.missing, Unreadable)
    assert found.total == 2


def test_a_row_that_cannot_be_read_may_be_the_missing_one() -> None:
    found = read(row(), row().replace("type:", "typ:"))
    assert isinstance(found.sensors, Unreadable)
    assert isinstance(found.missing, Unreadable)


def test_a_stray_line_within_the_list_hides_no_sensor() -> None:
    found = read(row(), "WARNING: linker: unsupported flags\n", row(kind=4))
    assert isinstance(found.sensors, Unreadable)
    assert isinstance(found.missing, Unreadable)


def test_handles_outside_the_list_are_no_sensors() -> None:
    active = "0x00000001) active-count = 1; sampling_period(ms) = {1.0}\n"
    assert read(row(), head=HEAD + active, end=END + row("0x00000009", kind=4)).sensors == (
        Sensor("0x00000001", "lsm6dso", "STM", 1),
    )


def test_a_name_that_cannot_be_told_from_its_vendor_is_no_name() -> None:
    (sensor,) = read(row(name="a | b")).sensors  # type: ignore[misc]
    assert isinstance(sensor.name, Unreadable)
    (sensor,) = read(row(vendor="")).sensors  # type: ignore[misc]
    assert (sensor.name, isinstance(sensor.vendor, Unknown)) == ("lsm6dso", True)


def test_no_hal_is_no_total() -> None:
    assert isinstance(read(head="HAL not initialized\n").total, Unknown)


def test_two_dumps_are_not_one() -> None:
    whole = HEAD + "Sensor List:\n" + row() + END
    found = read_sensors(whole + whole.replace("Total 2", "Total 3"))
    assert isinstance(found, Sensors)
    assert isinstance(found.total, Unreadable)
    assert isinstance(found.sensors, Unreadable)
