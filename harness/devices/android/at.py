"""What a modem says of itself over AT commands: identity, SIM, signal, registration.

Formats: 3GPP TS 27.007 (clauses 7.2 +CREG, 7.3 +COPS, 8.3 +CPIN, 8.5 +CSQ, 8.69 +CESQ,
10.1.1 +CGDCONT, 10.1.9 +CGATT, 10.1.22 +CEREG; 5.4 +CGSN); +EGMR and +ESUO of MediaTek.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from harness.devices.android.at_session import Exchange, exchanges
from harness.devices.android.fields import integer
from harness.devices.android.iphonesubinfo import imei_of
from harness.model.reading import Reading, Unknown, Unreadable

T = TypeVar("T", bound=Hashable)
Arguments = tuple[str, ...]

_OK = "OK"
_CPIN = re.compile(r"[A-Z][A-Z0-9 -]{1,40}")
_HEX = re.compile(r"[0-9A-Fa-f]{1,9}")
_NO_PLACE = frozenset({"0000", "FFFE", "FFFF", "FFFFFF", "FFFFFFFF", "FFFFFFFFF"})
"""No location: FFFE and 0000 are reserved (TS 23.003 clauses 4.1, 19.4.2.3), the rest fill."""
_HOME, _ROAMING = 1, 5
_LTE = frozenset({7, 13})  # E-UTRAN, and E-UTRAN with NR beside it
_NOTICE = re.compile(r"[+^$*%#&][A-Z0-9]{1,20}:|RING")
"""What the answer to another command, or an unsolicited line, begins with."""
_SERIAL = re.compile(r"[!-~]{1,64}")
_IMEI_1, _IMEI_2, _PSN = "+EGMR=0,7", "+EGMR=0,10", "+EGMR=0,5"


@dataclass(frozen=True, slots=True)
class Quality:
    """LTE signal by +CESQ: indices as printed; RSRQ [dB] and RSRP [dBm] at their lower edge."""

    rsrq_idx: Reading[int]
    rsrq_db: Reading[float]
    rsrp_idx: Reading[int]
    rsrp_dbm: Reading[int]


@dataclass(frozen=True, slots=True)
class Registration:
    """Where the circuit side of the modem is registered, by +CREG."""

    n: int
    stat: int
    lac: Reading[str]
    ci: Reading[str]
    act: Reading[int]


@dataclass(frozen=True, slots=True)
class EpsRegistration:
    """Where the modem is registered for LTE, by +CEREG."""

    n: int
    stat: int
    tac: Reading[str]
    ci: Reading[str]
    act: Reading[int]


@dataclass(frozen=True, slots=True)
class Operator:
    """The operator that the modem is on, by +COPS."""

    mode: int
    format: Reading[int]
    oper: Reading[str]
    act: Reading[int]


@dataclass(frozen=True, slots=True)
class Context:
    """A packet data context that is defined, by +CGDCONT."""

    cid: int
    apn: Reading[str]


@dataclass(frozen=True, slots=True)
class Modem:
    """All that a session tells. What was not asked, or was answered by an error, is unknown.

    IMEIs are digits as they stand: whoever uses them checks the check digit; only zeros are none
    written. `cgsn` is that of the SIM slot which the port serves.
    """

    cpin: Reading[str]
    csq_rssi_dbm: Reading[int]
    cesq: Reading[Quality]
    creg: Reading[Registration]
    cereg: Reading[EpsRegistration]
    cops: Reading[Operator]
    cgatt: Reading[int]
    pdp: Reading[tuple[Context, ...]]
    lte_attached: Reading[bool]
    imei1: Reading[str]
    imei2: Reading[str]
    cgsn: Reading[str]
    psn: Reading[str]
    esuo: Reading[tuple[int, ...]]


def read_at(session: str) -> Reading[Modem]:
    """The modem of a session, with or without echo; unsolicited lines are left out.

    Asked twice and answered differently is Unreadable.
    """
    found = tuple(dict.fromkeys(exchanges(session)))  # said twice is said once
    if not found:
        return Unreadable("no answer of a modem: no final result code", session)
    cereg = _read(found, "CEREG?", _eps_registration)
    cgatt = _read(found, "CGATT?", _attached)
    return Modem(
        cpin=_read(found, "CPIN?", _pin),
        csq_rssi_dbm=_read(found, "CSQ", _rssi_dbm),
        cesq=_read(found, "CESQ", _quality),
        creg=_read(found, "CREG?", _registration),
        cereg=cereg,
        cops=_read(found, "COPS?", _operator),
        cgatt=cgatt,
        pdp=_contexts(found),
        lte_attached=_lte_attached(cereg, cgatt),
        imei1=_written(found, _IMEI_1, imei_of),
        imei2=_written(found, _IMEI_2, imei_of),
        cgsn=_serial_number(found),
        psn=_written(found, _PSN, _serial),
        esuo=_read(found, "ESUO?", _numbers),
    )


def _read(
    found: Sequence[Exchange], name: str, reader: Callable[[Arguments], Reading[T] | None]
) -> Reading[T]:
    """What all answers to a command say; `reader` gives None for a line of another form."""
    asked = [exchange for exchange in found if exchange.asks(f"+{name}")]
    printed = [line for one in asked if one.result == _OK for line in one.answers(name.rstrip("?"))]
    read = {value for line in printed if (value := reader(line)) is not None}
    if len(read) > 1:
        return Unreadable(f"+{name} was answered differently", str(printed))
    if read:
        return read.pop()
    if printed:
        return Unreadable(f"no answer to +{name} is of its form", str(printed))
    return _no_answer(asked, f"+{name}")


def _no_answer(asked: Sequence[Exchange], command: str) -> Unknown:
    failed = [one.result for one in asked if one.command and one.result != _OK]
    return Unknown(f"{command}: {failed[-1]}" if failed else f"no answer to {command}")


def _whole(line: Arguments, at: int, high: int) -> Reading[int]:
    """The number at a place of a line, from 0 to `high`."""
    printed = line[at] if at < len(line) else ""
    return integer({"a number": printed}, "a number", 0, high)


def _text(line: Arguments, at: int) -> Reading[str]:
    """The text at a place of a line; quotes are left out by some modems."""
    printed = line[at] if at < len(line) else ""
    return printed.strip('"') or Unknown("left out")


def _place(line: Arguments, at: int) -> Reading[str]:
    printed = _text(line, at)
    if not isinstance(printed, str):
        return printed
    if printed.upper() in _NO_PLACE:
        return Unknown(printed)
    return printed if _HEX.fullmatch(printed) else Unreadable("no hexadecimal digits", printed)


def _pin(line: Arguments) -> Reading[str] | None:
    return line[0] if len(line) == 1 and _CPIN.fullmatch(line[0]) else None


def _rssi_dbm(line: Arguments) -> Reading[int] | None:
    """TS 27.007, 8.5: -113 dBm or less, then steps of 2 dB up to -51 dBm or more."""
    index = _whole(line, 0, 99)
    if len(line) != 2 or not isinstance(index, int):
        return None
    if index == 99:
        return Unknown("+CSQ: 99")
    return 2 * index - 113 if index <= 31 else Unreadable("no level of +CSQ", str(line))


def _quality(line: Arguments) -> Reading[Quality] | None:
    """TS 27.007, 8.69; newer modems add three numbers for NR."""
    if len(line) not in (6, 9):
        return None
    rsrq, rsrp = _index(line, 4, 34), _index(line, 5, 97)
    return Quality(
        rsrq_idx=rsrq,
        rsrq_db=rsrq / 2 - 20 if isinstance(rsrq, int) else rsrq,
        rsrp_idx=rsrp,
        rsrp_dbm=rsrp - 141 if isinstance(rsrp, int) else rsrp,
    )


def _index(line: Arguments, at: int, high: int) -> Reading[int]:
    return Unknown("+CESQ: 255") if line[at] == "255" else _whole(line, at, high)


def _registration(line: Arguments) -> Reading[Registration] | None:
    n, stat = _whole(line, 0, 5), _whole(line, 1, 11)
    if not isinstance(n, int) or not isinstance(stat, int) or len(line[1]) > 2:
        return None  # unsolicited: begins with stat, then comes a location
    return Registration(n, stat, _place(line, 2), _place(line, 3), _whole(line, 4, 13))


def _eps_registration(line: Arguments) -> Reading[EpsRegistration] | None:
    said = _registration(line)
    if not isinstance(said, Registration):
        return said
    return EpsRegistration(said.n, said.stat, said.lac, said.ci, said.act)


def _operator(line: Arguments) -> Reading[Operator] | None:
    mode = _whole(line, 0, 4)
    if not isinstance(mode, int):
        return None
    return Operator(mode, _whole(line, 1, 2), _text(line, 2), _whole(line, 3, 13))


def _attached(line: Arguments) -> Reading[int] | None:
    value = _whole(line, 0, 1)
    return value if len(line) == 1 and isinstance(value, int) else None


def _numbers(line: Arguments) -> Reading[tuple[int, ...]] | None:
    values = tuple(
        value for at in range(len(line)) if isinstance(value := _whole(line, at, 99), int)
    )
    return values if len(values) == len(line) else None


def _contexts(found: Sequence[Exchange]) -> Reading[tuple[Context, ...]]:
    """All contexts of one answer; none is an answer too."""
    asked = [one for one in found if one.asks("+CGDCONT?")]
    lists = {
        tuple(Context(cid, _text(line, 2)) for line, cid in _defined(one))
        for one in asked
        if one.result == _OK and (one.command or one.answers("CGDCONT"))
    }
    if len(lists) > 1:
        return Unreadable("+CGDCONT? was answered differently", str(lists))
    return lists.pop() if lists else _no_answer(asked, "+CGDCONT?")


def _defined(answer: Exchange) -> list[tuple[Arguments, int]]:
    lines = answer.answers("CGDCONT")
    return [(line, cid) for line in lines if isinstance(cid := _whole(line, 0, 255), int)]


def _lte_attached(cereg: Reading[EpsRegistration], cgatt: Reading[int]) -> Reading[bool]:
    """Registered at home or roaming, on LTE, and attached; one clear no is a no."""
    if cgatt == 0:
        return False
    if not isinstance(cereg, EpsRegistration):
        return cereg
    if cereg.stat not in (_HOME, _ROAMING):
        return False
    if isinstance(cereg.act, int) and cereg.act not in _LTE:
        return False
    unclear = [said for said in (cereg.act, cgatt) if not isinstance(said, int)]
    return unclear[0] if unclear else True


def _written(
    found: Sequence[Exchange], command: str, reader: Callable[[str], Reading[str]]
) -> Reading[str]:
    """A number of the modem's own: all are answered by +EGMR, only the echo tells which it is."""
    if any(not one.command and one.answers("EGMR") for one in found):
        return Unreadable("+EGMR without the echo of its command: which number is it?")
    asked = [one for one in found if one.command == f"AT{command}"]
    answers = {line for one in asked if one.result == _OK for line in one.answers("EGMR")}
    if not answers:
        return _no_answer(asked, command)
    line = answers.pop()
    if answers or len(line) != 1:
        return Unreadable(f"{command} was answered differently", str([line, *answers]))
    said = _text(line, 0)
    return reader(said) if isinstance(said, str) else said


def _serial(said: str) -> Reading[str]:
    return said if _SERIAL.fullmatch(said) else Unreadable("no serial number in +EGMR", said)


def _serial_number(found: Sequence[Exchange]) -> Reading[str]:
    """The answer to +CGSN, which most modems give bare: only the echo tells what it is."""
    asked = [one for one in found if one.command in ("AT+CGSN", "AT+CGSN=1")]
    lines = [line for one in asked if one.result == _OK for line in one.lines]
    named = [line.removeprefix("+CGSN:").strip() for line in lines]
    said = {line.strip('"') for line in named if not _NOTICE.match(line)}
    if not said:
        return _no_answer(asked, "+CGSN")
    if len(said) > 1:
        return Unreadable("+CGSN was answered differently", str(sorted(said)))
    return imei_of(said.pop())
