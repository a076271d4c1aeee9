"""`radio.wifi` as its plan says, by the real engine, over the real adb server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.devices.adb import AdbServer
from harness.errors import Blame
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.sim.handset import SimHandsets
from harness.sim.handset.state.answer import text
from harness.sim.unit import SimUnit
from tests.steps.phone import Phone, fault, measured
from tests.steps.plans import steps_of

ROW = "  00:00:5e:00:53:05       5180    -47(0:-48/1:-53)   {age:>7}    {ssid:<32}  [ESS]\n"
HEADER = "    BSSID              Frequency      RSSI           Age(sec)     SSID         Flags\n"


@pytest.fixture
def phone_with(server: AdbServer, handsets: SimHandsets) -> Any:
    def make(*defects: str, **more: Any) -> Phone:
        planted: dict[str, dict[str, Any]] = {name: {} for name in defects}
        return Phone(server, handsets, SimUnit("A57A000001", defects=planted, **more))

    return make


def run(phone: Phone, folder: Path, **words: str) -> Record:
    return phone.run(*steps_of("radio.yaml", folder, **words))


@pytest.mark.parametrize(
    ("profile", "android"),
    [("oppo-mtk", 10), ("samsung", 11), ("oppo-mtk", 12), ("oppo-mtk", 13), ("oppo-mtk", 15)],
)
def test_the_reference_access_point_is_measured(
    phone_with: Any, tmp_path: Path, profile: str, android: int
) -> None:
    record = run(phone_with(profile=profile, android=android), tmp_path)
    assert record.outcome is Outcome.PASS, record.fault
    assert measured(record) == {"on": True, "rssi": -47, "frequency": 5180}


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
    found = fault(run(phone, tmp_path))
    assert (found.code, found.blame) == ("WIFI-AP-AMBIGUOUS", "STATION")
    assert len(found.evidence["heard"]) == 3


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


def _instead(phone: Phone, command: str, said: str) -> Any:
    """`cmd wifi` as it is, but for one command of it."""
    real = phone.behaviour.programs["cmd wifi"]
    return lambda words, now_s: text(said) if words == [command] else real(words, now_s)
