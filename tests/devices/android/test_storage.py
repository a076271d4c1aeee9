from __future__ import annotations

import pytest

from harness.devices.android.storage import Storage, read_storage
from harness.model.reading import Unknown, Unreadable

HEADER = "Filesystem       1K-blocks     Used Available Use% Mounted on\n"


def df(total_kb: int, available_kb: int = 1, header: str = HEADER) -> str:
    return f"{header}/dev/block/dm-5 {total_kb} 100 {available_kb}  19% /data\n"


def read(text: str) -> Storage:
    found = read_storage(text)
    assert isinstance(found, Storage), found
    return found


@pytest.mark.parametrize(
    ("bytes_", "nominal_gb"),
    [
        (978_352_128 * 1024, 1024),
        (232 * 10**9, 256),
        (112 * 10**9, 128),
        (105 * 10**9, 128),
        (51 * 10**9, 64),
        (24 * 10**9, 32),
        (10 * 10**9, 16),
    ],
)
def test_nominal_size_of_storage(bytes_: int, nominal_gb: int) -> None:
    assert read(df(bytes_ // 1024)).nominal_gb == nominal_gb


@pytest.mark.parametrize("bytes_", [4 * 10**9, 8 * 10**9, 3000 * 10**9])
def test_no_size_on_sale_fits(bytes_: int) -> None:
    found = read(df(bytes_ // 1024))
    assert found.data_total_kb == bytes_ // 1024
    assert isinstance(found.nominal_gb, Unreadable)


@pytest.mark.parametrize(
    ("total_kb", "nominal_gb"),
    [
        (11_752_028, 12),
        (15_600_000, 16),
        (7_600_000, 8),
        (5_700_000, 6),
        (3_750_000, 4),
        (2_850_000, 3),
        (1_880_000, 2),
    ],
)
def test_nominal_size_of_ram(total_kb: int, nominal_gb: int) -> None:
    assert read(f"MemTotal:       {total_kb} kB\n").nominal_ram_gb == nominal_gb


@pytest.mark.parametrize("total_kb", [4_500_000, 12_700_000, 40_000_000])
def test_ram_between_two_sizes_is_neither(total_kb: int) -> None:
    assert isinstance(read(f"MemTotal: {total_kb} kB\n").nominal_ram_gb, Unreadable)


def test_what_was_not_asked_is_unknown() -> None:
    assert isinstance(read(df(100_000_000)).mem_total_kb, Unknown)
    assert isinstance(read("MemTotal: 3750000 kB\n").nominal_gb, Unknown)
    assert isinstance(read(HEADER + "tmpfs 1 1 1 1% /dev\n").data_total_kb, Unknown)


@pytest.mark.parametrize(
    "header",
    [
        "Filesystem      Size  Used Avail Use% Mounted on\n",
        "Filesystem     512-blocks  Used Available Use% Mounted on\n",
        "Filesystem     1M-blocks  Used Available Use% Mounted on\n",
    ],
)
def test_other_blocks_are_no_kilobytes(header: str) -> None:
    found = read(df(100_000_000, header=header))
    assert isinstance(found.data_total_kb, Unreadable)
    assert isinstance(found.data_avail_kb, Unreadable)
    assert isinstance(found.nominal_gb, Unreadable)


def test_what_is_mounted_under_data_is_not_data() -> None:
    below = "/dev/block/dm-6 5 1 4 20% /data/user/0\n"
    denied = "df: /mnt/pass_through: Permission denied\n"
    assert read(denied + df(100_000_000) + below).data_total_kb == 100_000_000
    assert isinstance(read(HEADER + below).data_total_kb, Unknown)


def test_a_file_system_may_be_named_with_blanks() -> None:
    row = "my disk 100000000 5 7 1% /data\n"
    found = read(HEADER + row)
    assert (found.data_total_kb, found.data_avail_kb) == (100_000_000, 7)


def test_two_rows_must_agree_and_free_is_within_total() -> None:
    assert isinstance(read(df(100_000_000) + df(90_000_000)).data_total_kb, Unreadable)
    assert isinstance(read(df(100, 101)).data_avail_kb, Unreadable)
