"""One SIM slot's registration, out of what ServiceState.toString prints.

Two formats of AOSP: words by their place up to Android 8, `{key=value, ...}` from 9 on, with a
NetworkRegistrationInfo for each domain (CS, PS) and transport (WWAN, WLAN) from 10 on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.devices.android.fields import Fields, gather, integer, text
from harness.model.reading import Reading, Unknown, Unreadable

_INFO = "NetworkRegistrationInfo{ "
REGISTERED = frozenset({"HOME", "ROAMING"})
_STATES = REGISTERED | {"NOT_REG_OR_SEARCHING", "NOT_REG_SEARCHING", "DENIED", "EMERGENCY"}
_SERVICE = re.compile(r"(?P<code>[0-3])\([A-Z_]+\)")
_RIL_RAT = re.compile(r"[0-9]{1,2}\((?P<name>[^()]{1,20})\)")
_PLMN = re.compile(r"[0-9]{5,6}")
_ROAMING = r"(?:home|roaming|Domestic Roaming|International Roaming|domestic|international)"
_FLAT = re.compile(
    rf"(?P<voice>[0-3]) (?P<data>[0-3]) voice {_ROAMING} data (?P<data_at>{_ROAMING}) (?P<rest>.*)"
)
_IN_SERVICE = 0


@dataclass(frozen=True, slots=True)
class ServiceState:
    """How a SIM slot stands with its network.

    `voice_state` and `data_state` are ServiceState's: 0 in service, 1 out of service, 2 emergency
    only, 3 radio off. The other values are of packet data over the cellular network (PS, WWAN),
    but for `data_rat`, which may also tell of calls over Wi-Fi (IWLAN).
    """

    voice_state: Reading[int]
    data_state: Reading[int]
    operator: Reading[str]
    data_rat: Reading[str]
    registration: Reading[str]
    reject_cause: Reading[int]
    rat: Reading[str]
    plmn: Reading[str]
    earfcn: Reading[int]
    bands: Reading[tuple[int, ...]]


def read_service_state(printed: Reading[str]) -> ServiceState:
    """The state in the value of `mServiceState`."""
    if not isinstance(printed, str):
        return _all(printed)
    if printed.startswith("{") and printed.endswith("}"):
        return _by_key(printed)
    match = _FLAT.fullmatch(printed)
    if match:
        return _by_place(match)
    return _all(Unreadable("mServiceState is of no known format", printed))


def _all(reading: Unknown | Unreadable) -> ServiceState:
    return ServiceState(*(reading,) * 10)


# From Android 9 on.


def _by_key(printed: str) -> ServiceState:
    packet = _packet_data(_infos(printed))
    # what comes before the list: a network's name cannot reach into it
    own = printed.partition("mNetworkRegistrationInfos=")[0]
    return ServiceState(
        voice_state=_service(own, "mVoiceRegState="),
        data_state=_service(own, "mDataRegState="),
        operator=_operator(own),
        data_rat=_ril_rat(own),
        registration=_registration(packet),
        reject_cause=integer(packet, "rejectCause", 0, 65_535),
        rat=_known(text(packet, "accessNetworkTechnology"), "UNKNOWN"),
        plmn=_plmn(packet),
        earfcn=_earfcn(packet),
        bands=_bands(packet),
    )


def _word(printed: str, key: str) -> str:
    """What stands between the first `key` and the comma after it."""
    return printed.partition(key)[2].partition(",")[0]


def _service(printed: str, key: str) -> Reading[int]:
    word = _word(printed, key)
    match = _SERVICE.fullmatch(word)
    return int(match["code"]) if match else Unreadable(f"{key} has no meaning", word)


def _ril_rat(printed: str) -> Reading[str]:
    word = _word(printed, "getRilDataRadioTechnology=")
    match = _RIL_RAT.fullmatch(word)
    if not match:
        return Unreadable("getRilDataRadioTechnology has no meaning", word)
    return _known(match["name"], "Unknown")


def _operator(printed: str) -> Reading[str]:
    """Its long name; one for voice and data from Android 11 on, and none on some makes."""
    name = printed.partition("OperatorAlphaLong=")[2].partition(", m")[0]
    return _known(name, "null") if name else Unknown("no OperatorAlphaLong")


def _known(value: Reading[str], unknown: str) -> Reading[str]:
    return Unknown(unknown) if value == unknown else value


def _infos(printed: str) -> list[Fields]:
    """Each NetworkRegistrationInfo as words `key=value`, its cell's among them."""
    return [
        gather(
            (key, value.rstrip(",}]"))
            for key, equals, value in (word.partition("=") for word in chunk.split())
            if equals
        )
        for chunk in printed.replace(", ", ",").split(_INFO)[1:]
    ]


