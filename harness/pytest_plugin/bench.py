"""The slot that a session works on: opened when something first needs it, and once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.clock import Deadline, Lease, SystemClock
from harness.engine.quarantine import wedged
from harness.errors import HarnessError
from harness.model.fault import Fault
from harness.model.identity import Unit
from harness.model.plan import Plan
from harness.plans.resolve import load_plans
from harness.pytest_plugin.lent import BenchSlot
from harness.pytest_plugin.running import PlanRun
from harness.pytest_plugin.signals import held, like_ctrl_c
from harness.records import DEFAULT_STORE
from harness.station.lacks import require_devices
from harness.station.slot import RunResult
from harness.station.station import Order, Station
from harness.station.stopping import operator
from harness.steps import catalogue
from harness.ui.text import changed_lines
from harness.wiring import Place, input_hashes, load_layout, open_station, places
from harness.wiring.choosing import announce, pick, plan_for, unlabelled
from harness.wiring.layout import config_of


class Bench:
    """A slot of a station, by the options that were given for it."""

    def __init__(self, given: Mapping[str, Any], folder: Path) -> None:
        """Read what the station is; nothing is touched.

        Raises: StationFault(STATION-FILE); ValueError when there is no such slot.
        """
        self._given = given
        self._layout = load_layout(given.get("station"), given.get("scenario"))
        self.place = pick(places(self._layout), given.get("slot"), given.get("serial", ""))
        self.name = config_of(self._layout).name
        self.store = folder / given.get("records", DEFAULT_STORE)
        self.warnings: list[str] = []
        self._stack = ExitStack()
        self._station: Station | None = None
        self._run: PlanRun | None = None
        self._unfit: HarnessError | None = None

    def plan(self, path: Path) -> Plan:
        """The plan of a file, for the unit in the slot.

        Raises: PlanError(PLAN-INVALID); ValueError when unit or variant are not plain.
        """
        plans = load_plans(path, catalogue(), limits=self._given.get("limits"))
        place, variant = self._announced(), self._given.get("variant")
        unit = unlabelled(place).unit if variant else place.unit
        plan = plan_for(plans, unit, variant, "name --variant")
        if why := plan.expired(SystemClock().utc().date()):
            self.warnings.append(f"warning: {path}: {why}")
        return plan

    def require(self, plan: Plan, only: Sequence[str]) -> None:
        """Raises: PlanError(PLAN-DEVICE) when the slot has not what those steps need."""
        place = self.place
        require_devices(plan, catalogue(), place.number, place.devices, place.instruments, only)

    def start(self, plan: Plan, only: tuple[str, ...]) -> PlanRun:
        """A run of the plan, or of these steps of it; engineering, on record.

        Raises: StationFault(STORE-..., ADB-KEY), also for what made a run before it leave the slot
        unfit (SLOT-WEDGED).
        """
        self._require_fit()
        station, place = self.station, self._announced()
        inputs = input_hashes(plan, self._layout)
        order = Order(plan, operator=operator(), inputs=inputs, only=only)
        slot = replace(station.slots[place.number], unit=place.unit)
        with held():
            self._run = PlanRun(station, order, slot)
        return self._run

    def ended(self, result: RunResult) -> None:
        """Take note of what a run leaves behind."""
        self._run = None
        self._unfit = result.failure
        if result.wedged:
            self._unfit = wedged(self.place.number)
        if result.left_changed:
            self.warnings += changed_lines(self.place.number, result.left_changed)

    def lend(self, limit_s: float) -> BenchSlot:
        """The slot for one test, which may take so long [s]; its jig is looked after meanwhile.

        Raises: StationFault(STORE-..., ADB-KEY); what made a run leave the slot unfit.
        """
        self._require_fit()
        station = self.station
        station.revive()
        slot = station.slots[self.place.number]
        slot = replace(slot, bench=slot.bench.for_run())
        lease = Lease(Deadline(limit_s, station.clock), station.cancel.child())
        watching = ExitStack()
        settle = watching.enter_context(slot.bench.watched(station.cancel, stop=lease.cancel))
        watching.callback(settle)
        return BenchSlot(slot, lease, watching)

    def take_back(self, lent: BenchSlot) -> list[Fault]:
        """End what a test may do on the slot, and make it safe; what there was against either."""
        with held():
            lent.watching.close()
            stopped = lent.lease.cancel.reason
            lent.lease.end()
            unsafe = lent.slot.bench.make_safe(self.station.clock)
        return [*([Fault.of(stopped)] if stopped else []), *unsafe]

    @property
    def station(self) -> Station:
        """The station, opened when it is not yet.

        Raises: StationFault(STORE-..., ADB-KEY).
        """
        if self._station is None:
            self._stack.enter_context(like_ctrl_c())
            self._station = self._stack.enter_context(open_station(self.store, self._layout))
            for number, why in self._station.unrestored.items():
                self.warnings += changed_lines(number, why)
        return self._station

    def close(self) -> None:
        """Stop a run that is on, and wait for its end; then close the station."""
        with self._stack:
            if self._run:
                self._run.stop(operator(), "pytest ended")
                self._run.end()

    def _require_fit(self) -> None:
        if self._unfit:
            raise self._unfit.again()

    def _announced(self) -> Place:
        return announce(self.place, Unit(self._given.get("serial", "")), "--serial")
