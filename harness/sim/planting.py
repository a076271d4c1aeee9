"""Defects in a scenario file: that each is one, with settings that do something, and where not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from harness.files.collect import Problems
from harness.files.nodes import Node, Scalar
from harness.files.parse import parse
from harness.files.problems import nearest
from harness.files.schema import check
from harness.files.shapes import listing, mapping
from harness.sim.callbox import COMMANDS as OF_CALL_BOX
from harness.sim.defect_settings import SETTINGS
from harness.sim.defects import DEFECTS, is_of_call_box, is_of_jig, is_of_modem
from harness.sim.jig import DIALECTS, Dialect, commands_of
from harness.sim.jig_defects import IN_JIG_ONLY, defects_of
from harness.sim.unit import Defects, Verdict

DEFECTS_SHAPE = listing(
    {
        "type": ["string", "object"],
        "minProperties": 1,
        "description": "a defect, or one with its settings",
    }
)

_MOTIONS = ("FIXT:CLOS", "FIXT:OPEN", "CLOSE", "OPEN")
_CARRIAGE = ("LIGH:FIEL",)
_STRIKES = {
    "jig.stuck_carriage": _CARRIAGE,
    "jig.stuck_fixture": _MOTIONS,
    "jig.unplug": _MOTIONS + _CARRIAGE,
    "jig.watchdog": ("SYST:HEAR?",),
    "jig.wrong_field": _CARRIAGE,
    "jig.wrong_identity": ("*IDN?", "ID?"),
}
"""What defects of a jig strike at, of all commands of all jigs, if not at all of its own."""

_EXPECT = (
    "say what must be found, such as `expect: {outcome: FAIL}`: it is known only of one defect, "
    "with its default settings, and with a good jig"
)
_ALL = "`harness sim defects --list` has all"


def planted(entries: Sequence[str | Mapping[str, Any]]) -> Defects:
    """Defects with their settings; each entry is a name, or a name with its settings."""
    defects: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        named = {entry: None} if isinstance(entry, str) else entry
        defects.update({name: settings or {} for name, settings in named.items()})
    return defects


def expected(defects: Defects) -> Verdict | None:
    """What the final test must find of a unit; None where the table of defects leaves it open.

    The table says it of one defect with its default settings.
    """
    if not defects:
        return Verdict()
    if len(defects) > 1 or any(defects.values()):
        return None
    defect = DEFECTS[next(iter(defects))]
    return Verdict(defect.outcome, concluded=defect.concluded)


def planted_by(words: Sequence[str], *, with_modem: bool = False) -> Defects:
    """Defects of a handset, one a word: `lte.weak`, or `lte.weak: {rsrp_dbm: -120}`.

    Those of its modem are for one whose AT port stands open (`with_modem`).

    Raises: ValueError saying what is wrong, and with which.
    """

    def tell(root: Node, found: Problems) -> None:
        _tell_wrong_of_unit(root, "core", found)
        for name, *_ in _named(root):
            if is_of_jig(name.text):
                found.error(name, "a defect of a jig, not of a handset")
            elif is_of_call_box(name.text):
                found.error(name, "a defect of a call box, not of a handset")
            elif is_of_modem(name.text) and not with_modem:
                found.error(name, "a defect of a modem's AT port: open it with --at")

    return _planted_by(words, tell)


def planted_in_jig(words: Sequence[str], dialect: Dialect) -> Defects:
    """Defects of a jig that speaks a dialect, one a word as `planted_by` has them.

    Raises: ValueError saying what is wrong, and with which.
    """
    return _planted_by(words, lambda root, found: _tell_wrong_of_jig(root, dialect, found))


def _planted_by(words: Sequence[str], tell: Callable[[Node, Problems], None]) -> Defects:
    entries: list[str | Mapping[str, Any]] = []
    for word in words:
        root, problems = parse(f"[{word}]", "")
        found = Problems("", problems)
        if root is not None:
            check(root, {**DEFECTS_SHAPE, "maxItems": 1, "minItems": 1}, found)
            tell(root, found)
            entries += root.plain()
        if problems := found.sorted():
            hint = f" (did you mean {problems[0].suggestion!r}?)" if problems[0].suggestion else ""
            raise ValueError(f"{word}: {problems[0].message}{hint}")
    return planted(entries)


def tell_wrong_defects(root: Node, found: Problems) -> None:
    """Adds the problems of the defects of a scenario; one that did nothing would be a lie."""
    common = root.get("jig")
    dialect = _dialect(common, "core")
    if common:
        _tell_wrong_of_jig(common.get("defects"), dialect, found)
    for jig in root.get("jigs") or ():
        _tell_wrong_of_jig(jig.get("defects"), _dialect(jig, dialect), found)
    for unit in root.get("units") or ():
        _tell_wrong_of_unit(unit.get("defects"), dialect, found)
        _tell_modem(unit.get("defects"), found)
        _tell_own_label(unit, found)


def tell_wrong_shares(drawn: Node | None, found: Problems) -> None:
    """Adds the problems of the shares of defects of units that are drawn."""
    shares = drawn.get("defects") if drawn else None
    total = 0.0
    for name, share in shares.items() if shares else ():
        if name.text not in DEFECTS:
            found.error(name, *_unknown(name.text, "", DEFECTS))
        elif name.text in IN_JIG_ONLY or is_of_modem(name.text):
            found.error(name, f"{name.text} is no defect that a unit brings to a line")
        value = share.plain()
        total += value if isinstance(value, int | float) else 0
    if shares and total > 1:
        found.error(shares, f"the shares come to {total:g}, and a unit has one defect at the most")


def tell_unexpected(root: Node, found: Problems) -> None:
    """Adds the units of a scenario without wrong defects, of which nobody says what to expect."""
    jigs = [jig for jig in (root.get("jig"), *(root.get("jigs") or ())) if jig]
    open_jig = any(jig.get("defects") for jig in jigs)
    for unit in root.get("units") or ():
        defects = unit.get("defects")
        known = planted(defects.plain()) if defects else {}
        if unit.get("expect") is None and (open_jig or expected(known) is None):
            found.error(defects or unit, _EXPECT)


def _dialect(jig: Node | None, otherwise: Dialect) -> Dialect:
    told = jig.get("dialect") if jig else None
    return told.plain() if told and told.plain() in DIALECTS else otherwise


def _tell_wrong_of_unit(defects: Node | None, dialect: Dialect, found: Problems) -> None:
    """Of a unit, which stands in a jig of this dialect."""
    _tell_wrong(defects, DEFECTS, dialect, found)
    for name, *_ in _named(defects):
        if name.text in IN_JIG_ONLY:
            found.error(name, f"no unit brings {name.text} to its jig: plant it in the jig")


def _tell_wrong_of_jig(defects: Node | None, dialect: Dialect, found: Problems) -> None:
    _tell_wrong(defects, defects_of(dialect), dialect, found)
    for name, *_ in _named(defects):
        if name.text not in DEFECTS or name.text in defects_of(dialect):
            continue
        if is_of_jig(name.text):
            has = ", ".join(sorted(defects_of(dialect)))
            found.error(name, f"a jig of the dialect {dialect} has no {name.text}: it has {has}")
        else:
            found.error(name, f"{name.text} is a defect of a unit: plant it there")


def _tell_wrong(
    defects: Node | None, known: Collection[str], dialect: Dialect, found: Problems
) -> None:
    """Those that are none; of those that are `known` here, wrong settings and doubles."""
    told = set[str]()
    for name, settings, beside in _named(defects):
        if name.text not in DEFECTS:
            found.error(name, *_unknown(name.text, beside, known))
        elif name.text in told:
            found.error(name, f"{name.text} is planted twice")
        elif name.text in known:
            _tell_wrong_settings(name.text, settings, dialect, found)
        told.add(name.text)


def _tell_modem(defects: Node | None, found: Problems) -> None:
    for name, *_ in _named(defects):
        if is_of_modem(name.text) and name.text in DEFECTS:
            found.error(
                name, f"no plan talks to a modem: `harness sim handset --at` has {name.text}"
            )


def _tell_own_label(unit: Node, found: Problems) -> None:
    """A label that is to be another unit's must be."""
    imeis: list[Node | None] = list(unit.get("imei") or ())
    own = {"label": [unit.get("serial")], "imei": imeis[:1]}
    for name, settings, _ in _named(unit.get("defects")):
        for setting, is_own in own.items() if name.text == "identity.label_mismatch" else ():
            given = settings.get(setting) if settings else None
            if given and str(given.plain()) in [str(node.plain()) for node in is_own if node]:
                found.error(given, f"{given.describe()} is its own: that is no mismatch")


