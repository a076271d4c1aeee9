"""What cameras write of a shot, in files that Pillow writes, and damaged ones."""

from __future__ import annotations

import io
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from harness.imaging.exif import Exif, read_exif
from harness.imaging.picture import Picture, decode_jpeg
from harness.model.reading import Unknown, Unreadable

EXPOSURE, ISO, FLASH = 0x829A, 0x8827, 0x9209


def shot(**tags: Any) -> bytes:
    """A JPEG whose Exif directory has these tags, besides others."""
    image = Image.new("L", (16, 16), 90)
    exif = Image.Exif()
    exif[0x010F] = "HARNESS"
    directory = exif.get_ifd(0x8769)
    directory |= {
        EXPOSURE: IFDRational(1, 50),
        ISO: 320,
        FLASH: 0x19,
        0x9003: "2026:11:22 10:00:00",
    }
    directory |= {
        {"exposure": EXPOSURE, "iso": ISO, "flash": FLASH}[name]: tags[name] for name in tags
    }
    file = io.BytesIO()
    image.save(file, "JPEG", exif=exif)
    return file.getvalue()


def test_the_shot_is_read() -> None:
    picture = decode_jpeg(shot())
    assert isinstance(picture, Picture)
    assert picture.exif == Exif(exposure_s=0.02, iso=320.0, flash_fired=True)


def test_long_exposures_and_high_sensitivities() -> None:
    read = read_exif(shot(exposure=IFDRational(13, 10), iso=12800))
    assert (read.exposure_s, read.iso) == (1.3, 12800.0)


@pytest.mark.parametrize(
    ("flash", "fired"), [(0x00, False), (0x01, True), (0x10, False), (0x20, False), (0x5F, True)]
)
def test_bit_0_tells_whether_the_flash_fired(flash: int, fired: bool) -> None:
    assert read_exif(shot(flash=flash)).flash_fired is fired


def test_what_is_not_known_is_said_so() -> None:
    read = read_exif(shot(exposure=IFDRational(0, 1), iso=0))
    assert (read.exposure_s, read.iso) == (Unknown("ExposureTime 0/1"), Unknown("ISO 0"))
    assert isinstance(read_exif(shot(iso=65535)).iso, Unknown)


def test_a_file_without_exif_says_nothing() -> None:
    file = io.BytesIO()
    Image.new("L", (16, 16)).save(file, "JPEG")
    assert read_exif(file.getvalue()) == Exif(*[Unknown("no Exif")] * 3)


def tiff(order: str, *entries: tuple[int, int, int, int]) -> bytes:
    """A JPEG of headers alone, with one directory that points to one of these entries."""
    end = "<" if order == "II" else ">"
    pointer = struct.pack(f"{end}HHHIII", 1, 0x8769, 4, 1, 26, 0)
    fields = b"".join(struct.pack(f"{end}HHII", *entry) for entry in entries)
    data = order.encode() + struct.pack(f"{end}HI", 42, 8) + pointer
    data += struct.pack(f"{end}H", len(entries)) + fields + struct.pack(f"{end}III", 0, 1, 125)
    segment = b"Exif\0\0" + data
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", 2 + len(segment)) + segment + b"\xff\xda"


@pytest.mark.parametrize("order", ["II", "MM"])
def test_either_order_of_bytes(order: str) -> None:
    at = 26 + 2 + 2 * 12 + 4
    iso = 400 if order == "II" else 400 << 16
    read = read_exif(tiff(order, (EXPOSURE, 5, 1, at), (ISO, 3, 1, iso)))
    assert (read.exposure_s, read.iso) == (1 / 125, 400.0)
    assert read.flash_fired == Unknown("no Flash")


def test_a_field_of_another_kind_or_outside_is_unreadable() -> None:
    read = read_exif(tiff("II", (EXPOSURE, 5, 1, 9999), (ISO, 4, 1, 400), (FLASH, 3, 0, 1)))
    assert isinstance(read.exposure_s, Unreadable)
    assert isinstance(read.iso, Unreadable)
    assert isinstance(read.flash_fired, Unreadable)


WHOLE = shot()
HEADERS = WHOLE.index(b"\xff\xdb")


@pytest.mark.parametrize("at", range(0, HEADERS, 7))
def test_what_is_cut_is_no_shot(at: int) -> None:
    read = read_exif(WHOLE[:at])
    assert read.exposure_s != 0.02 or at > WHOLE.index(b"2026")


@given(st.integers(0, HEADERS - 1), st.integers(0, 255))
def test_any_damaged_byte_gives_a_reading(at: int, byte: int) -> None:
    read = read_exif(WHOLE[:at] + bytes([byte]) + WHOLE[at + 1 :])
    assert isinstance(read.exposure_s, float | Unknown | Unreadable)
    assert isinstance(read.flash_fired, bool | Unknown | Unreadable)


@given(st.binary(max_size=400))
def test_any_bytes_after_the_header_give_a_reading(content: bytes) -> None:
    size = struct.pack(">H", len(content) + 8)
    assert isinstance(read_exif(b"\xff\xd8\xff\xe1" + size + b"Exif\0\0" + content), Exif)
    assert isinstance(read_exif(content), Exif)
