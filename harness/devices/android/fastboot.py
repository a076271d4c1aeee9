"""What a bootloader says of itself: `fastboot getvar all`.

Format: the fastboot protocol of AOSP (system/core/fastboot, README): INFO lines `name:value`,
which the host prints behind `(bootloader) `; numbers are hexadecimal behind 0x.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.devices.android.fields import Fields, gather, measured, no_dump, text, whole_lines
from harness.model.reading import Reading, Unknown, Unreadable

COMMAND = "fastboot getvar all"
_INFO = "(bootloader) "
_FIELD = re.compile(r"(?P<key>[A-Za-z][\w.-]{0,60}):(?P<value>.{0,500})", re.ASCII)
_PER_PARTITION = re.compile(r"(?P<partition>[\w.-]{1,72}):(?P<value>.{0,200})", re.ASCII)
_TYPE, _SIZE = "partition-type", "partition-size"
_HEX = re.compile(r"0x(?P<digits>[0-9a-fA-F]{1,16})")
_BARE_HEX = re.compile(r"(?:0x)?(?P<digits>[0-9a-fA-F]{1,16})")
"""As the little kernel of MediaTek prints sizes: without 0x."""
_ALL_ONES = 2**64 - 1
_VOLTAGE_MV = (1_000, 20_000)
VARIABLES = (
    "product",
    "serialno",
    "variant",
    "unlocked",
    "secure",
    "current-slot",
    "version-bootloader",
    "version-baseband",
    "battery-voltage",
    "battery-soc-ok",
)
"""Those that are read here; others only of partitions."""


@dataclass(frozen=True, slots=True)
class Partition:
    """`type` is what the partition is formatted as, `size` its size [byte]."""

    type: Reading[str]
    size: Reading[int]


@dataclass(frozen=True, slots=True)
class Bootloader:
    """The variables that tell who a unit is and what state it is in, as printed."""

    product: Reading[str]
    serialno: Reading[str]
    variant: Reading[str]
    unlocked: Reading[str]
    secure: Reading[str]
    current_slot: Reading[str]
    version_bootloader: Reading[str]
    version_baseband: Reading[str]
    battery_voltage_mv: Reading[int]
    battery_soc_ok: Reading[str]
    partitions: Mapping[str, Partition]


def read_fastboot(output: str) -> Reading[Bootloader]:
    """The variables of an answer to `fastboot getvar all`, or to `getvar` of a few."""
    pairs = _pairs(output)
    if not pairs:
        return no_dump("no variable of a bootloader", output)
    said = gather(pair for pair in pairs if pair[0] in VARIABLES)
    return Bootloader(
        product=text(said, "product"),
        serialno=text(said, "serialno"),
        variant=text(said, "variant"),
        unlocked=text(said, "unlocked"),
        secure=text(said, "secure"),
        current_slot=text(said, "current-slot"),
        version_bootloader=text(said, "version-bootloader"),
        version_baseband=text(said, "version-baseband"),
        battery_voltage_mv=_voltage_mv(said),
        battery_soc_ok=text(said, "battery-soc-ok"),
        partitions=_partitions(pairs),
    )


def _pairs(output: str) -> list[tuple[str, str]]:
    """Names and values; without `(bootloader) ` only of variables that are known here."""
    pairs = []
    for line in whole_lines(output)[0]:
        match = _FIELD.fullmatch(line.removeprefix(_INFO))
        if match and (line.startswith(_INFO) or match["key"] in VARIABLES):
            pairs.append((match["key"], match["value"].strip()))
    return pairs


def _voltage_mv(said: Fields) -> Reading[int]:
    """A number [mV], which some bootloaders print with its unit; 0 where they cannot measure."""
    printed = text(said, "battery-voltage")
    if not isinstance(printed, str):
        return printed
    bare = printed.lower().removesuffix("mv").rstrip()
    return measured({"mV": bare}, "mV", *_VOLTAGE_MV, unknown=frozenset({0}))


def _partitions(pairs: Sequence[tuple[str, str]]) -> Mapping[str, Partition]:
    types, sizes = _of_each(pairs, _TYPE), _of_each(pairs, _SIZE)
    form = _BARE_HEX if any(_is_bare_hex(size) for size in sizes.values()) else _HEX
    return {
        name: Partition(text(types, name), _bytes(sizes, name, form)) for name in {**types, **sizes}
    }


def _is_bare_hex(size: Reading[str]) -> bool:
    if not isinstance(size, str) or (size.isascii() and size.isdecimal()) or size.startswith("0x"):
        return False
    return bool(_BARE_HEX.fullmatch(size))


def _of_each(pairs: Sequence[tuple[str, str]], variable: str) -> Fields:
    """The values of a variable that has one for each partition: `name:value`."""
    found = (_PER_PARTITION.fullmatch(value) for key, value in pairs if key == variable)
    return gather((match["partition"], match["value"].strip()) for match in found if match)


def _bytes(sizes: Fields, name: str, form: re.Pattern[str]) -> Reading[int]:
    """A size; decimal digits alone may be either, unless another size has a letter and no 0x."""
    printed = text(sizes, name)
    if not isinstance(printed, str):
        return printed
    match = form.fullmatch(printed)
    if not match:
        return Unreadable(f"the size of {name} is not surely hexadecimal", printed)
    size = int(match["digits"], 16)
    return Unknown(f"{name}: {printed}") if size == _ALL_ONES else size
