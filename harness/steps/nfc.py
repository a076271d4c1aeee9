"""The step on near-field communication."""

from __future__ import annotations

from contextlib import suppress

from harness.devices.android import nfc
from harness.errors import DutFault, HarnessError
from harness.model.ports import Handset, Measure, Stopwatch, Wait
from harness.model.reading import Unknown
from harness.model.units import Duration, seconds
from harness.steps.api import Flag, step
from harness.steps.asking.answers import ask, known, obey

LOOK_S = 0.2


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

    One that is off is switched on, for which it has `within` [s], and off again after: coming on,
    Android starts up the controller, so one that does not answer stays off. Whether the antenna
    is connected does not show without a tag or a reader.

    Raises: DutFault(NFC-MISSING, NFC-NOT-ON); PlanError(HANDSET-REFUSED, HANDSET-UNREADABLE).
    """
    found = _state(handset)
    if found == nfc.ON:
        measure("on", True)
        return
    obey(handset, "svc nfc enable")
    try:
        _await_on(handset, within, wait, stopwatch)
        measure("on", True)
    except HarnessError:
        with suppress(HarnessError):  # what was found of the unit counts more
            obey(handset, "svc nfc disable")
        raise
    obey(handset, "svc nfc disable")


def _await_on(handset: Handset, within_s: float, wait: Wait, stopwatch: Stopwatch) -> None:
    until_s = stopwatch() + within_s
    while (state := _state(handset)) != nfc.ON:
        if stopwatch() >= until_s:
            words = f"NFC is {state!r} {within_s:g} s after it was switched on"
            raise DutFault("NFC-NOT-ON", words, evidence={"sent": "svc nfc enable"})
        wait(LOOK_S)


def _state(handset: Handset) -> str:
    answer = ask(handset, nfc.COMMAND)
    state = nfc.read_nfc(answer.out, answer.err)
    if isinstance(state, Unknown):
        evidence = {"out": answer.out, "err": answer.err}
        raise DutFault("NFC-MISSING", "the handset has no NFC service", evidence=evidence)
    return known(nfc.COMMAND, state)
