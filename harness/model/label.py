"""What the scans of a unit's label hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from harness.model.identity import Imei, Serial, Unit
from harness.model.pattern import LONGEST_TEXT
from harness.model.scan import IDENTIFIER, WRITTEN, Form, Misfit, Said

_LONGEST_SHOWN = 80


class Mislabelled(ValueError):
    """What a label says can be of no unit; `field` is what of it: imei, serial or part."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


@dataclass(frozen=True, slots=True)
class Label:
    """A label with one code or several, each of its own form, which are scanned in any order.

    Raises: ValueError when they say no serial, or an imei2 and no imei1.
    """

    id: str
    revision: int
    forms: tuple[Form, ...]

    def __post_init__(self) -> None:
        if "serial" not in self.says:
            raise ValueError("a label says the serial: no field is called 'serial'")
        if "imei2" in self.says and "imei1" not in self.says:
            raise ValueError("a label with imei2 has imei1 too")

    @property
    def says(self) -> frozenset[str]:
        """Which fields its codes may say."""
        return frozenset().union(*(form.says for form in self.forms))

    @property
    def words(self) -> str:
        """What its codes look like."""
        return " and ".join(form.words for form in self.forms)

    def read(self, *scans: str) -> Unit:
        """The unit that the scans name, without the Enter that a scanner ends each with.

        A code that is scanned twice counts once; what two codes say must agree.

        Raises: ValueError when one is no code of such a label, a code is missing, they contradict
        one another, or the serial or an IMEI cannot be right.
        """
        said: dict[str, str] = {}
        told: dict[int, Said] = {}
        for scan in scans:
            place, fields = self.code(scan)
            if told.setdefault(place, fields) != fields:
                known = f"the code {_shown(self.forms[place].words)} of {self.id}"
                raise ValueError(f"{known} was scanned twice, and {_shown(scan)} is another one")
            for name, text in fields.items():
                if said.setdefault(name, text) != text:
                    both = f"{_shown(said[name])} and {_shown(text)}"
                    raise ValueError(f"the codes of the label contradict: {name} is {both}")
        if lacking := [form.words for at, form in enumerate(self.forms) if at not in told]:
            count = f"{len(told)} of {len(self.forms)} codes of {self.id} scanned"
            raise ValueError(f"{count}: scan {_shown(lacking[0])} as well")
        return _unit(said)

    def code(self, scan: str) -> tuple[int, Mapping[str, str]]:
        """Which of its codes a scan is, by the place of the form, and the fields that it says.

        Raises: ValueError when it is of none of them, or may be of two.
        """
        if len(scan) > LONGEST_TEXT:
            raise ValueError(f"a scan of {len(scan)} characters: at most {LONGEST_TEXT}")
        tried = [_said(form, scan) for form in self.forms]
        fits = [(at, said) for at, said in enumerate(tried) if not isinstance(said, Misfit)]
        if len(fits) == 1:
            return fits[0]
        named = f"the scan {_shown(scan)}"
        if fits:
            both = " and ".join(_shown(self.forms[at].words) for at, _ in fits)
            raise ValueError(f"{named} may be {both}: correct the label file, which has both")
        forms = " or ".join(_shown(form.words) for form in self.forms)
        whys = "".join(f": {said.why}" for said in tried if isinstance(said, Misfit) and said.why)
        known = f"{self.id} revision {self.revision}"
        raise ValueError(f"{named} is no label of {known}, which reads {forms}{whys}")


def _said(form: Form, scan: str) -> Said:
    """What a scan says, without the symbology identifier that a reader may have put in front."""
    if not WRITTEN.fullmatch(scan):
        return Misfit()
    mark = scan[:3] if form.identifiers and re.match(IDENTIFIER, scan) else ""
    if mark and mark not in form.identifiers:
        return Misfit(f"{mark} is none of {' '.join(form.identifiers)}")
    return form.read(scan.removeprefix(mark))


def _unit(said: dict[str, str]) -> Unit:
    imei = tuple(Imei(said[name]).text for name in ("imei1", "imei2") if name in said)
    if "imei2" in said and "imei1" not in said:
        raise ValueError("the label has an imei2 and no imei1")
    if len(imei) > len(set(imei)):
        raise ValueError(f"the label has the IMEI {imei[0]} twice")
    serial = Serial(said.get("serial", "")).text
    return Unit(serial, imei, said.get("part", ""), said.get("sku", ""))


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "...")
