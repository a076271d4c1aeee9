"""A simulated modem, with time as an input; what it prints is read by the harness's own readers."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from harness.devices.android.telephony import COMMAND, CONNECTED, Phone, Registry, read_registry
from harness.model.reading import Unknown
from harness.sim.cell import SimCell
from harness.sim.handset import HandsetBehaviour
from harness.sim.handset.state.cellular import DATA_S, SLOW_ATTACH_S
from harness.sim.profiles import PROFILES, SDK
from harness.sim.unit import ATTACH_S, SimUnit

ON = "cmd connectivity airplane-mode enable"
OFF = "cmd connectivity airplane-mode disable"
OFF_LINE = 0
FORMS = list(product(PROFILES, SDK))


def handset(
    defects: dict[str, dict[str, Any]] | None = None, *, speed: float = 1.0, **more: Any
) -> HandsetBehaviour:
    unit = SimUnit("A57A000001", defects=defects or {}, **{"rsrp_noise_db": 0.0, **more})
    return HandsetBehaviour(unit, speed=speed)


def slot(phone: HandsetBehaviour, now_s: float, number: int = 0) -> Phone:
    registry = read_registry(phone.run(COMMAND, now_s).out.decode())
    assert isinstance(registry, Registry), registry
    found = registry.phone(number)
    assert isinstance(found, Phone)
    return found


def state(phone: HandsetBehaviour, now_s: float) -> tuple[object, ...]:
    seen = slot(phone, now_s)
    return (seen.data_reg, seen.ps_wwan_registration, seen.data_connection_state)


def toggled(defects: dict[str, dict[str, Any]] | None = None, **more: Any) -> HandsetBehaviour:
    """One whose airplane mode ended at 0 s."""
    phone = handset(defects, **more)
    assert phone.run(f"{ON} && {OFF}", 0.0).code == 0
    return phone


@pytest.mark.parametrize(("profile", "android"), FORMS)
def test_one_that_has_booted_stands_on_the_test_network(profile: str, android: int) -> None:
    seen = slot(handset(profile=profile, android=android), 0.0)
    assert (seen.plmn, seen.ps_wwan_rat, seen.ps_wwan_registration) == ("00101", "LTE", "HOME")
    assert (seen.earfcn, seen.data_rat, seen.reject_cause) == (1650, "LTE", 0)
    assert seen.band == 3 if android >= 11 else isinstance(seen.band, Unknown)
    assert (seen.rsrp, seen.rsrq, seen.rssnr_db) == (-95, -10, 15.0)
    assert seen.data_connection_state == CONNECTED


@pytest.mark.parametrize(("profile", "android"), FORMS)
def test_the_second_slot_is_empty(profile: str, android: int) -> None:
    seen = slot(handset(profile=profile, android=android), 0.0, 1)
    assert seen.data_reg == 1
    assert isinstance(seen.ps_wwan_registration, Unknown)
    assert isinstance(seen.rsrp, Unknown)


@pytest.mark.parametrize(("profile", "android"), FORMS)
@pytest.mark.parametrize(
    ("defects", "airplane", "expected"),
    [
        ({"lte.no_attach": {"reason": "searching"}}, False, (1, "searching", 0)),
        ({"lte.no_attach": {"reason": "rejected"}}, False, (1, "DENIED", 11)),
        ({"lte.no_attach": {"reason": "sim_absent"}}, False, (1, None, None)),
        ({"lte.sim_absent": {}}, False, (1, None, None)),
        ({"lte.sim_rejected": {}}, False, (1, "DENIED", 3)),
        ({"lte.sim_rejected": {"cause": 8}}, False, (1, "DENIED", 8)),
        ({}, True, (3, "searching", 0)),
        ({"lte.wrong_plmn": {"plmn": "310260"}}, False, (0, "HOME", 0)),
    ],
)
def test_every_state_is_read_back_in_every_layout(
    profile: str,
    android: int,
    defects: dict[str, dict[str, Any]],
    airplane: bool,
    expected: tuple[object, ...],
) -> None:
    phone = handset(defects, profile=profile, android=android)
    phone.radios.set_airplane(airplane, 0.0)
    seen = slot(phone, 100.0)
    words = [seen.data_reg, seen.ps_wwan_registration, seen.reject_cause]
    if isinstance(words[1], str) and words[1].startswith("NOT_REG_"):
        words[1] = "searching"
    assert tuple(None if isinstance(word, Unknown) else word for word in words) == expected
    if expected[0] == 0:
        assert (seen.plmn, phone.run("getprop gsm.operator.numeric", 100.0).out) == (
            "310260",
            b"310260,\n",
        )
    else:
        assert isinstance(seen.plmn, Unknown)
        assert isinstance(seen.rsrp, Unknown)


def test_it_attaches_in_its_time_after_airplane_mode() -> None:
    phone = handset()
    assert phone.run("cmd connectivity airplane-mode", 0.0).out == b"disabled\n"
    phone.run(ON, 10.0)
    assert phone.run("cmd connectivity airplane-mode", 10.0).out == b"enabled\n"
    assert state(phone, 11.0) == (3, "NOT_REG_OR_SEARCHING", OFF_LINE)
    phone.run(OFF, 20.0)
    assert state(phone, 20 + ATTACH_S - 0.1) == (1, "NOT_REG_OR_SEARCHING", OFF_LINE)
    assert state(phone, 20.1 + ATTACH_S) == (0, "HOME", OFF_LINE)
    assert state(phone, 20.1 + ATTACH_S + DATA_S) == (0, "HOME", CONNECTED)


def test_speed_divides_the_dwell_times() -> None:
    phone = toggled(speed=10)
    assert state(phone, ATTACH_S / 10 - 0.01)[0] == 1
    assert state(phone, (ATTACH_S + DATA_S) / 10 + 0.01)[2] == CONNECTED


def test_no_data_when_it_is_switched_off() -> None:
    phone = toggled()
    phone.run("svc data disable", 1.0)
    assert state(phone, 100.0) == (0, "HOME", OFF_LINE)
    phone.run("svc data enable", 1.0)
    assert state(phone, 100.0) == (0, "HOME", CONNECTED)


@pytest.mark.parametrize(
    ("reason", "registration", "cause", "sims"),
    [
        ("searching", "NOT_REG_OR_SEARCHING", 0, "LOADED,ABSENT"),
        ("rejected", "DENIED", 11, "LOADED,ABSENT"),
        ("sim_absent", None, None, "ABSENT,ABSENT"),
    ],
)
def test_one_that_never_attaches(
    reason: str, registration: str | None, cause: int | None, sims: str
) -> None:
    phone = toggled({"lte.no_attach": {"reason": reason}})
    seen = slot(phone, 1000.0)
    assert seen.data_reg == 1
    said = seen.ps_wwan_registration
    assert isinstance(said, Unknown) or said == registration
    assert isinstance(seen.reject_cause, Unknown) or seen.reject_cause == cause
    assert phone.run("getprop gsm.sim.state", 0.0).out.decode() == f"{sims}\n"


def test_other_defects() -> None:
    assert slot(toggled({"lte.wrong_plmn": {}}), 100.0).plmn == "00102"
    assert slot(toggled({"lte.wrong_plmn": {"plmn": "41006"}}), 100.0).plmn == "41006"
    assert slot(toggled({"lte.weak": {}}), 100.0).rsrp == -118
    assert slot(toggled({"lte.weak": {"rsrp_dbm": -110}}), 100.0).rsrp == -110
    slow = toggled({"lte.attach_slow": {}}, speed=10)
    assert state(slow, SLOW_ATTACH_S - 0.1)[0] == 1
    assert state(slow, SLOW_ATTACH_S)[0] == 0
    stuck = handset({"lte.no_detach": {}})
    stuck.run(ON, 0.0)
    assert state(stuck, 10.0) == (0, "HOME", CONNECTED)


def on_its_cell(phone: HandsetBehaviour, now_s: float) -> tuple[bool, bool]:
    """Whether the call box and the handset say that it is registered."""
    return phone.registered_on_cell(now_s), slot(phone, now_s).ps_wwan_registration == "HOME"


@pytest.mark.parametrize(
    "cell",
    [
        {"on": False},
        {"plmn": "00102"},
        {"band": 2},
        {"level_dbm": -80.0},
        {"detached_s": 50.0},
        {"since_s": 99.0},
    ],
    ids=str,
)
def test_it_registers_on_no_cell_but_one_that_serves_it(cell: dict[str, Any]) -> None:
    phone = toggled(cell=SimCell(**cell))
    assert on_its_cell(phone, 100.0) == (False, False)
    assert on_its_cell(toggled(cell=SimCell()), 100.0) == (True, True)


def test_one_that_the_network_has_detached_comes_back_after_airplane_mode() -> None:
    phone = toggled()
    phone.unit.cell.detached_s = 50.0
    assert on_its_cell(phone, 60.0) == (False, False)
    phone.run(f"{ON} && {OFF}", 70.0)
    assert on_its_cell(phone, 80.0) == (True, True)


def test_a_cell_that_comes_later_is_what_it_waits_for() -> None:
    phone = toggled()
    phone.unit.cell.since_s = 50.0
    assert on_its_cell(phone, 49.9 + ATTACH_S) == (False, False)
    assert on_its_cell(phone, 50.1 + ATTACH_S) == (True, True)


def test_it_shows_the_cell_that_it_is_on() -> None:
    seen = slot(handset(cell=SimCell(band=20, earfcn=6300)), 0.0)
    assert (seen.band, seen.earfcn) == (20, 6300)


@pytest.mark.parametrize("defect", ["lte.wrong_plmn", "lte.wrong_band"])
def test_a_cell_from_outside_is_not_the_call_boxs(defect: str) -> None:
    phone = toggled({defect: {}})
    assert on_its_cell(phone, 100.0) == (False, True)
    assert slot(phone, 100.0).earfcn != phone.unit.cell.earfcn


def test_what_it_hears_is_the_level_less_the_path_and_its_own_error() -> None:
    quiet = handset(cell=SimCell(level_dbm=-50), path_loss_db=40.0, rsrp_offset_db=-3.0)
    assert slot(quiet, 0.0).rsrp == -93
    noisy = handset(rsrp_noise_db=1.0)
    heard = [slot(noisy, 0.0).rsrp for _ in range(50)]
    assert set(heard) == {-96, -95, -94}
    assert heard == [slot(again, 0.0).rsrp for again in [handset(rsrp_noise_db=1.0)] * 50]


def test_before_android_11_the_shell_may_not_switch_airplane_mode() -> None:
    phone = handset(android=10)
    answer = phone.run(ON, 0.0)
    assert answer.code == 255
    assert b"Security exception" in answer.err
    assert state(phone, 1.0)[0] == 0
