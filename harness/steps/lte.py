"""Steps on the 4G modem."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.devices.android.getprop import command, read_property
from harness.devices.android.service_state import IN_SERVICE, REGISTERED
from harness.devices.android.telephony import (
    COMMAND,
    CONNECTED,
    DATA_STATES,
    LTE,
    Phone,
    read_registry,
)
from harness.errors import DutFault, PlanError
from harness.model.ports import Handset, Measure, Stopwatch, Wait
from harness.model.reading import Reading, Unknown, Unreadable
from harness.model.units import Duration, seconds
from harness.steps.answers import ask, known, obey, printed
from harness.steps.api import Numeric, Text, step

LOOK_S = 0.2
_AIRPLANE = "cmd connectivity airplane-mode"
_SIM_STATE = "gsm.sim.state"


@step(
    measures=[
        Numeric("time", "s"),
        Text("plmn"),
        Text("rat"),
        Text("registration"),
        Numeric("rsrp", "dBm"),
        Text("data"),
    ],
    claims=["modem", "wifi"],  # airplane mode switches Wi-Fi off as well
)
def attach(
    handset: Handset,
    measure: Measure,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    plmn: str,
    phone: int = 0,
    detach_within: Duration = seconds(10.0),
    within: Duration = seconds(20.0),
    settle: Duration = seconds(5.0),
) -> None:
    """Time [s] from the end of airplane mode to the registration on LTE, and how it then stands.

    Registered is the SIM slot `phone` (0 or 1) when its packet data over the cellular network
    (PS, WWAN) is at HOME or ROAMING. Waits `within` [s] for LTE on the network `plmn`, then
    `settle` [s] for the data connection and the signal level; all values are of the last look.
    Another network or technology is measured, once `within` is over; there is no `rsrp` of another
    technology, which is a fault: a level left open would hide the FAIL behind an ERROR. The time is
    at most one look too long (0.2 s and what `dumpsys` takes). `rsrp` [dBm] is 3GPP TS 36.214
    5.1.1.

    Starts from airplane mode and from a slot that is seen not to be registered, for which it has
    `detach_within` [s], so that no registration from before counts.

    Raises: DutFault(LTE-NO-DETACH, LTE-NO-ATTACH); PlanError(HANDSET-REFUSED,
    HANDSET-UNREADABLE).
    """
    look = _Look(handset, phone, stopwatch)
    _set_airplane(handset, on=True)
    _detach(look, detach_within, wait)
    began_s = stopwatch()
    _set_airplane(handset, on=False)
    seen = _attach(look, began_s, plmn, within, settle, wait)
    measure("time", seen.since_s - began_s)
    measure("plmn", seen.phone.plmn)
    measure("rat", seen.phone.ps_wwan_rat)
    measure("registration", seen.phone.ps_wwan_registration)
    measure("data", _data_word(seen.phone.data_connection_state))
    _require_lte(seen, within, look)
    measure("rsrp", seen.phone.rsrp)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A SIM slot at one look, and since when it has stood with its network as it does."""

    phone: Phone
    registered: Reading[bool]
    since_s: float

    @property
    def network(self) -> tuple[object, ...]:
        """What must stay for the registration to be the same one; a second carrier may come."""
        rat = self.phone.ps_wwan_rat
        return (self.registered, self.phone.plmn, "LTE" if rat in LTE else rat)

    def on_lte_of(self, plmn: str) -> bool:
        return self.network == (True, plmn, "LTE")

    @property
    def settled(self) -> bool:
        return self.phone.data_connection_state == CONNECTED and isinstance(self.phone.rsrp, int)


@dataclass(frozen=True, slots=True)
class _Look:
    """Looks at one SIM slot of a handset."""

    handset: Handset
    number: int
    stopwatch: Stopwatch

    def __call__(self, before: _Seen | None = None) -> _Seen:
        said = known(COMMAND, printed(ask(self.handset, COMMAND)))
        registry = known(COMMAND, read_registry(said))
        phone = known(f"phone {self.number}", registry.phone(self.number))
        now = _Seen(phone, _registered(phone), self.stopwatch())
        if before and before.network == now.network:
            return _Seen(now.phone, now.registered, before.since_s)
        return now


