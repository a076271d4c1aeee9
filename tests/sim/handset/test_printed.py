"""What a simulated handset prints, of every profile and version, is read back as what it is.

One row for each kind of dump: the command that prints it, and what its reader must find, told
from the state of the handset and not from what is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from harness.devices.adb import AdbHandset, AdbServer
from harness.devices.android import iphonesubinfo, phone_imei, wifi_scan
from harness.devices.android.decode import DECODERS, decode
from harness.sim.handset import HandsetBehaviour, SimHandsets
from harness.sim.handset.behaviour import UEVENT
from harness.sim.handset.prints.wifi import AROUND
from harness.sim.profiles import PROFILES, SDK
from harness.sim.unit import SimUnit
from tests.short import lease

Json = Any
NETWORK = AROUND[1]
_BEGAN_S, _LOOKED_S = 100.0, 110.0

UNITS: Mapping[str, Mapping[str, Any]] = {
    "charging": {
        "level_percent": 41,
        "temperature_c": -3.5,
        "cell_v": 3.702,
        "vbus_v": 5.0,
        "cycle_count": 3,
        "wifi_network": NETWORK.ssid,
    },
    "engineering": {
        "level_percent": 100,
        "temperature_c": 31.4,
        "health_pct": 91.0,
        "sim_slot": 1,
        "build": "userdebug",
        "bootloader_locked": False,
    },
}
"""Two states that have little in common: at a charger; and as root, the SIM in the second slot."""


def handset(profile: str, android: int, state: str) -> HandsetBehaviour:
    unit = SimUnit("A57A000007", android=android, profile=profile, rsrp_noise_db=0, **UNITS[state])
    phone = HandsetBehaviour(unit)
    phone.system.root = state == "engineering"
    phone.run("svc wifi enable", _BEGAN_S)
    return phone


@dataclass(frozen=True, slots=True)
class Row:
    """Of a kind of dump: its command, what must be found, and since which version there is one."""

    kind: str
    command: Callable[[HandsetBehaviour], str]
    expected: Callable[[HandsetBehaviour], Json]
    versions: range = range(9, 16)


def android(phone: HandsetBehaviour) -> int:
    return phone.unit.android


def maker(phone: HandsetBehaviour) -> str:
    return PROFILES[phone.unit.profile].maker


def battery(phone: HandsetBehaviour) -> Json:
    unit, profile = phone.unit, PROFILES[phone.unit.profile]
    oppo, samsung = profile.maker == "OPPO", profile.maker == "samsung"
    current_ma = round(unit.battery_current_a * 1_000) * profile.gauge.sign
    newer = android(phone) >= (15 if samsung else 14)
    capacity = -1 if samsung else None if oppo else 3
    return {
        "ac": False,
        "usb": unit.charging,
        "wireless": False,
        "dock": False if android(phone) >= 13 else None,
        "max_current_ua": 900_000 if unit.charging else 0,
        "charge_counter": full_uah(phone) * unit.level_percent // 100,
        "status": 2 if unit.charging else 3,
        "health": 2,
        "present": True,
        "level": unit.level_percent,
        "scale": 100,
        "voltage_mv": round(unit.cell_v * 1_000),
        "temperature_c": unit.temperature_c,
        "technology": "Li-ion",
        "charging_state": 1 if newer and not oppo else None,
        "charging_policy": 1 if newer and not oppo else None,
        "capacity_level": capacity if android(phone) >= 14 else None,
        "current_now_ma": current_ma if samsung else None,
        "saved_asoc": round(unit.health_pct) if samsung else None,
        "vendor_block": ("OPPO" if android(phone) < 12 else "OPLUS") if oppo else None,
        "charger_voltage_mv": round(unit.vbus_v * 1_000) if oppo else None,
        "battery_current_ma": current_ma if oppo else None,
        "plug_type": (2 if unit.charging else 0) if oppo else None,
    }


def full_uah(phone: HandsetBehaviour) -> int:
    return round(PROFILES[phone.unit.profile].pack_mah * 1_000 * phone.unit.health_pct / 100)


def uevent(phone: HandsetBehaviour) -> Json:
    unit, profile = phone.unit, PROFILES[phone.unit.profile]
    raw = round(unit.battery_current_a * profile.gauge.per_a) * profile.gauge.sign
    in_ua = profile.gauge.per_a == 1_000_000
    return {
        "status": "Charging" if unit.charging else "Discharging",
        "health": "Good",
        "present": True,
        "technology": "Li-ion",
        "capacity": unit.level_percent,
        "current_now_raw": raw,
        "current_unit": "uA" if in_ua else None,  # what prints mA cannot be told by its number
        "charging_current_ma": abs(raw) / 1_000 if in_ua and unit.charging else None,
        "voltage_mv": unit.cell_v * 1_000,
        "temperature_c": unit.temperature_c,
        "charge_full_uah": full_uah(phone),
        "charge_full_design_uah": profile.pack_mah * 1_000,
        "cycle_count": unit.cycle_count,
        "health_pct": unit.health_pct,
        "serial": None,
    }


def telephony(phone: HandsetBehaviour) -> Json:
    version, slot = android(phone), phone.unit.sim_slot
    nr_masked = version >= 12 and phone.unit.build == "user"
    good = {
        "id": slot,
        "voice_reg": 0,
        "data_reg": 0,
        "operator_long": None if maker(phone) == "samsung" else "FactoryNet",
        "plmn": "00101",
        "voice_rat": "LTE",
        "data_rat": "LTE",
        "ps_wwan_registration": "HOME",
        "ps_wwan_rat": "LTE",
        "reject_cause": 0,
        "nr_state": None if version < 10 or nr_masked else "NONE",
        "earfcn": 1650,
        "band": 3 if version >= 11 else None,
        "lte_signal_asu": 45 if version < 10 else None,
        "rssi": -71 if version >= 10 else None,
        "rsrp": -95,
        "rsrq": -10,
        "rssnr_raw": 15 if version >= 11 else 150,
        "rssnr_db": 15.0,
        "cqi": None,
        "level": 3 if version >= 10 else None,
        "data_connection_state": 2,
        "data_activity": 3,
        "mobile_data": True,
        "data_enabled": True if version >= 12 else None,
    }
    empty = {
        "id": 1 - slot,
        "voice_reg": 1,
        "data_reg": 1,
        "operator_long": None,
        "plmn": None,
        "data_rat": "Unknown",
        "ps_wwan_registration": None,
        "earfcn": None,
        "rsrp": None,
        "rssnr_db": None,
        "data_connection_state": 0,
    }
    return {
        "phones": [good, empty] if slot == 0 else [empty, good],
        "default_phone_id": slot if version >= 10 else None,
        "active_data_sub_id": 1 if version >= 10 else None,
        "lte_attached": True,
        "data_connected": True,
    }


PLATFORMS = {
    "oppo-mtk": "mtk",
    "oppo-qcom": "qcom",
    "samsung": "exynos",
    "xiaomi": "mtk",
    "pixel": "tensor",
}


def getprop(phone: HandsetBehaviour) -> Json:
    unit, profile = phone.unit, PROFILES[phone.unit.profile]
    first = unit.sim_slot == 0
    user = unit.build == "user"
    oppo = profile.maker == "OPPO"
    rom = f"V{unit.android}.0" if unit.android >= 11 else "V7"
    return {
        "sdk": SDK[unit.android],
        "platform": PLATFORMS[unit.profile],
        "model": profile.model,
        "market_name": profile.market_name or None,
        "oplusrom": rom if oppo else None,
        "attached": True,
        "ro.serialno": unit.serial,
        "ro.product.manufacturer": profile.maker,
        "ro.build.version.release": str(unit.android),
        "ro.build.type": unit.build,
        "ro.debuggable": "0" if user else "1",
        "ro.boot.verifiedbootstate": "green" if unit.bootloader_locked else "orange",
        "ro.boot.flash.locked": "1" if unit.bootloader_locked else "0",
        "sys.boot_completed": "1",
        "gsm.sim.state": ["LOADED", "ABSENT"] if first else ["ABSENT", "LOADED"],
        "gsm.network.type": ["LTE", "Unknown"] if first else ["Unknown", "LTE"],
        "gsm.operator.numeric": ["00101", ""] if first else ["", "00101"],
        "gsm.operator.alpha": ["FactoryNet", ""] if first else ["", "FactoryNet"],
        "gsm.sim.operator.numeric": ["00101"] if first else ["", "00101"],
        "gsm.version.baseband": [profile.baseband] * 2,
    } | ({"persist.sys.boot.reason.history": HISTORY} if oppo else {})


HISTORY = "reboot,ota,1637000575\nreboot,,1637000514\ncold,powerkey,1636927828"


def imei_command(slot: int) -> Callable[[HandsetBehaviour], str]:
    return lambda phone: iphonesubinfo.command(SDK[android(phone)], slot, maker(phone))


def imei_by_service(slot: int) -> Callable[[HandsetBehaviour], Json]:
    def expected(phone: HandsetBehaviour) -> Json:
        if phone.system.root:
            message = "Package com.android.shell does not belong to 0"
            return {"kind": "exception", "imei": None, "exception": message}
        return {"kind": "imei", "imei": phone.unit.imei[slot], "exception": None}

    return expected


def imei_by_shell(phone: HandsetBehaviour) -> Json:
    if phone.system.root:
        return {"kind": "imei", "imei": phone.unit.imei[1], "stream": "stdout", "exit_code": 0}
    return {"kind": "denied", "imei": None, "stream": "stderr", "exit_code": 255}


def wifi(phone: HandsetBehaviour) -> Json:
    if not phone.unit.wifi_network:
        return {"enabled": True, "connected": False, "ssid": None, "rssi": None}
    return {
        "enabled": True,
        "connected": True,
        "ssid": NETWORK.ssid,
        "bssid": NETWORK.bssid,
        "rssi": NETWORK.rssi_dbm,
        "link_speed_mbps": NETWORK.link_mbps,
        "frequency_mhz": NETWORK.frequency_mhz,
        "standard": "11ac" if android(phone) >= 11 else None,
        "ip": "192.168.1.106" if android(phone) >= 13 else None,
        "supplicant": "COMPLETED",
    }


def around(_phone: HandsetBehaviour) -> Json:
    return {
        "results": [
            {
                "bssid": point.bssid,
                "freq": point.frequency_mhz,
                "rssi": point.rssi_dbm,
                "age": 7.6,  # on after 0.8 s, heard after 1.6 s, of 10 s
                "ssid": point.ssid,
            }
            for point in AROUND
        ]
    }


ROWS = [
    Row("battery", lambda _: "dumpsys battery", battery),
    Row("uevent", lambda _: f"cat {UEVENT}", uevent),
    Row("telephony", lambda _: "dumpsys telephony.registry", telephony),
    Row("getprop", lambda _: "getprop", getprop),
    Row("iphonesubinfo", imei_command(0), imei_by_service(0)),
    Row("iphonesubinfo", imei_command(1), imei_by_service(1)),
    Row("cmd_phone_get_imei", lambda _: phone_imei.command(1), imei_by_shell, range(14, 16)),
    Row("wifi_dumpsys", lambda _: "dumpsys wifi", wifi, range(9, 11)),
    Row("wifi_status", lambda _: "cmd wifi status", wifi, range(11, 16)),
    Row("wifi_scan", lambda phone: wifi_scan.list_command(SDK[android(phone)]), around),
]


@pytest.mark.parametrize("state", UNITS)
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    ("row", "version"),
    [
        pytest.param(row, version, id=f"{row.kind}-{version}")
        for row, version in product(ROWS, SDK)
        if version in row.versions
    ],
)
def test_what_is_printed_reads_back_as_the_state(
    row: Row, version: int, profile: str, state: str
) -> None:
    phone = handset(profile, version, state)
    answer = phone.run(row.command(phone), _LOOKED_S)
    found = decode(row.kind, (answer.out or answer.err).decode())
    assert differing(row.expected(phone), found) == {}


AT_ONCE = ("battery", "uevent", "telephony", "getprop", "iphonesubinfo")
"""Kinds that have no dwell time."""


@pytest.mark.parametrize("profile", PROFILES)
def test_the_same_comes_over_the_wire(
    profile: str, server: AdbServer, handsets: SimHandsets
) -> None:
    for version in SDK:
        unit = SimUnit(
            "A57A000007", android=version, profile=profile, rsrp_noise_db=0, **UNITS["charging"]
        )
        address = handsets.add(unit)
        phone = handsets.behaviour(address)
        link = AdbHandset(server, address).under(lease(30))
        for row in ROWS:
            if row.kind in AT_ONCE:
                found = decode(row.kind, link.shell(row.command(phone)).out)
                assert differing(row.expected(phone), found) == {}, (row.kind, version)


def differing(expected: Json, found: Json, where: str = "") -> dict[str, Json]:
    """What of the expectation is not found, by its place: (expected, found)."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        parts = [
            differing(value, found.get(key, "nothing"), f"{where}.{key}")
            for key, value in expected.items()
        ]
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = zip(expected, found, strict=True)
        parts = [differing(*pair, f"{where}[{at}]") for at, pair in enumerate(pairs)]
    else:
        same = found == pytest.approx(expected) if isinstance(expected, float) else None
        alike = same if same is not None else type(found) is type(expected) and found == expected
        return {} if alike else {where: (expected, found)}
    return {place: pair for part in parts for place, pair in part.items()}


def test_the_comparison_sees_what_differs() -> None:
    expected = {"a": 1, "b": [{"c": None}], "d": 2.0}
    assert differing(expected, {"a": 1, "b": [{"c": None, "x": 3}], "d": 2.0}) == {}
    assert differing(expected, {"a": True, "b": [{"c": 0}], "d": None}) == {
        ".a": (1, True),
        ".b[0].c": (None, 0),
        ".d": (2.0, None),
    }
    assert differing([1], []) == {"": ([1], [])}


def test_every_row_is_of_a_kind_that_is_read() -> None:
    assert {row.kind for row in ROWS} <= set(DECODERS)
