"""Which cameras a handset has, and which one is in use: `dumpsys media.camera`.

Format: CameraService::dump and CameraProviderManager::dump of AOSP (frameworks/av). Sections
stand under titles between `==`; public ids stand under the global info, what a camera is under
the title of its HAL device, whose name ends in its id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from harness.devices.android.fields import Fields, flag, gather, integer, no_dump, text, whole_lines
from harness.model.reading import Reading, Unknown, Unreadable

COMMAND = "dumpsys media.camera"
_TITLE = re.compile(r"== (?P<title>[^=\n]{1,200}?):? ==")
_GLOBAL = "Service global info"
_DEVICE = re.compile(
    r"Camera HAL device device@(?P<hal>[0-9.]{1,9})/\S{1,100}/(?P<id>[^\s/]{1,100})"
    r" \(v[0-9.]{1,9}\) static information"
)
_FIELD = re.compile(r" {2,8}(?P<key>[^\s:][^:]{0,100}):(?P<value>.*)")
_COUNT = re.compile(r"(?P<key>Number of [^:]{1,100}):(?P<value>.*)")
_MAPPED = re.compile(r" {4}Device [0-9]{1,9} maps to \"(?P<id>[^\"]{1,100})\"")
_CLIENT = re.compile(
    r"\(Camera ID: (?P<id>[^,\s]{1,100}), .{0,200}"
    r"Client Package Name: (?P<package>[A-Za-z0-9._]{1,255})[,)].*"
)
_TAG = re.compile(r" {6}(?P<tag>android\.[A-Za-z.]{1,100}) \([0-9a-f]{1,8}\): \S{1,20}")
_ROW = re.compile(r" {8}\[(?P<values>[^\]]{1,1000})\]")
_PROVIDER = re.compile(
    r"Camera Provider HAL (?:\S{1,100}ICameraProvider/)?(?P<provider>[^\s/]{1,100}/[0-9]{1,5})"
    r"(?:-[0-9]{1,5})? \(.*"
)
_CHARACTERISTICS = "  API2 camera characteristics:"
_CLIENTS = "Active Camera Clients:"
_FACINGS = ("Back", "Front", "External")
_LENS_FACINGS = ("BACK", "FRONT", "EXTERNAL")
_LEVELS = ("LIMITED", "FULL", "LEGACY", "3", "EXTERNAL")
_STREAMS = "android.scaler.availableStreamConfigurations"
_JPEG = "33"
"""HAL_PIXEL_FORMAT_BLOB of system/graphics.h."""
_WAYS = ("OUTPUT", "INPUT")

Size = tuple[int, int]
"""Width and height [px]."""


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera. `facing` is of the first camera API, `lens_facing` of the second.

    `orientation` [deg]; `jpeg_max` is the largest of the sizes of its JPEG streams.
    """

    id: str
    provider: Reading[str]
    hal: str
    facing: Reading[str]
    lens_facing: Reading[str]
    orientation: Reading[int]
    flash: Reading[bool]
    hardware_level: Reading[str]
    pixel_array: Reading[Size]
    jpeg_max: Reading[Size]


@dataclass(frozen=True, slots=True)
class Client:
    """An app that has a camera open."""

    camera: str
    package: str


@dataclass(frozen=True, slots=True)
class Cameras:
    """What the camera service says. `public_ids` are the cameras that apps may open.

    `active_clients` are the packages of `clients`.
    """

    device_count: Reading[int]
    normal_count: Reading[int]
    api1_count: Reading[int]
    public_ids: Reading[tuple[str, ...]]
    active_clients: Reading[tuple[str, ...]]
    clients: Reading[tuple[Client, ...]]
    devices: tuple[Camera, ...]

    def facing(self, camera_id: str) -> Reading[str]:
        """Where a camera faces: BACK, FRONT or EXTERNAL, where both APIs agree."""
        of_it = [camera for camera in self.devices if camera.id == camera_id]
        if len(of_it) != 1:
            return Unknown(f"{len(of_it)} descriptions of camera {camera_id}")
        first, second = of_it[0].facing, of_it[0].lens_facing
        if isinstance(second, Unknown):
            return first.upper() if isinstance(first, str) else first
        if isinstance(first, Unreadable):
            return first
        if isinstance(first, str) and isinstance(second, str) and first.upper() != second:
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
    """`ended` by the title of the next one; the last one may be cut."""

    title: str
    lines: list[str] = field(default_factory=list)
    ended: bool = False


def read_cameras(output: str) -> Reading[Cameras]:
    """The cameras of an answer to `dumpsys media.camera`; zero cameras is an answer."""
    lines, _ = whole_lines(output)
    sections = list(_sections(lines))
    service = [section.lines for section in sections if section.title == _GLOBAL]
    if len(service) != 1:
        return no_dump(f"{len(service)} sections {_GLOBAL!r}, expected one", output)
    counts = gather(_pairs(service[0], _COUNT))
    normal = integer(counts, "Number of normal camera devices", 0, 1_000)
    clients = _clients(service[0])
    return Cameras(
        device_count=integer(counts, "Number of camera devices", 0, 1_000),
        normal_count=normal,
        api1_count=integer(counts, "Number of public camera devices visible to API1", 0, 1_000),
        public_ids=_public_ids(service[0], normal),
        active_clients=tuple(client.package for client in clients)
        if isinstance(clients, tuple)
        else clients,
        clients=clients,
        devices=tuple(_cameras(sections)),
    )


def _sections(lines: list[str]) -> Iterator[_Section]:
    section = _Section("")
    for line in lines:
        if match := _TITLE.fullmatch(line):
            section.ended = True
            yield section
            section = _Section(match["title"])
        else:
            section.lines.append(line)
    yield section


