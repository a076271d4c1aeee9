"""The IMEIs of a simulated handset: `service call iphonesubinfo` and `cmd phone get-imei`.

After PhoneSubInfoController and TelephonyShellCommand.handleGetImei of AOSP.
"""

from __future__ import annotations

from harness.sim.handset.prints import parcel
from harness.sim.handset.state.answer import Answer, Programs, failure, text
from harness.sim.handset.state.system import ROOT_UID, SHELL_UID, System
from harness.sim.unit import SimUnit

_SHELL = "com.android.shell"
_GET_IMEI_FROM = 14


class Phone:
    """Says the IMEIs that were written, to those who may know."""

    def __init__(self, unit: SimUnit, system: System) -> None:
        self._unit = unit
        self._system = system

    def programs(self) -> Programs:
        return {"service": self._service, "cmd phone": self._shell}

    def _imei(self, slot: int) -> str | None:
        written = self._unit.written_imei
        return written[slot] if 0 <= slot < len(written) else None

    def _service(self, words: list[str], _now_s: float) -> Answer:
        match words:
            case ["call", "iphonesubinfo", "1", "s16", package]:
                return self._called(0, package)
            case ["call", "iphonesubinfo", code, "i32", slot, "s16", package] if (
                code == self._code() and slot.isdecimal()
            ):
                return self._called(int(slot), package)
            case ["call", "iphonesubinfo", *_]:
                return text(parcel.error_reply(-74, "Not a data message"))
            case ["call", name, *_]:
                return failure(f"service: Service {name} does not exist", 10)
            case _:
                return failure("service: unknown command", 10)

    def _code(self) -> str:
        """The transaction of getDeviceIdForPhone: third method up to Android 10, then fourth."""
        return "3" if self._unit.android <= 10 else "4"

    def _called(self, slot: int, package: str) -> Answer:
        """The package must be the caller's own: the shell's is not root's."""
        caller = self._system.uid
        if package != _SHELL or caller != SHELL_UID:
            message = f"Package {package} does not belong to {caller}"
            return text(parcel.security_reply(message))
        return text(parcel.string_reply(self._imei(slot)))

    def _shell(self, words: list[str], _now_s: float) -> Answer:
        match words:
            case ["get-imei"] if self._unit.android >= _GET_IMEI_FROM:
                return self._get_imei("0")
            case ["get-imei", slot] if self._unit.android >= _GET_IMEI_FROM:
                return self._get_imei(slot)
            case _:
                return Answer(out=b"Telephony Commands:\n", code=255)

    def _get_imei(self, slot: str) -> Answer:
        """Only root of a build that is not for users is told."""
        if self._unit.build == "user" or self._system.uid != ROOT_UID:
            return failure("Device IMEI: Permission denied.", 255)
        if not slot.isdecimal():
            return failure(f"-s requires an integer as slot ID; {slot} is none", 255)
        return text(f"Device IMEI: {self._imei(int(slot)) or ''}\n")
