"""How a run is put together: what a slot must have, what it shares, and what is on record."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from harness.clock import SystemClock
from harness.engine.bench import Bench
from harness.engine.reserve import Instruments
from harness.errors import Blame, PlanError
from harness.model.events import Purpose, Stamped, Waiting
from harness.model.identity import Unit
from harness.model.jig_ports import Jig
from harness.model.outcome import Outcome
from harness.model.plan import Phase, Plan, PlannedStep, Product
from harness.model.ports import Wait
from harness.model.record import Record
from harness.model.refs import ReleaseRef
from harness.model.step import Catalogue
from harness.plans.resolve import load_plans
from harness.sim.jig import JigBehaviour
from harness.sim.pty import PtyJig
from harness.sim.scenario import Scenario
from harness.sim.unit import SimUnit
from harness.station.files.config import load_station
from harness.station.lacks import require_devices
from harness.station.station import Order, Slot, Station
from harness.steps import catalogue
from harness.wiring import load_layout, open_line, open_station, places
from tests.devices.adb.test_keys import made
from tests.engine.rig import MemoryJournal, RememberingJig, Rig, planned, spec_of, until
from tests.station.runs import STATION

ROOT = Path(__file__).parents[2]
RELEASE = ReleaseRef("final-test", 7, "ab" * 32, ("mei", "omar"))


def look(jig: Jig) -> None:
    """Ask the jig who it is."""
    jig.identify()


LOOK = spec_of(look)


def step(name: str, *needs: str, phase: Phase = Phase.STEPS) -> PlannedStep:
    return replace(planned(LOOK, name), needs=needs, phase=phase)


def plan_of(*steps: PlannedStep) -> Plan:
    return Rig([(LOOK, each) for each in steps]).job.plan


def station_of(*shared: str, own: Sequence[str] = ()) -> Station:
    """Two slots, each with a jig in memory, that share some instruments."""
    reach = frozenset((*shared, *own))
    slots = {
        number: Slot(
            number, Bench({Jig: RememberingJig()}), Unit(f"A57A00000{number}"), None, reach
        )
        for number in (1, 2)
    }
    return Station(
        ref=STATION,
        slots=slots,
        catalogue=Catalogue([LOOK]),
        journal=MemoryJournal(),
        attempts=lambda *_: 0,
        clock=SystemClock(),
        instruments=Instruments(shared),
    )


def run(station: Station, order: Order) -> Record:
    run = station.run(order, station.slots[1])
    run.start()
    result = run.supervise()
    assert result.record, result.failure
    return result.record


def test_what_is_not_there_is_told_with_its_step_before_anything_is_touched() -> None:
    station = station_of("callbox", own=["lightbox"])
    order = Order(plan_of(step("rear", "lightbox"), step("attach", "callbox", "spectrum")))
    with pytest.raises(PlanError) as refused:
        station.run(order, station.slots[1])
    assert refused.value.code == "PLAN-DEVICE"
    assert refused.value.message == (
        "slot 1: step attach (test_station.look) needs the instrument spectrum (the slot has "
        "callbox, lightbox): put 'spectrum' among the 'instruments' of slot or station"
    )
    jig = station.slots[1].bench.devices[Jig]
    assert isinstance(jig, RememberingJig)
    assert jig.calls == []


def test_what_is_there_is_enough_whether_shared_or_own() -> None:
    station = station_of("callbox", own=["lightbox"])
    order = Order(plan_of(step("rear", "lightbox"), step("attach", "callbox")))
    assert run(station, order).outcome is Outcome.PASS


def test_a_slot_without_any_instrument_says_so() -> None:
    with pytest.raises(PlanError, match=r"supply \(the slot has no instruments\)"):
        require_devices(plan_of(step("a", "supply")), Catalogue([LOOK]), 1, {Jig}, ())
    with pytest.raises(PlanError) as lacking:
        require_devices(plan_of(step("a")), Catalogue([LOOK]), 1, (), ())
    assert lacking.value.message == (
        "slot 1: step a (test_station.look) needs a jig (the slot has no instruments): "
        "write 'jig: {port: PORT}' at the slot"
    )


def test_what_is_left_out_needs_nothing_but_setup_and_teardown_do() -> None:
    steps = (step("a"), step("b", "callbox"), step("c", "supply", phase=Phase.TEARDOWN))
    with pytest.raises(PlanError) as lacking:
        require_devices(plan_of(*steps), Catalogue([LOOK]), 1, {Jig}, (), ["a"])
    assert "supply" in lacking.value.message
    assert "callbox" not in lacking.value.message


def test_release_choice_and_variant_are_on_record() -> None:
    plan = replace(plan_of(step("a"), step("b")), variant="ae")
    station = station_of()
    whole = run(station, Order(plan, Purpose.PRODUCTION, release=RELEASE))
    assert (whole.release, whole.plan.only, whole.scanned.variant) == (RELEASE, (), "ae")
    assert whole.dut_failed is False
    part = run(station, Order(plan, only=("a",)))
    assert (part.release, part.plan.only) == (None, ("a",))
    assert part.outcome is Outcome.ABORTED
    assert part.fault
    assert part.fault.code == "RUN-PARTIAL"


@pytest.mark.parametrize(("shared", "waits"), [(("callbox",), True), ((), False)])
def test_slots_wait_for_what_they_share_and_not_for_their_own(
    shared: tuple[str, ...], waits: bool
) -> None:
    release, inside = threading.Event(), threading.Semaphore(0)

    def hold(wait: Wait) -> None:
        """Keeps what it has until it is told."""
        inside.release()
        until(release.is_set)

    spec = spec_of(hold)
    station = station_of(*shared, own=["callbox"])
    station = replace(station, catalogue=Catalogue([spec]))
    plan = Rig([(spec, replace(planned(spec, "a", timeout_s=50), needs=("callbox",)))]).job.plan
    heard: list[Stamped] = []
    runs = [station.run(Order(plan), slot, (heard.append,)) for slot in station.slots.values()]
    for each in runs:
        each.start()
    assert inside.acquire(timeout=30)
    if waits:
        until(lambda: any(isinstance(stamped.event, Waiting) for stamped in heard))
        assert not inside.acquire(blocking=False)
    else:
        assert inside.acquire(timeout=30)
    release.set()
    assert [each.supervise().outcome for each in runs] == [Outcome.PASS] * 2


def test_slots_of_a_station_file_have_what_it_says() -> None:
    layout = load_layout(ROOT / "fixtures/stations/bench.yaml", None)
    (place,) = places(layout)
    assert place.instruments == {"agent", "callbox", "dcp", "lightbox", "supply", "vbus"}


def test_a_simulated_station_offers_what_the_shipped_plans_need(tmp_path: Path) -> None:
    layout = Scenario((SimUnit("A57A000001", sku="A57-AE"),))
    (place,) = places(layout)
    assert place.unit.sku == "A57-AE"
    assert place.instruments == {"agent", "callbox", "dcp", "lightbox", "supply", "usb"}
    with open_line(tmp_path / "records.db", layout, 1) as line:
        assert line.station.instruments.shared(place.instruments) == frozenset()
        assert line.station.slots[1].instruments == place.instruments
        steps = catalogue()
        for path in sorted((ROOT / "testplans").glob("*.yaml")):
            for plan in load_plans(path, steps).plans.values():
                require_devices(plan, steps, 1, place.devices, line.station.slots[1].instruments)


REBOOT = PlannedStep("reboot", "handset.reboot", Phase.STEPS, Decimal(20))
WHO = Plan("who", 1, "Who", "who", Product("A57-4G", "A57-4G"), (REBOOT,), "{}")


def test_a_key_that_is_gone_when_the_adb_server_is_needed_is_what_the_run_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    key = made(tmp_path / "line")
    path = tmp_path / "station.yaml"
    path.write_text(
        f"schema: 1\nstation: s\nadb_key: {key}\nslots: [{{slot: 1, handset: '127.0.0.1:1'}}]\n"
    )
    with open_station(tmp_path / "records.db", load_station(path)) as station:
        kept = key.rename(tmp_path / "away")
        record = run(station, Order(WHO))
        assert record.outcome is Outcome.ERROR
        assert record.fault is not None
        assert (record.fault.code, record.fault.blame) == ("ADB-KEY", Blame.STATION)
        kept.rename(key)
        record = run(station, Order(WHO))
        assert record.fault is not None
        assert record.fault.code == "ADB-ABSENT"


CLOSE_AND_OPEN = (
    PlannedStep("close", "jig.close", Phase.STEPS, Decimal(20)),
    PlannedStep("open", "jig.open", Phase.TEARDOWN, Decimal(20)),
)
PLAN = Plan("jig", 1, "Jig", "jig", Product("A57-4G", "A57-4G"), CLOSE_AND_OPEN, "{}")
JIG = """\
schema: 1
jig: sim
revision: 1
dialect: core
identity: {maker: Example, model: MODEL}
"""


@pytest.fixture
def wire() -> Iterator[PtyJig]:
    pty = PtyJig(JigBehaviour(None), speed=20)
    yield pty
    pty.close()


@pytest.mark.parametrize(("model", "code"), [("Core", ""), ("Box", "JIG-WRONG")])
def test_the_jig_of_a_station_file_must_be_of_its_kind(
    tmp_path: Path, wire: PtyJig, model: str, code: str
) -> None:
    (tmp_path / "jigs").mkdir()
    (tmp_path / "jigs/sim.yaml").write_text(JIG.replace("MODEL", model))
    path = tmp_path / "station.yaml"
    path.write_text(
        "schema: 1\nstation: s\ninstruments: [callbox]\nslots:\n"
        "  - slot: 1\n    handset: '127.0.0.1:1'\n    instruments: [supply]\n"
        f"    jig: {{port: {wire.path}, serial: SIMJIG01, file: jigs/sim.yaml}}\n"
    )
    with open_station(tmp_path / "records.db", load_station(path)) as station:
        assert station.instruments.shared(("callbox", "supply")) == {"callbox"}
        record = run(station, Order(PLAN))
    assert (record.fault.code if record.fault else "") == code
    assert record.outcome is (Outcome.ERROR if code else Outcome.PASS)
