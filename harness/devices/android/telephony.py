"""Where each SIM slot stands with its network: `dumpsys telephony.registry`.

Formats of AOSP: TelephonyRegistry.dump, in it ServiceState.toString (read in service_state.py) and
SignalStrength.toString (read in signal_strength.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.devices.android.fields import Fields, cut_off, gather, integer, text
from harness.devices.android.service_state import ServiceState, read_service_state
from harness.devices.android.signal_strength import LteSignal, read_lte_signal
from harness.model.reading import Reading, Unknown, Unreadable

COMMAND = "dumpsys telephony.registry"
_TITLE = "last known state:"
_PHONE = "Phone Id="
_SLOTS = 8
_STATE = "mServiceState"
_DATA = {
    0: "disconnected",
    1: "connecting",
    2: "connected",
    3: "suspended",
    4: "disconnecting",
    5: "handover",
}
"""TelephonyManager.DATA_..."""
_DATA_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Phone:
    """One SIM slot. `data_enabled` is what the user's switch and the network allow together."""

    service: ServiceState
    signal: LteSignal
    data_state: Reading[str]
    data_enabled: Reading[bool]


@dataclass(frozen=True, slots=True)
class Registry:
    """SIM slots by their Phone Id. One whose id is cut off has none, and stands in `nameless`."""

    phones: Mapping[int, Phone]
    nameless: Phone | None
    default_phone: Reading[int]

    def phone(self, number: int) -> Reading[Phone]:
        """The slot with this Phone Id, counted from 0."""
        found = self.phones.get(number)
        if found is None:
            return Unreadable(f"no {_PHONE}{number}", f"there are {sorted(self.phones)}")
        return found


def read_registry(output: str) -> Reading[Registry]:
    """All slots of an answer; or the one slot of some of its lines, as of a `grep`.

    Only what is live counts: not the logs after it.
    """
    if cut := cut_off(output):
        return cut
    whole = output.replace("\r\n", "\n").split("\n")
    if _TITLE not in whole:
        return _without_ids(whole)
    lines = _live(whole)
    if isinstance(lines, Unreadable):
        return lines
    starts = [at for at, line in enumerate(lines) if line.lstrip().startswith(_PHONE)]
    if not starts:
        return Unreadable(f"no {_PHONE!r} under {_TITLE!r}", output)
    phones: dict[int, Phone] = {}
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        number = integer({_PHONE: lines[start].strip().removeprefix(_PHONE)}, _PHONE, 0, _SLOTS)
        if not isinstance(number, int):
            return Unreadable("a Phone Id is no number", lines[start])
        if number in phones:
            return Unreadable(f"{_PHONE}{number} stands twice", lines[start])
        phones[number] = _phone(_fields(lines[start + 1 : end]))
    default = integer(_fields(lines[starts[-1] :]), "mDefaultPhoneId", 0, _SLOTS)
    return Registry(phones, None, default)


def _live(lines: Sequence[str]) -> Sequence[str] | Unreadable:
    """What stands under the title, up to the next line that is not indented."""
    titles = [at for at, line in enumerate(lines) if line == _TITLE]
    if len(titles) > 1:
        return Unreadable(f"{len(titles)} lines {_TITLE!r}, expected one", "\n".join(lines))
    start = titles[0] + 1
    ends = (at for at in range(start, len(lines)) if lines[at] and lines[at][0] != " ")
    return lines[start : next(ends, len(lines))]


def _without_ids(lines: Sequence[str]) -> Reading[Registry]:
    starts = [line.lstrip().partition("=")[0] for line in lines]
    if "Phone Id" in starts or starts.count(_STATE) != 1:
        words = f"no {_TITLE!r}, and {starts.count(_STATE)} lines {_STATE}="
        return Unreadable(words, "\n".join(lines))
    return Registry({}, _phone(_fields(lines)), Unknown(f"no {_PHONE}"))


def _fields(lines: Sequence[str]) -> Fields:
    """Keys and values; other lines (values that span lines) are none of ours."""
    pairs = (line.strip().partition("=") for line in lines)
    return gather((key, value.strip()) for key, equals, value in pairs if equals)


def _phone(fields: Fields) -> Phone:
    return Phone(
        service=read_service_state(text(fields, _STATE)),
        signal=read_lte_signal(text(fields, "mSignalStrength")),
        data_state=_data_state(fields),
        data_enabled=_flag(fields, "mIsDataEnabled"),
    )


def _data_state(fields: Fields) -> Reading[str]:
    code = integer(fields, "mDataConnectionState", _DATA_UNKNOWN, max(_DATA))
    if not isinstance(code, int):
        return code
    return Unknown(f"data state {code}") if code == _DATA_UNKNOWN else _DATA[code]


def _flag(fields: Fields, key: str) -> Reading[bool]:
    value = text(fields, key)
    if not isinstance(value, str):
        return value
    if value not in ("true", "false"):
        return Unreadable(f"{key} is neither true nor false", value)
    return value == "true"
