"""Every kind of dump with its reader, and what a reader found as JSON values.

Kinds are named after what prints them; the samples of a kind start with its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from harness.devices.android.adb_devices import read_adb_devices
from harness.devices.android.adb_errors import read_adb_errors
from harness.devices.android.at import read_at
from harness.devices.android.battery import read_battery
from harness.devices.android.bluetooth import read_bluetooth
from harness.devices.android.camera import read_cameras
from harness.devices.android.camera_still import read_still
from harness.devices.android.display import read_display
from harness.devices.android.fastboot import read_fastboot
from harness.devices.android.getprop import Properties, flat, read_getprop
from harness.devices.android.gnss import read_gnss
from harness.devices.android.input_devices import read_input
from harness.devices.android.iphonesubinfo import read_iphonesubinfo
from harness.devices.android.phone_imei import read_phone_imei
from harness.devices.android.power_supply import read_uevent
from harness.devices.android.sensors import read_sensors
from harness.devices.android.storage import read_storage
from harness.devices.android.telephony import read_registry
from harness.devices.android.thermal import read_thermal
from harness.devices.android.wifi import read_status
from harness.devices.android.wifi_scan import read_scan
from harness.devices.android.window_size import read_window_size
from harness.model.reading import Unknown, Unreadable

Json = Any


@dataclass(frozen=True, slots=True)
class Decoder:
    """A reader of one kind of dump, and in a line: what prints it, what is read."""

    read: Callable[[str], object]
    doc: str


def _read_flat_getprop(output: str) -> object:
    found = read_getprop(output)
    return flat(found) if isinstance(found, Properties) else found


DECODERS: Mapping[str, Decoder] = {
    "adb_devices": Decoder(read_adb_devices, "adb devices -l: handsets, states, port paths"),
    "adb_errors": Decoder(read_adb_errors, "messages of adb: what went wrong, in classes"),
    "at": Decoder(read_at, "AT session of a modem: IMEIs, SIM, signal, registration"),
    "battery": Decoder(read_battery, "dumpsys battery: charge, health, temperature, chargers"),
    "bluetooth": Decoder(read_bluetooth, "dumpsys bluetooth_manager: state, address, crashes"),
    "camera": Decoder(read_cameras, "dumpsys media.camera: cameras, and who has one open"),
    "camera_still": Decoder(read_still, "am start -W, then ls -lt: the newest picture"),
    "cmd_phone_get_imei": Decoder(read_phone_imei, "cmd phone get-imei N: an IMEI, or a refusal"),
    "display_dumpsys": Decoder(read_display, "dumpsys display: size, state, refresh, brightness"),
    "display_wm": Decoder(read_window_size, "wm size; wm density: of the panel, and as set"),
    "fastboot": Decoder(read_fastboot, "fastboot getvar all: product, lock, battery, partitions"),
    "getprop": Decoder(_read_flat_getprop, "getprop: every property; SDK, platform, SIM slots"),
    "gnss": Decoder(read_gnss, "dumpsys location: location switch, fixes, CN0, constellations"),
    "input": Decoder(read_input, "dumpsys input: devices, touchscreen, keys"),
    "iphonesubinfo": Decoder(read_iphonesubinfo, "service call iphonesubinfo: an IMEI"),
    "sensorservice": Decoder(read_sensors, "dumpsys sensorservice: sensors, and what is missing"),
    "storage": Decoder(read_storage, "df; cat /proc/meminfo: storage and RAM, nominal sizes"),
    "telephony": Decoder(read_registry, "dumpsys telephony.registry: network, signal, data"),
    "thermal": Decoder(read_thermal, "dumpsys thermalservice: status, live temperatures"),
    "uevent": Decoder(read_uevent, "power_supply/battery/uevent: the driver's gauge"),
    "wifi_dumpsys": Decoder(read_status, "dumpsys wifi (Android 9, 10): switch and connection"),
    "wifi_scan": Decoder(read_scan, "cmd wifi list-scan-results: access points and levels"),
    "wifi_status": Decoder(read_status, "cmd wifi status (11 and later): switch and connection"),
}


def decode(kind: str, text: str) -> Json:
    """A dump as JSON values: null for unknown, `{"unreadable": why}` for unreadable.

    Raises: KeyError when there is no such kind.
    """
    return plain(DECODERS[kind].read(text))


def plain(value: object) -> Json:
    """A reading as JSON values; a dataclass is an object under the names of its fields."""
    if isinstance(value, Unknown):
        return None
    if isinstance(value, Unreadable):
        return {"unreadable": value.why}
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, tuple) else value
