"""One typed codec for the values of the model: dataclass to JSON values and back.

It serves the journal, the socket, the replay and the record. A union of dataclasses is told
apart by the key `is`. Decoding is strict: what does not fit raises ValueError with its path; but
a field that has a default may be missing: it did not exist yet when the value was written.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum, IntEnum
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Plain = Any
_Coder = Callable[[Any], Any]
_SCALARS = (str, int, float, bool)
_TIME = "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ"


def encode(value: object) -> Plain:
    """A dataclass of the model as JSON values (dict, list, str, int, float, bool, None)."""
    cls: Any = type(value)
    return _coders(cls)[0](value)


def decode(cls: type[T], plain: Plain) -> T:
    """The dataclass that these JSON values are.

    Raises: ValueError naming the path to what is missing, left over or of another type.
    """
    hint: Any = cls
    return cast("T", _coders(hint)[1](plain))


def encode_tagged(value: object) -> Plain:
    """A dataclass that stands in a union: with its class name under `is`."""
    cls: Any = type(value)
    encoded: Plain = _encoder(cls, tagged=True)(value)
    return encoded


@cache
def _coders(hint: Any) -> tuple[_Coder, _Coder]:
    """The encoder and the decoder of a type hint."""
    origin = get_origin(hint)
    if hint is Any:
        return _same, _same
    if origin in (Union, types.UnionType):
        return _union(get_args(hint))
    if origin is tuple:
        return _tuple(get_args(hint)[0])
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(get_args(hint)[1])
    if origin is not None:
        raise TypeError(f"the codec has no form for {hint!r}")
    if is_dataclass(hint):
        return _dataclass(cast("type", hint))
    if hint is datetime:
        return _encode_time, _decode_time
    if issubclass(hint, IntEnum):
        return attrgetter("_name_"), _enum_by_name(hint)  # `name` is a slow property
    if issubclass(hint, Enum):
        return attrgetter("_value_"), hint
    if hint in _SCALARS:
        return (_bare if hint is float else _same), _typed(hint)
    raise TypeError(f"the codec has no form for {hint!r}")


def _same(value: Any) -> Any:
    return value


def _bare(value: Any) -> Any:
    """A measured value as JSON has it: 5 is 5.0, so that an event and its replay read alike."""
    if type(value) in (float, str, bool):
        return value
    return str.__str__(value) if isinstance(value, str) else float(value)


def _typed(kind: type) -> _Coder:
    accepted = (int, float) if kind is float else (kind,)

    def decode_scalar(plain: Plain) -> Any:
        if type(plain) not in accepted:
            raise ValueError(f"expected {kind.__name__}, found {plain!r:.60}")
        return _float(plain) if kind is float else plain

    return decode_scalar


def _float(plain: float) -> float:
    try:
        return float(plain)
    except OverflowError:
        raise ValueError("expected a number that a float can hold") from None


def _enum_by_name(kind: type[IntEnum]) -> _Coder:
    def decode_name(plain: Plain) -> IntEnum:
        try:
            return kind[plain]
        except (KeyError, TypeError):
            raise ValueError(f"no {kind.__name__} {plain!r:.60}") from None

    return decode_name


def _encode_time(value: datetime) -> str:
    at = value if value.tzinfo is UTC else value.astimezone(UTC)
    clock = (at.hour, at.minute, at.second, at.microsecond // 1000)
    return _TIME % (at.year, at.month, at.day, *clock)  # isoformat() takes twice as long


def _decode_time(plain: Plain) -> datetime:
    if not isinstance(plain, str) or not plain.endswith("Z"):
        raise ValueError(f"expected a UTC time, found {plain!r:.60}")
    value = datetime.fromisoformat(plain)
    if _encode_time(value) != plain:
        raise ValueError(f"expected a time to the millisecond, found {plain!r:.60}")
    return value


def _tuple(item: Any) -> tuple[_Coder, _Coder]:
    encode_item, decode_item = _coders(item)

    def decode_items(plain: Plain) -> tuple[Any, ...]:
        if not isinstance(plain, list):
            raise ValueError(f"expected a list, found {plain!r:.60}")
        return tuple(_at(place, decode_item, entry) for place, entry in enumerate(plain))

    if encode_item is _same:
        return list, decode_items
    return (lambda values: [encode_item(entry) for entry in values]), decode_items


def _mapping(item: Any) -> tuple[_Coder, _Coder]:
    encode_item, decode_item = _coders(item)

    def decode_entries(plain: Plain) -> dict[str, Any]:
        if not isinstance(plain, dict) or not all(isinstance(name, str) for name in plain):
            raise ValueError(f"expected an object, found {plain!r:.60}")
        return {name: _at(name, decode_item, entry) for name, entry in plain.items()}

    if encode_item is _same:
        return dict, decode_entries
    return (lambda given: {name: encode_item(v) for name, v in given.items()}), decode_entries


def _at(place: str | int, decode_item: _Coder, entry: Plain) -> Any:
    try:
        return decode_item(entry)
    except ValueError as error:
        raise ValueError(f"[{place}]: {error}") from None


def _union(members: tuple[Any, ...]) -> tuple[_Coder, _Coder]:
    """Optional, scalars, or dataclasses under their names."""
    real = tuple(member for member in members if member is not type(None))
    optional = len(real) < len(members)
    encode_real, decode_real = _one_of(real)
    if not optional:
        return encode_real, decode_real

    def encode_union(value: Any) -> Plain:
        return None if value is None else encode_real(value)

    def decode_union(plain: Plain) -> Any:
        return None if plain is None else decode_real(plain)

    return (_same if encode_real is _same else encode_union), decode_union


def _one_of(members: tuple[Any, ...]) -> tuple[_Coder, _Coder]:
    if len(members) == 1:
        return _coders(members[0])
    if all(is_dataclass(member) for member in members):
        return encode_tagged, _tagged({member.__name__: member for member in members})
    scalars = [member for member in members if member in _SCALARS]
    if len(members) == len(scalars):
        return (_bare if float in members else _same), _scalar_of(members)
    if len(members) == len(scalars) + 1:  # the one that is an object needs no tag
        (other,) = set(members) - set(scalars)
        return _scalar_or(_one_of(tuple(scalars)), other)
    raise TypeError(f"the codec has no form for a union of {members!r}")


def _scalar_of(kinds: tuple[type, ...]) -> _Coder:
    def decode_scalar(plain: Plain) -> Any:
        if type(plain) is int and float in kinds:
            return _float(plain)
        if type(plain) not in kinds:
            raise ValueError(f"expected one of {[k.__name__ for k in kinds]}, found {plain!r:.60}")
        return plain

    return decode_scalar


def _scalar_or(scalar: tuple[_Coder, _Coder], kind: type) -> tuple[_Coder, _Coder]:
    other = _coders(kind)

    def encode_either(value: Any) -> Plain:
        return (other if isinstance(value, kind) else scalar)[0](value)

    def decode_either(plain: Plain) -> Any:
        return (other if isinstance(plain, dict) else scalar)[1](plain)

    return encode_either, decode_either


def _tagged(classes: Mapping[str, type]) -> _Coder:
    def decode_tagged(plain: Plain) -> Any:
        tag = plain.get("is") if isinstance(plain, dict) else None
        if not isinstance(tag, str) or tag not in classes:
            raise ValueError(f"expected one of {', '.join(classes)}, found {plain!r:.60}")
        rest = {name: value for name, value in plain.items() if name != "is"}
        return decode(classes[tag], rest)

    return decode_tagged


@cache
def _encoder(cls: type, *, tagged: bool) -> _Coder:
    """The encoder of a dataclass, written out as one dict: a loop over its fields costs twice.

    For `Recorded`, tagged, it is `lambda v: {"is": "Recorded", "run": v.run, "sha256": v.sha256}`.
    """
    hints = get_type_hints(cls)
    coders = {f.name: _coders(hints[f.name])[0] for f in fields(cls)}
    entries = [f'"is": "{cls.__name__}"'] if tagged else []
    for name, code in coders.items():
        entries.append(f'"{name}": ' + (f"v.{name}" if code is _same else f"_{name}(v.{name})"))
    known = {f"_{name}": code for name, code in coders.items()}
    written: _Coder = eval(f"lambda v: {{{', '.join(entries)}}}", known)  # noqa: S307 (our own field names)
    return written


def _dataclass(cls: type) -> tuple[_Coder, _Coder]:
    hints = get_type_hints(cls)
    decoders = {f.name: _coders(hints[f.name])[1] for f in fields(cls)}
    needed = {f.name for f in fields(cls) if f.default is f.default_factory is MISSING}

    def decode_fields(plain: Plain) -> Any:
        if not isinstance(plain, dict):
            raise ValueError(f"expected {cls.__name__}, found {plain!r:.60}")
        if not needed <= plain.keys() <= decoders.keys():
            wrong = (needed - plain.keys()) | (plain.keys() - decoders.keys())
            odd = ", ".join(sorted(map(str, wrong)))
            raise ValueError(f"{cls.__name__}: missing or unknown: {odd}")
        given = {}
        for name in (name for name in decoders if name in plain):
            try:
                given[name] = decoders[name](plain[name])
            except ValueError as error:
                raise ValueError(f"{cls.__name__}.{name}: {error}") from None
        return cls(**given)

    return _encoder(cls, tagged=False), decode_fields
