"""The step on near-field communication."""

from __future__ import annotations

from harness.devices.android import nfc
from harness.errors import DutFault, PlanError
from harness.model.ports import Handset, Measure, Stopwatch, Wait
from harness.model.reading import Unknown
from harness.model.units import Duration, seconds
from harness.steps.api import Flag, step
from harness.steps.asking.answers import ask, known, obey
from harness.steps.asking.switch import Switch
from harness.steps.undoing.afterwards import afterwards

_OFF, _ON = "svc nfc disable", "svc nfc enable"


@step(measures=[Flag("on")], claims=["nfc"])
def present(
    handset: Handset,
    measure: Measure,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    within: Duration = seconds(4.0),
) -> None:
    """Whether NFC is there, and comes on.

    Switches it off, and on again, for each of which it has `within` [s]: coming on, Android starts
    up the controller, so one that does not answer stays off, though it may have been on since the
    boot. One that was off is switched off again after. Whether the antenna is connected does not
    show without a tag or a reader.

    Raises: DutFault(NFC-MISSING, NFC-NOT-ON); PlanError(HANDSET-REFUSED, HANDSET-UNREADABLE).
    """
    as_found = _ON if _state(handset) == nfc.ON else _OFF
    switch = Switch(handset, lambda: _state(handset), within, wait, stopwatch)
    with afterwards(lambda: obey(handset, as_found)):
        if (state := switch.after(_OFF, lambda seen: seen == nfc.OFF)) == nfc.ON:
            words = f"NFC is still on {within:g} s after {_OFF!r}"
            raise PlanError("HANDSET-REFUSED", words)
        if state == nfc.OFF:
            state = switch.after(_ON, lambda seen: seen == nfc.ON)
        if state != nfc.ON:
            words = f"NFC is {state!r} {within:g} s after it was switched off, and on again"
            raise DutFault("NFC-NOT-ON", words)
        measure("on", True)


def _state(handset: Handset) -> str:
    answer = ask(handset, nfc.COMMAND)
    state = nfc.read_nfc(answer.out, answer.err)
    if isinstance(state, Unknown):
        evidence = {"out": answer.out, "err": answer.err}
        raise DutFault("NFC-MISSING", "the handset has no NFC service", evidence=evidence)
    return known(nfc.COMMAND, state)
