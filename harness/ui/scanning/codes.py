"""What a scanned text is: told by its form and its check digit, never by guess. Pure.

Codes of the harness itself begin with `HARNESS:`, which no label may; docs/scanning.md lists them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from harness.model import gs1, own_codes
from harness.model.identity import Imei, Unit
from harness.model.label import Mislabelled
from harness.model.own_codes import BADGE_FORM, CHECK, OWN, Command
from harness.model.pattern import LONGEST_TEXT, matches
from harness.model.plan import Plan, Variants
from harness.model.scan import IDENTIFIER, WRITTEN
from harness.ui.board.words import Said
from harness.ui.scanning import layouts
from harness.ui.scanning.scans import Bent, Scan, refusal

FORGOTTEN_S = 20.0
"""The codes of one label are scanned within this time [s]."""
_SLOT = re.compile(f"{own_codes.SLOT}([1-9][0-9]{{0,2}})")
_CMD = re.compile(f"{own_codes.COMMAND}([A-Z]+)")
_BADGE = re.compile(f"{own_codes.BADGE}({own_codes.BADGE_ID})")
_CONTROL = re.compile(r"[\x00-\x1c\x1e\x1f\x7f]")
_ARTICLE = re.compile(r"[0-9]{8}|[0-9]{12,14}")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A whole label: its scans, as the station wants them, and the unit that they name."""

    scans: tuple[str, ...]
    unit: Unit


@dataclass(frozen=True, slots=True)
class Part:
    """One code of a label that has several, with what is to be scanned as well."""

    scan: str
    place: int
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfImei:
    imei: Imei


@dataclass(frozen=True, slots=True)
class OfSerial:
    """A serial number of the plan's product, without a label."""

    serial: str


@dataclass(frozen=True, slots=True)
class OfBadge:
    """The id of a badge. Never a password: passwords are keyed."""

    badge: str


@dataclass(frozen=True, slots=True)
class OfSlot:
    slot: int


@dataclass(frozen=True, slots=True)
class OfCommand:
    command: Command
    at_s: float = field(default=-math.inf, compare=False)
    """When it was scanned; one that was keyed in is no answer to what is asked meanwhile."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The check code came as it was printed: the keyboard bends nothing."""


Code = Labelled | Part | OfImei | OfSerial | OfBadge | OfSlot | OfCommand | Checked


@dataclass(frozen=True, slots=True)
class Known:
    """What codes can be told by: the plans of what is run, the slots, and the form of badges.

    The SKUs are those of the variants: none where the plan has none.
    """

    plan: Plan | None = None
    slots: frozenset[int] = frozenset()
    badge: str = BADGE_FORM
    skus: frozenset[str] = frozenset()

    @classmethod
    def of(cls, variants: Variants, slots: Iterable[int], badge: str = BADGE_FORM) -> Known:
        """What is known where these variants of a plan are run."""
        return cls(variants.any, frozenset(slots), badge, frozenset(variants.skus))


def kind(text: str, known: Known) -> Code | Bent:
    """What a text is, as it was printed; that a keyboard may have bent it, Codes tells."""
    if len(text) > LONGEST_TEXT:
        return refusal("long", most=str(LONGEST_TEXT))
    if not WRITTEN.fullmatch(text):
        odd = "" if _CONTROL.search(text) else layouts.script(text)
        return refusal("script", script=Said(f"script.{odd}")) if odd else refusal("control")
    bare = re.sub(f"^{IDENTIFIER}", "", text)
    if bare.startswith(OWN):
        return _own(bare, known)
    if known.plan and known.plan.label:
        label = known.plan.label
        for scan in (text, text.replace("^]", gs1.GS)):  # as some wedges write GS
            try:
                place, fields = label.code(scan)
            except ValueError:
                continue
            return _of_label(known, known.plan, scan, place, fields)
    return _single(bare, known)


def _own(text: str, known: Known) -> Code | Bent:
    if text == CHECK:
        return Checked()
    if found := _SLOT.fullmatch(text):
        slot = int(found[1])
        return OfSlot(slot) if slot in known.slots else refusal("no_slot", slot=found[1])
    if found := _BADGE.fullmatch(text):
        return OfBadge(found[1])
    if (found := _CMD.fullmatch(text)) and found[1] in Command.__members__:
        return OfCommand(Command(found[1]))
    return refusal("own")


