"""A rig for the engine: steps of one's own, a device that remembers, a journal in memory.

The device and the journal implement the protocols of model/backing.py; nothing is patched.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from harness.clock import Cancel, Deadline, Lease, SystemClock
from harness.engine.bench import Bench
from harness.engine.job import Job
from harness.engine.log import RunLog
from harness.engine.reserve import Instruments
from harness.errors import HarnessError, JigFault
from harness.model.backing import Device, Journal
from harness.model.events import Purpose, RunStarted, Stamped
from harness.model.fault import Symptom
from harness.model.fold import RecordBuilder
from harness.model.identity import Claim, Unit
from harness.model.jig_ports import Jig, JigIdentity
from harness.model.judgement import Limit
from harness.model.limits import Range
from harness.model.plan import Group, OnFail, Phase, Plan, PlannedStep, Product, Retry
from harness.model.record import Record
from harness.model.refs import PlannedRef, PlanRef, StationRef
from harness.model.step import Catalogue, StepSpec
from harness.steps.api import MARK, step

WIDE = Range(Decimal(0), Decimal(10))
NO_RETRY = Retry()
ANNOUNCED = Unit("A57A000001")


def until(met: Callable[[], bool], limit_s: float = 30) -> None:
    """Wait for what another thread does."""
    deadline = Deadline(limit_s)
    while not met():
        assert not deadline.expired(), "it did not happen"
        threading.Event().wait(0.005)


class MemoryJournal:
    """Keeps events in a list; can be told to fail."""

    def __init__(self) -> None:
        self.events: list[Stamped] = []
        self.records: list[Record] = []
        self.files: dict[str, bytes] = {}
        self.claims: dict[str, Claim] = {}
        self.failure: HarnessError | None = None

    def begin(self, started: Stamped, documents: Mapping[str, bytes]) -> None:
        if self.failure:
            raise self.failure
        self.events.append(started)

    def write(self, event: Stamped) -> None:
        if not self.failure:
            self.events.append(event)

    def keep(self, content: bytes) -> str:
        if self.failure:
            raise self.failure
        sha256 = hashlib.sha256(content).hexdigest()
        self.files[sha256] = content
        return sha256

    def read(self, sha256: str) -> bytes:
        return self.files[sha256]

    def claim(self, run: str, serial: str, imeis: Sequence[str], *, own: bool) -> Claim | None:
        if self.failure:
            raise self.failure
        others = [self.claims[i] for i in imeis if i in self.claims]
        if other := next((claim for claim in others if claim.serial != serial), None):
            return other
        if own:
            self.claims = {i: Claim(i, serial, run) for i in imeis} | self.claims
        return None

    def seal(self, record: Record) -> str:
        if self.failure:
            raise self.failure
        self.records.append(record)
        return "0" * 64


@dataclass
class RememberingJig:
    """A jig in memory: each call under a lease is written down."""

    name: str = "J1"
    calls: list[str] = field(default_factory=list)
    power: bool = False
    unsafe: JigFault | None = None

    def for_run(self) -> RememberingJig:
        return self

    def under(self, lease: Lease) -> LeasedJig:
        return LeasedJig(self, lease)

    def make_safe(self, deadline: Deadline) -> None:
        self.calls.append("safe")
        if self.unsafe:
            raise self.unsafe
        self.power = False


class LeasedJig:
    """The Jig port of a RememberingJig."""

    def __init__(self, jig: RememberingJig, lease: Lease) -> None:
        self._jig, self._lease = jig, lease

    def _call(self, name: str) -> None:
        self._lease.check()
        self._jig.calls.append(name)

    def identify(self) -> JigIdentity:
        self._call("identify")
        return JigIdentity("maker", "model", self._jig.name, "1.0")

    def close(self) -> None:
        self._call("close")

    def open(self) -> None:
        self._call("open")

    def supply(self, voltage_v: float) -> None:
        self._call("supply")
        self._jig.power = True

    def supply_off(self) -> None:
        self._call("supply_off")
        self._jig.power = False

    def connect(self, channel: str) -> None:
        self._call("connect")

    def disconnect(self, channel: str) -> None:
        self._call("disconnect")

    def show(self, field: str) -> None:
        self._call(f"show {field}")

    def light(self, level_pct: float) -> None:
        self._call(f"light {level_pct:g}")

    def voltage_v(self, channel: str) -> float:
        self._call("voltage")
        return 5.0

    def current_a(self, channel: str) -> float:
        self._call("current")
        return 0.5


def spec_of(body: Callable[..., None], **declared: Any) -> StepSpec:
    """The specification of a function as a step."""
    body.__doc__ = body.__doc__ or "A step of a test."
    marked = step(**declared)(body)
    spec = getattr(marked, MARK)
    assert isinstance(spec, StepSpec)
    return spec


def planned(
    spec: StepSpec,
    step_id: str | None = None,
    *,
    phase: Phase = Phase.STEPS,
    timeout_s: float = 5,
    retry: Retry = NO_RETRY,
    on_fail: OnFail = OnFail.STOP,
    limit: Limit = WIDE,
    group: Group | None = None,
    needs: tuple[str, ...] = (),
) -> PlannedStep:
    """A planned step that gives every measurement the same limit."""
    return PlannedStep(
        id=step_id or spec.body.__name__,
        use=spec.name,
        phase=phase,
        timeout_s=Decimal(str(timeout_s)),
        limits=dict.fromkeys(spec.measures, limit),
        retry=retry,
        on_fail=on_fail,
        group=group,
        needs=needs,
    )


@dataclass
class Rig:
    """Specs by their steps, run on a bench that holds one RememberingJig."""

    steps: list[tuple[StepSpec, PlannedStep]]
    unit: Unit = ANNOUNCED
    jig: RememberingJig = field(default_factory=RememberingJig)
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    store: Journal | None = None
    """Takes the events in place of the journal in memory."""
    only: tuple[str, ...] = ()
    instruments: Instruments = field(default_factory=Instruments)
    symptoms: Mapping[str, Symptom] = field(default_factory=dict)
    run: str = "01TEST"

    def __post_init__(self) -> None:
        specs = {spec.name: spec for spec, _ in self.steps}
        steps = tuple(s for phase in Phase for _, s in self.steps if s.phase is phase)
        product = Product("m", "p")
        words = json.dumps({"symptoms": {code: asdict(s) for code, s in self.symptoms.items()}})
        plan = Plan("p", 1, "t", "proc", product, steps, words, symptoms=self.symptoms)
        refs = tuple(PlannedRef(s.id, s.use, s.phase, tuple(specs[s.use].measures)) for s in steps)
        started = RunStarted(
            run=self.run,
            purpose=Purpose.ENGINEERING,
            process="proc",
            unit=self.unit,
            station=StationRef("s", "u"),
            slot=1,
            operator="o",
            attempt=1,
            plan=PlanRef("p", 1, plan.sha256, refs, self.only),
            limits=None,
            jig=None,
            harness="0",
        )
        devices: dict[type, Device] = {Jig: self.jig}
        halt = Cancel()
        self.job = Job(
            plan=plan,
            started=started,
            bench=Bench(devices),
            catalogue=Catalogue(specs.values()),
            clock=SystemClock(),
            halt=halt,
            abort=halt.child(),
            documents={plan.sha256: plan.canonical.encode()},
            instruments=self.instruments,
        )
        self.published: list[Stamped] = []
        self.log = RunLog(
            self.run, self.store or self.journal, self.job.clock, (self.published.append,)
        )

    def kinds(self) -> list[str]:
        return [type(stamped.event).__name__ for stamped in self.published]

    def replay(self) -> Record:
        """The record as a fold of what was published."""
        builder = RecordBuilder()
        for stamped in self.published:
            builder.apply(stamped)
        return builder.build()