def _named(defects: Node | None) -> Iterator[tuple[Scalar, Node | None, str]]:
    """Each name of a defect, its settings, and what the first name of its entry is."""
    for entry in defects or ():
        if isinstance(entry, Scalar):
            yield entry, None, entry.text
        else:
            pairs = list(entry.items())
            yield from ((name, settings, pairs[0][0].text) for name, settings in pairs)


def _unknown(name: str, beside: str, known: Collection[str]) -> tuple[str, str]:
    """What to say of a name that no defect has, and the one that was most likely meant."""
    near = DEFECTS.get(beside)
    if near and name in near.settings:
        return f"{name} is a setting of {beside}: indent it below", ""
    meant = nearest(name, known)
    return f"no defect {name!r}" + ("" if meant else f": {_ALL}"), meant


def _tell_wrong_settings(
    name: str, settings: Node | None, dialect: Dialect, found: Problems
) -> None:
    known = DEFECTS[name].settings
    if settings is None or (isinstance(settings, Scalar) and settings.value is None):
        return
    settable = ", ".join(sorted(known)) or "nothing"
    for key in (key for key, _ in settings.items() if key.text not in known):
        message = f"{name} has no setting {key.text!r}: it takes {settable}"
        found.error(key, message, nearest(key.text, known))
    part = settings.get("on")
    on_line = is_of_jig(name) or is_of_call_box(name)
    if on_line and part and (why := _strikes_nothing(name, part, dialect)):
        found.error(part, *why)
    taken = mapping("", **{key: SETTINGS[key] for key in known})
    check(settings, {**taken, "additionalProperties": True}, found)


def _strikes_nothing(name: str, part: Node, dialect: Dialect) -> tuple[str, str] | None:
    """What to say of an `on` that no command has in it, and the nearest command."""
    if not isinstance(part.value, str):
        return None  # what it must be is told by its shape
    own = OF_CALL_BOX if is_of_call_box(name) else commands_of(dialect)
    commands = [each for each in own if each in _STRIKES.get(name, own)]
    header = part.value.upper().partition(" ")[0]
    if any(header in command for command in commands):
        return None
    return f"{name} strikes at nothing: no command has {part.value!r:.60} in it", nearest(
        header, commands
    )
