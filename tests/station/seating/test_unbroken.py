"""A unit that was pulled or swapped while its run was on never passes."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.clock import SystemClock
from harness.devices.adb import AdbServer
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.engine.execute import execute
from harness.engine.threads import in_thread
from harness.model.events import UnitLost, UnitSwapped
from harness.model.outcome import Outcome
from harness.model.plan import Phase
from harness.model.record import Record, StepRecord
from harness.model.step import Catalogue
from harness.model.usb import UsbMode
from harness.sim.handset import SimHandsets
from harness.sim.unit import SimUnit
from harness.sim.usb import SimHub, VirtualBus, phone
from harness.station.seating.presence import Presence
from harness.station.seating.seat import Occupant, Spot
from harness.station.seating.unbroken import CLAIM, LATE_MS, Unbroken, _told, unexplained
from harness.steps import catalogue
from tests.devices.adb.rig import unplugged
from tests.engine.rig import Rig, planned, spec_of, until

UTC_0 = datetime(2026, 1, 1, tzinfo=UTC)
MEANT = {"handset.reboot", "handover.wipe"}
HAND_MS = 300
"""Quick hands take so long from pulling a unit out to putting one in [ms]."""


def made(use: str, at_ms: int, ended_ms: int, attempt: int = 1) -> StepRecord:
    return StepRecord(
        id=f"{use}-{at_ms}",
        use=use,
        phase=Phase.STEPS,
        attempt=attempt,
        started=UTC_0,
        at_ms=at_ms,
        duration_s=(ended_ms - at_ms) / 1000,
        outcome=Outcome.PASS,
        skipped="",
        measurements=(),
        fault=None,
    )


STEPS = (
    made("identity.read", 0, 1000),
    made("handset.reboot", 1000, 9000),
    made("radio.wifi", 10_000, 12_000),
    made("handover.wipe", 12_000, 13_000),
    made("handset.reboot", 20_000, 21_000),
)


@pytest.mark.parametrize(
    ("at_ms", "explained"),
    [
        (-1, False),  # between the scan and the start
        (998, False),
        (1000, True),
        (9000 + LATE_MS, True),
        (9001 + LATE_MS, False),
        (11_000, False),
        (16_000, True),  # between two that break it
        (21_000 + LATE_MS, True),
        (22_000, False),
        (float("-inf"), False),
    ],
)
def test_a_break_is_explained_by_the_steps_that_bring_it_about(
    at_ms: float, explained: bool
) -> None:
    assert list(unexplained([at_ms], STEPS, MEANT)) == ([] if explained else [at_ms])


def test_a_step_that_was_skipped_explains_nothing() -> None:
    skipped = made("handset.reboot", 0, 1000, attempt=0)
    assert list(unexplained([500], [skipped], MEANT)) == [500]


@given(st.lists(st.floats(-1e5, 1e5), max_size=8))
def test_without_such_steps_no_break_is_explained(broken_ms: list[float]) -> None:
    assert list(unexplained(broken_ms, STEPS, ())) == broken_ms


def test_which_product_steps_may_break_the_link() -> None:
    uses = {use for use, spec in catalogue().items() if CLAIM in spec.claims}
    assert {"handset.reboot", "handover.wipe", "handover.sealed", "usb.enumerate"} <= uses
    assert uses.isdisjoint({"identity.read", "radio.wifi", "camera.still", "lte.attach"})


ONE, OTHER = (Occupant("slot", serial) for serial in ("A57A000001", "A57A000002"))


def test_another_serial_is_a_swap_even_when_no_break_was_seen() -> None:
    assert isinstance(_told(1, [], ONE, OTHER), UnitSwapped)
    assert isinstance(_told(1, [5.0], ONE, OTHER), UnitSwapped)


def test_the_same_serial_or_none_after_a_break_is_a_loss() -> None:
    assert isinstance(_told(1, [5.0], ONE, ONE), UnitLost)
    assert isinstance(_told(1, [5.0], ONE, None), UnitLost)
    assert _told(1, [], ONE, ONE) is _told(1, [], ONE, None) is None


@dataclass
class Slot:
    """A slot whose unit is announced, before a run of steps that do not ask the handset."""

    presence: Presence
    witness: Unbroken

    @classmethod
    def loaded(cls, presence: Presence) -> Slot:
        return cls(presence, Unbroken(presence, 1, presence.look(1), Catalogue(())))

    def run(self, body: Callable[[], None], *, claims: tuple[str, ...] = ()) -> Record:
        def first() -> None:
            body()

        def last() -> None:
            pass

        specs = spec_of(first, claims=claims), spec_of(last)
        rig = Rig([(spec, planned(spec, timeout_s=40)) for spec in specs])
        witness = replace(self.witness, catalogue=rig.job.catalogue)
        return execute(replace(rig.job, witness=witness), rig.log)

    def broken(self) -> bool:
        return self.presence.refresh(30) and self.presence.session(1) != self.witness.seat.session


@pytest.fixture
def address(handsets: SimHandsets) -> str:
    return handsets.add(SimUnit("A57A000001"))


class Ahead(SystemClock):
    """A clock whose times are not those of this PC: what is compared must be of one clock."""

    def monotonic(self) -> float:
        return super().monotonic() + 10_000


@pytest.fixture
def slot(server: AdbServer, address: str) -> Iterator[Slot]:
    with Presence(server, {1: Spot(address)}, clock=Ahead()) as presence:
        until(lambda: (who := presence.look(1).occupant) is not None and who.adb == "device")
        yield Slot.loaded(presence)


def test_a_unit_that_stays_passes(slot: Slot) -> None:
    assert slot.run(lambda: None).outcome is Outcome.PASS


def test_a_twin_that_takes_its_place_never_passes(
    slot: Slot, handsets: SimHandsets, address: str
) -> None:
    def swap() -> None:
        handsets.swap(address, SimUnit("A57A000001"))
        until(slot.broken)

    record = slot.run(swap)
    assert record.outcome is Outcome.ERROR
    assert record.fault
    assert record.fault.code == "ADB-LOST"


def test_a_cable_pulled_in_the_last_moment_is_seen(
    slot: Slot, server: AdbServer, handsets: SimHandsets, address: str
) -> None:
    """The run is concluded by a look that begins after its last step."""
    record = slot.run(lambda: unplugged(server, handsets, address))
    assert record.outcome is Outcome.ERROR


def test_a_step_may_break_the_link_on_purpose(
    slot: Slot, handsets: SimHandsets, address: str
) -> None:
    def restart() -> None:
        handsets.unplug(address)
        until(slot.broken)
        handsets.replug(address)
        until(lambda: slot.presence.look(1).occupant is not None)

    assert slot.run(restart, claims=(CLAIM,)).outcome is Outcome.PASS


class Relay:
    """An address that takes every connection, also while no handset stands behind it."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.behind = ""
        in_thread("relay", self._serve)

    def _serve(self) -> None:
        with suppress(OSError):  # it is closed
            while True:
                near, _ = self._listener.accept()
                in_thread("relay-link", partial(self._join, near))

    def _join(self, near: socket.socket) -> None:
        with near, suppress(OSError):
            host, _, port = self.behind.rpartition(":")
            if not host:
                return
            with socket.create_connection((host, int(port))) as far:
                back = in_thread("relay-back", partial(self._copy, far, near))
                self._copy(near, far)
                back.result()

    def _copy(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def relayed(server: AdbServer, address: str) -> Iterator[tuple[Relay, Presence]]:
    with closing(Relay()) as relay, Presence(server, {1: Spot(relay.address)}) as presence:
        yield relay, presence
        relay.behind = ""


def linked(presence: Presence) -> bool:
    return (who := presence.look(1).occupant) is not None and who.adb == "device"


def test_a_unit_that_comes_back_behind_a_relay_after_a_step_is_held_against_the_run(
    relayed: tuple[Relay, Presence], handsets: SimHandsets, address: str
) -> None:
    """That it went is the step's; that somebody came, once the step was over, is not."""
    relay, presence = relayed
    relay.behind = address
    until(lambda: linked(presence))
    seat = presence.look(1)
    witness = Unbroken(presence, 1, seat, catalogue())
    began_s = presence.clock.monotonic() - 60
    relay.behind = ""
    handsets.unplug(address)
    until(lambda: bool(presence.breaks(1, seat.session)))
    gone_ms = int((presence.breaks(1, seat.session)[0].at_s - began_s) * 1000)
    step = made("handset.reboot", 0, gone_ms - LATE_MS + HAND_MS // 2)
    time.sleep(HAND_MS / 1000)
    handsets.replug(address)
    relay.behind = address
    until(lambda: linked(presence))
    now_ms = int((presence.clock.monotonic() - began_s) * 1000)
    assert isinstance(witness([step], now_ms), UnitLost)


def test_the_first_to_come_behind_a_relay_takes_nobodys_place_and_the_second_one_does(
    relayed: tuple[Relay, Presence], handsets: SimHandsets, address: str
) -> None:
    relay, presence = relayed
    slot = Slot.loaded(presence)
    assert slot.witness.seat.occupant
    assert not slot.witness.seat.held

    def comes() -> None:
        relay.behind = address
        until(lambda: linked(presence))

    def goes() -> None:
        relay.behind = ""
        handsets.unplug(address)
        until(lambda: not presence.look(1).held)

    assert slot.run(comes).outcome is Outcome.PASS
    assert slot.run(goes).outcome is Outcome.ERROR


def usb_of(bus: VirtualBus) -> dict[int, Spot]:
    usb = UsbBus(bus, sysfs=bus.sysfs)
    return {n: Spot(socket=UsbSocket(usb, bus.socket(n))) for n in (1, 2)}


def test_a_socket_that_cannot_be_looked_at_lets_nothing_pass(tmp_path: Path) -> None:
    bus = VirtualBus(tmp_path, ports=2)
    bus.plug(bus.socket(1), phone(SimUnit("A57A000001"), UsbMode.ADB))
    with Presence(AdbServer(), usb_of(bus)) as presence:
        slot = Slot.loaded(presence)
        assert slot.run(lambda: None).outcome is Outcome.PASS
        record = slot.run(lambda: bus.add_hub(bus.socket(1), SimHub()))
    assert record.outcome is Outcome.ERROR
    assert record.fault
    assert "USB-CROWDED" in record.fault.message


def test_who_comes_into_an_empty_slot_takes_nobodys_place(tmp_path: Path) -> None:
    bus = VirtualBus(tmp_path, ports=2)
    device = phone(SimUnit("A57A000001"), UsbMode.ADB)
    with Presence(AdbServer(), usb_of(bus)) as presence:
        slot = Slot.loaded(presence)
        assert slot.run(lambda: bus.plug(bus.socket(1), device)).outcome is Outcome.PASS
        assert slot.run(lambda: bus.plug(bus.socket(1), device)).outcome is Outcome.ERROR


def test_a_presence_that_does_not_look_lets_nothing_pass(server: AdbServer, address: str) -> None:
    with Presence(server, {1: Spot(address)}) as presence:
        slot = Slot.loaded(presence)
    assert slot.run(lambda: None).outcome is Outcome.ERROR
