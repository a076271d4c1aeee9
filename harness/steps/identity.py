"""Steps that ask the handset who it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from harness.devices.android import getprop, iphonesubinfo
from harness.devices.android.batch import Answer
from harness.errors import DutFault, OperatorStop
from harness.model.identity import Serial, Unit
from harness.model.ports import Handset, Measure, UnitRegistry
from harness.model.reading import Reading, Unknown, Unreadable
from harness.steps.answers import ask_together, printed
from harness.steps.api import Flag, Text, step

T = TypeVar("T")

SIMS = 2
_SERIAL, _MAKER = "ro.serialno", "ro.product.manufacturer"


@step(measures=[Text("serial"), Text("imei1"), Text("imei2")])
def read(handset: Handset, registry: UnitRegistry, measure: Measure) -> None:
    """Serial number (`ro.serialno`) and both IMEIs (`service call iphonesubinfo`).

    Raises: OperatorStop(UNIT-WRONG) when it is not the unit announced; DutFault(IMEI-NOT-WRITTEN)
    when an IMEI is empty or zeros only.
    """
    _identify(handset, registry, measure)


@step(measures=[Text("serial"), Text("imei1"), Text("imei2"), Flag("imei_matches")])
def match_label(handset: Handset, registry: UnitRegistry, measure: Measure) -> None:
    """Serial number and both IMEIs, and whether each IMEI on the label is the handset's.

    IMEIs are compared in their order; a label of one IMEI says nothing of the second.

    Raises: OperatorStop(UNIT-WRONG) when its serial is not the one on the label; OperatorStop(
    LABEL-ABSENT) when no serial or no IMEI was announced; DutFault(IMEI-NOT-WRITTEN,
    IMEI-TWICE).
    """
    imeis = _identify(handset, registry, measure)
    label = registry.announced
    if not (label.serial and label.imei):
        raise OperatorStop(
            "LABEL-ABSENT",
            f"announced was {label.serial or 'no unit'} with {len(label.imei)} IMEIs; "
            "expected a serial and at least one IMEI",
        )
    measure("imei_matches", _matches(label.imei, imeis))


def _identify(handset: Handset, registry: UnitRegistry, measure: Measure) -> list[Reading[str]]:
    """Ask for serial and IMEIs, say them to the registry, measure them; gives the IMEIs."""
    answers = ask_together(handset, *map(getprop.command, (_SERIAL, getprop.SDK, _MAKER)))
    told, version, made_by = answers
    serial = _serial(_read(getprop.read_property, told))
    sdk, maker = _read(getprop.read_sdk, version), _read(getprop.read_property, made_by)
    imeis = _imeis(handset, sdk, maker)
    if isinstance(serial, str):
        registry.identified(Unit(serial, tuple(imei for imei in imeis if isinstance(imei, str))))
    measure("serial", serial)
    for slot, imei in enumerate(imeis):
        _require_written(slot, imei)
    if isinstance(imeis[0], str) and imeis[0] == imeis[1]:
        evidence = {"imei": imeis[0]}
        raise DutFault("IMEI-TWICE", f"both IMEIs are {imeis[0]}", evidence=evidence)
    measure("imei1", imeis[0])
    measure("imei2", imeis[1])
    return imeis


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
    return _serial(_read(getprop.read_property, answer))


def _serial(said: Reading[str]) -> Reading[str]:
    if isinstance(said, str):
        try:
            Serial(said)
        except ValueError as error:
            return Unreadable(str(error), said)
    return said


def _imeis(handset: Handset, sdk: Reading[int], maker: Reading[str]) -> list[Reading[str]]:
    """The IMEI of each SIM slot; which transaction asks depends on version and maker."""
    if not isinstance(sdk, int):
        return [Unreadable("no version, so no transaction code", str(sdk))] * SIMS
    if not isinstance(maker, str):
        return [Unreadable("no manufacturer, so no transaction code", str(maker))] * SIMS
    asked = [iphonesubinfo.command(sdk, slot, maker) for slot in range(SIMS)]
    return [_read(iphonesubinfo.read_reply, answer) for answer in ask_together(handset, *asked)]


def _read(reader: Callable[[str], Reading[T]], answer: Answer) -> Reading[T]:
    out = printed(answer)
    return reader(out) if isinstance(out, str) else out


def _require_written(slot: int, imei: Reading[str]) -> None:
    empty = isinstance(imei, Unknown)
    if empty or (isinstance(imei, str) and not imei.strip("0")):
        said = imei if isinstance(imei, str) else "nothing"
        raise DutFault(
            "IMEI-NOT-WRITTEN",
            f"IMEI {slot + 1} of the handset is {said}",
            evidence={"slot": slot, "said": said},
        )