def _registered(phone: Phone) -> Reading[bool]:
    """By its registration; where none is printed, a slot out of service is not registered."""
    state = phone.ps_wwan_registration
    if isinstance(state, str):
        return state in REGISTERED
    out_of_service = isinstance(phone.data_reg, int) and phone.data_reg != IN_SERVICE
    return False if isinstance(state, Unknown) and out_of_service else state


def _require_lte(seen: _Seen, within_s: float, look: _Look) -> None:
    rat = seen.phone.ps_wwan_rat
    if isinstance(rat, str) and rat not in LTE:
        message = f"not on LTE within {within_s:g} s but on {rat}"
        raise DutFault("LTE-NO-ATTACH", message, evidence=_evidence(seen, look))


def _data_word(state: Reading[int]) -> Reading[str]:
    return DATA_STATES[state] if isinstance(state, int) else state


def _set_airplane(handset: Handset, *, on: bool) -> None:
    """Switch airplane mode, and have the handset say that it is so.

    Raises: PlanError(HANDSET-REFUSED), as user builds before Android 11 do.
    """
    obey(handset, f"{_AIRPLANE} {'enable' if on else 'disable'}")
    said, expected = ask(handset, _AIRPLANE).out.strip(), "enabled" if on else "disabled"
    if said != expected:
        message = f"airplane mode: expected {expected!r}, the handset says {said!r:.60}"
        raise PlanError("HANDSET-REFUSED", message, evidence={"sent": _AIRPLANE, "out": said})


def _detach(look: _Look, within_s: float, wait: Wait) -> None:
    until_s = look.stopwatch() + within_s
    seen = _until(look, wait, lambda now: now.registered is False, lambda _: until_s)
    if known("whether it is registered", seen.registered):
        message = f"still registered {within_s:g} s after airplane mode came on"
        raise DutFault("LTE-NO-DETACH", message, evidence=_evidence(seen, look))


def _attach(
    look: _Look, began_s: float, plmn: str, within_s: float, settle_s: float, wait: Wait
) -> _Seen:
    def until_s(now: _Seen) -> float:
        """Once the network is right, what follows it has a time of its own."""
        return now.since_s + settle_s if now.on_lte_of(plmn) else began_s + within_s

    seen = _until(look, wait, lambda now: now.on_lte_of(plmn) and now.settled, until_s)
    if not known("whether it is registered", seen.registered):
        evidence = _evidence(seen, look)
        message = (
            f"not registered within {within_s:g} s: {evidence['registration']}, "
            f"reject cause {evidence['reject_cause']}, SIM {evidence['sim']}"
        )
        raise DutFault("LTE-NO-ATTACH", message, evidence=evidence)
    return seen


def _until(
    look: _Look, wait: Wait, done: Callable[[_Seen], bool], until_s: Callable[[_Seen], float]
) -> _Seen:
    """Look until it is done or the time is over; the last look."""
    seen = look()
    while not done(seen) and look.stopwatch() < until_s(seen):
        wait(LOOK_S)
        seen = look(seen)
    return seen


def _evidence(seen: _Seen, look: _Look) -> dict[str, object]:
    """How it stands with its network, and why: JSON values."""
    phone = seen.phone
    return {
        "registration": _said(phone.ps_wwan_registration),
        "reject_cause": _said(phone.reject_cause),
        "plmn": _said(phone.plmn),
        "rat": _said(phone.ps_wwan_rat),
        "service_state": _said(phone.data_reg),
        "sim": _sim(look),
    }


def _sim(look: _Look) -> str:
    """The state of the slot's SIM: `gsm.sim.state` holds one for each slot."""
    states = read_property(ask(look.handset, command(_SIM_STATE)).out)
    words = states.split(",") if isinstance(states, str) else []
    return words[look.number] if 0 <= look.number < len(words) else f"{_SIM_STATE} {_said(states)}"


def _said(reading: Reading[object]) -> object:
    if isinstance(reading, Unknown):
        return f"unknown ({reading.said})"
    return f"unreadable ({reading.why})" if isinstance(reading, Unreadable) else reading
