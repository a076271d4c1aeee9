"""One SIM slot's registration, out of what ServiceState.toString prints.

Two formats of AOSP: words by their place up to Android 8, `{key=value, ...}` from 9 on, with a
NetworkRegistrationInfo for each domain (CS, PS) and transport (WWAN, WLAN); Android 9 calls it
NetworkRegistrationState and has other names for its keys.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.devices.android.fields import Fields, gather, integer, text
from harness.model.reading import Reading, Unknown, Unreadable

_INFOS = "mNetworkRegistration"
_INFO = re.compile(r"NetworkRegistration(?:Info|State)\{")
_OF_ANDROID_9 = {"regState": "registrationState", "reasonForDenial": "rejectCause"}
_TRANSPORTS_OF_ANDROID_9 = {"1": "WWAN", "2": "WLAN"}
_VALUE = re.compile(r"\[[^\]]*|[^,}\]]*")
REGISTERED = frozenset({"HOME", "ROAMING"})
_STATES = REGISTERED | {
    "NOT_REG_OR_SEARCHING",
    "NOT_REG_NOT_SEARCHING",
    "NOT_REG_SEARCHING",
    "DENIED",
    "EMERGENCY",
}
_NR_STATES = frozenset({"NONE", "RESTRICTED", "NOT_RESTRICTED", "CONNECTED"})
_MASKED = "****"
_SERVICE = re.compile(r"(?P<code>[0-3])\([A-Z_]+\)")
_RIL_RAT = re.compile(r"[0-9]{1,2}\((?P<name>[^()]{1,20})\)")
_PLMN = re.compile(r"[0-9]{5,6}")
_ROAMING = r"(?:home|roaming|Domestic Roaming|International Roaming|domestic|international)"
_FLAT = re.compile(
    rf"(?P<voice>[0-3]) (?P<data>[0-3]) voice {_ROAMING} data (?P<data_at>{_ROAMING}) (?P<rest>.*)"
)
IN_SERVICE = 0


@dataclass(frozen=True, slots=True)
class ServiceState:
    """How a SIM slot stands with its network.

    `voice_reg` and `data_reg` are ServiceState's: 0 in service, 1 out of service, 2 emergency
    only, 3 radio off. `voice_rat` and `data_rat` are words of the RIL, where "Unknown" is one, and
    may also tell of calls over Wi-Fi (IWLAN). What follows them is of packet data over the
    cellular network (PS, WWAN).
    """

    voice_reg: Reading[int]
    data_reg: Reading[int]
    operator_long: Reading[str]
    voice_rat: Reading[str]
    data_rat: Reading[str]
    ps_wwan_registration: Reading[str]
    ps_wwan_rat: Reading[str]
    reject_cause: Reading[int]
    plmn: Reading[str]
    earfcn: Reading[int]
    band: Reading[int]
    nr_state: Reading[str]


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
    return ServiceState(*(reading,) * 12)


# From Android 9 on.


def _by_key(printed: str) -> ServiceState:
    # what comes before the list: a network's name in a cell cannot reach into it
    own, found, infos = printed.partition(_INFOS)
    packet = _packet_data(_infos(infos) if found else [])
    registration = _registration(packet)
    return ServiceState(
        voice_reg=_service(own, "mVoiceRegState="),
        data_reg=_service(own, "mDataRegState="),
        operator_long=_operator(own),
        voice_rat=_ril_rat(own, "RilVoiceRadioTechnology="),
        data_rat=_ril_rat(own, "RilDataRadioTechnology="),
        ps_wwan_registration=registration,
        ps_wwan_rat=_known(text(packet, "accessNetworkTechnology"), "UNKNOWN"),
        reject_cause=integer(packet, "rejectCause", 0, 65_535),
        plmn=_plmn(packet, registration),
        earfcn=_earfcn(packet),
        band=_band(packet),
        nr_state=_nr_state(packet),
    )


def _word(printed: str, key: str) -> str:
    """What stands between the first `key` and the comma after it."""
    return printed.partition(key)[2].partition(",")[0].removesuffix("}")


def _service(printed: str, key: str) -> Reading[int]:
    word = _word(printed, key)
    match = _SERVICE.fullmatch(word)
    return int(match["code"]) if match else Unreadable(f"{key} has no meaning", word)


def _ril_rat(printed: str, key: str) -> Reading[str]:
    """`getRil...` from Android 10 on, `mRil...` before."""
    word = _word(printed, key)
    match = _RIL_RAT.fullmatch(word)
    return match["name"] if match else Unreadable(f"{key} has no meaning", word)


def _operator(printed: str) -> Reading[str]:
    """Its long name; one for voice and one for data before Android 11, and none on some makes."""
    for of in ("", "Voice", "Data"):
        _, found, rest = printed.partition(f" m{of}OperatorAlphaLong=")
        name, end, _ = rest.partition(f", m{of}OperatorAlphaShort=")
        if found and not end:
            return Unreadable(f"m{of}OperatorAlphaLong has no end", rest)
        if name not in ("", "null"):
            return name
    return Unknown("no OperatorAlphaLong")


def _known(value: Reading[str], unknown: str) -> Reading[str]:
    return Unknown(unknown) if value == unknown else value


def _infos(printed: str) -> list[Fields]:
    """Each NetworkRegistrationInfo as words `key=value`, its cell's among them."""
    alike = printed.replace(", ", ",").replace(" = ", "=")
    return [_info(chunk) for chunk in _INFO.split(alike)[1:]]


