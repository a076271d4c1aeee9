"""The forms that one code on a label may have: what each says, and whether a scan is of it.

Of each form `words` are what it looks like, for the message about a scan of another form; `says`
are the FIELDS that it may say; `identifiers` are those that a reader may put in front of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from harness.model import gs1
from harness.model.pattern import compiled

FIELDS = ("serial", "imei1", "imei2", "part", "sku")
"""What a label can say of a unit, each by its name."""
OTHER = "other"
"""A field that the harness does not read; it may stand several times."""
SEPARATOR = r"[\x1d\x20-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]"
"""What may stand between fields: GS, as scanners send FNC1 of GS1 codes, or punctuation."""
AI = "[0-9]{2,4}"
"""An application identifier of GS1, by its form."""
IDENTIFIER = r"\][A-Za-z][0-9A-Za-z]"
"""A symbology identifier (ISO/IEC 15424), such as ]C1 of GS1-128 or ]Q3 of a GS1 QR code."""
WRITTEN = re.compile(r"[\x1d\x20-\x7e]+")
"""The characters of a scan."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a scan is not of a form; empty where there is no more to say than that."""

    why: str = ""


Said = Mapping[str, str] | Misfit
"""The fields that a scan says, each with its text."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A regular expression that the whole scan matches, its groups named as FIELDS.

    Raises: ValueError when it is none, may run away, or has a group of another name.
    """

    pattern: str
    words: str
    identifiers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _require_known(sorted(self.says), FIELDS)

    @classmethod
    def of_fields(
        cls, fields: Sequence[str], separator: str, identifiers: tuple[str, ...] = ()
    ) -> Expression:
        """Fields in this order with a separator between them; only OTHER may be empty.

        Raises: ValueError when a field is unknown or stands twice, or the separator is none.
        """
        if not re.fullmatch(SEPARATOR, separator):
            raise ValueError(f"no separator: {separator!r:.20}; it is one punctuation mark")
        if twins := [field for field in FIELDS if list(fields).count(field) > 1]:
            raise ValueError(f"the field {twins[0]!r} stands twice")
        _require_known(fields, (*FIELDS, OTHER))
        char = f"[^{re.escape(separator)}]"
        groups = [f"{char}*+" if f == OTHER else f"(?P<{f}>{char}++)" for f in fields]
        return cls(re.escape(separator).join(groups), separator.join(fields), identifiers)

    @property
    def says(self) -> frozenset[str]:
        return frozenset(compiled(self.pattern).groupindex)

    def read(self, scan: str) -> Said:
        match = compiled(self.pattern).fullmatch(scan)
        if not match:
            return Misfit()
        return {name: text for name, text in match.groupdict().items() if text}


@dataclass(frozen=True, slots=True)
class Elements:
    """GS1 element strings: the AI of each field. Other AIs are checked, and not read.

    Raises: ValueError when a field is unknown, or an AI is none that says something of units, or
    stands twice.
    """

    fields: Mapping[str, str]
    identifiers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _require_known(list(self.fields), FIELDS)
        for ai in self.fields.values():
            if ai not in gs1.OF_UNITS:
                known = ", ".join(gs1.OF_UNITS[:-10])
                raise ValueError(f"({ai:.10}) says nothing of a unit: there are {known}, 90 to 99")
            if list(self.fields.values()).count(ai) > 1:
                raise ValueError(f"({ai}) stands twice")

    @property
    def words(self) -> str:
        return " ".join(f"({ai}){field}" for field, ai in self.fields.items())

    @property
    def says(self) -> frozenset[str]:
        return frozenset(self.fields)

    def read(self, scan: str) -> Said:
        try:
            found = gs1.elements(scan)
        except ValueError as error:
            return Misfit(str(error))
        if lacking := [ai for ai in self.fields.values() if ai not in found]:
            return Misfit(f"it has no ({lacking[0]})")
        return {field: found[ai] for field, ai in self.fields.items()}


@dataclass(frozen=True, slots=True)
class Pairs:
    """Keys and values, such as `SN=...;IMEI1=...`, or the parameters of a URL (RFC 3986).

    Raises: ValueError when a field is unknown, a key stands twice, or the separator or the sign
    between key and value is none, or both are one.
    """

    fields: Mapping[str, str]
    separator: str = "&"
    sign: str = "="
    identifiers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _require_known(list(self.fields), FIELDS)
        for mark in (self.separator, self.sign):
            if not re.fullmatch(SEPARATOR, mark):
                raise ValueError(f"no separator: {mark!r:.20}; it is one punctuation mark")
        if self.separator == self.sign:
            raise ValueError(f"{self.sign!r} stands between pairs and in them")
        keys = list(self.fields.values())
        if twins := [key for key in keys if keys.count(key) > 1]:
            raise ValueError(f"the key {twins[0]!r:.60} stands twice")

    @property
    def words(self) -> str:
        pairs = (f"{key}{self.sign}{field}" for field, key in self.fields.items())
        return self.separator.join(pairs)

    @property
    def says(self) -> frozenset[str]:
        return frozenset(self.fields)

    def read(self, scan: str) -> Said:
        address, _, query = scan.partition("?")
        is_url = "://" in address
        found: dict[str, str] = {}
        for pair in (query.partition("#")[0] if is_url else scan).split(self.separator):
            key, _, value = (unquote(pair) if is_url else pair).partition(self.sign)
            if found.setdefault(key, value) != value and key in self.fields.values():
                return Misfit(f"{key} is {found[key]!r:.40} and {value!r:.40}")
        said = {field: found.get(key, "") for field, key in self.fields.items()}
        if lacking := [field for field, text in said.items() if not WRITTEN.fullmatch(text)]:
            return Misfit(f"it has no {self.fields[lacking[0]]}")
        return said


Form = Expression | Elements | Pairs


def _require_known(fields: Sequence[str], known: Sequence[str]) -> None:
    if unknown := [field for field in fields if field not in known]:
        raise ValueError(f"a label has no field {unknown[0]!r:.60}: there are {', '.join(known)}")
