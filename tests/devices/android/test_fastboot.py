from __future__ import annotations

import pytest

from harness.devices.android.fastboot import Bootloader, read_fastboot
from harness.model.reading import Unknown, Unreadable


def read(*lines: str) -> Bootloader:
    found = read_fastboot("".join(f"(bootloader) {line}\n" for line in lines))
    assert isinstance(found, Bootloader), found
    return found


def test_one_variable_as_getvar_prints_it() -> None:
    found = read_fastboot("product: oriole\nFinished. Total time: 0.001s\n")
    assert isinstance(found, Bootloader)
    assert found.product == "oriole"
    assert isinstance(found.serialno, Unknown)


@pytest.mark.parametrize(
    "text",
    [
        "< waiting for any device >\n",
        "getvar:all FAILED (remote: 'unknown command')\nfastboot: error: Command failed\n",
        "all: \nFinished. Total time: 0.104s\n",
    ],
)
def test_what_has_no_variable_is_unreadable(text: str) -> None:
    assert isinstance(read_fastboot(text), Unreadable)


@pytest.mark.parametrize("printed", ["4385", " 4385", "4385mV", "4385 mV", "4385mv"])
def test_voltage_with_or_without_its_unit(printed: str) -> None:
    assert read(f"battery-voltage:{printed}").battery_voltage_mv == 4385


@pytest.mark.parametrize("printed", ["4", "-1", "4.385", "4385000", "0x1121"])
def test_a_voltage_that_makes_no_sense_is_none(printed: str) -> None:
    assert isinstance(read(f"battery-voltage:{printed}").battery_voltage_mv, Unreadable)


@pytest.mark.parametrize("printed", ["0x800000", " 0x800000", " 0x0000000000800000"])
def test_sizes_are_hexadecimal(printed: str) -> None:
    partitions = read(f"partition-size:boot_a:{printed}").partitions
    assert partitions["boot_a"].size == 8_388_608
    assert isinstance(partitions["boot_a"].type, Unknown)


@pytest.mark.parametrize("printed", ["800000", "0x", "0xg", "8 MB"])
def test_digits_that_may_be_decimal_are_no_size(printed: str) -> None:
    size = read(f"partition-size:boot:{printed}").partitions["boot"].size
    assert isinstance(size, Unreadable)


def test_one_size_with_a_letter_tells_that_all_are_hexadecimal() -> None:
    partitions = read("partition-size:sgpt: 8000", "partition-size:userdata: 5ec4f8000").partitions
    assert partitions["sgpt"].size == 0x8000
    assert partitions["userdata"].size == 0x5EC4F8000
    mixed = read("partition-size:a: 0x8000", "partition-size:b: 5ec4f8000").partitions
    assert (mixed["a"].size, mixed["b"].size) == (0x8000, 0x5EC4F8000)


def test_a_voltage_that_is_not_measured_is_unknown() -> None:
    assert isinstance(read("battery-voltage:0mv").battery_voltage_mv, Unknown)


def test_all_ones_and_nothing_are_unknown() -> None:
    found = read("partition-size:a:0xffffffffffffffff", "partition-size:b:", "serialno:")
    assert isinstance(found.partitions["a"].size, Unknown)
    assert isinstance(found.partitions["b"].size, Unknown)
    assert isinstance(found.serialno, Unknown)


def test_what_is_said_twice_must_be_said_alike() -> None:
    found = read("unlocked:yes", "unlocked:no", "product:a", "product:a")
    assert isinstance(found.unlocked, Unreadable)
    assert found.product == "a"
