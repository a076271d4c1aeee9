"""What simulated handsets print of their parts, read back: exactly their state, for every profile
and version. The sim knows nothing of the readers, so each is an oracle of the other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from harness.devices.android.at import Modem, read_at
from harness.devices.android.bluetooth import Bluetooth, read_bluetooth
from harness.devices.android.camera import Cameras, read_cameras
from harness.devices.android.display import Screen, read_display
from harness.devices.android.gnss import Gnss, read_gnss
from harness.devices.android.input_devices import InputDevices, read_input
from harness.devices.android.sensors import Sensors, read_sensors
from harness.devices.android.storage import Storage, read_storage
from harness.devices.android.thermal import Thermal, read_thermal
from harness.devices.android.window_size import WindowSize, read_window_size
from harness.model.reading import Unknown, Unreadable
from harness.sim.handset import HandsetBehaviour
from harness.sim.handset.prints.bluetooth import address
from harness.sim.handset.prints.camera_service import LENSES, PROVIDERS, Lens, printed
from harness.sim.handset.prints.display import PANELS
from harness.sim.handset.prints.input_devices import INPUTS
from harness.sim.handset.prints.location import CONSTELLATIONS, REPORTS, TTFF_S
from harness.sim.handset.prints.memory import data_kb, ram_kb
from harness.sim.handset.prints.sensors import COMPUTED, HARDWARE
from harness.sim.handset.prints.thermal import NO_READING_C, temperatures
from harness.sim.modem import ModemBehaviour
from harness.sim.profiles import PROFILES, SDK
from harness.sim.unit import SimUnit

EVERY = [
    pytest.param(profile, android, id=f"{profile}-{android}")
    for profile, android in product(PROFILES, SDK)
]


def handset(profile: str, android: int, **more: Any) -> HandsetBehaviour:
    return HandsetBehaviour(SimUnit("A57A000001", profile=profile, android=android, **more))


def told(handset: HandsetBehaviour, command: str) -> str:
    return handset.run(command, 100.0).out.decode()


@pytest.mark.parametrize(("profile", "android"), EVERY)
def test_bluetooth(profile: str, android: int) -> None:
    phone = handset(profile, android, bluetooth_crashes=2)
    said = read_bluetooth(told(phone, "dumpsys bluetooth_manager"))
    assert isinstance(said, Bluetooth)
    assert (said.enabled, said.state, said.crash_count) == (True, "ON", 2)
    assert said.address_masked is (android >= 13)
    assert said.address_tail == address(phone.unit)[-5:]
    assert said.name == (PROFILES[profile].market_name or PROFILES[profile].model)


@pytest.mark.parametrize(("profile", "android"), EVERY)
def test_bluetooth_follows_its_switch(profile: str, android: int) -> None:
    phone = handset(profile, android)
    told(phone, "svc bluetooth disable")
    off = read_bluetooth(told(phone, "dumpsys bluetooth_manager"))
    assert isinstance(off, Bluetooth)
    assert (off.enabled, off.state, off.crash_count) == (False, "OFF", 0)
    assert told(phone, "settings get global bluetooth_on") == "0\n"
    told(phone, "svc bluetooth enable")
    phone.radios.set_airplane(True, 1.0)
    away = read_bluetooth(told(phone, "dumpsys bluetooth_manager"))
    assert isinstance(away, Bluetooth)
    assert away.enabled is False
    phone.radios.set_airplane(False, 2.0)
    back = read_bluetooth(told(phone, "dumpsys bluetooth_manager"))
    assert isinstance(back, Bluetooth)
    assert back.enabled is True


@pytest.mark.parametrize(("profile", "android"), EVERY)
def test_gnss(profile: str, android: int) -> None:
    phone = handset(profile, android, gnss_cn0_dbhz=31.25)
    said = read_gnss(told(phone, "dumpsys location"))
    assert isinstance(said, Gnss)
    assert (said.reports, said.ttff_s, said.cn0_top4_mean) == (REPORTS, TTFF_S, 31.25)
    if android >= 11:
        assert (said.l5_reports, said.constellations) == (0, CONSTELLATIONS)
    else:
        assert isinstance(said.l5_reports, Unknown)
        assert isinstance(said.constellations, Unknown)


@pytest.mark.parametrize(("profile", "android"), EVERY)
def test_the_location_switch(profile: str, android: int) -> None:
    phone = handset(profile, android)
    for mode, on in (("3", True), ("0", False)):
        told(phone, f"settings put secure location_mode {mode}")
        said = read_gnss(told(phone, "dumpsys location"))
        assert isinstance(said, Gnss)
        if android == 9:
            assert isinstance(said.location_on, Unknown)
        else:
            assert said.location_on is on


@pytest.mark.parametrize(("profile", "android"), EVERY)
def test_gnss_that_received_nothing(profile: str, android: int) -> None:
    said = read_gnss(told(handset(profile, android, gnss_cn0_dbhz=None), "dumpsys location"))
    assert isinstance(said, Gnss)
    assert said.reports == 0
    assert isinstance(said.cn0_top4_mean, Unknown)
    assert isinstance(said.ttff_s, Unknown)


@pytest.mark.parametrize(("profile", "android"), EVERY)
def test_sensors(profile: str, android: int) -> None:
    said = read_sensors(told(handset(profile, android), "dumpsys sensorservice"))
    assert isinstance(said, Sensors)
    assert said.total == len(HARDWARE[profile])
    assert isinstance(said.sensors, tuple)
    assert [(s.name, s.vendor, s.type) for s in said.sensors] == [
        (s.name, s.vendor, s.type) for s in (*HARDWARE[profile], *(s for _, s in COMPUTED))
    ]
    assert said.missing == ()


@pytest.mark.parametrize(("profile", "android"), EVERY)
def test_thermal(profile: str, android: int) -> None:
    phone = handset(profile, android, temperature_c=31.2)
    answer = phone.run("dumpsys thermalservice", 100.0)
    if android == 9:
        assert answer.err == b"Can't find service: thermalservice\n"
        assert answer.out == b""
        return
    said = read_thermal(answer.out.decode())
    assert isinstance(said, Thermal)
    assert (said.status, said.hal_ready) == (0, True)
    assert isinstance(said.current, dict)
    live = {name: value for name, value in said.current.items() if name != "vbat"}
    for name, celsius in temperatures(phone.unit).items():
        shown = live.pop(name)
        if celsius == NO_READING_C:
            assert isinstance(shown, Unknown)
        else:
            assert isinstance(shown, float)
            assert math.isclose(shown, celsius, abs_tol=1e-3)
    assert live == {}
    assert any(math.isclose(c, 31.2) for c in temperatures(phone.unit).values())
    assert ("vbat" in said.current) is (profile == "oppo-qcom")
    assert isinstance(said.current.get("vbat", Unknown("")), Unknown)


@pytest.mark.parametrize(("profile", "android"), EVERY)
def test_the_screen(profile: str, android: int) -> None:
    phone, panel = handset(profile, android), PANELS[profile]
    told(phone, "settings put system screen_brightness 255; input keyevent 224")
    said = read_display(told(phone, "dumpsys display"))
    assert isinstance(said, Screen)
    assert (said.width, said.height, said.state) == (panel.width, panel.height, "ON")
    assert said.refresh_hz == round(panel.rates_hz[0], 3)
    if android >= 11:
        assert said.brightness == 1.0
    else:
        assert isinstance(said.brightness, Unknown)
    told(phone, "input keyevent 223")
    off = read_display(told(phone, "dumpsys display"))
    assert isinstance(off, Screen)
    assert off.state == "OFF"
    assert isinstance(off.brightness, Unknown)


@pytest.mark.parametrize(("profile", "android"), EVERY)
def test_the_size_of_the_screen(profile: str, android: int) -> None:
    phone, panel = handset(profile, android), PANELS[profile]
    told(phone, "wm size 700x1600; wm density 300")
    said = read_window_size(told(phone, "wm size; wm density"))
    real = (panel.width, panel.height)
    assert said == WindowSize(real, (700, 1600), panel.density, 300)
    told(phone, "wm size reset; wm density reset")
    as_built = read_window_size(told(phone, "wm size; wm density"))
    assert isinstance(as_built, WindowSize)
    assert (as_built.physical, as_built.density) == (real, panel.density)
    assert isinstance(as_built.override, Unknown)
    assert isinstance(as_built.density_override, Unknown)


@pytest.mark.parametrize("command", ["wm size 0x0", "wm size huge", "wm density 1", "wm density x"])
def test_a_size_that_is_none_is_refused(command: str) -> None:
    assert handset("pixel", 13).run(command, 0.0).code == 255


SIZES = list(product((32, 64, 128, 256, 512, 1024), (2, 3, 4, 6, 8, 12, 16)))


@pytest.mark.parametrize(("storage_gb", "ram_gb"), SIZES)
def test_memory(storage_gb: int, ram_gb: int) -> None:
    phone = handset("xiaomi", 12, storage_gb=storage_gb, ram_gb=ram_gb)
    said = read_storage(told(phone, "df; cat /proc/meminfo"))
    assert isinstance(said, Storage)
    assert (said.nominal_gb, said.nominal_ram_gb) == (storage_gb, ram_gb)
    assert (said.data_total_kb, said.mem_total_kb) == (data_kb(phone.unit), ram_kb(phone.unit))
    assert read_storage(told(phone, "df /data; cat /proc/meminfo")) == said
    assert phone.run("df /nowhere", 0.0).code == 1


@pytest.mark.parametrize(("profile", "android"), EVERY)
def test_input_devices(profile: str, android: int) -> None:
    said = read_input(told(handset(profile, android), "dumpsys input"))
    assert isinstance(said, InputDevices)
    assert said.touchscreen is True
    assert said.keys == tuple(one.name for one in INPUTS[profile] if one.classes & 1)
    assert isinstance(said.devices, tuple)
    assert [one.name for one in said.devices] == ["Virtual", *(i.name for i in INPUTS[profile])]
    assert all(isinstance(one.classes, tuple) and one.enabled is True for one in said.devices)


@pytest.mark.parametrize(("profile", "android"), EVERY)
def test_cameras(profile: str, android: int) -> None:
    phone, lenses = handset(profile, android), LENSES[profile]
    said = read_cameras(told(phone, "dumpsys media.camera"))
    assert_cameras(said, lenses, PROVIDERS[profile])
    assert isinstance(said, Cameras)
    assert isinstance(said.api1_count, int) is (android >= 11)
    assert said.clients == ()
    for facing in ("BACK", "FRONT"):
        public = tuple(lens.id for lens in lenses if lens.public and lens.facing == facing)
        assert said.that_face(facing) == public


def assert_cameras(said: object, lenses: Any, provider: str) -> None:
    assert isinstance(said, Cameras)
    public = tuple(lens.id for lens in lenses if lens.public)
    assert (said.device_count, said.normal_count) == (len(lenses), len(public))
    assert said.public_ids == public
    assert [
        (one.id, one.lens_facing, one.pixel_array, one.jpeg_max, one.hardware_level, one.provider)
        for one in said.devices
    ] == [
        (lens.id, lens.facing, size, size, lens.level, provider)
        for lens in lenses
        for size in [(lens.width, lens.height)]
    ]


def dumps(lenses: tuple[Lens, ...], provider: str) -> Iterator[object]:
    for sdk in SDK.values():
        yield read_cameras(printed(lenses, provider, sdk, None))


def test_ten_cameras_of_which_six_are_public() -> None:
    ids = [*"0123", "8", "9", "20", "21", "60", "61"]
    ten = tuple(Lens(name, public=int(name) < 10) for name in ids)
    for said in dumps(ten, "legacy/0"):
        assert_cameras(said, ten, "legacy/0")


def test_no_camera_at_all() -> None:
    for said in dumps((), "internal/0"):
        assert_cameras(said, (), "internal/0")


def test_a_camera_on_usb() -> None:
    one = (Lens("0", "EXTERNAL", 1280, 720, level="EXTERNAL"),)
    for said in dumps(one, "external/0"):
        assert_cameras(said, one, "external/0")
        assert isinstance(said, Cameras)
        assert said.devices[0].facing == "Front"
        assert isinstance(said.facing("0"), Unreadable)


@pytest.mark.parametrize(("profile", "android"), EVERY)
def test_the_modem_says_what_the_handset_says(profile: str, android: int) -> None:
    defects = {"lte.weak": {"rsrp_dbm": -112}, "lte.wrong_plmn": {"plmn": "00102"}}
    phone = handset(profile, android, defects=defects, rsrp_noise_db=0)
    modem = ModemBehaviour(phone)
    asked = ["CPIN?", "CSQ", "CESQ", "CREG?", "CEREG=2", "CEREG?", "COPS=3,2", "COPS?"]
    asked += ["CGATT?", "CGSN", "ESUO?", "EGMR=0,7", "EGMR=0,10", "EGMR=0,5"]
    lines = [f"AT+{name}" for name in asked]
    session = "".join(r.text for line in lines for r in modem.answer(line, 100.0))
    said = read_at(session)
    assert isinstance(said, Modem)
    assert (said.cpin, said.cgatt, said.lte_attached) == ("READY", 1, True)
    assert not isinstance(said.cesq, Unknown | Unreadable)
    assert said.cesq.rsrp_dbm == -112
    assert said.csq_rssi_dbm == -89  # 24 dB over RSRP, in steps of 2 dB
    assert not isinstance(said.cops, Unknown | Unreadable)
    assert said.cops.oper == "00102"
    assert said.cgsn == phone.unit.imei[0]
    if PROFILES[profile].mediatek:
        assert (said.imei1, said.imei2, said.psn) == (*phone.unit.imei, phone.unit.serial)
    else:
        assert isinstance(said.imei1, Unknown)


@pytest.mark.parametrize(("defect", "stat"), [("searching", 2), ("rejected", 3), ("sim_absent", 2)])
def test_a_modem_that_is_not_registered(defect: str, stat: int) -> None:
    phone = handset("oppo-mtk", 13, defects={"lte.no_attach": {"reason": defect}})
    modem = ModemBehaviour(phone)
    lines = ["AT+CPIN?", "AT+CEREG=2", "AT+CEREG?", "AT+CGATT?", "AT+CSQ", "AT+CESQ"]
    said = read_at("".join(r.text for line in lines for r in modem.answer(line, 100.0)))
    assert isinstance(said, Modem)
    assert not isinstance(said.cereg, Unknown | Unreadable)
    assert (said.cereg.stat, said.cgatt, said.lte_attached) == (stat, 0, False)
    assert isinstance(said.csq_rssi_dbm, Unknown)
    assert isinstance(said.cpin, str) is (defect != "sim_absent")
