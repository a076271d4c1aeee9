"""The self-test of the jigs of a station, side by side, each then shown its golden unit."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from harness.clock import Deadline, Lease
from harness.errors import HarnessError, LinkFault, OperatorStop, StationFault
from harness.model.events import Purpose
from harness.model.outcome import Outcome
from harness.model.ports import Usb
from harness.model.readiness import GOLDEN, JIG_FILE
from harness.model.reading import Unreadable
from harness.model.refs import JigRef
from harness.model.slot_state import SlotEvent
from harness.model.station import Abort, Answer
from harness.station.crew import Crew
from harness.station.files.golden_units import GoldenUnit, shown_by
from harness.station.readiness.golden_orders import InputsOf, golden_order, problem_of
from harness.station.readiness.jig_plans import JigPlans
from harness.station.screens.bus import Bus
from harness.station.slot import RunResult, SlotRun
from harness.station.station import Order, Slot, Station

_LOOK_LIMIT_S = 2.0
"""The whole time for looking which handset stands in a socket [s]."""


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of a jig: its self-test, and the run of the golden unit that stood in it.

    `problem` is why that unit does not speak for the jig; `told` what has to be known besides.
    """

    slot: int
    jig: JigRef
    self_test: RunResult
    golden: RunResult | None = None
    problem: HarnessError | None = None
    told: HarnessError | None = None

    @property
    def outcome(self) -> Outcome:
        """PASS when the jig and the unit in it are as they must be, ERROR when nobody knows."""
        if self.self_test.outcome is not Outcome.PASS or self.problem is None:
            return self.self_test.outcome
        if self.golden is None:
            return Outcome.ABORTED
        return shown_by(self.golden.outcome, self.problem)


@dataclass(frozen=True, slots=True)
class Ordering:
    """How runs are ordered: by which plans, on which inputs, by whom."""

    plans: JigPlans
    inputs: InputsOf
    operator: str


class SelfTest:
    """Tests the jigs of slots of a station, all at once. Its events are on the bus."""

    def __init__(self, station: Station, ordering: Ordering, bus: Bus) -> None:
        self._station = station
        self._ordering = ordering
        self._bus = bus
        self._crew = Crew(bus)
        self._tested: dict[int, Tested] = {}

    def run(
        self, slots: Collection[int], each_poll: Callable[[], None] = lambda: None
    ) -> list[Tested]:
        """Test the jigs of these slots; what came of each, in their order.

        Calls `each_poll` every 50 ms in this thread; it may draw a screen or call `stop`.
        """
        self._crew.work(slots, self._work, each_poll)
        return [self._tested[number] for number in slots]

    def stop(self, by: str, why: str) -> None:
        """Abort every run and begin no more; a second time, cut the teardowns short too."""
        self._crew.stop(by, why)

    def abort(self, command: Abort) -> None:
        """Abort the run of one slot.

        Raises: as Crew.abort.
        """
        self._crew.abort(command)

    def answer(self, command: Answer) -> None:
        """Give a step of the run of one slot what it asks.

        Raises: as Crew.answer.
        """
        self._crew.answer(command)

    def _work(self, number: int) -> None:
        """A slot's thread."""
        turn = _Turn(self._station, self._ordering, self._station.slots[number], self._bus)
        result = self._crew.test(number, turn.self_test)
        jig = result.record.jig if result.record else self._station.jig_on(turn.slot)
        tested = Tested(number, jig or JigRef(turn.slot.jig or ""), result, told=turn.expired)
        if turn.golden and result.outcome is Outcome.PASS:
            tested = self._show(turn, turn.golden, tested)
        self._tested[number] = tested

    def _show(self, turn: _Turn, golden: GoldenUnit, tested: Tested) -> Tested:
        """Show a jig that has passed its golden unit."""
        if self._crew.stopped:
            words = f"stopped before the {golden.kind} unit {golden.unit.serial} was tested"
            return replace(tested, problem=OperatorStop("RUN-ABORTED", words))
        self._bus.change(turn.slot.number, SlotEvent.TAKEN_OUT)
        result = self._crew.test(turn.slot.number, turn.golden_run)
        return replace(tested, golden=result, problem=problem_of(golden, result))


class _Turn:
    """The runs on one slot, made ready one after the other."""

    def __init__(self, station: Station, ordering: Ordering, slot: Slot, bus: Bus) -> None:
        self.slot = slot
        self.golden: GoldenUnit | None = None
        self.expired: HarnessError | None = None
        self._station = station
        self._ordering = ordering
        self._bus = bus

    def self_test(self) -> SlotRun:
        """The self-test; its inputs say which golden unit must follow it."""
        self._look()
        kind = self.slot.kind
        plan = self._ordering.plans.self_test(kind)
        inputs = dict(self._ordering.inputs(plan))
        if kind and kind.file:
            inputs[JIG_FILE] = kind.file.sha256
        if self.golden:
            follows = self._ordering.plans.golden(self.golden)
            inputs[GOLDEN + self.golden.unit.serial] = follows.files["plan"].sha256
        order = Order(plan, Purpose.SELFTEST, self._ordering.operator, inputs)
        return self._run(order, self.slot)

    def golden_run(self) -> SlotRun:
        """The run of the golden unit, announced by what is known best of its label."""
        assert self.golden, "only one that was found is run"
        how = self._ordering
        made = golden_order(self.golden, self.slot, how.plans.golden, how.inputs, how.operator)
        return self._run(*made)

    def _run(self, order: Order, slot: Slot) -> SlotRun:
        run = self._station.run(order, slot, (self._bus.publish,))
        self._bus.change(slot.number, SlotEvent.PUT_IN, serial=slot.unit.serial)
        return run

    def _look(self) -> None:
        """Find the golden or known-bad unit that stands in the slot, if one does."""
        units = self._station.golden_units
        entry = units.units.get(self._serial()) if units.units else None
        if entry and (expired := entry.expired(self._station.clock.utc().date())):
            self.expired = expired
        else:
            self.golden = entry

    def _serial(self) -> str:
        """The serial of the handset in the slot: as announced, else as its socket shows it.

        Raises: StationFault(USB-...).
        """
        socket = self.slot.bench.devices.get(Usb)
        if self.slot.unit.serial or socket is None:
            return self.slot.unit.serial
        clock, cancel = self._station.clock, self._station.cancel
        lease = Lease(Deadline(_LOOK_LIMIT_S, clock), cancel.child())
        port = socket.under(lease)
        assert isinstance(port, Usb)
        try:
            serial = port.look().serial
        except LinkFault as fault:
            if fault.code == "USB-ABSENT":
                return ""
            raise
        finally:
            lease.end()
        if isinstance(serial, Unreadable):
            words = f"who stands in {port.port} cannot be read: {serial.why}"
            raise StationFault("USB-NO-PERMISSION", words)
        return serial if isinstance(serial, str) else ""
