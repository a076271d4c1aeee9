"""Where each SIM slot stands with its network: `dumpsys telephony.registry`.

Formats of AOSP: TelephonyRegistry.dump, in it ServiceState.toString (read in service_state.py) and
SignalStrength.toString (read in signal_strength.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.devices.android.fields import (
    Fields,
    flag,
    gather,
    measured,
    no_dump,
    text,
    whole_lines,
)
from harness.devices.android.service_state import (
    IN_SERVICE,
    REGISTERED,
    ServiceState,
    read_service_state,
)
from harness.devices.android.signal_strength import read_lte_signal
from harness.model.reading import Reading, Unknown, Unreadable

COMMAND = "dumpsys telephony.registry"
LTE = frozenset({"LTE", "LTE_CA"})
CONNECTED = 2
DATA_STATES = dict(
    enumerate(("disconnected", "connecting", "connected", "suspended", "disconnecting", "handover"))
)
"""Words for TelephonyManager.DATA_...."""
_TITLE = "last known state:"
_PHONE = re.compile(r"(?P<indent> *)Phone Id=(?P<id>.*)")
_SLOTS = 8
_STATE = "mServiceState"
_NO_ID = frozenset({-1})
_UNKNOWN_DATA_STATE = frozenset({-1})


@dataclass(frozen=True, slots=True)
class Phone:
    """One SIM slot; it has no `id` where the line with it is left out, as by a `grep`.

    Fields of ServiceState and LteSignal, and: `data_connection_state` 0 off, 1 connecting,
    2 connected, 3 suspended, 4 disconnecting, 5 handover; `data_activity` 0 none, 1 in, 2 out,
    3 both, 4 dormant. What is of an LTE cell is unknown while packet data is on another
    technology, such as NR standalone. `mobile_data` is the user's switch, `data_enabled` what it
    and the network allow together.
    """

    id: Reading[int]
    voice_reg: Reading[int]
    data_reg: Reading[int]
    operator_long: Reading[str]
    plmn: Reading[str]
    voice_rat: Reading[str]
    data_rat: Reading[str]
    ps_wwan_registration: Reading[str]
    ps_wwan_rat: Reading[str]
    reject_cause: Reading[int]
    nr_state: Reading[str]
    earfcn: Reading[int]
    band: Reading[int]
    lte_signal_asu: Reading[int]
    rssi: Reading[int]
    rsrp: Reading[int]
    rsrq: Reading[int]
    rssnr_raw: Reading[int]
    rssnr_db: Reading[float]
    cqi: Reading[int]
    level: Reading[int]
    data_connection_state: Reading[int]
    data_activity: Reading[int]
    mobile_data: Reading[bool]
    data_enabled: Reading[bool]

    def lte_attached(self) -> Reading[bool]:
        """Whether packet data over the cellular network is registered on LTE and in service."""
        state, rat = self.ps_wwan_registration, self.ps_wwan_rat
        if isinstance(state, str) and state not in REGISTERED:
            return False
        if isinstance(state, Unreadable):
            return state
        if not isinstance(self.data_reg, int):
            return self.data_reg
        if self.data_reg != IN_SERVICE:
            return False
        said = self.data_rat if isinstance(rat, Unknown) else rat
        if said == "Unknown":
            return Unknown("the technology is unknown")
        return said in LTE if isinstance(said, str) else said


@dataclass(frozen=True, slots=True)
class Registry:
    """SIM slots in their order. Attached and connected is the handset when one of them is."""

    phones: tuple[Phone, ...]
    default_phone_id: Reading[int]
    active_data_sub_id: Reading[int]
    lte_attached: Reading[bool]
    data_connected: Reading[bool]

    def phone(self, number: int) -> Reading[Phone]:
        """The slot with this Phone Id, counted from 0."""
        found = [phone for phone in self.phones if phone.id == number]
        if len(found) != 1:
            return Unreadable(f"no Phone Id={number}", f"there are {[p.id for p in self.phones]}")
        return found[0]


@dataclass(frozen=True, slots=True)
class _Live:
    """The lines under the title, and whether a line after them shows that they are whole."""

    lines: Sequence[str]
    ended: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """The lines of one SIM slot, and the id that stands above them."""

    id: Reading[int]
    lines: Sequence[str]


def read_registry(output: str) -> Reading[Registry]:
    """All slots of an answer; or the one slot of some of its lines, as of a `grep`.

    Only what is live counts: not the logs after it. That no slot is attached or connected is said
    only where the list of slots has an end.
    """
    lines, _ = whole_lines(output)
    live = _live(lines)
    if isinstance(live, Unreadable):
        return no_dump(live.why, output)
    parts = _parts(live.lines)
    if isinstance(parts, Unreadable):
        return no_dump(parts.why, output)
    phones = tuple(_phone(part.id, _fields(part.lines)) for part in parts)
    of_all = _fields(live.lines)
    whole = live.ended or _outdented(live.lines)
    return Registry(
        phones=phones,
        default_phone_id=measured(of_all, "mDefaultPhoneId", 0, _SLOTS, unknown=_NO_ID),
        active_data_sub_id=measured(of_all, "mActiveDataSubId", 0, 10**9, unknown=_NO_ID),
        lte_attached=_any([phone.lte_attached() for phone in phones], whole=whole),
        data_connected=_any([_connected(phone) for phone in phones], whole=whole),
    )


def _live(lines: Sequence[str]) -> _Live | Unreadable:
    """What stands under the title, up to the next line that is not indented; or all, without one.

    A slot that stands elsewhere would be missed, so there must be none.
    """
    titles = [at for at, line in enumerate(lines) if line == _TITLE]
    if len(titles) > 1:
        return Unreadable(f"{len(titles)} lines {_TITLE!r}, expected one", "\n".join(lines))
    if not titles:
        live, rest = _Live(lines, ended=True), lines
    else:
        start = titles[0] + 1
        ends = (at for at in range(start, len(lines)) if lines[at] and lines[at][0] != " ")
        end = next(ends, len(lines))
        live, rest = _Live(lines[start:end], end < len(lines)), [*lines[:start], *lines[end:]]
    if any(map(_PHONE.fullmatch, rest)):
        return Unreadable(f"a Phone Id does not stand under {_TITLE!r}", "\n".join(rest))
    return live


def _parts(live: Sequence[str]) -> Sequence[_Part] | Unreadable:
    starts = [at for at, line in enumerate(live) if _PHONE.fullmatch(line)]
    if not starts:
        states = sum(line.lstrip().startswith(f"{_STATE}=") for line in live)
        if states != 1:
            return Unreadable(f"no Phone Id, and {states} lines {_STATE}=", "\n".join(live))
        return [_Part(Unknown("no Phone Id"), live)]
    parts = []
    for start, end in zip(starts, [*starts[1:], len(live)], strict=True):
        number = measured({"Phone Id": live[start].partition("=")[2]}, "Phone Id", 0, _SLOTS)
        if not isinstance(number, int):
            return Unreadable("a Phone Id is no number", live[start])
        parts.append(_Part(number, live[start + 1 : end]))
    if len({part.id for part in parts}) != len(parts):
        return Unreadable("a Phone Id stands twice", ", ".join(live[at].strip() for at in starts))
    return parts


def _outdented(live: Sequence[str]) -> bool:
    """Whether a line follows the lines of the last slot that is indented no more than its id."""
    starts = [at for at, line in enumerate(live) if _PHONE.fullmatch(line)]
    if not starts:
        return False
    own, *after = (_indent(line) for line in live[starts[-1] :] if line.strip())
    return bool(after) and after[0] > own >= min(after)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _fields(lines: Sequence[str]) -> Fields:
    """Keys and values; other lines (values that span lines) are none of ours."""
    pairs = (line.strip().partition("=") for line in lines)
    return gather((key, value.strip()) for key, equals, value in pairs if equals)


def _phone(number: Reading[int], fields: Fields) -> Phone:
    service = read_service_state(text(fields, _STATE))
    signal = read_lte_signal(text(fields, "mSignalStrength"))
    other = _other_than_lte(service)
    nowhere = service.data_rat == "Unknown"  # then the bars are none, whoever would show them
    return Phone(
        id=number,
        voice_reg=service.voice_reg,
        data_reg=service.data_reg,
        operator_long=service.operator_long,
        plmn=service.plmn,
        voice_rat=service.voice_rat,
        data_rat=service.data_rat,
        ps_wwan_registration=service.ps_wwan_registration,
        ps_wwan_rat=service.ps_wwan_rat,
        reject_cause=service.reject_cause,
        nr_state=service.nr_state,
        earfcn=other or service.earfcn,
        band=other or service.band,
        lte_signal_asu=other or signal.lte_signal_asu,
        rssi=other or signal.rssi,
        rsrp=other or signal.rsrp,
        rsrq=other or signal.rsrq,
        rssnr_raw=other or signal.rssnr_raw,
        rssnr_db=other or signal.rssnr_db,
        cqi=other or signal.cqi,
        level=signal.level if nowhere else other or signal.level,
        data_connection_state=measured(
            fields, "mDataConnectionState", 0, 5, unknown=_UNKNOWN_DATA_STATE
        ),
        data_activity=measured(fields, "mDataActivity", 0, 4),
        mobile_data=flag(fields, "mUserMobileDataState"),
        data_enabled=flag(fields, "mIsDataEnabled"),
    )


def _other_than_lte(service: ServiceState) -> Unknown | Unreadable | None:
    """Why figures of an LTE cell are not of the one that carries packet data; None if they are."""
    by_ril = isinstance(service.ps_wwan_rat, Unknown)
    rat = service.data_rat if by_ril else service.ps_wwan_rat
    if not isinstance(rat, str):
        return rat
    return None if rat in LTE else Unknown(f"packet data is on: {rat}")


def _connected(phone: Phone) -> Reading[bool]:
    state = phone.data_connection_state
    return state == CONNECTED if isinstance(state, int) else state


def _any(readings: Sequence[Reading[bool]], *, whole: bool) -> Reading[bool]:
    """Whether one of them is; none is only where all are known, and the list is whole."""
    if True in readings:
        return True
    unclear = [reading for reading in readings if not isinstance(reading, bool)]
    if unclear:
        return unclear[0]
    return False if whole else Unreadable("the list of SIM slots has no end")
