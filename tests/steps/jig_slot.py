"""A slot with a jig alone: the real driver before a simulated jig at a real pty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.devices.jig.jig import JigHealthOf, SerialJig
from harness.devices.scpi.exchange import Expected
from harness.engine.bench import Bench
from harness.engine.execute import execute
from harness.model.jig_ports import Jig, JigHealth
from harness.model.plan import PlannedStep
from harness.model.record import Record
from harness.sim.jig import Jig as Behaviour
from harness.sim.jig import JigBehaviour, JigBuild, SimJig, behaviour_of, on_pty
from harness.sim.jig.built import Dialect
from harness.station.files.jig_file import read_jig_file
from tests.engine.rig import Rig
from tests.steps.phone import SPECS, step

JIGS = Path(__file__).parents[2] / "fixtures" / "jigs"
SERIAL = "J-0117"


@dataclass
class JigSlot:
    """A slot with no handset in it."""

    driver: SerialJig
    behaviour: Behaviour

    @property
    def core(self) -> JigBehaviour:
        assert isinstance(self.behaviour, JigBehaviour)
        return self.behaviour

    def run(self, use: str, **given: Any) -> Record:
        return self.run_all(step(use, timeout_s=40, **given))

    def run_all(self, *steps: PlannedStep) -> Record:
        rig = Rig([(SPECS[each.use], each) for each in steps])
        bench = Bench({Jig: self.driver, JigHealth: JigHealthOf(self.driver)})
        return execute(replace(rig.job, bench=bench), rig.log)


MakeJig = Callable[..., JigSlot]


@contextmanager
def jig_slot(
    *defects: str,
    dialect: Dialect = "core",
    speed: float = 20,
    settings: dict[str, dict[str, Any]] | None = None,
    moves_within_s: float | None = None,
    **built: Any,
) -> Iterator[JigSlot]:
    """A jig with planted defects, some with `settings`, that is else as it was `built`."""
    planted = {**{name: {} for name in defects}, **(settings or {})}
    jig = SimJig(SERIAL, dialect, defects=planted, build=JigBuild(**built))
    behaviour = behaviour_of(jig)
    wire = on_pty(behaviour, speed=speed)
    _, kind, problems = read_jig_file(JIGS / f"{dialect}.yaml")
    assert kind, problems
    spoken = kind.dialect
    if moves_within_s:
        verbs = {n: replace(v, limit_s=moves_within_s) for n, v in spoken.verbs.items()}
        spoken = replace(spoken, verbs=verbs)
    driver = SerialJig(wire.path, spoken, expected=Expected(SERIAL, kind.maker, kind.model))
    try:
        yield JigSlot(driver, behaviour)
    finally:
        driver.shut()
        wire.close()
