"""Steps that ask the handset who it is."""

from __future__ import annotations

from harness.devices.android import getprop, iphonesubinfo
from harness.errors import DutFault
from harness.model.identity import Serial, Unit
from harness.model.ports import Handset, Measure, UnitRegistry
from harness.model.reading import Reading, Unknown, Unreadable
from harness.steps.api import Text, step

SIMS = 2


@step(measures=[Text("serial"), Text("imei1"), Text("imei2")])
def read(handset: Handset, registry: UnitRegistry, measure: Measure) -> None:
    """Serial number (`ro.serialno`) and both IMEIs (`service call iphonesubinfo`).

    Raises: OperatorStop(UNIT-WRONG) when it is not the unit announced; DutFault(IMEI-NOT-WRITTEN)
    when an IMEI is empty or zeros only.
    """
    serial = _serial(handset)
    imeis = [_imei(handset, slot) for slot in range(SIMS)]
    if isinstance(serial, str):
        registry.identified(Unit(serial, tuple(imei for imei in imeis if isinstance(imei, str))))
    measure("serial", serial)
    for slot, imei in enumerate(imeis):
        _require_written(slot, imei)
    measure("imei1", imeis[0])
    measure("imei2", imeis[1])


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
