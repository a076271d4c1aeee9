"""What a camera writes of a shot into its JPEG: Exif 2.32 (CIPA DC-008-2019).

A JPEG's APP1 segment (clause 4.7.2) holds a TIFF of little or big end: directories of entries of
12 bytes, those of the shot in the one that tag 0x8769 points to (clauses 4.5.2 and 4.6.3).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from harness.imaging.segments import segments
from harness.model.reading import Reading, Unknown, Unreadable

_EXIF, _EXPOSURE_TIME, _ISO, _FLASH = 0x8769, 0x829A, 0x8827, 0x9209
_SHORT, _LONG, _RATIONAL = 3, 4, 5
_SIZES = {_SHORT: 2, _LONG: 4, _RATIONAL: 8}
_APP1, _HEADER = 0xE1, b"Exif\0\0"
_ISO_BEYOND = (
    0xFFFF  # "65 535 or more", said by another tag (clause 4.6.5, PhotographicSensitivity)
)
_FIRED = 1
_ENTRY_BYTES = 12


@dataclass(frozen=True, slots=True)
class Exif:
    """Exposure time [s], the photographic sensitivity (ISO), and whether the flash fired."""

    exposure_s: Reading[float]
    iso: Reading[float]
    flash_fired: Reading[bool]


def read_exif(content: bytes) -> Exif:
    """What is said of the shot in a JPEG file; each unknown where the camera wrote nothing."""
    entries = _entries(content)
    if isinstance(entries, Unknown | Unreadable):
        return Exif(entries, entries, entries)
    return Exif(_exposure_s(entries), _iso(entries), _flash_fired(entries))


@dataclass(frozen=True, slots=True)
class _Tiff:
    """A TIFF's bytes, and the order of those in a number (`<` or `>`)."""

    data: bytes
    order: str

    def numbers(self, form: str, at: int) -> tuple[int, ...]:
        """Numbers of a form of `struct` at an offset.

        Raises: struct.error when they would lie outside.
        """
        return struct.unpack_from(self.order + form, self.data, at)

    def directory(self, at: int) -> Mapping[int, _Entry]:
        (size,) = self.numbers("H", at)
        entries = {}
        for entry_at in range(at + 2, at + 2 + _ENTRY_BYTES * size, _ENTRY_BYTES):
            tag, kind, count = self.numbers("HHI", entry_at)
            entries[tag] = _Entry(self, kind, count, entry_at + 8)
        return entries


@dataclass(frozen=True, slots=True)
class _Entry:
    """One field of a directory; values of up to 4 bytes stand at `at` itself."""

    tiff: _Tiff
    kind: int
    count: int
    at: int

    def first(self, kind: int) -> tuple[int, ...]:
        """The first value: one number, or numerator and denominator.

        Raises: struct.error when it is of another kind, or lies outside.
        """
        if self.kind != kind or self.count < 1:
            raise struct.error(f"{self.count} values of type {self.kind}, expected type {kind}")
        inside = _SIZES[kind] * self.count <= 4
        at = self.at if inside else self.tiff.numbers("I", self.at)[0]
        return self.tiff.numbers({_SHORT: "H", _LONG: "I", _RATIONAL: "II"}[kind], at)


def _entries(content: bytes) -> Reading[Mapping[int, _Entry]]:
    """The fields of the shot."""
    data = _segment(content)
    if isinstance(data, Unknown | Unreadable):
        return data
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None:
        return Unreadable("Exif of no byte order", data[:8].hex())
    tiff = _Tiff(data, order)
    try:
        magic, first = tiff.numbers("HI", 2)
        if magic != 42:
            return Unreadable("Exif without a TIFF header", data[:8].hex())
        pointer = tiff.directory(first).get(_EXIF)
        if pointer is None:
            return Unknown("no Exif directory")
        return tiff.directory(pointer.first(_LONG)[0])
    except struct.error as error:
        return Unreadable(f"Exif that is cut or damaged: {error}", data[:16].hex())


def _segment(content: bytes) -> Reading[bytes]:
    """The TIFF in the Exif segment."""
    for marker, _, _, body in segments(content):
        if marker == _APP1 and body.startswith(_HEADER):
            return body[len(_HEADER) :]
    return Unknown("no Exif")


def _first(
    entries: Mapping[int, _Entry], tag: int, kind: int, name: str
) -> Reading[tuple[int, ...]]:
    entry = entries.get(tag)
    if entry is None:
        return Unknown(f"no {name}")
    try:
        return entry.first(kind)
    except struct.error as error:
        return Unreadable(f"{name}: {error}")


def _exposure_s(entries: Mapping[int, _Entry]) -> Reading[float]:
    said = _first(entries, _EXPOSURE_TIME, _RATIONAL, "ExposureTime")
    if not isinstance(said, tuple):
        return said
    parts, whole = said
    if whole == 0 or parts == 0:
        return Unknown(f"ExposureTime {parts}/{whole}")
    return parts / whole


def _iso(entries: Mapping[int, _Entry]) -> Reading[float]:
    said = _first(entries, _ISO, _SHORT, "PhotographicSensitivity")
    if not isinstance(said, tuple):
        return said
    return float(said[0]) if said[0] not in (0, _ISO_BEYOND) else Unknown(f"ISO {said[0]}")


def _flash_fired(entries: Mapping[int, _Entry]) -> Reading[bool]:
    said = _first(entries, _FLASH, _SHORT, "Flash")
    return bool(said[0] & _FIRED) if isinstance(said, tuple) else said
