"""Self-tests side by side: real drivers, ports and store; simulated jigs and units at the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from harness.clock import SystemClock
from harness.errors import JigFault
from harness.model.entry import Recalled
from harness.model.events import Purpose, Recorded, SafeStateReached, Stamped, StepStarted
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.model.readiness import JIG_FILE, Readiness
from harness.model.record import Record
from harness.records.chain import verify
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.sim.jig import SimJig
from harness.sim.line import SimLine
from harness.sim.scenario import Scenario
from harness.station.files.golden_units import GoldenUnits
from harness.station.readiness import selftest
from harness.station.readiness.jig_plans import JigPlans
from harness.station.readiness.readiness import JigReadiness
from harness.station.readiness.selftest import Ordering, SelfTest
from harness.station.screens.bus import Bus, Told
from harness.station.station import Order, Station
from harness.wiring import Layout, input_hashes, load_layout, open_station
from harness.wiring.readiness import jig_readiness

ROOT = Path(__file__).parents[3]
QUICK = """\
schema: 1
plan: quick
revision: 1
title: What takes a moment of a self-test
process: jig-selftest
product: {model: Core, part: Core}
steps:
  - id: identity
    use: jig_health.identity
    timeout: 5 s
    limits:
      maker: record only
      model: record only
      serial: record only
      firmware: record only
  - id: rail
    use: jig_health.rail
    timeout: 10 s
    with: {voltage: 5 V}
    limits: {voltage: record only, error: {low: -1 %, high: 1 %}}
teardown:
  - {id: open, use: jig.open, timeout: 10 s}
"""
GOLDEN = """\
schema: 1
golden_units: line
revision: 1
units:
  - {serial: 'A57G000001', kind: golden, plan: PLAN, until: 2036-12-31}
  - {serial: 'A57G000002', kind: golden, plan: PLAN, until: 2020-12-31}
  - {serial: 'A57B000001', kind: known-bad, plan: PLAN, until: 2036-12-31, fails: [FAIL]}
