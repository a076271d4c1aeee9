"""The steps of `radio` as their plan says, by the real engine, over the real adb server."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.devices.adb import AdbServer
from harness.errors import Blame
from harness.model.outcome import Outcome
from harness.model.plan import Argument, PlannedStep
from harness.model.record import Record
from harness.model.units import Quantity
from harness.sim.handset import SimHandsets
from harness.sim.handset.state.answer import Answer, text
from harness.sim.unit import SimUnit
from tests.steps.phone import Phone, fault, measured
from tests.steps.plans import steps_of

MAPS = "com.google.android.apps.maps/com.google.android.maps.MapsActivity"
ROW = "  00:00:5e:00:53:05       5180    -47(0:-48/1:-53)   {age:>7}    {ssid:<32}  [ESS]\n"
NEIGHBOUR = ROW.replace(":05 ", ":66 ")
HEADER = "    BSSID              Frequency      RSSI           Age(sec)     SSID         Flags\n"


@pytest.fixture
def phone_with(server: AdbServer, handsets: SimHandsets) -> Any:
    def make(*defects: str, **more: Any) -> Phone:
        planted: dict[str, dict[str, Any]] = {name: {} for name in defects}
        return Phone(server, handsets, SimUnit("A57A000001", defects=planted, **more))

    return make


def run(phone: Phone, folder: Path, step: str = "wifi", **words: str) -> Record:
    """What comes of one step of the plan, between prepare and restore."""
    wanted = ("prepare", step, "restore")
    return phone.run(*(s for s in steps_of("radio.yaml", folder, **words) if s.id in wanted))


@pytest.mark.parametrize(
    ("profile", "android"),
    [("oppo-mtk", 10), ("samsung", 11), ("oppo-mtk", 12), ("oppo-mtk", 13), ("oppo-mtk", 15)],
)
def test_the_reference_access_point_is_measured(
    phone_with: Any, tmp_path: Path, profile: str, android: int
) -> None:
    record = run(phone_with(profile=profile, android=android), tmp_path)
    assert record.outcome is Outcome.PASS, record.fault
    assert measured(record) == {"on": True, "rssi": -47, "frequency": 5180, "channel": 36}


def test_one_that_is_on_already_scans_again(phone_with: Any, tmp_path: Path) -> None:
    phone = phone_with()
    for _ in range(2):
        assert run(phone, tmp_path).outcome is Outcome.PASS


def test_a_level_outside_its_window_fails(phone_with: Any, tmp_path: Path) -> None:
    record = run(phone_with(), tmp_path, low="-46 dBm")
    assert (record.outcome, fault(record).code) == (Outcome.FAIL, "wifi.rssi:LOW")


def test_what_a_deaf_one_heard_long_ago_does_not_count(phone_with: Any, tmp_path: Path) -> None:
    record = run(phone_with("wifi.deaf"), tmp_path, within="2 s")
    found = fault(record)
    assert (record.outcome, found.code, found.blame) == (
        Outcome.FAIL,
        "WIFI-AP-NOT-FOUND",
        Blame.DUT,
    )
    assert found.evidence == {"heard": [], "too_old_to_count": 3}
    assert record.dut_failed


def test_an_access_point_that_is_off_shows_in_what_else_is_heard(
    phone_with: Any, tmp_path: Path
) -> None:
    record = run(phone_with(), tmp_path, ssid="LINE-REF-6G", within="2 s")
    found = fault(record)
    assert found.code == "WIFI-AP-NOT-FOUND"
    assert "'LINE-REF-5G' 00:00:5e:00:53:05 -47 dBm" in found.evidence["heard"]


@pytest.mark.parametrize("age", ["___?___", ">1000.0", "300.000"])
def test_an_age_that_is_unknown_or_too_old_does_not_count(
    phone_with: Any, tmp_path: Path, age: str
) -> None:
    phone = phone_with()
    table = HEADER + ROW.format(age=age, ssid="LINE-REF-5G")
    phone.behaviour.programs["cmd wifi"] = _instead(phone, "list-scan-results", table)
    assert fault(run(phone, tmp_path, within="1 s")).code == "WIFI-AP-NOT-FOUND"


def test_two_with_the_name_of_the_reference_are_told_apart_by_nobody(
    phone_with: Any, tmp_path: Path
) -> None:
    phone = phone_with()
    weak = ROW.replace("-47(", "-80(").replace(":05 ", ":06 ")
    rows = [row.format(age="0.000", ssid="LINE-REF-5G") for row in (weak, ROW, weak)]
    phone.behaviour.programs["cmd wifi"] = _instead(
        phone, "list-scan-results", HEADER + "".join(rows)
    )
    found = fault(run(phone, tmp_path, bssid="''"))
    assert (found.code, found.blame) == ("WIFI-AP-AMBIGUOUS", "STATION")
    assert len(found.evidence["heard"]) == 3


def test_one_of_a_neighbour_with_the_name_of_the_reference_is_another(
    phone_with: Any, tmp_path: Path
) -> None:
    phone = phone_with()
    near, other = (row.format(age="0.000", ssid="LINE-REF-5G") for row in (ROW, NEIGHBOUR))
    phone.behaviour.programs["cmd wifi"] = _instead(phone, "list-scan-results", HEADER + other)
    record = run(phone, tmp_path, within="1 s")
    assert (record.outcome, fault(record).code) == (Outcome.FAIL, "WIFI-AP-NOT-FOUND")
    assert "'LINE-REF-5G' 00:00:5e:00:53:66 -47 dBm" in fault(record).evidence["heard"]
    both = HEADER + other + near.replace("-47(", "-49(")
    phone.behaviour.programs["cmd wifi"] = _instead(phone, "list-scan-results", both)
    record = run(phone, tmp_path, bssid="'00:00:5E:00:53:05'")
    assert (record.outcome, measured(record)["rssi"]) == (Outcome.PASS, -49)


@pytest.mark.parametrize("step", ["wifi", "wifi_link"])
def test_an_address_of_the_reference_that_is_none_is_the_plans(
    phone_with: Any, tmp_path: Path, step: str
) -> None:
    steps = steps_of("radio.yaml", tmp_path)
    (found,) = (each for each in steps if each.id == step)
    wrong = replace(found, arguments={**found.arguments, "bssid": "00-00-5E-00-53-05"})
    record = phone_with().run(wrong)
    assert (record.outcome, fault(record).code) == (Outcome.ERROR, "STEP-SETTING")
    assert "found '00-00-5E-00-53-05'" in fault(record).message


def test_a_link_with_an_access_point_of_a_neighbour_is_not_measured(
    phone_with: Any, tmp_path: Path
) -> None:
    (link,) = [step for step in steps_of("radio.yaml", tmp_path) if step.id == "wifi_link"]
    other: dict[str, Argument] = {"bssid": "00:00:5e:00:53:66", "within": Quantity.of("2", "s")}
    phone = phone_with()
    record = phone.run(replace(link, arguments={**link.arguments, **other}))
    assert (record.outcome, fault(record).code) == (Outcome.ERROR, "WIFI-AP-AMBIGUOUS")
    assert "joined 00:00:5e:00:53:05, expected" in fault(record).message
    assert measured(record) == {}


@pytest.mark.parametrize("table", ["", HEADER + "  garbage\n", "Security exception\n"])
def test_a_scan_that_cannot_be_read_is_an_error(
    phone_with: Any, tmp_path: Path, table: str
) -> None:
    phone = phone_with()
    phone.behaviour.programs["cmd wifi"] = _instead(phone, "list-scan-results", table)
    record = run(phone, tmp_path)
    assert (record.outcome, fault(record).code) == (Outcome.ERROR, "HANDSET-UNREADABLE")


def test_a_level_that_was_not_measured_is_none(phone_with: Any, tmp_path: Path) -> None:
    phone = phone_with()
    row = ROW.replace("-47(0:-48/1:-53)", "0(0:0/1:0)")
    table = HEADER + row.format(age="0.000", ssid="LINE-REF-5G")
    phone.behaviour.programs["cmd wifi"] = _instead(phone, "list-scan-results", table)
    record = run(phone, tmp_path)
    assert (record.outcome, fault(record).code) == (Outcome.ERROR, "MEAS-UNKNOWN")


@pytest.mark.parametrize("said", ["3" * 5000, "\u0663\u0663", ""])
def test_a_version_that_is_no_number_is_an_error(
    phone_with: Any, tmp_path: Path, said: str
) -> None:
    phone = phone_with()
    phone.behaviour.programs["getprop"] = lambda words, now_s: text(f"{said}\n")
    record = run(phone, tmp_path)
    assert (record.outcome, fault(record).code) == (Outcome.ERROR, "HANDSET-UNREADABLE")


def test_wifi_that_does_not_come_on_fails_the_unit(phone_with: Any, tmp_path: Path) -> None:
    record = run(phone_with("wifi.dead"), tmp_path, within="1 s, on_within: 1 s")
    assert (record.outcome, fault(record).code) == (Outcome.FAIL, "WIFI-NOT-ON")


def test_a_state_of_wifi_that_cannot_be_read_is_an_error(phone_with: Any, tmp_path: Path) -> None:
    phone = phone_with()
    phone.behaviour.programs["cmd wifi"] = _instead(phone, "status", "Wifi is sleepy\n")
    record = run(phone, tmp_path, within="1 s, on_within: 1 s")
    assert (record.outcome, fault(record).code) == (Outcome.ERROR, "HANDSET-UNREADABLE")


def test_the_level_of_several_scans_is_the_mean_of_their_power(
    phone_with: Any, tmp_path: Path
) -> None:
    phone = phone_with()
    rows = iter([-47, -53] * 9)
    began: list[float] = []

    def scan(words: list[str], now_s: float) -> Any:
        if words == ["start-scan"]:
            began.append(now_s)
        if words != ["list-scan-results"]:
            return real(words, now_s)
        level = ROW.replace("-47(", f"{next(rows)}(")
        return text(HEADER + level.format(age="0.000", ssid="LINE-REF-5G"))

    real = phone.behaviour.programs["cmd wifi"]
    phone.behaviour.programs["cmd wifi"] = scan
    record = run(phone, tmp_path, within="15 s, scans: 2")
    assert measured(record)["rssi"] == pytest.approx(-49.0371, abs=1e-3)
    assert len(began) == 2


def test_no_scan_is_none(phone_with: Any, tmp_path: Path) -> None:
    record = run(phone_with(), tmp_path, within="15 s, scans: 0")
    assert (record.outcome, fault(record).code) == (Outcome.ERROR, "STEP-SETTING")


@pytest.mark.parametrize("before", ["", "LINE-REF-2G", "LINE-REF-5G"])
def test_a_link_is_measured_and_the_networks_are_as_they_were(
    phone_with: Any, tmp_path: Path, before: str
) -> None:
    phone = phone_with(wifi_network=before, wifi_gain_db=2.0, wifi_link_mbps=780)
    phone.behaviour.radios.wifi = True
    record = run(phone, tmp_path, "wifi_link")
    assert record.outcome is Outcome.PASS, record.fault
    assert measured(record) == {"speed": 780, "rssi": -45}
    saved = phone.behaviour.programs["cmd wifi"](["list-networks"], 0.0).out.decode()
    rows = saved.splitlines()[1:]
    assert [row.split()[1] for row in rows] == ([before] if before else [])


def test_a_network_that_is_not_joined_is_forgotten(phone_with: Any, tmp_path: Path) -> None:
    phone = phone_with(wifi_network="LINE-REF-2G")
    steps = [
        step
        for step in steps_of("radio.yaml", tmp_path, security="open", passphrase="''")
        if step.id == "wifi_link"
    ]
    arguments = {**steps[0].arguments, "within": Quantity.of("2", "s")}
    record = phone.run(replace(steps[0], arguments=arguments))
    assert (record.outcome, fault(record).code) == (Outcome.FAIL, "WIFI-NOT-JOINED")
    saved = phone.behaviour.programs["cmd wifi"](["list-networks"], 0.0).out.decode()
    assert "LINE-REF-2G" in saved
    assert "LINE-REF-5G" not in saved


def test_before_android_11_no_network_is_joined(phone_with: Any, tmp_path: Path) -> None:
    record = run(phone_with(android=10), tmp_path, "wifi_link")
    found = fault(record)
    assert (record.outcome, found.code) == (Outcome.ERROR, "HANDSET-REFUSED")
    assert "before Android 11 no command joins a network" in found.message
    assert "Leave `radio.wifi_link` out" in found.remedy


def test_a_network_that_does_not_come_back_is_the_stations_fault(
    phone_with: Any, tmp_path: Path
) -> None:
    """Its access point went off meanwhile; the unit has just shown that it can join another."""
    phone = phone_with(wifi_network="LINE-REF-2G")
    phone.behaviour.radios.wifi = True
    shell = phone.behaviour.programs["cmd wifi"]

    def alone(words: list[str], now_s: float) -> Any:
        if words[0] == "connect-network":
            shell(["forget-network", "0"], now_s)
        return shell(words, now_s)

    phone.behaviour.programs["cmd wifi"] = alone
    (link,) = [step for step in steps_of("radio.yaml", tmp_path) if step.id == "wifi_link"]
    arguments = {**link.arguments, "within": Quantity.of("3", "s")}
    record = phone.run(replace(link, arguments=arguments))
    found = fault(record)
    assert (record.outcome, found.code, found.blame) == (
        Outcome.ERROR,
        "WIFI-NOT-BACK",
        Blame.STATION,
    )
    assert found.evidence["before"] == "LINE-REF-2G"
    assert measured(record) == {"speed": 866, "rssi": -47}
    assert not record.dut_failed


@pytest.mark.parametrize(("profile", "android"), [("oppo-mtk", 13), ("pixel", 15), ("samsung", 11)])
def test_bluetooth_comes_on(phone_with: Any, tmp_path: Path, profile: str, android: int) -> None:
    phone = phone_with(profile=profile, android=android)
    phone.behaviour.radios.bluetooth = False
    record = run(phone, tmp_path, "bluetooth")
    assert record.outcome is Outcome.PASS, record.fault
    address = measured(record).pop("address")
    assert re.fullmatch("00:00:5E:00:53:[0-9A-F]{2}", address)
    others = {"on": True, "crashes": 0, "address_valid": True}
    assert measured(record) == {**others, "address": address}
    assert phone.behaviour.radios.bluetooth is False


@pytest.mark.parametrize(
    ("defect", "code"),
    [
        ("bluetooth.crashes", "bluetooth.crashes:HIGH"),
        ("bluetooth.default_address", "bluetooth.address:MISMATCH"),
        ("bluetooth.no_address", "bluetooth.address_valid:MISMATCH"),
        ("bluetooth.off", "BLUETOOTH-NOT-ON"),
    ],
)
def test_a_bad_bluetooth_fails_the_unit(
    phone_with: Any, tmp_path: Path, defect: str, code: str
) -> None:
    record = phone_with(defect).run(bluetooth_step(tmp_path))
    assert (record.outcome, fault(record).code) == (Outcome.FAIL, code)


def bluetooth_step(folder: Path) -> PlannedStep:
    """The step, with a second for off and a second for on."""
    (found,) = (s for s in steps_of("radio.yaml", folder) if s.id == "bluetooth")
    return replace(found, arguments={**found.arguments, "within": Quantity.of("1", "s")})


def test_bluetooth_that_was_on_and_has_died_since_fails(phone_with: Any, tmp_path: Path) -> None:
    """Its manager says what it was told at the boot, until somebody switches."""
    phone = phone_with()
    switch = phone.behaviour.programs["svc bluetooth"]
    phone.behaviour.programs["svc bluetooth"] = lambda words, now_s: (
        Answer() if words == ["enable"] else switch(words, now_s)
    )
    record = phone.run(bluetooth_step(tmp_path))
    assert (record.outcome, fault(record).code) == (Outcome.FAIL, "BLUETOOTH-NOT-ON")


def test_a_crash_while_bluetooth_comes_on_is_counted(phone_with: Any, tmp_path: Path) -> None:
    """It restarts by itself, and is on when it is looked at."""
    phone = phone_with()
    switch = phone.behaviour.programs["svc bluetooth"]

    def crashing(words: list[str], now_s: float) -> Any:
        phone.unit.bluetooth_crashes += words == ["enable"]
        return switch(words, now_s)

    phone.behaviour.programs["svc bluetooth"] = crashing
    record = phone.run(bluetooth_step(tmp_path))
    assert (record.outcome, fault(record).code) == (Outcome.FAIL, "bluetooth.crashes:HIGH")
    assert measured(record)["on"] is True


def test_bluetooth_that_does_not_go_off_proves_nothing(phone_with: Any, tmp_path: Path) -> None:
    phone = phone_with()
    phone.behaviour.programs["svc bluetooth"] = lambda words, now_s: Answer()
    record = phone.run(bluetooth_step(tmp_path))
    assert (record.outcome, fault(record).code) == (Outcome.ERROR, "HANDSET-REFUSED")
    assert "still on 1 s after 'svc bluetooth disable'" in fault(record).message


def test_a_masked_address_that_no_setting_tells_is_unknown(phone_with: Any, tmp_path: Path) -> None:
    phone = phone_with(android=13)
    del phone.behaviour.settings.values["secure", "bluetooth_address"]
    record = run(phone, tmp_path, "bluetooth")
    assert (record.outcome, fault(record).code) == (Outcome.ERROR, "MEAS-UNKNOWN")


@pytest.mark.parametrize("android", [10, 11, 13])
def test_what_gnss_receives_meanwhile_is_measured(
    phone_with: Any, tmp_path: Path, android: int
) -> None:
    phone = phone_with(android=android, gnss_cn0_dbhz=39.25)
    record = run(phone, tmp_path, "gnss")
    assert record.outcome is Outcome.PASS, record.fault
    made = measured(record)
    assert made["cn0"] == pytest.approx(39.25, abs=1e-6)
    assert 5 <= made["reports"] < 60
    assert "mStarted=false" in phone.behaviour.run("dumpsys location", 1e6).out.decode()


def test_a_weak_gnss_does_not_hide_behind_what_it_received_before(
    phone_with: Any, tmp_path: Path
) -> None:
    record = run(phone_with("gnss.weak"), tmp_path, "gnss")
    assert (record.outcome, fault(record).code) == (Outcome.FAIL, "gnss.cn0:LOW")
    assert measured(record)["cn0"] == pytest.approx(22, abs=1e-6)


@pytest.mark.parametrize(
    ("defects", "opens", "location", "outcome", "code"),
    [
        (("gnss.deaf",), MAPS, "3", Outcome.FAIL, "GNSS-DEAF"),
        ((), "''", "3", Outcome.ERROR, "GNSS-NOT-ASKED"),
        ((), MAPS, "0", Outcome.ERROR, "GNSS-NOT-ASKED"),
        ((), "com.example.nothing/.Main", "3", Outcome.ERROR, "GNSS-NOT-ASKED"),
    ],
)
def test_gnss_that_receives_nothing(
    phone_with: Any,
    tmp_path: Path,
    defects: tuple[str, ...],
    opens: str,
    location: str,
    outcome: Outcome,
    code: str,
) -> None:
    phone = phone_with(*defects)
    phone.behaviour.settings.values["secure", "location_mode"] = location
    (step,) = (s for s in steps_of("radio.yaml", tmp_path, opens=opens) if s.id == "gnss")
    step = replace(step, arguments={**step.arguments, "within": Quantity.of("1", "s")})
    record = phone.run(step)
    assert (record.outcome, fault(record).code) == (outcome, code), record.fault
    assert record.dut_failed is (outcome is Outcome.FAIL)


def _instead(phone: Phone, command: str, said: str) -> Any:
    """`cmd wifi` as it is, but for one command of it."""
    real = phone.behaviour.programs["cmd wifi"]
    return lambda words, now_s: text(said) if words == [command] else real(words, now_s)
