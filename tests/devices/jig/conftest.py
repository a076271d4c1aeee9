"""A simulated jig on a real pty, driven by the real driver; nothing may leak, all ends safe."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from harness.clock import Deadline
from harness.devices.jig.dialect import CORE, Dialect
from harness.devices.jig.jig import SerialJig
from harness.devices.jig.port import JigPort
from harness.devices.scpi.exchange import Expected
from harness.devices.serial import SerialLink
from harness.errors import JigFault
from harness.sim.jig import (
    Dialect as Kind,
)
from harness.sim.jig import (
    JigBehaviour,
    JigBuild,
    Reply,
    SimJig,
    behaviour_of,
)
from harness.sim.pty import PtyJig
from harness.sim.unit import Defects, SimUnit
from tests.devices.jig.wired import Meddler, Wired, quick
from tests.short import lease

THE_JIG = Expected("SIMJIG01")
QUERY_S = 0.4
MOTION_S = 2.0
QUICK = replace(
    CORE,
    verbs={
        name: replace(verb, limit_s=MOTION_S if verb.limit_s > 1 else QUERY_S)
        for name, verb in CORE.verbs.items()
    },
)
"""The core dialect with shorter limits, for tests that wait for one."""


class Scripted:
    """A jig that says something else than it should, the first times it is asked."""

    def __init__(self, jig: JigBehaviour, script: dict[str, list[str]]) -> None:
        self.jig = jig
        self.script = script

    def answer(self, line: str, now_s: float) -> list[Reply]:
        replies = self.jig.answer(line, now_s)
        instead = self.script.get(line)
        if not instead:
            return replies
        return [Reply(text) for text in instead.pop(0).split("\n")]


@dataclass
class Rig:
    """A jig that may be unplugged and plugged in again at the same path."""

    sim: JigBehaviour
    unit: SimUnit
    link: Path
    jig: SerialJig
    script: dict[str, list[str]]
    pty: PtyJig

    def plug_in(self) -> None:
        self.pty = PtyJig(Scripted(self.sim, self.script), speed=20)
        self.link.symlink_to(self.pty.path)

    def unplug(self) -> None:
        self.link.unlink()
        self.pty.unplug()

    def port(self, limit_s: float = 30.0) -> JigPort:
        return self.jig.under(lease(limit_s))

    def fault(self, call: Callable[[], object], code: str) -> JigFault:
        """The fault of a call, which must have this code."""
        with pytest.raises(JigFault) as caught:
            call()
        assert caught.value.code == code, caught.value
        return caught.value


BuildRig = Callable[..., Rig]


@pytest.fixture(autouse=True)
def no_leaks() -> Iterator[None]:
    descriptors, threads = _held()
    yield
    assert _held() == (descriptors, threads)


def _held() -> tuple[list[str], list[str]]:
    descriptors = sorted(link.name for link in Path("/proc/self/fd").iterdir())
    return descriptors, sorted(thread.name for thread in threading.enumerate())


@pytest.fixture
def rig(no_leaks: None, tmp_path: Path) -> Iterator[BuildRig]:
    """Builds a rig; at the end of the test the jig on its port must come out safe."""
    built: list[Rig] = []

    def build(
        defects: Defects | None = None,
        *,
        script: dict[str, list[str]] | None = None,
        dialect: Dialect = CORE,
        expected: Expected = THE_JIG,
        noise: float = 0.0,
        seed: int = 0,
    ) -> Rig:
        unit = SimUnit("A57A000001")
        sim = JigBehaviour(unit, noise=noise, seed=seed, defects=defects)
        script = script or {}
        pty = PtyJig(Scripted(sim, script), speed=20)
        link = tmp_path / f"jig{len(built)}"
        link.symlink_to(pty.path)
        jig = SerialJig(str(link), dialect, expected=expected)
        built.append(Rig(sim, unit, link, jig, script, pty))
        return built[-1]

    yield build
    for each in built:
        each.script.clear()
        if each.pty.plugged and not each.sim.safe:
            with contextlib.suppress(JigFault):  # it may be unable to say so
                each.jig.make_safe(Deadline(10))
            assert each.sim.safe
        each.jig.shut()
        each.pty.close()


BuildWired = Callable[..., Wired]


@pytest.fixture
def wired(no_leaks: None) -> Iterator[BuildWired]:
    """Builds a jig of a shipped dialect on a pty; its power must be off at the end."""
    built: list[Wired] = []

    def build(
        kind: Kind, defects: Defects | None = None, dwell_s: float = 0.1, **limits_s: float
    ) -> Wired:
        sim = behaviour_of(
            SimJig(dialect=kind, defects=defects or {}, build=JigBuild(dwell_s=dwell_s))
        )
        line = Meddler(sim)
        watch = sim.watchdog if isinstance(sim, JigBehaviour) else None
        pty = PtyJig(line, end=sim.end, reply_end=sim.end, attentive=sim.attentive, watch=watch)
        sim.cable.watch(pty.pull)
        dialect = quick(kind, **limits_s)

        def open_link() -> SerialLink:
            return SerialLink(pty.path, dialect.baud)

        jig = SerialJig(pty.path, dialect, expected=THE_JIG, open_link=open_link)
        built.append(Wired(sim, line, pty, jig))
        return built[-1]

    yield build
    for each in built:
        if each.pty.plugged and not each.sim.safe:
            each.line.spoil, each.line.meddle = lambda line: line, lambda _, replies: replies
            each.jig.make_safe(Deadline(10))
            assert each.sim.safe
        each.jig.shut()
        each.pty.close()
