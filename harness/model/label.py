"""What a scan of a unit's label holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.model.identity import Imei, Serial, Unit
from harness.model.pattern import LONGEST_TEXT, compiled

FIELDS = ("serial", "imei1", "imei2", "part", "sku")
"""What a label can say of a unit, each by its name."""
OTHER = "other"
"""A field that the harness does not read; it may stand several times."""
SEPARATOR = r"[\x1d\x20-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]"
"""What may stand between fields: GS, as scanners send FNC1 of GS1 codes, or punctuation."""

_LONGEST_SHOWN = 80
_SCAN = re.compile(r"[\x1d\x20-\x7e]+")


@dataclass(frozen=True, slots=True)
class Label:
    """A form of label: an expression that the whole scan matches, its groups named as FIELDS.

    `form` says it in words, for the message about a scan of another form.
    """

    id: str
    revision: int
    pattern: str
    form: str

    def __post_init__(self) -> None:
        groups = compiled(self.pattern).groupindex
        if unknown := sorted(groups.keys() - set(FIELDS)):
            known = ", ".join(FIELDS)
            raise ValueError(f"a label has no field {unknown[0]!r:.60}: there are {known}")
        if "serial" not in groups:
            raise ValueError("a label says the serial: no field is called 'serial'")
        if "imei2" in groups and "imei1" not in groups:
            raise ValueError("a label with imei2 has imei1 too")

    @classmethod
    def of_fields(cls, name: str, revision: int, fields: Sequence[str], separator: str) -> Label:
        """A label of fields in this order with a separator between them; only OTHER may be empty.

        Raises: ValueError when a field is unknown or stands twice, or the separator is none.
        """
        if not re.fullmatch(SEPARATOR, separator):
            raise ValueError(f"no separator: {separator!r:.20}; it is one punctuation mark")
        if twins := [field for field in FIELDS if list(fields).count(field) > 1]:
            raise ValueError(f"the field {twins[0]!r} stands twice")
        if unknown := [field for field in fields if field not in (*FIELDS, OTHER)]:
            known = ", ".join((*FIELDS, OTHER))
            raise ValueError(f"a label has no field {unknown[0]!r:.60}: there are {known}")
        char = f"[^{re.escape(separator)}]"
        groups = [f"{char}*+" if f == OTHER else f"(?P<{f}>{char}++)" for f in fields]
        return cls(name, revision, re.escape(separator).join(groups), separator.join(fields))

    def read(self, scan: str) -> Unit:
        """The unit that a scan names, without the Enter that a scanner ends it with.

        Raises: ValueError when it is no such label, or its serial or an IMEI cannot be right.
        """
        if len(scan) > LONGEST_TEXT:
            raise ValueError(f"a scan of {len(scan)} characters: at most {LONGEST_TEXT}")
        match = compiled(self.pattern).fullmatch(scan) if _SCAN.fullmatch(scan) else None
        if not match:
            raise ValueError(
                f"the scan {_shown(scan)} is no label of {self.id} revision {self.revision}, "
                f"which reads {_shown(self.form)}"
            )
        said = {name: text for name, text in match.groupdict().items() if text}
        imei = tuple(Imei(said[name]).text for name in ("imei1", "imei2") if name in said)
        if "imei2" in said and "imei1" not in said:
            raise ValueError("the label has an imei2 and no imei1")
        if len(imei) > len(set(imei)):
            raise ValueError(f"the label has the IMEI {imei[0]} twice")
        serial = Serial(said.get("serial", "")).text
        return Unit(serial, imei, said.get("part", ""), said.get("sku", ""))


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "...")
