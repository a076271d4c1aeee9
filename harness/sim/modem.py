"""The AT port of a simulated handset: a line and a time in, bytes out; and its wire, a pty.

Commands and answers: ITU-T V.250, 3GPP TS 27.007; +EGMR and +ESUO as MediaTek's modems have them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.sim.answering import Reply
from harness.sim.handset.behaviour import HandsetBehaviour
from harness.sim.handset.state.cellular import NAME, RSSI_OVER_RSRP_DB, Served
from harness.sim.profiles import PROFILES
from harness.sim.pty import PtyJig

TAC, CELL = "1010", "00989682"
"""Where it is registered: 4112 and 10000002 of `dumpsys telephony.registry`, in hexadecimal."""
ERROR = "ERROR"
SIM_NOT_INSERTED = 10
"""TS 27.007, clause 9.2.1."""
_NOISE = "\xf5\x00\xb2\x81\r\n"
_LATE_S = 1.0
_HOME, _SEARCHING, _DENIED, _OFF = 1, 2, 3, 0
_LTE = 7
_UNKNOWN_RSSI, _UNKNOWN_CESQ = 99, 255
_EGMR = {"7": 0, "10": 1}


def pty(modem: ModemBehaviour) -> PtyJig:
    """A modem's AT port on a pty, whose `path` a driver opens; its time is the handset's."""
    return PtyJig(modem, end=b"\r", reply_end=b"", epoch_s=0.0)


class ModemBehaviour:
    """The modem of a handset: it knows what the handset's own registry shows.

    It echoes until ATE0, unless it `may_echo` at no time. A defect of its unit (`at.silent`,
    `at.noise`, `at.late` by `by_s`) strikes the commands that contain its `on`, or all.
    """

    def __init__(self, handset: HandsetBehaviour, *, may_echo: bool = True) -> None:
        self.heard: list[str] = []
        self._handset = handset
        self._may_echo = may_echo
        self._echo = may_echo
        self._reported = {"+CREG": 0, "+CEREG": 0}
        self._cops_format = 0
        self._mediatek = PROFILES[handset.unit.profile].mediatek
        self._asked: Mapping[str, Callable[[Served], str | int]] = {
            "+CPIN?": self._cpin,
            "+CSQ": self._csq,
            "+CESQ": self._cesq,
            "+CREG?": lambda served: self._registration("+CREG", served),
            "+CEREG?": lambda served: self._registration("+CEREG", served),
            "+COPS?": self._cops,
            "+CGATT?": lambda served: f"+CGATT: {int(served.registered)}",
            "+CGDCONT?": self._contexts,
            "+CGSN": lambda _: self._imei(0) or ERROR,
        }

    def answer(self, line: str, now_s: float) -> list[Reply]:
        """What it sends after a command line, echo and all."""
        command = line.strip().upper()
        self.heard.append(command)
        echo = f"{line}\r" if self._echo else ""
        if self._struck("at.silent", command):
            return [Reply(echo)]
        served = self._handset.served(now_s)
        notices = self._notices(served) if command.startswith("AT+") else ""
        said = self._execute(command, served)
        noise = _NOISE if self._struck("at.noise", command) else ""
        late_s = self._late_s(command)
        return [Reply(f"{echo}{notices}"), Reply(f"{noise}{said}", late_s)]

    def _struck(self, defect: str, command: str) -> bool:
        settings = self._handset.unit.defects.get(defect)
        return settings is not None and str(settings.get("on", "")).upper() in command

    def _late_s(self, command: str) -> float:
        if not self._struck("at.late", command):
            return 0.0
        return float(self._handset.unit.defects["at.late"].get("by_s", _LATE_S))

    def _notices(self, served: Served) -> str:
        """Unsolicited lines, of what it was told to report (clauses 7.2 and 10.1.22)."""
        return "".join(
            f"\r\n{name}: {_stat(served)}{_where(served)}\r\n"
            for name, reported in self._reported.items()
            if reported
        )

    def _execute(self, command: str, served: Served) -> str:
        """Information text and final result code, each framed as V.250 clause 5.7.1 has it."""
        if not command.startswith("AT"):
            return ""  # a modem listens to nothing else
        said = self._one(command.removeprefix("AT"), served)
        if isinstance(said, int):
            return f"\r\n+CME ERROR: {said}\r\n"
        if said == ERROR:
            return "\r\nERROR\r\n"
        text = "".join(f"\r\n{line}\r\n" for line in said.split("\n")) if said else ""
        return f"{text}\r\nOK\r\n"

    def _one(self, command: str, served: Served) -> str | int:
        match command:
            case "" | "Q0V1":
                return ""
            case "E0" | "E1" | "Q0V1E1" | "Q0V1E0":
                self._echo = self._may_echo and command.endswith("1")
                return ""
            case "+CREG=0" | "+CREG=2" | "+CEREG=0" | "+CEREG=2":
                self._reported[command[:-2]] = int(command[-1])
                return ""
            case "+COPS=3,0" | "+COPS=3,2":
                self._cops_format = int(command[-1])
                return ""
            case _ if command in self._asked:
                return self._asked[command](served)
            case _:
                return self._own(command) if self._mediatek else ERROR

    def _own(self, command: str) -> str | int:
        """The words of MediaTek: identity as it was written in the factory."""
        name, _, arguments = command.partition("=")
        match name, arguments.replace(" ", "").split(","):
            case "+EGMR", ["0", "5"]:
                return f'+EGMR: "{self._handset.unit.serial}"'
            case "+EGMR", ["0", number] if number in _EGMR:
                imei = self._imei(_EGMR[number])
                return f'+EGMR: "{imei}"' if imei else ERROR
            case "+ESUO?", _:
                return "+ESUO: 4, 4"
            case _:
                return ERROR

    def _imei(self, slot: int) -> str:
        written = self._handset.unit.written_imei
        return written[slot] if slot < len(written) else ""

    def _cpin(self, served: Served) -> str | int:
        return "+CPIN: READY" if served.has_sim else SIM_NOT_INSERTED

    def _csq(self, served: Served) -> str:
        """Clause 8.5. MediaTek writes a blank after the comma."""
        index = _UNKNOWN_RSSI
        if served.registered:
            rssi_dbm = served.rsrp_dbm + RSSI_OVER_RSRP_DB
            index = max(0, min(31, (rssi_dbm + 113) // 2))
        return f"+CSQ: {index},{' ' if self._mediatek else ''}99"

    def _cesq(self, served: Served) -> str:
        """Clause 8.69."""
        rsrq = rsrp = _UNKNOWN_CESQ
        if served.registered:
            rsrq, rsrp = 2 * (served.rsrq_db + 20), max(0, min(97, served.rsrp_dbm + 141))
        return f"+CESQ: 99,99,255,255,{rsrq},{rsrp}"

    def _registration(self, name: str, served: Served) -> str:
        """Clauses 7.2 and 10.1.22: the place is told only to who asked for reports of it."""
        reported = self._reported[name]
        return f"{name}: {reported},{_stat(served)}{_where(served) if reported else ''}"

    def _cops(self, served: Served) -> str:
        """Clause 7.3."""
        if not served.registered:
            return "+COPS: 0"
        operator = served.plmn if self._cops_format else NAME
        return f'+COPS: 0,{self._cops_format},"{operator}",{_LTE}'

    def _contexts(self, served: Served) -> str:
        address = "10.0.0.2" if served.connected else ""
        return (
            f'+CGDCONT: 1,"IPV4V6","internet","{address}",0,0,0,0\n'
            '+CGDCONT: 2,"IPV4V6","ims","",0,0,0,0'
        )


def _stat(served: Served) -> int:
    """Registration status, clause 7.2."""
    if served.registered:
        return _HOME
    if served.airplane:
        return _OFF
    return _DENIED if served.denied else _SEARCHING


def _where(served: Served) -> str:
    return f',"{TAC}","{CELL}",{_LTE}' if served.registered else ""
