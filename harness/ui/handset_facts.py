"""What stands on the page of a handset: its readings with names and units, in groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from harness.devices.android.battery import Battery
from harness.devices.android.bluetooth import Bluetooth
from harness.devices.android.camera import Camera, Cameras
from harness.devices.android.display import Screen
from harness.devices.android.fields import text
from harness.devices.android.getprop import Properties
from harness.devices.android.gnss import Gnss
from harness.devices.android.imei import SIMS
from harness.devices.android.input_devices import InputDevices
from harness.devices.android.meaning import in_words
from harness.devices.android.power_supply import PowerSupply
from harness.devices.android.sensors import Sensors
from harness.devices.android.storage import Storage
from harness.devices.android.telephony import Phone, Registry
from harness.devices.android.thermal import Thermal
from harness.devices.android.wifi import WifiStatus
from harness.devices.android.window_size import WindowSize
from harness.model.reading import Unknown, Unreadable
from harness.steps.asking.overview import Overview

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fact:
    """A reading with its name and unit; without a name it speaks for its whole group."""

    name: str
    reading: object
    unit: str = ""


Group = tuple[str, Sequence[Fact]]
"""A title, and what stands under it."""


def groups(seen: Overview) -> Iterator[Group]:
    """Everything on the page, in the order in which it is read."""
    found = seen.readings
    yield "identity", _identity(found)
    yield "build", _of(found["getprop"], Properties, _build)
    yield "battery", _of(found["battery"], Battery, _battery)
    yield "its driver", _of(found["uevent"], PowerSupply, _driver)
    yield from _sims(found)
    yield "wifi", _of(found["wifi_status"], WifiStatus, _wifi)
    yield "bluetooth", _of(found["bluetooth"], Bluetooth, _bluetooth)
    yield "gnss", _of(found["gnss"], Gnss, _gnss)
    yield "cameras", _of(found["camera"], Cameras, _cameras)
    yield "sensors", _of(found["sensorservice"], Sensors, _sensors)
    yield "thermal", _of(found["thermal"], Thermal, _thermal)
    panel = _of(found["display_wm"], WindowSize, _panel)
    yield "screen", [*panel, *_of(found["display_dumpsys"], Screen, _screen)]
    yield "memory", _of(found["storage"], Storage, _memory)
    yield "input", _of(found["input"], InputDevices, _input)


def _of(reading: object, kind: type[T], facts: Callable[[T], list[Fact]]) -> list[Fact]:
    return facts(reading) if isinstance(reading, kind) else [Fact("", reading)]


def _identity(found: Mapping[str, object]) -> list[Fact]:
    facts = _of(found["getprop"], Properties, _names)
    for slot in range(SIMS):
        facts.append(Fact(f"IMEI {slot + 1}", found[f"iphonesubinfo_{slot}"]))
        if (by_phone := found.get(f"cmd_phone_get_imei_{slot}")) is not None:
            facts.append(Fact(f"IMEI {slot + 1} by cmd phone", by_phone))
    return facts


def _names(who: Properties) -> list[Fact]:
    return [
        Fact("serial", text(who.properties, "ro.serialno")),
        Fact("maker", text(who.properties, "ro.product.manufacturer")),
        Fact("model", who.model),
        Fact("sold as", who.market_name),
        Fact("chip", who.platform),
    ]


def _build(who: Properties) -> list[Fact]:
    names = {
        "Android": "ro.build.version.release",
        "SDK": "ro.build.version.sdk",
        "type": "ro.build.type",
        "patch": "ro.build.version.security_patch",
        "display id": "ro.build.display.id",
        "bootloader": "ro.boot.vbmeta.device_state",
        "verified boot": "ro.boot.verifiedbootstate",
        "baseband": "gsm.version.baseband",
    }
    facts = [Fact(name, text(who.properties, prop)) for name, prop in names.items()]
    booted = text(who.properties, "sys.boot_completed")
    return [*facts, Fact("booted", True if booted == "1" else booted)]


def _battery(seen: Battery) -> list[Fact]:
    return [
        Fact("level", seen.percent, "%"),
        Fact("voltage", seen.voltage_mv, "mV"),
        Fact("temperature", seen.temperature_c, "degC"),
        Fact("status", in_words("battery", "status", seen.status)),
        Fact("health", in_words("battery", "health", seen.health)),
        Fact("present", seen.present),
        Fact("technology", seen.technology),
        Fact("USB power", seen.usb),
        Fact("AC", seen.ac),
    ]


def _driver(seen: PowerSupply) -> list[Fact]:
    return [
        Fact("level", seen.capacity, "%"),
        Fact("voltage", seen.voltage_mv, "mV"),
        Fact("temperature", seen.temperature_c, "degC"),
        Fact("charging current", seen.charging_current_ma, "mA"),
        Fact("current as printed", seen.current_now_raw),
        Fact("status", seen.status),
        Fact("health", seen.health),
        Fact("cycles", seen.cycle_count),
        Fact("of new", seen.health_pct, "%"),
    ]


def _sims(found: Mapping[str, object]) -> Iterator[Group]:
    registry, who = found["telephony"], found["getprop"]
    if not isinstance(registry, Registry):
        yield "telephony", [Fact("", registry)]
        return
    states = who.slots("gsm.sim.state") if isinstance(who, Properties) else who
    for slot, phone in enumerate(registry.phones):
        sim = states[slot] if isinstance(states, tuple) and slot < len(states) else states
        known = Unknown("no state of this slot") if isinstance(sim, tuple) else sim
        yield f"SIM {slot + 1}", [Fact("card", known), *_phone(phone)]


def _phone(seen: Phone) -> list[Fact]:
    return [
        Fact("registration", seen.ps_wwan_registration),
        Fact("technology", seen.ps_wwan_rat),
        Fact("network", seen.plmn),
        Fact("operator", seen.operator_long),
        Fact("RSRP", seen.rsrp, "dBm"),
        Fact("RSRQ", seen.rsrq, "dB"),
        Fact("band", seen.band),
        Fact("data", _data(seen)),
    ]


def _data(seen: Phone) -> object:
    return in_words("telephony", "data_connection_state", seen.data_connection_state)


def _wifi(seen: WifiStatus) -> list[Fact]:
    facts = [Fact("on", seen.enabled), Fact("connected", seen.connected)]
    if seen.connected is not True:
        return facts
    return [
        *facts,
        Fact("SSID", seen.ssid),
        Fact("RSSI", seen.rssi, "dBm"),
        Fact("frequency", seen.frequency_mhz, "MHz"),
        Fact("standard", seen.standard),
        Fact("link", seen.link_speed_mbps, "Mbit/s"),
        Fact("IP", seen.ip),
    ]


def _bluetooth(seen: Bluetooth) -> list[Fact]:
    return [
        Fact("on", seen.enabled),
        Fact("state", seen.state),
        Fact("name", seen.name),
        Fact("address ends in", seen.address_tail),
        Fact("crashes", seen.crash_count),
    ]


def _gnss(seen: Gnss) -> list[Fact]:
    return [
        Fact("location on", seen.location_on),
        Fact("reports", seen.reports),
        Fact("time to first fix", seen.ttff_s, "s"),
        Fact("constellations", seen.constellations),
    ]


def _cameras(seen: Cameras) -> list[Fact]:
    each = [Fact(f"camera {camera.id}", _camera(camera)) for camera in seen.devices]
    return [Fact("number", seen.device_count), *each, Fact("in use by", seen.active_clients)]


def _camera(seen: Camera) -> object:
    """Facing and size; the first of them that cannot be told speaks for the camera."""
    size = seen.pixel_array
    if not isinstance(seen.facing, str) or isinstance(size, Unknown | Unreadable):
        return seen.facing if not isinstance(seen.facing, str) else size
    width, height = size
    return f"{seen.facing} {width}x{height}"


def _sensors(seen: Sensors) -> list[Fact]:
    return [Fact("number", seen.total), Fact("missing", seen.missing)]


def _thermal(seen: Thermal) -> list[Fact]:
    status = Fact("throttling", in_words("thermal", "status", seen.status))
    if not isinstance(seen.current, Mapping):
        return [status, Fact("temperatures", seen.current)]
    return [status, *(Fact(name, value, "degC") for name, value in seen.current.items())]


def _panel(seen: WindowSize) -> list[Fact]:
    facts = [Fact("panel", _size(seen.physical), "px"), Fact("density", seen.density, "dpi")]
    if not isinstance(seen.override, Unknown):
        facts.append(Fact("size set by hand", _size(seen.override), "px"))
    if not isinstance(seen.density_override, Unknown):
        facts.append(Fact("density set by hand", seen.density_override, "dpi"))
    return facts


def _screen(seen: Screen) -> list[Fact]:
    return [
        Fact("state", seen.state),
        Fact("refresh", seen.refresh_hz, "Hz"),
        Fact("brightness", seen.brightness),
    ]


def _memory(seen: Storage) -> list[Fact]:
    return [
        Fact("storage", seen.nominal_gb, "GB"),
        Fact("user data", _gigabytes(seen.data_total_kb), "GB"),
        Fact("free", _gigabytes(seen.data_avail_kb), "GB"),
        Fact("RAM", seen.nominal_ram_gb, "GiB"),
    ]


def _input(seen: InputDevices) -> list[Fact]:
    number = len(seen.devices) if isinstance(seen.devices, tuple) else seen.devices
    return [
        Fact("touchscreen", seen.touchscreen),
        Fact("devices", number),
        Fact("keys", seen.keys),
    ]


def _size(reading: object) -> object:
    return "x".join(map(str, reading)) if isinstance(reading, tuple) else reading


def _gigabytes(kilobytes: object) -> object:
    return round(kilobytes * 1024 / 1e9, 1) if isinstance(kilobytes, int) else kilobytes
