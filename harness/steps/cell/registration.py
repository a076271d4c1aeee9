"""How a SIM slot stands with its network, look by look, from airplane mode to LTE."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from harness.devices.android.service_state import IN_SERVICE, REGISTERED
from harness.devices.android.telephony import (
    COMMAND,
    CONNECTED,
    LTE,
    Phone,
    Registry,
    read_registry,
)
from harness.errors import DutFault, PlanError
from harness.model.ports import Handset, Stopwatch, Wait
from harness.model.reading import Reading, Unknown
from harness.steps.asking.answers import ask, known, obey, understood
from harness.steps.asking.turns import turns
from harness.steps.cell.refusal import sim_state, state_of, unregistered

_AIRPLANE = "cmd connectivity airplane-mode"


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

    @property
    def detached(self) -> bool:
        """Whether nothing at all says that it is registered."""
        return self.registered is False and self.phone.ps_wwan_registration not in REGISTERED


@dataclass(frozen=True, slots=True)
class Look:
    """Looks at one SIM slot of a handset."""

    handset: Handset
    number: int
    wait: Wait
    stopwatch: Stopwatch

    def __call__(self, before: Seen | None = None) -> Seen:
        phone = known(f"phone {self.number}", self.registry().phone(self.number))
        now = Seen(phone, _registered(phone), self.stopwatch())
        if before and before.network == now.network:
            return Seen(now.phone, now.registered, before.since_s)
        return now

    def turns(self, within_s: float) -> Iterator[None]:
        """Turns to look, for `within_s` [s] at the most."""
        return turns(within_s, self.wait, self.stopwatch)

    def registry(self) -> Registry:
        """All SIM slots."""
        return known(COMMAND, understood(read_registry, ask(self.handset, COMMAND)))


def set_airplane(handset: Handset, *, on: bool) -> None:
    """Switch airplane mode, and have the handset say that it is so.

    Raises: PlanError(HANDSET-REFUSED), as user builds before Android 11 do.
    """
    obey(handset, f"{_AIRPLANE} {'enable' if on else 'disable'}")
    said, expected = ask(handset, _AIRPLANE).out.strip(), "enabled" if on else "disabled"
    if said != expected:
        message = f"airplane mode: expected {expected!r}, the handset says {said!r:.60}"
        raise PlanError("HANDSET-REFUSED", message, evidence={"sent": _AIRPLANE, "out": said})


def detach(look: Look, within_s: float) -> None:
    """Wait until the slot is seen not to be registered.

    Raises: DutFault(LTE-NO-DETACH); PlanError(HANDSET-UNREADABLE).
    """
    seen = None
    for _ in look.turns(within_s):
        seen = look(seen)
        if seen.detached:
            return
    assert seen
    known("whether it is registered", seen.registered)
    message = f"still registered {within_s:g} s after airplane mode came on"
    raise DutFault("LTE-NO-DETACH", message, evidence=state_of(seen.phone))


def stays(look: Look, seen: Seen, reads: int, apart_s: float) -> Sequence[Seen]:
    """So many looks at a slot that is registered, with `apart_s` [s] between them.

    Raises: DutFault as `require_registered`, when it loses its registration; PlanError.
    """
    looks = [seen]
    for _ in range(reads - 1):
        look.wait(apart_s)
        looks.append(look(looks[-1]))
        require_registered(looks[-1], look, "registered, and not any more")
    return looks


def require_registered(seen: Seen, look: Look, words: str) -> None:
    """That it is registered with some network; `words` say what is wrong where it is not.

    Raises: DutFault(SIM-ABSENT, SIM-REJECTED, SIM-UNUSABLE, LTE-NO-ATTACH); PlanError.
    """
    if not known("whether it is registered", seen.registered):
        raise unregistered(words, seen.phone, sim_state(look.handset, look.number))


def require_lte(looks: Sequence[Seen], within_s: float) -> None:
    """It is on LTE, and on one cell of one network at all looks: levels of two make no mean.

    Raises: DutFault(LTE-NO-ATTACH).
    """
    last = looks[-1].phone
    if isinstance(last.ps_wwan_rat, str) and last.ps_wwan_rat not in LTE:
        message = f"not on LTE within {within_s:g} s but on {last.ps_wwan_rat}"
        raise DutFault("LTE-NO-ATTACH", message, evidence=state_of(last))
    for kind, found in (("network", _networks(looks)), ("EARFCN", _channels(looks))):
        if len(found) > 1:
            message = f"does not stay on its cell: {kind} {' then '.join(found)}"
            raise DutFault("LTE-NO-ATTACH", message, evidence=state_of(last))


def _networks(looks: Sequence[Seen]) -> Sequence[str]:
    """Networks with their technologies, as they came, where they could be told."""
    told = (seen.network[1:] for seen in looks)
    return [
        " ".join(map(str, network))
        for network, _ in groupby(told)
        if all(isinstance(part, str) for part in network)
    ]


def _channels(looks: Sequence[Seen]) -> Sequence[str]:
    told = (seen.phone.earfcn for seen in looks)
    return [str(earfcn) for earfcn, _ in groupby(told) if isinstance(earfcn, int)]


def _registered(phone: Phone) -> Reading[bool]:
    """By its registration; a slot out of service has none, whatever is left over of it."""
    state = phone.ps_wwan_registration
    out_of_service = isinstance(phone.data_reg, int) and phone.data_reg != IN_SERVICE
    if isinstance(state, str):
        return state in REGISTERED and not out_of_service
    return False if isinstance(state, Unknown) and out_of_service else state
