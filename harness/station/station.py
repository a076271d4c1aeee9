"""A station that is open: its slots, its store, and how a run is put together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial

import harness
from harness.clock import Cancel, Clock, Deadline, Lease
from harness.engine.bench import Bench
from harness.engine.job import Job, Witness
from harness.engine.log import Listener
from harness.engine.reserve import Instruments
from harness.engine.threads import in_thread
from harness.errors import HarnessError, refused_by
from harness.model.backing import Device, Journal
from harness.model.events import Purpose, RunStarted, is_of_jig
from harness.model.identity import Unit
from harness.model.ids import new_run_id
from harness.model.jig_ports import Jig
from harness.model.plan import Plan
from harness.model.ports import Agent, Handset
from harness.model.record import Record
from harness.model.refs import ClockRef, JigRef, PlanRef, ReleaseRef, StationRef
from harness.model.step import Catalogue
from harness.station.files.golden_units import GoldenUnits
from harness.station.files.jig_file import JigFile
from harness.station.lacks import require_devices
from harness.station.rules import LineRules, OrderRules
from harness.station.slot import SlotRun
from harness.station.undo import after_kill, after_run

IDENTIFY_LIMIT_S = 2.0
"""The whole time for asking a jig who it is [s]."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for one unit: its bench, and the unit that is announced for it."""

    number: int
    bench: Bench
    unit: Unit
    jig: str | None = None
    """The jig by its configuration, in case that it does not answer."""
    instruments: frozenset[str] = frozenset()
    """All that its steps may need: those that it shares with other slots, and its own."""
    kind: JigFile | None = None
    """What kind of jig it is, by its file."""


@dataclass(frozen=True, slots=True)
class Order:
    """Who wants which plan run, why, on which inputs, and by which release.

    `only` are the steps that somebody chose to run without the others; empty for the whole plan.
    """

    plan: Plan
    purpose: Purpose = Purpose.ENGINEERING
    operator: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    release: ReleaseRef | None = None
    only: tuple[str, ...] = ()
    medians: Mapping[str, float] = field(default_factory=dict)
    """How long the plan's steps took on this station by now [s]."""


