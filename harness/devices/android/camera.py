"""Which cameras a handset has, and which one is in use: `dumpsys media.camera`.

Format: CameraService::dump and CameraProviderManager::dump of AOSP (frameworks/av). Sections
stand under titles between `==`; public ids stand under the global info, what a camera is under
the title of its HAL device, whose name ends in its id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harness.devices.android.fields import Fields, gather, integer, text
from harness.model.reading import Reading, Unknown, Unreadable

COMMAND = "dumpsys media.camera"
_TITLE = re.compile(r"== (?P<title>[^=\n]{1,200}?):? ==")
_GLOBAL = "Service global info"
_DEVICE = re.compile(
    r"Camera HAL device device@(?P<hal>[0-9.]{1,9})/(?P<provider>\S{1,100})/(?P<id>[^\s/]{1,100})"
    r" \(v[0-9.]{1,9}\) static information"
)
_FIELD = re.compile(r" {2,8}(?P<key>[^\s:][^:]{0,100}):(?P<value>.*)")
_MAPPED = re.compile(r" {4}Device [0-9]{1,9} maps to \"(?P<id>[^\"]{1,100})\"")
_CLIENT = re.compile(
    r"\(Camera ID: (?P<id>[^,\s]{1,100}), .{0,200}"
    r"Client Package Name: (?P<package>[A-Za-z0-9._]{1,255})[,)].*"
)
_TAG = re.compile(r" {6}(?P<tag>android\.[A-Za-z.]{1,100}) \([0-9a-f]{1,8}\): \S{1,20}")
_ROW = re.compile(r" {8}\[(?P<values>[^\]]{1,1000})\]")
_FACINGS = {"Back": "back", "Front": "front", "External": "external"}
_LENS_FACINGS = {"BACK": "back", "FRONT": "front", "EXTERNAL": "external"}


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera. `facing` is of the first camera API, `lens_facing` of the second."""

    id: str
    provider: str
    hal: str
    facing: Reading[str]
    lens_facing: Reading[str]
    orientation_deg: Reading[int]
    flash: Reading[bool]
    pixel_array: Reading[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Client:
    """An app that has a camera open."""

    camera: str
    package: str


@dataclass(frozen=True, slots=True)
class Cameras:
    """What the camera service says. `public_ids` are the cameras that apps may open."""

    count: Reading[int]
    normal_count: Reading[int]
    public_ids: Reading[tuple[str, ...]]
    cameras: tuple[Camera, ...]
    clients: Reading[tuple[Client, ...]]

    def facing(self, camera_id: str) -> Reading[str]:
        """Where a camera faces: back, front or external, where both APIs agree."""
        of_it = [camera for camera in self.cameras if camera.id == camera_id]
        if len(of_it) != 1:
            return Unknown(f"{len(of_it)} descriptions of camera {camera_id}")
        first, second = of_it[0].facing, of_it[0].lens_facing
        if isinstance(second, Unknown):
            return first
        if isinstance(first, str) and isinstance(second, str) and first != second:
            return Unreadable(f"camera {camera_id} faces {first} and {second}")
        return second

    def that_face(self, facing: str) -> Reading[tuple[str, ...]]:
        """Public ids of the cameras that face there; none only if all say that they do not."""
        if not isinstance(self.public_ids, tuple):
            return self.public_ids
        facings = {name: self.facing(name) for name in self.public_ids}
        found = tuple(name for name, there in facings.items() if there == facing)
        unclear = [there for there in facings.values() if not isinstance(there, str)]
        return unclear[0] if unclear and not found else found


@dataclass(slots=True)
class _Section:
    title: str
    lines: list[str] = field(default_factory=list)


def read_cameras(output: str) -> Cameras | Unreadable:
    """The cameras of an answer to `dumpsys media.camera`; zero cameras is an answer."""
    sections = list(_sections(output))
    service = [section for section in sections if section.title == _GLOBAL]
    if len(service) != 1:
        return Unreadable(f"{len(service)} sections {_GLOBAL!r}, expected one", output)
    lines = service[0].lines
    counts = gather(_pairs(lines, re.compile(r"(?P<key>Number of [^:]{1,100}):(?P<value>.*)")))
    normal = integer(counts, "Number of normal camera devices", 0, 1_000)
    return Cameras(
        count=integer(counts, "Number of camera devices", 0, 1_000),
        normal_count=normal,
        public_ids=_public_ids(lines, normal),
        cameras=tuple(
            _camera(match, section.lines)
            for section in sections
            if (match := _DEVICE.fullmatch(section.title))
        ),
        clients=_clients(lines),
    )


def _sections(output: str) -> Iterator[_Section]:
    section = _Section("")
    for line in output.replace("\r\n", "\n").split("\n"):
        if match := _TITLE.fullmatch(line):
            yield section
            section = _Section(match["title"])
        else:
            section.lines.append(line)
    yield section


def _pairs(lines: list[str], form: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if match := form.fullmatch(line):
            yield match["key"].strip(), match["value"].strip()


def _public_ids(lines: list[str], normal: Reading[int]) -> Reading[tuple[str, ...]]:
    if not isinstance(normal, int):
        return normal
    ids = tuple(match["id"] for line in lines if (match := _MAPPED.fullmatch(line)))
    if not ids and normal:
        return Unknown("no list of public ids")
    if len(set(ids)) != len(ids) or len(ids) > normal:
        return Unreadable(f"{len(ids)} public ids of {normal} normal cameras", ", ".join(ids))
    return ids


def _clients(lines: list[str]) -> Reading[tuple[Client, ...]]:
    """Who has a camera open: `[]`, or a line each between `[` and `]`."""
    title = "Active Camera Clients:"
    if lines.count(title) != 1:
        return Unreadable(f"{lines.count(title)} lines {title!r}, expected one")
    rest = lines[lines.index(title) + 1 :]
    if rest[:1] == ["[]"]:
        return ()
    if rest[:1] != ["["] or "]" not in rest:
        return Unreadable(f"no list after {title!r}", "\n".join(rest[:3]))
    entries = [line for line in rest[1 : rest.index("]")] if line]
    found = [_CLIENT.fullmatch(line) for line in entries]
    if None in found:
        return Unreadable("a client of a camera cannot be read", entries[found.index(None)])
    return tuple(Client(match["id"], match["package"]) for match in found if match)


def _camera(title: re.Match[str], lines: list[str]) -> Camera:
    said = gather(_pairs(lines, _FIELD))
    tags = _tags(lines)
    return Camera(
        id=title["id"],
        provider=title["provider"],
        hal=title["hal"],
        facing=_named(text(said, "Facing"), _FACINGS),
        lens_facing=_named(text(tags, "android.lens.facing"), _LENS_FACINGS),
        orientation_deg=integer(said, "Orientation", 0, 359),
        flash=_flag(text(said, "Has a flash unit")),
        pixel_array=_size(text(tags, "android.sensor.info.pixelArraySize")),
    )


def _named(value: Reading[str], names: Mapping[str, str]) -> Reading[str]:
    if not isinstance(value, str):
        return value
    return names.get(value, Unreadable("no facing", value))


def _flag(value: Reading[str]) -> Reading[bool]:
    if not isinstance(value, str):
        return value
    return value == "true" if value in ("true", "false") else Unreadable("no true or false", value)


def _tags(lines: list[str]) -> Fields:
    """The values of metadata tags that fit on one row."""
    pairs = []
    for at, line in enumerate(lines[:-1]):
        tag, row = _TAG.fullmatch(line), _ROW.fullmatch(lines[at + 1])
        if tag and row:
            pairs.append((tag["tag"], row["values"].strip()))
    return gather(pairs)


def _size(value: Reading[str]) -> Reading[tuple[int, int]]:
    if not isinstance(value, str):
        return value
    if not (match := re.fullmatch(r"([0-9]{1,6}) ([0-9]{1,6})", value)):
        return Unreadable("no width and height", value)
    return int(match[1]), int(match[2])
