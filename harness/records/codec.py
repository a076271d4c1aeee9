"""The native JSON of a record, the journal's line of an event, and how both are packed.

Native JSON: one object a run, keys in a fixed order, `schema`, `run`, `previous` first; or one an
entry, with `schema`, `is`, `id`, `previous` first. Its SHA-256 is the link to what comes next in
the chain of the station.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson
import zstandard

from harness.model.codec import decode, encode
from harness.model.entry import Entry
from harness.model.events import Stamped
from harness.model.record import Record

SCHEMA = 1
"""The version of the native JSON."""

_LEVEL = 3


class Link(NamedTuple):
    """Where a run stands in the chain: behind the record with this SHA-256; None while it is open.

    `began_after` is the number of the newest record when it began; None where nobody wrote that.
    """

    previous: str | None
    began_after: int | None = None


def from_json(text: bytes) -> tuple[Record, Link]:
    """The record of a run that has ended, and where it stands in the chain.

    Raises: ValueError naming the path to what is missing, left over or of another type.
    """
    plain, previous = _unchained(text)
    began = plain.pop("began_after", None)
    if type(began) not in (int, type(None)):
        raise ValueError(f"began_after: expected the number of a record, found {began!r:.60}")
    return decode(Record, plain), Link(previous, began)


def entry_from_json(text: bytes) -> tuple[Entry, str]:
    """The entry, and the SHA-256 of what stands before it in the chain.

    Raises: ValueError naming the path to what is missing, left over or of another type.
    """
    plain, previous = _unchained(text)
    kind, what = plain.pop("is", None), plain.get("what")
    if not isinstance(what, dict) or "is" in what:
        raise ValueError(f"what: expected the fields of a {kind!r:.60}, found {what!r:.60}")
    return decode(Entry, {**plain, "what": {"is": kind, **what}}), previous


def content(record: Record) -> bytes:
    """The part of the native JSON that does not depend on the place in the chain.

    Raises: ValueError naming what has no form in JSON, such as a number that is not finite.
    """
    plain = encode(record)
    del plain["run"]
    return _dumps(plain)


def chained(run: str, link: Link, rest: bytes) -> bytes:
    """The native JSON of a run with this `content`, at its place in the chain."""
    head = {"schema": SCHEMA, "run": run, "previous": link.previous}
    if link.began_after is not None:
        head["began_after"] = link.began_after
    return _joined(_dumps(head), rest)


def entry_content(entry: Entry) -> bytes:
    """The part of an entry's native JSON that does not depend on the place in the chain.

    Raises: ValueError naming what has no form in JSON, such as a text that is no Unicode.
    """
    plain = encode(entry)
    del plain["id"], plain["number"], plain["what"]["is"]
    return _dumps(plain)


def chained_entry(kind: str, id_: str, previous: str, rest: bytes) -> bytes:
    """The native JSON of an entry with this `entry_content`, at its place in the chain.

    `previous` is the SHA-256 of what stands before it.
    """
    return _joined(_dumps({"schema": SCHEMA, "is": kind, "id": id_, "previous": previous}), rest)


def encode_event(stamped: Stamped) -> bytes:
    """One line of the journal, with its newline; a batch is lines one after another.

    Raises: ValueError naming what has no form in JSON.
    """
    return _dumps(encode(stamped)) + b"\n"


def decode_event(line: bytes) -> Stamped:
    """The event of one line.

    Raises: ValueError when it is not exactly an event.
    """
    return decode(Stamped, _loads(line))


def sha256(content_: bytes) -> str:
    """SHA-256 in hexadecimal digits (FIPS 180-4)."""
    return hashlib.sha256(content_).hexdigest()


def pack(text: bytes) -> bytes:
    """Compressed as one Zstandard frame that knows its size (RFC 8878)."""
    return zstandard.ZstdCompressor(level=_LEVEL).compress(text)


def unpack(frame: bytes) -> bytes:
    """What was packed.

    Raises: ValueError when it is no whole frame.
    """
    try:
        return zstandard.ZstdDecompressor().decompress(frame)
    except (zstandard.ZstdError, MemoryError) as error:  # a damaged header may ask for any size
        raise ValueError(f"not a Zstandard frame: {error}") from None


def _unchained(text: bytes) -> tuple[dict[str, Any], str]:
    """An object of the chain without its schema and its link, and the link."""
    plain = _loads(text)
    if plain.pop("schema", None) != SCHEMA:
        raise ValueError(f"a record of another schema than {SCHEMA}")
    previous = plain.pop("previous", None)
    if not isinstance(previous, str):
        raise ValueError(f"previous: expected the SHA-256 of a record, found {previous!r:.60}")
    return plain, previous


def _joined(head: bytes, rest: bytes) -> bytes:
    """The members of two objects in one."""
    return head[:-1] + b"," + rest[1:]


def _dumps(plain: Any) -> bytes:
    try:
        text = orjson.dumps(plain)
    except TypeError as error:
        raise ValueError(f"no form in JSON: {error}") from None
    if b"null" in text and not _finite(plain):  # orjson writes what is not finite as null
        path = next(_non_finite(plain))
        raise ValueError(f"{path}: not a finite number")
    return text


def _finite(plain: Any) -> bool:
    """Whether every number is; a flat loop, because every record has a null somewhere."""
    containers = [plain]
    for container in containers:
        for value in container.values() if type(container) is dict else container:
            kind = type(value)
            if kind is float:
                if not math.isfinite(value):
                    return False
            elif kind is dict or kind is list or kind is tuple:
                containers.append(value)
    return True


def _non_finite(plain: Any) -> Iterator[str]:
    """Paths to numbers that are not finite, the innermost key last."""
    for key, value in plain.items() if type(plain) is dict else enumerate(plain):
        kind = type(value)
        if kind is float:
            if not math.isfinite(value):
                yield str(key)
        elif kind is dict or kind is list or kind is tuple:
            for path in _non_finite(value):
                yield f"{key}.{path}"


def _loads(text: bytes) -> dict[str, Any]:
    plain = orjson.loads(text)
    if not isinstance(plain, dict):
        raise ValueError(f"expected an object, found {plain!r:.60}")
    return plain