@dataclass(frozen=True, slots=True)
class Station:
    """Everything that is open.

    `attempts` counts the runs of a unit in a process so far, those of one purpose; `instruments`
    are those that slots share.
    """

    ref: StationRef
    slots: Mapping[int, Slot]
    catalogue: Catalogue
    journal: Journal
    attempts: Callable[[str, str, Purpose], int]
    clock: Clock
    cancel: Cancel = field(default_factory=Cancel)
    instruments: Instruments = field(default_factory=Instruments)
    golden_units: GoldenUnits = field(default_factory=GoldenUnits)
    """Those of the line: production takes none of them."""
    rules: LineRules | None = None
    """Those that runs which count obey; None where there is no store to ask."""
    unrestored: Mapping[int, HarnessError] = field(default_factory=dict)
    """By slot, why a handset may still be as a run left it that was killed."""
    admit: Callable[[Slot, JigRef | None], None] = lambda *_: None
    """Refuses production on a slot whose jig, as it said itself, is not open to it."""
    ready: Callable[[int, JigRef | None, Purpose], ClockRef | None] = lambda *_: None
    """Refuses a run that counts on a slot that is not ready for it; what it saw of the clock."""
    revive: Callable[[], None] = lambda: None
    """Brings up the adb server, which slots share and which may have died, for a plan that needs
    a handset; when it cannot, that faults, on record, in the step that uses it."""

    def require_slot(self, number: int) -> None:
        """Raises: CommandRefused(COMMAND-UNFIT) when there is none; it says which there are."""
        with refused_by("COMMAND-UNFIT"):
            require_among(self.slots, number)

    def make_safe(self) -> None:
        """Drive every slot to its electrical safe state, as at start-up after a kill, all at once.

        A jig that cannot be made safe faults again, on record, in the first run that uses it.
        """
        work = [
            in_thread("make-safe", partial(slot.bench.make_safe, self.clock))
            for slot in self.slots.values()
        ]
        for done in work:
            done.result()

    def run(
        self,
        order: Order,
        slot: Slot,
        listeners: tuple[Listener, ...] = (),
        witness: Witness = lambda *_: None,
    ) -> SlotRun:
        """A run of the plan on the slot, not started yet; `witness` sees what becomes of its unit.

        Raises: PlanError(PLAN-DEVICE) when the slot has not what the plan needs;
        OperatorStop(UNIT-GOLDEN) when the unit announced may not be in such a run; in production,
        before anything moves, why its jig is not open: JigFault; in a run that counts, why its slot
        is not ready: as LineReadiness.require, and which rule of the line is against it: as
        UnitRules.require.
        """
        self._require_shippable(order, slot)
        require_devices(
            order.plan,
            self.catalogue,
            slot.number,
            slot.bench.devices,
            slot.instruments,
            order.only,
        )
        jig = self.jig_on(slot, strict=order.purpose is Purpose.PRODUCTION)
        if order.purpose is Purpose.PRODUCTION:
            self.admit(slot, jig)
        rules = self.rules.of(order.plan, order.purpose) if self.rules else None
        clock = self.ready(slot.number, jig, order.purpose) if rules else None

        def over() -> None:
            if rules:
                rules.let_go(slot.number)

        try:
            job = self._job(order, slot, jig, witness, rules, clock)
            afterwards = self._afterwards(slot, rules, order.plan.process)
            return SlotRun(job, self.journal, listeners, afterwards, over)
        except BaseException:
            over()
            raise

    def _require_shippable(self, order: Order, slot: Slot) -> None:
        """Raises: OperatorStop(UNIT-GOLDEN), on record."""
        refusing = self.rules.refusing if self.rules else lambda *_: nullcontext()
        with refusing(slot.unit, order.plan.process, slot.number):
            self.golden_units.require_shippable(order.purpose, slot.unit)

    def _job(
        self,
        order: Order,
        slot: Slot,
        jig: JigRef | None,
        witness: Witness,
        rules: OrderRules | None,
        clock: ClockRef | None,
    ) -> Job:
        """What is run, once the rules have admitted its unit: only then is its attempt counted."""
        on = (order.plan.process, slot.number, jig.id if jig else None)
        remarks = rules.admit(slot.unit, *on) if rules else ()
        started = replace(self._started(order, slot, jig), clock=clock)
        if _needs_handset(order.plan, self.catalogue):
            self.revive()
        halt = self.cancel.child()
        return Job(
            plan=order.plan,
            started=started,
            bench=slot.bench.for_run(),
            catalogue=self.catalogue,
            clock=self.clock,
            halt=halt,
            abort=halt.child(),
            documents={order.plan.sha256: order.plan.canonical.encode()},
            instruments=self.instruments,
            medians=order.medians,
            require_shippable=partial(self.golden_units.require_shippable, order.purpose),
            rules=rules,
            attempts=partial(self._attempts, order),
            remarks=remarks,
            witness=witness,
        )

    def put_back(self, left: Iterable[Record]) -> Station:
        """The station, once what killed runs changed on the handsets in its slots is undone."""
        handsets = {n: s.bench.devices[Handset] for n, s in self.slots.items() if _has_handset(s)}
        left = list(left)
        if left:
            self.revive()
        read = self.journal.read
        return replace(self, unrestored=after_kill(handsets, left, read, self.clock, self.cancel))

    def _afterwards(
        self, slot: Slot, rules: OrderRules | None, process: str
    ) -> Callable[[Record], HarnessError | None]:
        """What is done between the end of a run and the next on its slot."""
        undo = self._undoing(slot)

        def afterwards(record: Record) -> HarnessError | None:
            if rules:
                rules.ended(slot.number, process)
            return undo(record)

        return afterwards

    def _undoing(self, slot: Slot) -> Callable[[Record], HarnessError | None]:
        if not _has_handset(slot):
            return lambda _: None
        handset = slot.bench.devices[Handset]
        return partial(after_run, handset, self.clock, self.cancel, self.journal.read)

    def _started(self, order: Order, slot: Slot, jig: JigRef | None) -> RunStarted:
        plan = order.plan
        alone = is_of_jig_alone(order.purpose, plan, self.catalogue)
        unit = unit_of_jig(jig) if jig and alone else slot.unit
        return RunStarted(
            run=new_run_id(self.clock.utc()),
            purpose=order.purpose,
            process=plan.process,
            unit=replace(unit, variant=plan.variant),
            station=self.ref,
            slot=slot.number,
            operator=order.operator,
            attempt=self._attempts(order, unit.serial) + 1,
            plan=PlanRef.of(plan, self.catalogue, order.only),
            limits=plan.limits,
            jig=jig,
            harness=harness.__version__,
            release=order.release,
            inputs=order.inputs,
        )

    def _attempts(self, order: Order, serial: str) -> int:
        return self.attempts(serial, order.plan.process, order.purpose)

    def jig_on(self, slot: Slot, *, strict: bool = False) -> JigRef | None:
        """Which jig stands on a slot, as it says itself; None on one without.

        One that does not say it goes by its configuration, and faults in the run, on record.

        Raises: JigFault when it does not say it, if that is to be `strict`.
        """
        device = slot.bench.devices.get(Jig)
        try:
            return None if device is None else self._ask(device)
        except HarnessError:
            if strict:
                raise
            return JigRef(slot.jig or "")

    def _ask(self, device: Device) -> JigRef:
        lease = Lease(Deadline(IDENTIFY_LIMIT_S, self.clock), self.cancel.child())
        port = device.under(lease)
        assert isinstance(port, Jig)
        try:
            said = port.identify()
        finally:
            lease.end()
        return JigRef(said.serial, said.firmware)


def require_among(slots: Collection[int], number: int) -> None:
    """Raises: ValueError when there is no slot of this number; it says which there are."""
    if number not in slots:
        known = ", ".join(map(str, slots))
        raise ValueError(f"no slot {number}; this station has {known}")


def unit_of_jig(jig: JigRef) -> Unit:
    """The jig as the unit that its self-test is of; nobody when its serial is none."""
    try:
        return Unit(jig.id)
    except ValueError:
        return Unit()


def _has_handset(slot: Slot) -> bool:
    return Handset in slot.bench.devices


def is_of_jig_alone(purpose: Purpose, plan: Plan, catalogue: Catalogue) -> bool:
    """Whether the unit of a run is the jig itself, by its own serial: no handset is announced."""
    return is_of_jig(purpose, plan.process) and not _needs_handset(plan, catalogue)


def _needs_handset(plan: Plan, catalogue: Catalogue) -> bool:
    """Whether a step speaks to the handset, itself or by way of its test app."""
    asked = {port for step in plan.steps for port in catalogue[step.use].ports.values()}
    return not asked.isdisjoint({Handset, Agent})