def _of_label(
    known: Known, plan: Plan, scan: str, place: int, fields: Mapping[str, str]
) -> Code | Bent:
    forms = plan.label.forms if plan.label else ()
    try:
        plan.require_of(fields)
        if known.skus and fields.get("sku", "") not in {"", *known.skus}:
            return refusal("label_sku")
        if len(forms) == 1:
            return Labelled((scan,), plan.unit_of(scan))
    except Mislabelled as error:
        return refusal(f"label_{error.field}")
    except ValueError:
        return refusal("label")
    return Part(scan, place, tuple(form.words for at, form in enumerate(forms) if at != place))


def _single(text: str, known: Known) -> Code | Bent:
    """What a code is that is of no label."""
    product = known.plan.product if known.plan else None
    found: list[Code] = []
    if len(text) == 15 and text.isdigit():
        try:
            found.append(OfImei(Imei(text)))
        except ValueError:
            return refusal("imei")
    if product and product.serial and matches(product.serial, text):
        found.append(OfSerial(text))
    if matches(known.badge, text):
        found.append(OfBadge(text))
    if len(found) == 1:
        return found[0]
    if found:
        return refusal("either")
    if _ARTICLE.fullmatch(text) and int(text[-1]) == gs1.check_digit(text[:-1]):
        return refusal("article")
    return refusal("unknown", length=str(len(text)))


class Codes:
    """Reads scan after scan: with what a keyboard may have made of each, and labels in parts.

    Nothing that may have been bent is used: where another valid code would come as this text from a
    keyboard of another layout, that keyboard must have been shown not to be there, by a scan that
    it would have bent. A bent scan ends what was shown. A serial scanner bends nothing.
    """

    def __init__(self, known: Known) -> None:
        self.known = known
        self._shown: set[str] = set()
        self._parts: dict[int, str] = {}
        self._parts_s = 0.0

    def read(self, scan: Scan, *, wedge: bool) -> Code | Bent:
        """What a scan is; `wedge` says that it came by a keyboard."""
        found = kind(scan.text, self.known)
        if wedge:
            found = self._unbent(scan.text, found)
        return self._gathered(found, scan.at_s) if isinstance(found, Part) else found

    def forget(self) -> None:
        """Begin labels anew: what comes next is of another one."""
        self._parts = {}

    def _unbent(self, text: str, found: Code | Bent) -> Code | Bent:
        """The same, or why it may be another one."""
        may_be = [(name, kind(other, self.known)) for name, other in layouts.printed(text)]
        coded = [(name, code) for name, code in may_be if not isinstance(code, Bent)]
        others = {name for name, code in coded if code != found}
        if isinstance(found, Bent):
            if others or found.reason.key == "scan.script":
                self._shown.clear()
            return _bent(layouts.nearest(others)) if others else found
        if unsure := others - self._shown:
            cause, layout = layouts.nearest(unsure)
            return refusal("unsure", way=Said(f"way.{cause}", _layout(layout)))
        self._shown |= layouts.NAMES - {name for name, _ in coded}
        return found

    def _gathered(self, found: Part, at_s: float) -> Code | Bent:
        """A label in parts, once its last one is there."""
        held = self._parts if at_s - self._parts_s < FORGOTTEN_S else {}
        self._parts = {}
        if held.get(found.place, found.scan) != found.scan:
            return refusal("other_label")
        parts = {**held, found.place: found.scan}
        assert self.known.plan and self.known.plan.label, "it is of its label"
        forms = self.known.plan.label.forms
        if lacks := tuple(form.words for at, form in enumerate(forms) if at not in parts):
            self._parts, self._parts_s = parts, at_s if not held else self._parts_s
            return Part(found.scan, found.place, lacks)
        try:
            scans = tuple(parts.values())
            return Labelled(scans, self.known.plan.unit_of(*scans))
        except ValueError:
            return refusal("label")


def _bent(way: tuple[layouts.Cause, str]) -> Bent:
    """What is to be set right where a scan was bent so."""
    cause, layout = way
    return refusal(cause, **_layout(layout))


def _layout(name: str) -> Mapping[str, Said]:
    return {"layout": Said(f"layout.{name}")} if name else {}
