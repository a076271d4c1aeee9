"""Steps that ask the handset who it is."""

from __future__ import annotations

from collections.abc import Sequence

from harness.devices.android import getprop, iphonesubinfo
from harness.errors import DutFault, OperatorStop
from harness.model.identity import Serial, Unit
from harness.model.ports import Handset, Measure, UnitRegistry
from harness.model.reading import Reading, Unknown, Unreadable
from harness.steps.api import Flag, Text, step

SIMS = 2


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
    serial = _serial(handset)
    imeis = [_imei(handset, slot) for slot in range(SIMS)]
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


def _property(handset: Handset, name: str) -> Reading[str]:
    answer = handset.shell(getprop.command(name))
    if answer.code != 0:
        return Unreadable(f"getprop ended with {answer.code}", answer.err)
    return getprop.read_property(answer.out)


def _serial(handset: Handset) -> Reading[str]:
    said = _property(handset, "ro.serialno")
    if isinstance(said, str):
        try:
            Serial(said)
        except ValueError as error:
            return Unreadable(str(error), said)
    return said


def _imei(handset: Handset, slot: int) -> Reading[str]:
    """The IMEI of a SIM slot; which transaction asks for it depends on version and maker."""
    sdk = _property(handset, "ro.build.version.sdk")
    maker = _property(handset, "ro.product.manufacturer")
    if not isinstance(sdk, str) or not sdk.isdecimal():
        return Unreadable("no version, so no transaction code", str(sdk))
    if not isinstance(maker, str):
        return Unreadable("no manufacturer, so no transaction code", str(maker))
    answer = handset.shell(iphonesubinfo.command(int(sdk), slot, maker))
    if answer.code != 0:
        return Unreadable(f"service call ended with {answer.code}", answer.err)
    return iphonesubinfo.read_reply(answer.out)


def _require_written(slot: int, imei: Reading[str]) -> None:
    empty = isinstance(imei, Unknown)
    if empty or (isinstance(imei, str) and not imei.strip("0")):
        said = imei if isinstance(imei, str) else "nothing"
        raise DutFault(
            "IMEI-NOT-WRITTEN",
            f"IMEI {slot + 1} of the handset is {said}",
            evidence={"slot": slot, "said": said},
        )
