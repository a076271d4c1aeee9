"""Why a SIM slot is not registered: no SIM, one that cannot be used, the network, or no cell."""

from __future__ import annotations

from harness.devices.android.emm_cause import OF_SIM_OR_DEVICE, cause_words
from harness.devices.android.sim_card import ABSENT, COMMAND, USABLE, read_sim_state
from harness.devices.android.telephony import Phone
from harness.errors import DutFault
from harness.model.ports import Handset
from harness.model.reading import Reading, Unknown, Unreadable
from harness.steps.asking.answers import ask, printed


def sim_state(handset: Handset, slot: int) -> Reading[str]:
    """The state of the SIM in a slot, in Android's words."""
    said = printed(ask(handset, COMMAND))
    return read_sim_state(said, slot) if isinstance(said, str) else said


def unregistered(words: str, phone: Phone, sim: Reading[str]) -> DutFault:
    """The fault of a slot without registration: what is surest of SIM, network, and cell."""
    evidence = state_of(phone) | {"sim": _said(sim)}
    cause = phone.reject_cause
    why = f", reject cause {cause_words(cause)}" if isinstance(cause, int) and cause else ""
    message = f"{words}: {evidence['registration']}{why}, SIM {evidence['sim']}"
    return DutFault(_code(cause, sim), message, evidence=evidence)


def state_of(phone: Phone) -> dict[str, object]:
    """How a slot stands with its network: JSON values."""
    return {
        "registration": _said(phone.ps_wwan_registration),
        "reject_cause": _said(phone.reject_cause),
        "plmn": _said(phone.plmn),
        "rat": _said(phone.ps_wwan_rat),
        "service_state": _said(phone.data_reg),
    }


def _code(cause: Reading[int], sim: Reading[str]) -> str:
    if sim == ABSENT:
        return "SIM-ABSENT"
    if cause in OF_SIM_OR_DEVICE:
        return "SIM-REJECTED"
    if isinstance(sim, str) and sim not in USABLE:
        return "SIM-UNUSABLE"
    return "LTE-NO-ATTACH"


def _said(reading: Reading[object]) -> object:
    if isinstance(reading, Unknown):
        return f"unknown ({reading.said})"
    return f"unreadable ({reading.why})" if isinstance(reading, Unreadable) else reading