"""
SIMULATED = """\
schema: 1
station: sim
simulated: scenario.yaml
golden_units: golden-units.yaml
"""


@dataclass(frozen=True)
class Site:
    """A folder with the files of stations, and their store."""

    folder: Path

    @property
    def store(self) -> Path:
        return self.folder / "records.db"

    def simulated(self, scenario: str) -> Layout:
        plan = ROOT / "testplans" / "skeleton.yaml"
        (self.folder / "golden-units.yaml").write_text(
            GOLDEN.replace("PLAN", str(plan)).replace("FAIL", "charge.current_jig")
        )
        (self.folder / "scenario.yaml").write_text(f"schema: 1\nspeed: 10\n{scenario}")
        (self.folder / "station.yaml").write_text(SIMULATED)
        return load_layout(self.folder / "station.yaml", None)

    def real(self, wires: SimLine, jig: str) -> Layout:
        """A station whose jigs stand on these ports; `jig` is more of what their file says.

        The ports have one name whatever stands on them, as those of a PC have.
        """
        core = (ROOT / "fixtures" / "jigs" / "core.yaml").read_text()
        head, _, _ = core.partition("selftest:")
        (self.folder / "jig.yaml").write_text(head + jig)
        slots = ""
        for n, slot in wires.slots.items():
            port = self.folder / f"port-{n}"
            port.unlink(missing_ok=True)
            port.symlink_to(slot.port)
            jig_entry = f"{{port: {port}, file: jig.yaml}}"
            slots += f"  - {{slot: {n}, handset: '127.0.0.1:{n}', jig: {jig_entry}}}\n"
        (self.folder / "ft-01.yaml").write_text(f"schema: 1\nstation: ft-01\nslots:\n{slots}")
        return load_layout(self.folder / "ft-01.yaml", None)

    @contextmanager
    def opened(self, layout: Layout) -> Iterator[Station]:
        """The station, its jigs with a self-test that takes a moment where they have one."""
        with open_station(self.store, layout) as station:
            slots = {
                n: replace(slot, kind=replace(slot.kind, selftest=self.folder / "quick.yaml"))
                if slot.kind and slot.kind.selftest
                else slot
                for n, slot in station.slots.items()
            }
            yield replace(station, slots=slots)

    def records(self, serial: str) -> list[Record]:
        with Reader(self.store) as reader:
            return [reader.record(head.run) for head in reader.runs(serial=serial)]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "quick.yaml").write_text(QUICK)
    return Site(tmp_path)


def results(
    station: Station, layout: Layout, stop: Callable[[Told], bool] = lambda _: False
) -> dict[int, selftest.Tested]:
    """Test all jigs; the work is stopped at the first message that says so."""
    bus = Bus(station.ref, station.slots)
    plans = JigPlans(station.catalogue)
    test = SelfTest(station, Ordering(plans, partial(input_hashes, layout=layout), "cron"), bus)
    with bus.subscribe() as told:
        told.take(0)

        def poll() -> None:
            if any(map(stop, told.take(0))):
                test.stop("Mei", "the shift begins")

        return {each.slot: each for each in test.run([*station.slots], poll)}


def ready(site: Site, station: Station, layout: Layout, result: selftest.Tested) -> Readiness:
    slot = station.slots[result.slot]
    return jig_readiness(site.store, layout).of(slot.kind, result.jig, slot.jig or "")


def test_good_bad_and_silent_jigs_side_by_side(site: Site) -> None:
    layout = site.simulated(
        "jigs: [{}, {defects: [jig.rail_low]}, {defects: [{jig.silent: {on: 'MEAS:VOLT'}}]}]\n"
    )
    with site.opened(layout) as station:
        found = results(station, layout)
        states = {n: ready(site, station, layout, each) for n, each in found.items()}
    assert [each.outcome for each in found.values()] == [Outcome.PASS, Outcome.FAIL, Outcome.ERROR]
    assert [state.code for state in states.values()] == ["", "JIG-QUARANTINED", "JIG-QUARANTINED"]
    assert "rail.error:LOW" in states[2].words
    assert "JIG-TIMEOUT" in states[3].words
    good, silent = found[1].self_test.record, found[3].self_test.record
    assert good
    assert silent
    assert good.ended
    assert silent.ended
    assert good.ended < silent.ended
    assert (good.purpose, good.unit.serial, good.operator) == (Purpose.SELFTEST, "SIMJIG01", "cron")
    kind = station.slots[1].kind
    assert kind
    assert kind.file
    assert good.inputs[JIG_FILE] == kind.file.sha256
    assert verify(site.store) == []


def test_a_jig_is_open_again_once_it_has_passed(site: Site) -> None:
    codes = []
    for defects in ("[jig.rail_low]", "[jig.rail_low]", "[]"):
        layout = site.simulated(f"jigs: [{{defects: {defects}}}]\n")
        with site.opened(layout) as station:
            (result,) = results(station, layout).values()
            state = ready(site, station, layout, result)
            codes.append(state.code)
            first = site.records("SIMJIG01")[-1]
            if not state.open:
                assert state.since == first.started
    assert codes == ["JIG-QUARANTINED", "JIG-QUARANTINED", ""]


def recall(station: Station, *, jig: str = "", plan: str = "") -> None:
    assert isinstance(station.journal, Recorder)
    station.journal.enter(Recalled("quinn", "worn contacts", jig=jig, plan=plan))


def test_a_recalled_self_test_keeps_no_jig_open_and_the_next_one_opens_it(site: Site) -> None:
    layout = site.simulated("jigs: [{}]\n")
    with site.opened(layout) as station:
        (result,) = results(station, layout).values()
        assert ready(site, station, layout, result).open
        recall(station, jig="SIMJIG01")
        state = ready(site, station, layout, result)
        (again,) = results(station, layout).values()
        after = ready(site, station, layout, again)
    assert state.code == "JIG-UNTESTED"
    assert "by quinn: worn contacts; no self-test of it has passed since" in state.words
    assert again.self_test.record
    assert (after.open, after.since) == (True, again.self_test.record.started)


def test_a_golden_unit_whose_pass_was_recalled_speaks_for_no_jig(site: Site) -> None:
    layout = site.simulated("units: [{serial: A57G000001}]\n")
    with site.opened(layout) as station:
        (result,) = results(station, layout).values()
        assert ready(site, station, layout, result).open
        recall(station, plan="skeleton")
        state = ready(site, station, layout, result)
    assert state.code == "JIG-QUARANTINED"
    assert "golden unit A57G000001: its PASS was recalled at 20" in state.words


def test_a_golden_unit_that_its_plan_never_asks_who_it_is_shows_nothing(site: Site) -> None:
    layout = site.simulated("units: [{serial: A57G000001}]\n")
    plan = (ROOT / "testplans" / "skeleton.yaml").read_text()
    before, _, rest = plan.partition("  - id: identity")
    (site.folder / "anonymous.yaml").write_text(before + rest[rest.index("  - id: charge") :])
    golden = site.folder / "golden-units.yaml"
    golden.write_text(
        GOLDEN.replace("PLAN", "anonymous.yaml").replace("FAIL", "charge.current_jig")
    )
    layout = load_layout(site.folder / "station.yaml", None)
    with site.opened(layout) as station:
        (result,) = results(station, layout).values()
        state = ready(site, station, layout, result)
    assert result.outcome is Outcome.ERROR
    assert result.self_test.failure
    assert result.self_test.failure.code == "PLAN-ANONYMOUS"
    assert "anonymous.yaml: no step asks the handset who it is" in result.self_test.failure.message
    assert not state.open
    assert site.records("A57G000001") == []


def test_a_golden_unit_is_shown_to_a_jig_that_passed_and_to_no_other(site: Site) -> None:
    layout = site.simulated(
        "units: [{serial: A57G000001}, {serial: A57G000001}]\n"
        "jigs: [{}, {defects: [jig.rail_low]}]\n"
    )
    with site.opened(layout) as station:
        found = results(station, layout)
        assert ready(site, station, layout, found[1]).open
    assert (found[1].outcome, found[2].outcome) == (Outcome.PASS, Outcome.FAIL)
    assert found[2].golden is None
    (golden,) = site.records("A57G000001")
    assert (golden.purpose, golden.outcome, golden.slot) == (Purpose.GOLDEN, Outcome.PASS, 1)
    own = found[1].self_test.record
    assert own
    assert "golden:A57G000001" in own.inputs


def test_a_known_bad_unit_must_fail_and_one_that_passes_closes_the_jig(site: Site) -> None:
    layout = site.simulated(
        "units: [{serial: A57B000001, defects: [battery.weak_charge]}, {serial: A57B000001}]\n"
    )
    with site.opened(layout) as station:
        found = results(station, layout)
        states = {n: ready(site, station, layout, each) for n, each in found.items()}
    assert [each.outcome for each in found.values()] == [Outcome.PASS, Outcome.FAIL]
    assert states[1].open
    assert states[2].code == "JIG-QUARANTINED"
    assert "GOLDEN-DIFFERS" in states[2].words
    assert found[2].problem
    assert found[2].problem.code == "GOLDEN-DIFFERS"


def test_a_golden_unit_whose_day_has_passed_is_told_and_shows_nothing(site: Site) -> None:
    layout = site.simulated("units: [{serial: A57G000002}]\n")
    with site.opened(layout) as station:
        (result,) = results(station, layout).values()
        assert ready(site, station, layout, result).open
    assert (result.outcome, result.golden) == (Outcome.PASS, None)
    assert result.told
    assert result.told.code == "GOLDEN-EXPIRED"
    assert site.records("A57G000002") == []


def test_a_jig_whose_golden_unit_is_registered_no_more_is_stale(site: Site) -> None:
    layout = site.simulated("units: [{serial: A57G000001}]\n")
    with site.opened(layout) as station:
        (result,) = results(station, layout).values()
        assert ready(site, station, layout, result).open
        judge = jig_readiness(site.store, layout)
        judge = replace(judge, config=replace(judge.config, golden_units=GoldenUnits()))
        state = judge.of(station.slots[1].kind, result.jig)
    words = "the golden unit A57G000001 is registered no more"
    assert (state.code, state.words) == ("JIG-STALE", words)


def test_a_unit_that_nobody_registered_is_left_alone(site: Site) -> None:
    layout = site.simulated("units: [{serial: A57A000001}]\n")
    with site.opened(layout) as station:
        (result,) = results(station, layout).values()
    assert (result.outcome, result.golden, result.told) == (Outcome.PASS, None, None)
    assert site.records("A57A000001") == []


def step_begins(name: str) -> Callable[[Told], bool]:
    def begins(message: Told) -> bool:
        event = message.event if isinstance(message, Stamped) else None
        return isinstance(event, StepStarted) and event.step == name

    return begins


def test_a_stopped_self_test_is_on_record_its_jig_safe_and_closed(site: Site) -> None:
    layout = site.simulated("jigs: [{defects: [{jig.silent: {on: 'MEAS:VOLT'}}]}]\n")
    with site.opened(layout) as station:
        (result,) = results(station, layout, stop=step_begins("rail")).values()
        state = ready(site, station, layout, result)
    assert result.outcome is Outcome.ABORTED
    (record,) = site.records("SIMJIG01")
    assert record.fault
    assert record.fault.code == "RUN-ABORTED"
    assert any(isinstance(note.event, SafeStateReached) for note in record.notes)
    assert state.code == "JIG-QUARANTINED"


def test_one_that_is_stopped_before_its_golden_unit_stays_closed(site: Site) -> None:
    layout = site.simulated("units: [{serial: A57G000001}]\n")

    def self_test_is_recorded(message: Told) -> bool:
        return isinstance(message, Stamped) and isinstance(message.event, Recorded)

    with site.opened(layout) as station:
        (result,) = results(station, layout, stop=self_test_is_recorded).values()
        state = ready(site, station, layout, result)
    assert result.self_test.outcome is Outcome.PASS
    assert result.outcome is Outcome.ABORTED
    assert state.code == "JIG-QUARANTINED"
    assert "A57G000001" in state.words


@contextmanager
def wired(**jigs: Mapping[str, Any]) -> Iterator[SimLine]:
    """The wires of jigs by their serials, with their defects."""
    scenario = Scenario(
        jigs=tuple(SimJig(serial=name, defects=dict(bad)) for name, bad in jigs.items()), speed=10
    )
    with SimLine(scenario, len(jigs)) as wires:
        yield wires


def test_a_jig_whose_file_names_no_self_test_is_an_error_in_words(site: Site) -> None:
    with wired(J1={}) as wires:
        layout = site.real(wires, "")
        with site.opened(layout) as station:
            (result,) = results(station, layout).values()
            state = ready(site, station, layout, result)
    assert result.outcome is Outcome.ERROR
    assert result.self_test.failure
    assert result.self_test.failure.code == "JIG-UNTESTED"
    assert "core names no plan for a self-test under `selftest:`" in str(result.self_test.failure)
    assert (state.jig, state.code) == ("J1", "JIG-UNTESTED")


class Later:
    """A clock that is ahead."""

    def __init__(self, by: timedelta) -> None:
        self._by = by
        self._clock = SystemClock()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def utc(self) -> datetime:
        return self._clock.utc() + self._by


def refusal(station: Station) -> str:
    """The code by which production is refused on slot 1; '' when it is not."""
    plan = JigPlans(station.catalogue).self_test(station.slots[1].kind)
    try:
        station.run(Order(plan, Purpose.PRODUCTION), station.slots[1])
    except JigFault as fault:
        return fault.code
    return ""


def test_production_is_refused_until_the_jig_has_passed_its_self_test(site: Site) -> None:
    with wired(J1={}) as wires:
        layout = site.real(wires, "selftest: quick.yaml\n")
        heard = wires.slots[1].behaviour.heard
        with site.opened(layout) as station:
            heard.clear()
            assert refusal(station) == "JIG-UNTESTED"
            assert not [line for line in heard if "?" not in line and line != "*CLS"], (
                "it was moved"
            )
            results(station, layout)
            assert refusal(station) == ""
            ahead = Later(timedelta(hours=25))
            late = JigReadiness(site.store, layout, JigPlans(station.catalogue), ahead)  # type: ignore[arg-type]
            assert refusal(replace(station, admit=late.require)) == "JIG-STALE"
        with site.opened(
            site.real(
                wires,
                "selftest: quick.yaml\nmoves_within: 4 s\n".replace(
                    "moves_within: 4 s\n", "baud: 9600\n"
                ),
            )
        ) as station:
            assert refusal(station) == "JIG-STALE", "another jig file"
        (site.folder / "quick.yaml").write_text(QUICK.replace("high: 1 %", "high: 2 %"))
        with site.opened(layout) as station:
            assert refusal(station) == "JIG-STALE", "other limits"


def test_production_is_refused_on_a_jig_that_failed_and_on_one_that_says_nothing(
    site: Site,
) -> None:
    with wired(J1={"jig.rail_low": {}}) as wires:
        layout = site.real(wires, "selftest: quick.yaml\n")
        with site.opened(layout) as station:
            results(station, layout)
            assert refusal(station) == "JIG-QUARANTINED"
    with wired(J1={"jig.silent": {}}) as wires:
        layout = site.real(wires, "selftest: quick.yaml\n")
        with site.opened(layout) as station:
            assert refusal(station) == "JIG-TIMEOUT"


def test_two_jigs_of_one_serial_are_closed(site: Site) -> None:
    with SimLine(Scenario(jigs=(SimJig(serial="J1"), SimJig(serial="J1")), speed=10), 2) as wires:
        layout = site.real(wires, "selftest: quick.yaml\n")
        with site.opened(layout) as station:
            found = results(station, layout)
            states = [ready(site, station, layout, each) for each in found.values()]
    assert [each.outcome for each in found.values()] == [Outcome.PASS, Outcome.PASS]
    assert [state.code for state in states] == ["JIG-TWIN", "JIG-TWIN"]


def test_a_port_that_did_not_say_who_it_was_counts_against_the_jig_on_it(site: Site) -> None:
    refused = list[str]()
    for defects in ([], ["jig.silent"], []):
        with wired(J1={name: {} for name in defects}) as wires:
            layout = site.real(wires, "selftest: quick.yaml\n")
            with site.opened(layout) as station:
                refused.append(refusal(station))
                if len(refused) < 3:
                    results(station, layout)
    assert refused == ["JIG-UNTESTED", "JIG-TIMEOUT", "JIG-QUARANTINED"]
    with Reader(site.store) as reader:
        jigs = [head.jig for head in reader.runs()]
    assert jigs == [str(site.folder / "port-1"), "J1"]


def test_simulated_stations_make_no_production_runs(site: Site) -> None:
    layout = site.simulated("jigs: [{}]\n")
    with site.opened(layout) as station:
        results(station, layout)
        plan = JigPlans(station.catalogue).self_test(station.slots[1].kind)
        order = Order(plan, Purpose.PRODUCTION)
        with pytest.raises(Exception, match="STATION-SIMULATED"):
            station.run(order, replace(station.slots[1], unit=Unit("A57A000001")))
