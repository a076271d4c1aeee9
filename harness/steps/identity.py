"""Steps that ask the handset who it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

from harness.devices.android import build as build_of
from harness.devices.android import getprop, iphonesubinfo, phone_imei, user
from harness.devices.android.batch import Answer
from harness.devices.android.imei import SIMS
from harness.devices.android.imei import commands as imei_commands
from harness.errors import DutFault, OperatorStop
from harness.model.identity import Imei, Serial, Unit
from harness.model.ports import Handset, Measure, UnitRegistry
from harness.model.reading import Reading, Unknown, Unreadable
from harness.steps.api import Flag, Text, step
from harness.steps.asking.answers import ask_together, understood

_SERIAL, _MAKER = "ro.serialno", "ro.product.manufacturer"


@dataclass(frozen=True, slots=True)
class _Said:
    """Who a handset says it is, its IMEIs in the order of its SIM slots."""

    serial: Reading[str]
    imeis: tuple[Reading[str], ...]


@step(measures=[Text("serial"), Text("imei1"), Text("imei2")], identifies=True)
def read(handset: Handset, registry: UnitRegistry, measure: Measure) -> None:
    """Serial number (`ro.serialno`) and both IMEIs (`service call iphonesubinfo`).

    Where the handset tells them in a second way (`cmd phone get-imei`), both must agree.

    Raises: OperatorStop(UNIT-WRONG) when it is not the unit announced; DutFault(IMEI-NOT-WRITTEN)
    when an IMEI is empty or zeros only; DutFault(IMEI-CONTRADICTS, IMEI-CHECK-DIGIT,
    IMEI-TEST-NUMBER, IMEI-TWICE); DutFault(IMEI-CLAIMED) when another unit has one of them.
    """
    _claim(_identify(handset, registry, measure), registry, own=True)


@step(
    measures=[Text("serial"), Text("imei1"), Text("imei2"), Flag("imei_matches")], identifies=True
)
def match_label(handset: Handset, registry: UnitRegistry, measure: Measure) -> None:
    """Serial number and both IMEIs, and whether each IMEI on the label is the handset's.

    IMEIs are compared in their order; a label of one IMEI says nothing of the second. A unit has
    its IMEIs for its own once they are those of its label.

    Raises: OperatorStop(UNIT-WRONG) when its serial is not the one on the label; OperatorStop(
    LABEL-ABSENT) when no serial or no IMEI was announced; DutFault(IMEI-...) as `identity.read`.
    """
    said = _identify(handset, registry, measure)
    label = registry.announced
    if not (label.serial and label.imei):
        raise OperatorStop(
            "LABEL-ABSENT",
            f"announced was {label.serial or 'no unit'} with {len(label.imei)} IMEIs; "
            "expected a serial and at least one IMEI",
        )
    matches = _matches(label.imei, said.imeis)
    measure("imei_matches", matches)
    _claim(said, registry, own=matches is True)


@step(
    measures=[
        *(Text(name) for name in build_of.TEXTS),
        Text("security_patch"),
        Flag("debuggable"),
        Flag("locked"),
    ]
)
def build(handset: Handset, measure: Measure) -> None:
    """What the handset's software is, and whether its bootloader is locked (`getprop`).

    `verified_boot` is the colour of the boot: green is the maker's own key and a locked
    bootloader. `security_patch` is a date (ISO 8601).
    """
    others = (build_of.PATCH, build_of.DEBUGGABLE, build_of.FLASH_LOCKED, build_of.DEVICE_STATE)
    names = (*build_of.TEXTS.values(), *others)
    answers = ask_together(handset, *map(getprop.command, names))
    values = (understood(getprop.read_property, answer) for answer in answers)
    told = dict(zip(names, values, strict=True))
    for name, prop in build_of.TEXTS.items():
        measure(name, told[prop])
    measure("security_patch", build_of.read_date(told[build_of.PATCH]))
    measure("debuggable", build_of.read_flag(told[build_of.DEBUGGABLE]))
    flash, state = told[build_of.FLASH_LOCKED], told[build_of.DEVICE_STATE]
    measure("locked", build_of.read_locked(flash, state))


def _identify(handset: Handset, registry: UnitRegistry, measure: Measure) -> _Said:
    """Ask for serial and IMEIs, say them to the registry, measure them."""
    asked = (*map(getprop.command, (_SERIAL, getprop.SDK, _MAKER)), user.COMMAND)
    told, version, made_by, who = ask_together(handset, *asked)
    serial = _serial(understood(getprop.read_property, told))
    sdk, maker = understood(getprop.read_sdk, version), understood(getprop.read_property, made_by)
    both = _imeis(handset, sdk, maker, root=understood(user.read_root, who))
    imeis = tuple(_agreed(one, other) for one, other in both)
    if isinstance(serial, str):
        registry.identified(Unit(serial, tuple(imei for imei in imeis if isinstance(imei, str))))
    measure("serial", serial)
    for slot, (one, other) in enumerate(both):
        _require_one(slot, one, other)
        _require_written(slot, one)
        _require_right(slot, one)
    if isinstance(imeis[0], str) and imeis[0] == imeis[1]:
        evidence = {"imei": imeis[0]}
        words = f"both IMEIs of the handset are {imeis[0]}, expected two different ones"
        raise DutFault("IMEI-TWICE", words, evidence=evidence)
    measure("imei1", imeis[0])
    measure("imei2", imeis[1])
    return _Said(serial, imeis)


def _claim(said: _Said, registry: UnitRegistry, *, own: bool) -> None:
    """After all was measured: a clash hides nothing that is wrong with the unit itself."""
    imeis = [imei for imei in said.imeis if _in_form(imei)]
    if isinstance(said.serial, str):
        registry.claim(said.serial, imeis, own=own)


def _matches(label: Sequence[str], said: Sequence[Reading[str]]) -> Reading[bool]:
    """False once one IMEI differs, whatever else cannot be read; a label of more never matches."""
    if len(label) > len(said):
        return False
    pairs = list(zip(label, said, strict=False))
    if any(isinstance(imei, str) and imei != wanted for wanted, imei in pairs):
        return False
    return next((imei for _, imei in pairs if not isinstance(imei, str)), True)


def serial_of(handset: Handset) -> Reading[str]:
    """The serial number that a handset says it has."""
    (answer,) = ask_together(handset, getprop.command(_SERIAL))
    return _serial(understood(getprop.read_property, answer))


def _serial(said: Reading[str]) -> Reading[str]:
    if isinstance(said, str):
        try:
            Serial(said)
        except ValueError as error:
            return Unreadable(str(error), said)
    return said


def _imeis(
    handset: Handset, sdk: Reading[int], maker: Reading[str], *, root: Reading[bool]
) -> list[tuple[Reading[str], Reading[str] | None]]:
    """The IMEI of each SIM slot in the one way and in the other; None where there is no other."""
    asked = imei_commands(sdk, maker, range(SIMS), root=root)
    if isinstance(asked, Unreadable):
        return [(asked, None)] * SIMS
    answers = ask_together(handset, *asked.all)
    first = [understood(iphonesubinfo.read_reply, answer) for answer in answers[:SIMS]]
    second = [_second(answer) for answer in answers[SIMS:]] or [None] * SIMS
    return list(zip(first, second, strict=True))


def _second(answer: Answer) -> Reading[str] | None:
    """The IMEI by `cmd phone get-imei`; None where the handset refuses to tell it so."""
    if isinstance(answer, Unreadable):
        return answer
    told = phone_imei.read_phone_imei(answer.out or answer.err)
    if isinstance(told, phone_imei.PhoneImei):
        return None if told.kind == "denied" else told.imei
    return told if answer.code == 0 else None


def _agreed(one: Reading[str], other: Reading[str] | None) -> Reading[str]:
    """The IMEI, as far as nothing that was said of it stays unreadable."""
    return other if isinstance(other, Unreadable) else one


def _require_one(slot: int, one: Reading[str], other: Reading[str] | None) -> None:
    if other is None or isinstance(one, Unreadable) or isinstance(other, Unreadable):
        return
    told = [said if isinstance(said, str) and said.strip("0") else "" for said in (one, other)]
    if told[0] != told[1]:
        words = " and ".join(said or "none" for said in told)
        raise DutFault(
            "IMEI-CONTRADICTS",
            f"IMEI {slot + 1} of the handset is {words}, depending on how it is asked",
            evidence={"slot": slot, "iphonesubinfo": told[0], "get_imei": told[1]},
        )


def _require_written(slot: int, imei: Reading[str]) -> None:
    empty = isinstance(imei, Unknown)
    if empty or (isinstance(imei, str) and not imei.strip("0")):
        said = imei if isinstance(imei, str) and imei else "nothing"
        raise DutFault(
            "IMEI-NOT-WRITTEN",
            f"IMEI {slot + 1} of the handset: found {said}, expected 15 digits",
            evidence={"slot": slot, "said": said},
        )


def _require_right(slot: int, imei: Reading[str]) -> None:
    """An IMEI by its form keeps the rules; what is none by its form is for the limit to judge."""
    if not _in_form(imei):
        return
    evidence = {"slot": slot, "said": imei}
    try:
        number = Imei(imei)
    except ValueError as error:
        message = f"IMEI {slot + 1} of the handset: {error}"
        raise DutFault("IMEI-CHECK-DIGIT", message, evidence=evidence) from None
    if number.is_test:
        message = f"IMEI {slot + 1} of the handset is {imei}: {imei[:2]}... is for tests only"
        raise DutFault("IMEI-TEST-NUMBER", message, evidence=evidence)


def _in_form(imei: Reading[str]) -> TypeGuard[str]:
    return isinstance(imei, str) and isinstance(iphonesubinfo.imei_of(imei), str)
