"""What a simulated handset says of Bluetooth: `dumpsys bluetooth_manager`; and its switch.

Layouts: BluetoothManagerService.dump of AOSP. From Android 13 on (a module of its own) the
address is masked, as BluetoothUtils.toAnonymizedAddress does.
"""

from __future__ import annotations

import zlib

from harness.sim.handset.state.answer import Answer, Programs, failure, text
from harness.sim.handset.state.radios import SWITCH, Radios
from harness.sim.profiles import PROFILES
from harness.sim.unit import SimUnit

_MASKED, _COUNTS_BLE_APPS, _FLAGS = 33, 34, 35
"""SDK versions from which the address is masked, and the lines have their newer forms."""
_CRASHES = 3
_DEFAULT = "00:00:00:00:5A:AD"
"""QCA_BDADDR_DEFAULT of Linux's btqca."""
_UPDATED = "pixel"
"""Its Android 15 has a later version of Bluetooth's module, which lays the status out anew."""


def address(unit: SimUnit) -> str:
    """Its Bluetooth address, in the range for documentation (RFC 7042, clause 2.1.2).

    One that was never written is all zeros, or the default of the chip.
    """
    if "bluetooth.no_address" in unit.defects:
        return "00:00:00:00:00:00"
    if (default := unit.defects.get("bluetooth.default_address")) is not None:
        return str(default.get("address", _DEFAULT))
    return f"00:00:5E:00:53:{zlib.crc32(unit.serial.encode()) & 0xFF:02X}"


def programs(unit: SimUnit, radios: Radios, sdk: int) -> Programs:
    """The commands that switch Bluetooth and tell of it. A dead one never comes on."""
    dead = "bluetooth.off" in unit.defects
    radios.bluetooth = radios.bluetooth and not dead

    def switch(words: list[str], _now_s: float) -> Answer:
        if len(words) != 1 or words[0] not in SWITCH:
            return failure("Control Bluetooth service", 1)
        radios.bluetooth = SWITCH[words[0]] and not dead
        return Answer()

    def dump(_words: list[str], _now_s: float) -> Answer:
        return text(_status(unit, radios, sdk) + _logs(unit, radios, sdk))

    return {"svc bluetooth": switch, "dumpsys bluetooth_manager": dump}


def _status(unit: SimUnit, radios: Radios, sdk: int) -> str:
    on = radios.bluetooth_runs
    whole = address(unit)
    shown = f"XX:XX:XX:XX:{whole[-5:]}" if sdk >= _MASKED else whole
    profile = PROFILES[unit.profile]
    name = profile.market_name or profile.model
    if unit.profile == _UPDATED and sdk >= _FLAGS:
        return (
            "Bluetooth Status:\n"
            f"  State:         {'ON' if on else 'OFF'}\n"
            f"  Address:       {shown}\n"
            f"  Name:          {name}\n"
            "  Inner app:     com.google.android.bluetooth\n"
            + ("  Uptime:        3m1.715s\n" if on else "")
        )
    return (
        "Bluetooth Status\n"
        f"  enabled: {str(on).lower()}\n"
        f"  state: {'ON' if on else 'OFF'}\n"
        f"  address: {shown}\n"
        f"  name: {name}\n" + ("  time since enabled: 00:03:01.715\n" if on else "")
    )


def _logs(unit: SimUnit, radios: Radios, sdk: int) -> str:
    crashing = unit.defects.get("bluetooth.crashes")
    crashes = unit.bluetooth_crashes if crashing is None else int(crashing.get("times", _CRASHES))
    times = "".join(f"  08-19 14:{49 + at:02}:29.106\n" for at in range(min(crashes, 10)))
    none = "Number of Ble app registered: 0" if sdk >= _COUNTS_BLE_APPS else "0 BLE appsregistered"
    flags = "\n🚩Flag dump:\n\t[■]: a2dp_aidl_encoding_interval\n" if sdk >= _FLAGS else ""
    profiles = (
        "Profile: HeadsetService\n  mMaxHeadsetConnections: 5\n"
        "    StateMachine: name=HeadsetStateMachine state=Disconnected\n"
    )
    return (
        f"\n{_enable_log(sdk)}"
        f"\nBluetooth crashed {crashes} time{'' if crashes == 1 else 's'}\n{times}"
        f"\n{none}\n\nBluetoothManagerService:\n  mEnable:{str(radios.bluetooth).lower()}\n"
        f"  mQuietEnable:false\n{flags}"
        + (profiles if radios.bluetooth_runs else "Bluetooth Service not connected\n")
    )


def _enable_log(sdk: int) -> str:
    if sdk < 29:
        return "Enable log:\n  08-19 14:49:00  Enabled  due to SYSTEM_BOOT by android\n"
    return (
        "Enable log:\n  08-19 14:49:00.341 \tPackage [android] requested to [Enable]. "
        "\tReason is SYSTEM_BOOT\n"
    )
