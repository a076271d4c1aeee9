"""How a SIM slot stands with its network, look by look, from airplane mode to LTE."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.devices.android.getprop import command, read_property
from harness.devices.android.service_state import IN_SERVICE, REGISTERED
from harness.devices.android.telephony import COMMAND, CONNECTED, LTE, Phone, read_registry
from harness.errors import DutFault, PlanError
from harness.model.ports import Handset, Stopwatch, Wait
from harness.model.reading import Reading, Unknown, Unreadable
from harness.steps.asking.answers import ask, known, obey, understood

LOOK_S = 0.2
_AIRPLANE = "cmd connectivity airplane-mode"
_SIM_STATE = "gsm.sim.state"


@dataclass(frozen=True, slots=True)
class Seen:
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
class Look:
    """Looks at one SIM slot of a handset."""

    handset: Handset
    number: int
    stopwatch: Stopwatch

    def __call__(self, before: Seen | None = None) -> Seen:
        registry = known(COMMAND, understood(read_registry, ask(self.handset, COMMAND)))
        phone = known(f"phone {self.number}", registry.phone(self.number))
        now = Seen(phone, _registered(phone), self.stopwatch())
        if before and before.network == now.network:
            return Seen(now.phone, now.registered, before.since_s)
        return now


def set_airplane(handset: Handset, *, on: bool) -> None:
    """Switch airplane mode, and have the handset say that it is so.

    Raises: PlanError(HANDSET-REFUSED), as user builds before Android 11 do.
    """
    obey(handset, f"{_AIRPLANE} {'enable' if on else 'disable'}")
    said, expected = ask(handset, _AIRPLANE).out.strip(), "enabled" if on else "disabled"
    if said != expected:
        message = f"airplane mode: expected {expected!r}, the handset says {said!r:.60}"
        raise PlanError("HANDSET-REFUSED", message, evidence={"sent": _AIRPLANE, "out": said})


def detach(look: Look, within_s: float, wait: Wait) -> None:
    """Wait until the slot is seen not to be registered.

    Raises: DutFault(LTE-NO-DETACH); PlanError(HANDSET-UNREADABLE).
    """
    until_s = look.stopwatch() + within_s
    seen = _until(look, wait, lambda now: now.registered is False, lambda _: until_s)
    if known("whether it is registered", seen.registered):
        message = f"still registered {within_s:g} s after airplane mode came on"
        raise DutFault("LTE-NO-DETACH", message, evidence=_evidence(seen, look))


def registered(
    look: Look, began_s: float, plmn: str, within_s: float, settle_s: float, wait: Wait
) -> Seen:
    """The slot once it is on LTE of `plmn` with data and a level, or as its time is over.

    Raises: DutFault(LTE-NO-ATTACH) when it is registered with no network; PlanError.
    """

    def until_s(now: Seen) -> float:
        """Once the network is right, what follows it has a time of its own."""
        return now.since_s + settle_s if now.on_lte_of(plmn) else began_s + within_s

    seen = _until(look, wait, lambda now: now.on_lte_of(plmn) and now.settled, until_s)
    _require_registered(seen, look, f"not registered within {within_s:g} s")
    return seen


def stays(look: Look, seen: Seen, reads: int, apart_s: float, wait: Wait) -> Sequence[Seen]:
    """So many looks, with `apart_s` [s] between them: those on the network of the last one.

    Raises: DutFault(LTE-NO-ATTACH) when it loses its registration; PlanError.
    """
    looks = [seen]
    for _ in range(reads - 1):
        wait(apart_s)
        looks.append(look(looks[-1]))
        _require_registered(looks[-1], look, "registered, and not any more")
    return [each for each in looks if each.network == looks[-1].network]


def require_lte(seen: Seen, look: Look, within_s: float) -> None:
    """Nothing of an LTE cell can be measured on another technology.

    Raises: DutFault(LTE-NO-ATTACH).
    """
    rat = seen.phone.ps_wwan_rat
    if isinstance(rat, str) and rat not in LTE:
        message = f"not on LTE within {within_s:g} s but on {rat}"
        raise DutFault("LTE-NO-ATTACH", message, evidence=_evidence(seen, look))


def _registered(phone: Phone) -> Reading[bool]:
    """By its registration; where none is printed, a slot out of service is not registered."""
    state = phone.ps_wwan_registration
    if isinstance(state, str):
        return state in REGISTERED
    out_of_service = isinstance(phone.data_reg, int) and phone.data_reg != IN_SERVICE
    return False if isinstance(state, Unknown) and out_of_service else state


def _require_registered(seen: Seen, look: Look, words: str) -> None:
    if not known("whether it is registered", seen.registered):
        evidence = _evidence(seen, look)
        message = (
            f"{words}: {evidence['registration']}, "
            f"reject cause {evidence['reject_cause']}, SIM {evidence['sim']}"
        )
        raise DutFault("LTE-NO-ATTACH", message, evidence=evidence)


def _until(
    look: Look, wait: Wait, done: Callable[[Seen], bool], until_s: Callable[[Seen], float]
) -> Seen:
    """Look until it is done or the time is over; the last look."""
    seen = look()
    while not done(seen) and look.stopwatch() < until_s(seen):
        wait(LOOK_S)
        seen = look(seen)
    return seen


def _evidence(seen: Seen, look: Look) -> dict[str, object]:
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


def _sim(look: Look) -> str:
    """The state of the slot's SIM: `gsm.sim.state` holds one for each slot."""
    states = read_property(ask(look.handset, command(_SIM_STATE)).out)
    words = states.split(",") if isinstance(states, str) else []
    return words[look.number] if 0 <= look.number < len(words) else f"{_SIM_STATE} {_said(states)}"


def _said(reading: Reading[object]) -> object:
    if isinstance(reading, Unknown):
        return f"unknown ({reading.said})"
    return f"unreadable ({reading.why})" if isinstance(reading, Unreadable) else reading