def _info(chunk: str) -> Fields:
    pairs = (word.partition("=") for word in chunk.split())
    fields = gather(
        (_OF_ANDROID_9.get(key, key), _value(value)) for key, equals, value in pairs if equals
    )
    transport = fields.get("transportType")
    if isinstance(transport, str):
        fields["transportType"] = _TRANSPORTS_OF_ANDROID_9.get(transport, transport)
    return fields


def _value(printed: str) -> str:
    """A value up to where it ends: at the bracket of a list, or at what closes around it."""
    match = _VALUE.match(printed)
    return match[0] if match else ""


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
    keys = ("registrationState", "rejectCause", "accessNetworkTechnology", "rRplmn", "nrState")
    return dict.fromkeys((*keys, "mMcc", "mMnc", "mEarfcn", "mBands"), reading)


def _registration(packet: Fields) -> Reading[str]:
    state = text(packet, "registrationState")
    if not isinstance(state, str) or state in _STATES:
        return state
    if state == "UNKNOWN":
        return Unknown(f"registrationState={state}")
    return Unreadable("registrationState has no meaning", state)


def _plmn(packet: Fields, registration: Reading[str]) -> Reading[str]:
    """The registered one (printed from Android 11 on), else the one of the cell.

    A handset that is not registered camps on any cell: whose it is says nothing.
    """
    if not isinstance(registration, str):
        return registration
    if registration not in REGISTERED:
        return Unknown(f"registrationState={registration}")
    registered = text(packet, "rRplmn")
    if isinstance(registered, Unreadable):
        return registered
    if isinstance(registered, str) and registered != "null":
        return _digits(registered)
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


def _band(packet: Fields) -> Reading[int]:
    printed = text(packet, "mBands")
    if not isinstance(printed, str):
        return printed
    words = printed.removeprefix("[").split(",")
    if len(words) > 1:
        return Unreadable("the cell is in several bands", printed)
    return integer({"mBands": words[0]}, "mBands", 1, 255)


def _nr_state(packet: Fields) -> Reading[str]:
    """How it stands with 5G beside LTE; builds for users mask it from Android 12 on."""
    state = text(packet, "nrState")
    if not isinstance(state, str) or state in _NR_STATES:
        return state
    return Unknown("masked") if state == _MASKED else Unreadable("nrState has no meaning", state)


# Up to Android 8.


def _by_place(match: re.Match[str]) -> ServiceState:
    """Operators' names may hold spaces, so that only their ends are sure."""
    nothing = Unknown("not printed before Android 9")
    names, css, _ = match["rest"].partition(" CSS ")
    words = names.split()
    if not css or len(words) < 5:
        return _all(Unreadable("mServiceState has no operators or no CSS", match["rest"]))
    names_only = words[:-2]
    if names_only[-1] == "(manual)":
        names_only.pop()
    data_reg = int(match["data"])
    return ServiceState(
        voice_reg=int(match["voice"]),
        data_reg=data_reg,
        operator_long=_operator_by_place(names_only),
        voice_rat=words[-2],
        data_rat=words[-1],
        ps_wwan_registration=_registration_by_place(data_reg, match["data_at"]),
        ps_wwan_rat=_known(words[-1], "Unknown"),
        reject_cause=nothing,
        plmn=_digits(names_only[-1]),
        earfcn=nothing,
        band=nothing,
        nr_state=nothing,
    )


def _registration_by_place(data_reg: int, where: str) -> str:
    if data_reg != IN_SERVICE:
        return "NOT_REG_OR_SEARCHING"
    return "HOME" if where == "home" else "ROAMING"


def _operator_by_place(words: Sequence[str]) -> Reading[str]:
    """`LONG SHORT PLMN` for voice, then for data: certain when LONG and SHORT are alike."""
    half = words[: len(words) // 2 - 1]
    long, short = half[: len(half) // 2], half[len(half) // 2 :]
    if len(words) % 2 or not long or long != short:
        return Unreadable("the operators' names cannot be told apart", " ".join(words))
    return _known(" ".join(long), "null")