def _packet_data(infos: Sequence[Fields]) -> Fields:
    """The one of packet data over the cellular network; those over Wi-Fi may come first."""
    of_packet = [
        info
        for info in infos
        if info.get("domain") in ("PS", "CS_PS") and info.get("transportType") == "WWAN"
    ]
    if len(of_packet) == 1:
        return of_packet[0]
    none = Unknown("no registration of PS over WWAN")
    several = Unreadable(f"{len(of_packet)} registrations of PS over WWAN, expected one")
    reading: Reading[str] = several if of_packet else none
    keys = ("registrationState", "rejectCause", "accessNetworkTechnology", "rRplmn")
    return dict.fromkeys((*keys, "mMcc", "mMnc", "mEarfcn", "mBands"), reading)


def _registration(packet: Fields) -> Reading[str]:
    state = text(packet, "registrationState")
    if not isinstance(state, str) or state in _STATES:
        return state
    if state == "UNKNOWN":
        return Unknown(f"registrationState={state}")
    return Unreadable("registrationState has no meaning", state)


def _plmn(packet: Fields) -> Reading[str]:
    """The registered one (printed from Android 11 on), else the one of the cell."""
    registered = text(packet, "rRplmn")
    if isinstance(registered, str):
        return _digits(registered)
    if isinstance(registered, Unreadable):
        return registered
    mcc, mnc = text(packet, "mMcc"), text(packet, "mMnc")
    if not isinstance(mcc, str) or not isinstance(mnc, str):
        return mnc if isinstance(mcc, str) else mcc
    if "null" in (mcc, mnc):
        return Unknown("mMcc or mMnc is null")
    return _digits(mcc + mnc)


def _digits(printed: str) -> Reading[str]:
    if printed == "null":
        return Unknown("null")
    return printed if _PLMN.fullmatch(printed) else Unreadable("no PLMN", printed)


def _earfcn(packet: Fields) -> Reading[int]:
    """3GPP TS 36.101 5.7.3 ends it at 262143; 2147483647 is Android's own unknown."""
    if packet.get("mEarfcn") == "2147483647":
        return Unknown("mEarfcn=2147483647")
    return integer(packet, "mEarfcn", 0, 262_143)


def _bands(packet: Fields) -> Reading[tuple[int, ...]]:
    printed = text(packet, "mBands")
    if not isinstance(printed, str):
        return printed
    bands = []
    for word in printed.strip("[]").split(","):
        band = integer({"mBands": word}, "mBands", 1, 255)
        if not isinstance(band, int):
            return band
        bands.append(band)
    return tuple(bands)


# Up to Android 8.


def _by_place(match: re.Match[str]) -> ServiceState:
    """Operators' names may hold spaces, so that only their ends are sure."""
    nothing = Unknown("not printed before Android 10")
    names, css, _ = match["rest"].partition(" CSS ")
    words = names.split()
    if not css or len(words) < 5:
        return _all(Unreadable("mServiceState has no operators or no CSS", match["rest"]))
    data_rat, names_only = _known(words[-1], "Unknown"), words[:-2]
    if names_only[-1] == "(manual)":
        names_only.pop()
    data_state = int(match["data"])
    return ServiceState(
        voice_state=int(match["voice"]),
        data_state=data_state,
        operator=_operator_by_place(names_only),
        data_rat=data_rat,
        registration=_registration_by_place(data_state, match["data_at"]),
        reject_cause=nothing,
        rat=data_rat,
        plmn=_digits(names_only[-1]),
        earfcn=nothing,
        bands=nothing,
    )


def _registration_by_place(data_state: int, where: str) -> str:
    if data_state != _IN_SERVICE:
        return "NOT_REG_OR_SEARCHING"
    return "HOME" if where == "home" else "ROAMING"


def _operator_by_place(words: Sequence[str]) -> Reading[str]:
    """`LONG SHORT PLMN` for voice, then for data: certain when LONG and SHORT are alike."""
    half = words[: len(words) // 2 - 1]
    long, short = half[: len(half) // 2], half[len(half) // 2 :]
    if len(words) % 2 or not long or long != short:
        return Unreadable("the operators' names cannot be told apart", " ".join(words))
    return _known(" ".join(long), "null")