def _cameras(sections: list[_Section]) -> Iterator[Camera]:
    """Each under the title of the provider that stands above it."""
    provider: Reading[str] = Unknown("no Camera Provider HAL")
    for section in sections:
        if match := _PROVIDER.fullmatch(section.title):
            provider = match["provider"]
        elif match := _DEVICE.fullmatch(section.title):
            yield _camera(match, provider, section)


def _pairs(lines: list[str], form: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if match := form.fullmatch(line):
            yield match["key"].strip(), match["value"].strip()


def _public_ids(lines: list[str], normal: Reading[int]) -> Reading[tuple[str, ...]]:
    """As CameraService::dump lists them: each normal camera, in a line of its own."""
    if not isinstance(normal, int):
        return normal
    ids = tuple(match["id"] for line in lines if (match := _MAPPED.fullmatch(line)))
    if _CLIENTS not in lines:
        return Unreadable("the list of public ids has no end", ", ".join(ids))
    listed = [line for line in lines[: lines.index(_CLIENTS)] if line.startswith(" ")]
    if odd := next((line for line in listed if not _MAPPED.fullmatch(line)), None):
        return Unreadable("a line of the list of public ids cannot be read", odd)
    if not ids and normal:
        return Unknown("no list of public ids")
    if len(set(ids)) != len(ids) or len(ids) != normal:
        return Unreadable(f"{len(ids)} public ids of {normal} normal cameras", ", ".join(ids))
    return ids


def _clients(lines: list[str]) -> Reading[tuple[Client, ...]]:
    """Who has a camera open: `[]`, or a line each between `[` and `]`."""
    if lines.count(_CLIENTS) != 1:
        return Unreadable(f"{lines.count(_CLIENTS)} lines {_CLIENTS!r}, expected one")
    rest = lines[lines.index(_CLIENTS) + 1 :]
    if rest[:1] == ["[]"]:
        return ()
    if rest[:1] != ["["] or "]" not in rest:
        return Unreadable(f"no list after {_CLIENTS!r}", "\n".join(rest[:3]))
    entries = [line for line in rest[1 : rest.index("]")] if line]
    found = [_CLIENT.fullmatch(line) for line in entries]
    if None in found:
        return Unreadable("a client of a camera cannot be read", entries[found.index(None)])
    return tuple(Client(match["id"], match["package"]) for match in found if match)


def _camera(title: re.Match[str], provider: Reading[str], section: _Section) -> Camera:
    said = gather(_pairs(section.lines, _FIELD))
    tags = gather(_tags(_characteristics(section)))
    return Camera(
        id=title["id"],
        provider=provider,
        hal=title["hal"],
        facing=_one_of(_FACINGS, said, "Facing"),
        lens_facing=_one_of(_LENS_FACINGS, tags, "android.lens.facing"),
        orientation=integer(said, "Orientation", 0, 359),
        flash=flag(said, "Has a flash unit"),
        hardware_level=_one_of(_LEVELS, tags, "android.info.supportedHardwareLevel"),
        pixel_array=_size(text(tags, "android.sensor.info.pixelArraySize")),
        jpeg_max=_jpeg_max(text(tags, _STREAMS)),
    )


def _one_of(names: tuple[str, ...], fields: Fields, key: str) -> Reading[str]:
    value = text(fields, key)
    if not isinstance(value, str) or value in names:
        return value
    return Unreadable(f"{key} has no meaning", value)


def _characteristics(section: _Section) -> Sequence[str]:
    """The metadata of the camera itself; that of its hidden physical ones may come after it."""
    lines = [*section.lines, ""] if section.ended else section.lines
    if _CHARACTERISTICS not in lines:
        return ()
    start = lines.index(_CHARACTERISTICS) + 1
    outside = (n for n in range(start, len(lines)) if lines[n].strip() and lines[n][:4] != "    ")
    # a warning of the shell may stand in the middle of a table: then its rows go on
    end = next((n for n in outside if not any(map(_ROW.fullmatch, lines[n + 1 : n + 2]))), None)
    return lines[start : end + 1] if end is not None else lines[start:]


def _tags(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The values of all rows of each metadata tag that a line after them shows to be whole.

    Rows that go on after another line are given too, under the tag before it: it has two values.
    """
    tag, rows = "", list[str]()
    for line in lines:
        if row := _ROW.fullmatch(line):
            rows.append(row["values"])
            continue
        if tag and rows:
            yield tag, " ".join(" ".join(rows).split())
        match = _TAG.fullmatch(line)
        tag, rows = (match["tag"] if match else tag), []


def _size(value: Reading[str]) -> Reading[Size]:
    if not isinstance(value, str):
        return value
    if not (match := re.fullmatch(r"([1-9][0-9]{0,5}) ([1-9][0-9]{0,5})", value)):
        return Unreadable("no width and height", value)
    return int(match[1]), int(match[2])


def _jpeg_max(value: Reading[str]) -> Reading[Size]:
    """Of all `format width height OUTPUT`, the largest JPEG."""
    if not isinstance(value, str):
        return value
    words = value.split()
    streams = [tuple(words[at : at + 4]) for at in range(0, len(words), 4)]
    if any(len(stream) < 4 or stream[3] not in _WAYS for stream in streams):
        return Unreadable(f"{_STREAMS} is no list of streams", value)
    sizes = []
    for form, width, height, way in streams:
        if (form, way) == (_JPEG, "OUTPUT"):
            size = _size(f"{width} {height}")
            if not isinstance(size, tuple):
                return size
            sizes.append(size)
    if not sizes:
        return Unknown("no JPEG stream")
    return max(sizes, key=lambda size: (size[0] * size[1], size))
