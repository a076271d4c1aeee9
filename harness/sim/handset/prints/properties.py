"""The properties of a simulated handset: `getprop` (toybox), names of AOSP and of makers."""

from __future__ import annotations

from collections.abc import Mapping

from harness.sim.handset.prints.telephony import Telephony
from harness.sim.handset.state.answer import Answer, Programs, text
from harness.sim.handset.state.system import System
from harness.sim.profiles import PROFILES, SDK
from harness.sim.unit import SimUnit

_BUILD_IDS: Mapping[int, tuple[str, str]] = {
    9: ("PPR1.180610.011", "2019-08-05"),
    10: ("QP1A.190711.020", "2020-09-05"),
    11: ("RP1A.200720.011", "2021-10-05"),
    12: ("SP1A.210812.016", "2022-08-05"),
    13: ("TP1A.220905.001", "2023-08-05"),
    14: ("UP1A.231005.007", "2024-08-05"),
    15: ("AP3A.240905.015", "2025-08-05"),
}
"""The build of AOSP that makers of each Android version start from, and a security patch level."""
LINE_MARK = "persist.sys.linetest"
"""A property by which the line marks a unit that is under test."""
_INCREMENTAL = "1635251357287"
_BOOT_HISTORY = "reboot,ota,1637000575\nreboot,,1637000514\ncold,powerkey,1636927828"


class Properties:
    """All properties: what the build says, what the boot found, what the modem does now."""

    def __init__(self, unit: SimUnit, system: System, telephony: Telephony) -> None:
        self._unit = unit
        self._profile = PROFILES[unit.profile]
        self._system = system
        self._telephony = telephony

    def programs(self) -> Programs:
        return {"getprop": self._getprop}

    def _getprop(self, words: list[str], now_s: float) -> Answer:
        found = self._all(now_s)
        if words:
            return text(found.get(words[0], "".join(words[1:2])) + "\n")
        return text("".join(f"[{name}]: [{found[name]}]\n" for name in sorted(found)))

    def _all(self, now_s: float) -> dict[str, str]:
        return {
            **self._build(),
            **self._boot(now_s),
            **self._telephony.properties(now_s),
            **self._of_maker(),
            **self._profile.properties,
        }

    def _build(self) -> dict[str, str]:
        unit, profile = self._unit, self._profile
        build_id, patch = _BUILD_IDS[unit.android]
        debug = unit.build != "user"
        tags = "test-keys" if debug else "release-keys"
        named = f"{profile.brand}/{profile.device}/{profile.device}:{unit.android}/{build_id}"
        return {
            "ro.build.display.id": f"{build_id}.{unit.build} {tags}" if debug else build_id,
            "ro.build.fingerprint": f"{named}/{_INCREMENTAL}:{unit.build}/{tags}",
            "ro.build.id": build_id,
            "ro.build.tags": tags,
            "ro.build.type": unit.build,
            "ro.build.version.incremental": _INCREMENTAL,
            "ro.build.version.release": str(unit.android),
            "ro.build.version.sdk": str(SDK[unit.android]),
            "ro.build.version.security_patch": patch,
            "ro.debuggable": str(int(debug)),
            "ro.product.board": profile.board,
            "ro.product.brand": profile.brand,
            "ro.product.device": profile.device,
            "ro.product.manufacturer": profile.maker,
            "ro.product.model": profile.model,
            "ro.product.name": profile.device,
            "ro.secure": "1",
        }

    def _boot(self, now_s: float) -> dict[str, str]:
        unit, profile = self._unit, self._profile
        locked = unit.bootloader_locked
        booted = self._system.booted(now_s)
        boot = {
            "init.svc.bootanim": "stopped" if booted else "running",
            "ro.board.platform": profile.board,
            "ro.boot.flash.locked": str(int(locked)),
            "ro.boot.hardware": profile.hardware,
            "ro.boot.serialno": unit.serial,
            "ro.boot.vbmeta.device_state": "locked" if locked else "unlocked",
            "ro.boot.verifiedbootstate": "green" if locked else "orange",
            "ro.bootmode": "normal",
            "ro.crypto.state": "encrypted" if unit.encrypted else "unencrypted",
            "ro.hardware": profile.hardware,
            "ro.serialno": unit.serial,
            LINE_MARK: str(int("handover.factory_flag" in unit.defects)),
            "sys.usb.config": "mtp,adb",
            "sys.usb.state": "mtp,adb",
        }
        return boot | ({"dev.bootcomplete": "1", "sys.boot_completed": "1"} if booted else {})

    def _of_maker(self) -> dict[str, str]:
        """OPPO's: its version changed names with Android 11, its boot history spans lines."""
        if self._profile.maker != "OPPO":
            return {}
        android = self._unit.android
        rom = "ro.build.version." + ("oplusrom" if android >= 11 else "opporom")
        market = "ro.vendor.oplus.market.name" if android >= 11 else "ro.oppo.market.name"
        return {
            rom: f"V{android}.0" if android >= 11 else "V7",
            market: self._profile.market_name,
            "persist.sys.boot.reason.history": _BOOT_HISTORY,
        }
