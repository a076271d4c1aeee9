"""The steps of the test app as their plan says, over the session of the handset's own port."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.devices.adb import AdbHandset, AdbServer
from harness.devices.agent import AgentOverAdb
from harness.engine.bench import Bench
from harness.engine.execute import execute
from harness.engine.log import RunLog
from harness.model.outcome import Outcome
from harness.model.ports import Agent, Handset
from harness.model.record import Record
from harness.sim.handset import SimHandsets
from harness.sim.handset.prints.agent import BEACON
from harness.sim.handset.state.answer import text
from harness.sim.unit import Senses, SimUnit
from harness.steps import catalogue
from tests.engine.rig import MemoryJournal, Rig
from tests.steps.plans import steps_of

SPECS = catalogue()
VALUES = {
    "rssi": -58.0,
    "cn0": 38.4,
    "satellites": 11,
    "time_to_fix": 6.2,
    "thd": 0.8,
    "spl": 86.0,
    "g_rms": 1.2,
    "alive": True,
    "silent": "none",
    "touched": 100.0,
}


@pytest.fixture
def phone(server: AdbServer, handsets: SimHandsets) -> Any:
    return lambda **more: Slot(server, handsets, SimUnit("A57A000001", **more))


class Slot:
    """A handset in a slot, with the agent over its own device."""

    def __init__(self, server: AdbServer, handsets: SimHandsets, unit: SimUnit) -> None:
        address = handsets.add(unit)
        self.behaviour = handsets.behaviour(address)
        handset = AdbHandset(server, address)
        self.bench = Bench({Agent: AgentOverAdb(handset), Handset: handset})

    def run(self, folder: Path, *ids: str, **words: str) -> Record:
        steps = [s for s in steps_of("agent.yaml", folder, **words) if not ids or s.id in ids]
        rig = Rig([(SPECS[each.use], each) for each in steps])
        log = RunLog(rig.job.started.run, MemoryJournal(), rig.job.clock, ())
        return execute(replace(rig.job, bench=self.bench), log)


def test_with_the_app_every_step_passes(phone: Any, tmp_path: Path) -> None:
    record = phone(agent=True).run(tmp_path)
    assert record.outcome is Outcome.PASS, record.fault
    made = {m.name: m.value for step in record.steps for m in step.measurements}
    assert made == VALUES


def test_without_the_app_no_step_passes(phone: Any, tmp_path: Path) -> None:
    tested = phone()
    ids = [step.id for step in steps_of("agent.yaml", tmp_path)]
    records = [tested.run(tmp_path, each) for each in ids]
    assert {(record.outcome, record.fault.code) for record in records} == {
        (Outcome.ERROR, "AGENT-MISSING")
    }
    assert not any(record.dut_failed for record in records)
    assert len(records) == 6


def test_what_is_felt_is_judged(phone: Any, tmp_path: Path) -> None:
    senses = Senses(vibration_g=0.1, silent_sensors=("gyroscope", "light"))
    record = phone(agent=True, senses=senses).run(tmp_path, "vibration", "sensors")
    made = {m.name: m.value for step in record.steps for m in step.measurements}
    assert [step.outcome for step in record.steps] == [Outcome.FAIL] * 2
    assert made == {"g_rms": 0.1, "alive": False, "silent": "gyroscope, light"}


def answering(tested: Any, before: str, after: str) -> None:
    real = tested.behaviour.programs["am instrument"]
    tested.behaviour.programs["am instrument"] = lambda words, now_s: text(
        real(words, now_s).out.decode().replace(before, after)
    )


SENSORS = "accelerometer, gyroscope, magnetometer, light, proximity"


def test_when_all_sensors_are_silent_the_app_names_none(phone: Any, tmp_path: Path) -> None:
    senses = Senses(silent_sensors=tuple(SENSORS.split(", ")))
    record = phone(agent=True, senses=senses).run(tmp_path, "sensors")
    made = {m.name: m.value for step in record.steps for m in step.measurements}
    assert record.outcome is Outcome.FAIL
    assert made == {"alive": False, "silent": SENSORS}


@pytest.mark.parametrize("said", ["", "yes", SENSORS.replace(",", ""), f"{SENSORS}, barometer"])
def test_sensors_that_nobody_asked_for_are_no_answer(phone: Any, tmp_path: Path, said: str) -> None:
    tested = phone(agent=True)
    answering(tested, f"alive={SENSORS}", f"alive={said}")
    record = tested.run(tmp_path, "sensors")
    assert (record.outcome, record.fault.code) == (Outcome.ERROR, "MEAS-UNREADABLE")


def test_the_name_of_no_sensor_is_the_plans(phone: Any, tmp_path: Path) -> None:
    (planned,) = (s for s in steps_of("agent.yaml", tmp_path) if s.id == "sensors")
    assert planned.arguments["require"] == SENSORS
    (tmp_path / "odd").mkdir()
    record = phone(agent=True).run(tmp_path / "odd", "sensors", require="'gyro")
    assert (record.outcome, record.fault.code) == (Outcome.ERROR, "STEP-SETTING")


def test_what_the_app_says_of_the_handset_fails_it(phone: Any, tmp_path: Path) -> None:
    record = phone(agent=True, gnss_cn0_dbhz=None).run(tmp_path, "fix")
    assert (record.outcome, record.fault.code) == (Outcome.FAIL, "AGENT-FAILED")


@pytest.mark.parametrize("said", ["", "about 2", "nan", "1e999", "unknown"])
def test_a_value_that_is_no_number_is_none(phone: Any, tmp_path: Path, said: str) -> None:
    tested = phone(agent=True)
    answering(tested, "=1.2", f"={said}")
    record = tested.run(tmp_path, "vibration")
    code = "MEAS-UNKNOWN" if said == "unknown" else "MEAS-UNREADABLE"
    assert (record.outcome, record.fault.code) == (Outcome.ERROR, code)


def test_the_answer_to_an_earlier_call_is_none(phone: Any, tmp_path: Path) -> None:
    tested = phone(agent=True)
    real = tested.behaviour.programs["am instrument"]
    kept: list[Any] = []

    def sticky(words: list[str], now_s: float) -> Any:
        kept.append(real(words, now_s))
        return kept[0]

    tested.behaviour.programs["am instrument"] = sticky
    assert tested.run(tmp_path, "vibration").outcome is Outcome.PASS
    record = tested.run(tmp_path, "vibration")
    assert (record.outcome, record.fault.code) == (Outcome.ERROR, "HANDSET-UNREADABLE")


def test_the_beacon_of_the_plan_is_that_of_the_line(tmp_path: Path) -> None:
    (step,) = (s for s in steps_of("agent.yaml", tmp_path) if s.id == "beacon")
    assert step.arguments["address"] == BEACON
