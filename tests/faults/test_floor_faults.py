"""What eight slots live through at once while their station stays up."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import apsw
import pytest

from harness.clock import SystemClock
from harness.model.outcome import Outcome
from harness.records.query import Reader
from tests.faults.floor import (
    SLOTS,
    STEPS,
    FloorRig,
    Once,
    When,
    Wires,
    check_lived_through,
    codes,
    floor_on,
    runs_of,
    serial_of,
    usb_of,
)
from tests.records.disk import SmallDisk, largest_file
from tests.station.adb_process import adb_servers

pytestmark = pytest.mark.timeout(170)
ALL_PASS = dict.fromkeys(SLOTS, "PASS")
LINK = {"ADB-LOST", "ADB-ABSENT", "ADB-OFFLINE", "ADB-CONNECTING", "ADB-RESTARTED"}
"""What may be said of a handset that was away, or that may be another one."""


@contextmanager
def floor_of(store: Path, wires: Wires) -> Iterator[FloorRig]:
    """A station on the line that looks at half of its sockets, too."""
    with floor_on(store, wires.wired(), usb_of(wires)) as rig:
        yield rig


def check(rig: FloorRig, wires: Wires, bad: set[str]) -> dict[str, Outcome]:
    instruments = rig.station.instruments
    store = rig.recorder.path
    return check_lived_through(store, seen=rig.seen, bad=bad, wires=wires, instruments=instruments)


def test_a_unit_that_adb_never_sees_is_on_record_once_it_is_scanned_for_its_slot(
    tmp_path: Path,
) -> None:
    absent: dict[int, dict[str, Any]]
    absent = {slot: {"adb.absent": {}} for slot in (3, 4)}  # by its address alone; by its socket
    with Wires(absent) as wires, floor_of(tmp_path / "records.db", wires) as rig:
        results = rig.test_all(comes_s=1.0)
        assert codes(results) == {**ALL_PASS, 3: "ADB-ABSENT", 4: "ADB-ABSENT"}
        ended = check(rig, wires, runs_of({slot: results[slot] for slot in absent}))
        assert len(ended) == len(SLOTS)


HANDS: dict[str, tuple[Callable[[Wires, int], None], set[str]]] = {
    "pulled": (Wires.pull, LINK),
    "seated again": (Wires.reseat, LINK),
    "a twin": (lambda wires, slot: wires.swap(slot, serial_of(slot)), LINK),
    "another": (
        lambda wires, slot: wires.swap(slot, serial_of(100 + slot)),
        {*LINK, "UNIT-WRONG", "identity.serial:MISMATCH"},
    ),
}


@pytest.mark.parametrize(
    ("what", "when"),
    [
        ("pulled", When.BEFORE),
        ("pulled", When.WITHIN),
        ("seated again", When.AFTER),
        ("a twin", When.BEFORE),
        ("a twin", When.WITHIN),
        ("another", When.AFTER),
    ],
)
def test_no_unit_passes_that_was_not_in_its_slot_all_the_time(
    tmp_path: Path, what: str, when: When
) -> None:
    """Slot 1 at one step, slot 2 at the next one and so on: all boundaries at once."""
    do, expected = HANDS[what]
    steps = dict(zip(SLOTS, STEPS[:-1] if when is When.AFTER else STEPS[1:], strict=True))
    waits: dict[int, Callable[[], None]] = {}
    with Wires() as wires, floor_of(tmp_path / "records.db", wires) as rig:

        def plant(slot: int, step: str, now: When) -> None:
            if steps[slot] != step:
                return
            if now is when:
                do(wires, slot)
            elif when is When.WITHIN and now is When.BEFORE:
                waits[slot] = wires.at_next_command(slot, lambda: do(wires, slot))
            elif when is When.WITHIN:
                waits[slot]()

        results = rig.test_all(plant)
        found = codes(results)
        assert {slot: code for slot, code in found.items() if code not in expected} == {}
        check(rig, wires, runs_of(results))
        if what == "pulled" and when is When.WITHIN:
            for slot in SLOTS:
                wires.put_back(slot)
            assert codes(rig.test_all()) == ALL_PASS
            check(rig, wires, runs_of(results))


def test_an_adb_server_killed_during_eight_runs_passes_none_of_them(tmp_path: Path) -> None:
    others, first = adb_servers(os.getpid()), Once()
    with Wires() as wires, floor_of(tmp_path / "records.db", wires) as rig:

        def kill(_slot: int, step: str, when: When) -> None:
            if (step, when) == ("attach", When.AFTER) and first(step):
                for pid in adb_servers(os.getpid()) - others:
                    os.kill(pid, signal.SIGKILL)

        results = rig.test_all(kill)
        assert set(codes(results).values()) <= {"ADB-SERVER", "ADB-LOST"}
        check(rig, wires, runs_of(results))
        assert codes(rig.test_all()) == ALL_PASS
        check(rig, wires, runs_of(results))


def test_a_call_box_that_falls_silent_while_it_is_reserved_holds_up_nobody(
    tmp_path: Path,
) -> None:
    silent = {3: {"callbox.silent": {"on": "CELL:ATT"}}}
    with Wires(silent) as wires, floor_of(tmp_path / "records.db", wires) as rig:
        results = rig.test_all()
        assert codes(results) == {**ALL_PASS, 3: "INSTRUMENT-TIMEOUT"}
        check(rig, wires, runs_of({3: results[3]}))


class ShiftedClock(SystemClock):
    """The clock of this PC, until somebody sets it."""

    shift = timedelta()

    def utc(self) -> datetime:
        return super().utc() + self.shift


def test_a_clock_that_is_set_back_an_hour_mixes_nothing_up(tmp_path: Path) -> None:
    clock, first, store = ShiftedClock(), Once(), tmp_path / "records.db"
    with Wires() as wires, floor_on(store, wires.wired(), usb_of(wires), clock) as rig:

        def set_back(_slot: int, step: str, when: When) -> None:
            if (step, when) == ("attach", When.AFTER) and first(step):
                clock.shift = timedelta(hours=-1)

        assert codes(rig.test_all(set_back)) == ALL_PASS
        again = rig.test_all()
        assert codes(again) == ALL_PASS
        check(rig, wires, set())
        records = [result.record for result in again.values()]
        assert [record.attempt for record in records if record] == [2] * len(SLOTS)
        with Reader(store) as reader:
            newest = reader.runs(len(SLOTS))
        assert {head.run for head in newest} == runs_of(again)


@contextmanager
def few_pages(store: Path, more: int) -> Iterator[None]:
    """Every database that is opened meanwhile may grow by so many pages only (max_page_count)."""
    pages = store.stat().st_size // 4096

    def limit(connection: apsw.Connection) -> None:
        connection.pragma("max_page_count", pages + more)

    apsw.connection_hooks.append(limit)
    try:
        yield
    finally:
        apsw.connection_hooks.remove(limit)


def after_the_disk_was_full(store: Path, wires: Wires, rig: FloorRig) -> None:
    """The next start closes what was left open, and goes on."""
    assert rig.station.instruments.idle()
    assert wires.unsafe() == []
    with floor_of(store, wires) as again:
        ended = check_lived_through(store, seen=rig.seen, bad=rig.seen, wires=wires)
        assert set(ended.values()) == {Outcome.ABORTED}
        assert codes(again.test_all()) == ALL_PASS
        check(again, wires, rig.seen)


def test_files_that_may_not_grow_any_more_pass_nobody(tmp_path: Path) -> None:
    """RLIMIT_FSIZE: what the ballast gives up cannot be used, either."""
    store, first = tmp_path / "records.db", Once()
    with Wires() as wires:
        with floor_of(store, wires) as rig, ExitStack() as full:

            def fill_up(_slot: int, step: str, when: When) -> None:
                if (step, when) == ("attach", When.AFTER) and first(step):
                    full.enter_context(largest_file(4096))

            assert set(codes(rig.test_all(fill_up)).values()) == {"STORE-FULL"}
        after_the_disk_was_full(store, wires, rig)


def test_a_store_that_may_not_grow_any_more_passes_nobody(tmp_path: Path) -> None:
    store = tmp_path / "records.db"
    with Wires() as wires:
        with floor_of(store, wires):
            pass  # the store is made
        with few_pages(store, more=12), floor_of(store, wires) as rig:
            assert set(codes(rig.test_all()).values()) == {"STORE-FULL"}
            assert len(rig.seen) == len(SLOTS)
        after_the_disk_was_full(store, wires, rig)


def test_a_disk_that_takes_50_ms_for_every_sync_costs_nobody_his_verdict(tmp_path: Path) -> None:
    with SmallDisk(tmp_path) as disk:
        disk.sync_s = 0.05
        with Wires() as wires, floor_of(tmp_path / "records.db", wires) as rig:
            assert codes(rig.test_all()) == ALL_PASS
            check(rig, wires, set())
