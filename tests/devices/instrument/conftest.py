"""A simulated call box on a real TCP port or pty, driven by the real driver; nothing may leak."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from harness.devices.instrument.callbox import CallBoxDevice, CallBoxPort, SharedCallBox
from harness.devices.instrument.dialect import CORE, CallBoxDialect
from harness.devices.scpi.exchange import Expected
from harness.errors import InstrumentFault
from harness.model.cell import Cell, PathLoss
from harness.sim.callbox import CallBoxBehaviour
from harness.sim.cell import SimCell
from harness.sim.jig import Reply
from harness.sim.pty import PtyJig
from harness.sim.tcp import TcpInstrument
from harness.sim.unit import Defects, SimUnit
from tests.devices.jig.conftest import no_leaks  # noqa: F401 a fixture
from tests.short import lease

THE_CELL = Cell("00101", 7, 3100, -60.0)
THE_BOX = Expected("SIMBOX01", "Simulated", "CallBox")
REPLY_S = 0.4
QUICK = replace(
    CORE,
    replies_within_s=REPLY_S,
    commands={name: replace(verb, limit_s=1.0) for name, verb in CORE.commands.items()},
)
"""The core with shorter limits, for tests that wait for one."""


def loss(band: int) -> PathLoss:
    return PathLoss(42.0, "C-1", band, date(2026, 11, 2), date(2027, 5, 2), "Mei")


@dataclass
class Scripted:
    """A box that says something else than it should, or late, the first times it is asked."""

    box: CallBoxBehaviour
    script: dict[str, list[Reply]] = field(default_factory=dict)

    def answer(self, line: str, now_s: float) -> list[Reply]:
        replies = self.box.answer(line, now_s)
        instead = self.script.get(line)
        return [instead.pop(0)] if instead else replies


@dataclass
class Rig:
    """A call box with a unit that is cabled to it."""

    sim: CallBoxBehaviour
    unit: SimUnit
    script: dict[str, list[Reply]]
    wire: TcpInstrument | PtyJig
    box: SharedCallBox
    registered: bool = False

    def port(self, limit_s: float = 30.0) -> CallBoxPort:
        return CallBoxDevice(self.box, loss).under(lease(limit_s))

    def says(self, line: str, *texts: str, late_s: float = 0.0) -> None:
        """Have it say these texts instead, the next times it is asked."""
        self.script[line] = [Reply(text, late_s) for text in texts]

    def fault(self, call: Callable[[], object], code: str) -> InstrumentFault:
        with pytest.raises(InstrumentFault) as caught:
            call()
        assert caught.value.code == code, caught.value
        return caught.value


BuildRig = Callable[..., Rig]


def _url(wire: TcpInstrument | PtyJig) -> str:
    return wire.path if isinstance(wire, PtyJig) else wire.url


@pytest.fixture
def rig(no_leaks: None) -> Iterator[BuildRig]:  # noqa: F811
    built: list[Rig] = []

    def build(
        defects: Defects | None = None,
        *,
        dialect: CallBoxDialect = CORE,
        expected: Expected = THE_BOX,
        serial: bool = False,
    ) -> Rig:
        sim = CallBoxBehaviour(SimCell(), speed=20)
        unit = SimUnit("A57A000001", defects=defects or {})
        scripted = Scripted(sim)
        wire = PtyJig(scripted, epoch_s=0.0) if serial else TcpInstrument(scripted)
        box = SharedCallBox(_url(wire), dialect, expected=expected)
        made = Rig(sim, unit, scripted.script, wire, box)
        sim.insert(unit, lambda _: made.registered)
        built.append(made)
        return made

    yield build
    for each in built:
        each.box.shut()
        each.wire.close()
