"""The population bench finds what it says: few units, so that only its machinery is tested."""

from __future__ import annotations

import json
from random import Random
from threading import Thread

import pytest

from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.model.value import Curve
from tests.bench.population import figures, running
from tests.bench.population.clock import VirtualCancel, VirtualTime
from tests.bench.population.found import Found, Measured, Spread, Tally, _least_room
from tests.bench.population.running import (
    Case,
    defects_in_memory,
    found_of,
    found_of_all,
    steps_to_run,
)
from tests.bench.population.slot import final_test
from tests.bench.population.spread import spread


def test_good_units_differ_and_pass() -> None:
    first, second = (found_of(Case("", number, 5)) for number in range(2))
    assert (first.outcome, first.concluded) == (Outcome.PASS, frozenset())
    assert second.outcome is Outcome.PASS
    told = {name: value for name, _, value in first.measured}
    assert {"attach.rsrp", "charge_dcp.current_jig", "rear.sfr", "handover.level"} <= told.keys()
    assert told != {name: value for name, _, value in second.measured}
    assert found_of(Case("", 0, 5)).measured == first.measured


OF_A_WIPE = ("handover.adb_stays", "handover.restarts_only", "handover.usb_mode_only")


@pytest.mark.parametrize("name", [*OF_A_WIPE, "lte.wrong_plmn", "imei.duplicate"])
def test_a_defect_is_found_as_over_a_wire(name: str) -> None:
    """By the whole test, and by what is left of it once it is known which steps find it."""
    assert name in defects_in_memory()
    whole = found_of(Case(name, 0, 5))
    assert whole.as_stated
    only = steps_to_run(final_test().of(Unit(sku="A57-PK")), whole.steps)
    part = found_of(Case(name, 1, 5, only))
    assert part.as_stated
    assert part.steps == whole.steps


@pytest.mark.parametrize(
    ("found_by", "run"),
    [
        ({"wifi"}, "wifi"),
        ({"rear_flat", "rear"}, "rear_flat rear"),
        ({"traffic"}, "attach traffic"),
        ({"sealed"}, "put_back handover wipe sealed"),
        ({"close"}, ""),  # setup runs anyway: nothing to leave out
        (set(), ""),
    ],
)
def test_the_steps_that_find_a_defect_run_with_those_that_they_rest_on(
    found_by: set[str], run: str
) -> None:
    plan = final_test().of(Unit(sku="A57-PK"))
    assert steps_to_run(plan, frozenset(found_by)) == tuple(run.split())


def test_who_gets_past_the_steps_of_its_defect_goes_through_the_whole_test() -> None:
    """Here the wrong steps: they cannot see it, the whole test does."""
    found = found_of(Case("wifi.dead", 0, 5, ("storage",)))
    assert found.as_stated
    assert found.steps == {"wifi"}


def test_of_each_defect_some_units_go_through_the_whole_test(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running, "defects_in_memory", lambda: ("storage.small",))
    units = list(found_of_all(0, 3, whole=1, seed=5, workers=1))
    assert [unit.as_stated for unit in units] == [True] * 3
    assert len({unit.serial for unit in units}) == 3


def test_the_line_ends_in_figures(capsys: pytest.CaptureFixture[str]) -> None:
    told = {
        each.name: each for each in figures(["--good", "1", "--defects", "0", "--workers", "1"])
    }
    assert told["population_false_fails"].met
    assert told["population_false_fails"].samples == 1
    assert "population_escapes" not in told  # nothing bad was tested
    assert all(json.loads(line)["bench"] for line in capsys.readouterr().out.splitlines())


def test_a_tally_counts_false_fails_and_escapes() -> None:
    tally = Tally()
    room = (Measured("a.b", (1.0, None), 3.0),)
    tally.add(Found("", "A", Outcome.PASS, frozenset(), room, 0.5))
    tally.add(Found("", "B", Outcome.FAIL, frozenset({"a.b:LOW"}), room, 0.5))
    tally.add(Found("lte.weak", "C", Outcome.PASS, frozenset(), (), 0.5, frozenset({"attach"})))
    assert (tally.good, tally.failed, tally.tested, tally.cpu_s) == (2, 1, 3, 1.5)
    assert (tally.codes, tally.first) == ({"a.b:LOW": 1}, {"a.b:LOW": "B"})
    assert (tally.passed, tally.otherwise) == ({"lte.weak": 1}, {"lte.weak": {"nothing": 1}})
    assert tally.cpu_of == {"lte.weak": 500}
    assert tally.steps == {"lte.weak": frozenset({"attach"})}


def test_the_margin_is_that_to_the_nearer_side() -> None:
    spread_ = Spread()
    for value in (1.0, 2.0, 3.0):
        spread_.add(value)
    assert (spread_.mean, spread_.sd, spread_.least, spread_.most) == (2.0, 1.0, 1.0, 3.0)
    assert spread_.margin((0.0, 7.0)) == 2.0
    assert spread_.margin((None, 3.5)) == 1.5


def test_the_room_in_a_mask_is_the_least_of_all_places() -> None:
    mask = {"x": [0.0, 2.0], "low": [0.0, 2.0], "high": [4.0, 4.0]}
    assert _least_room(Curve((0.0, 1.0, 2.0), (3.0, 3.5, 3.0)), mask) == 0.5
    assert _least_room(Curve((0.0, 2.0), (0.0, 2.25)), mask) == 0.25


def test_a_unit_is_the_same_for_the_same_draw() -> None:
    one, again, other = (spread(Random(seed), "A57P000001") for seed in (1, 1, 2))
    assert one == again
    assert (one.rear, one.attach_s) != (other.rear, other.attach_s)


def test_time_passes_once_all_attempts_wait_and_does_on_its_way_what_was_put_off() -> None:
    time = VirtualTime()
    began_s = time.monotonic()
    abort = VirtualCancel(time)
    short, long = abort.child(), abort.child()
    done: list[float] = []
    time.later(1.5, lambda: done.append(time.monotonic() - began_s))

    def wait_shortly() -> None:
        short.wait(1.0)
        done.append(-1.0)
        short.detach()

    thread = Thread(target=wait_shortly)
    thread.start()
    assert not long.wait(2.0)
    thread.join()
    assert done == [-1.0, 1.5]
    assert time.monotonic() - began_s == 2.0
