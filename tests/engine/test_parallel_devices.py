"""Children of one slot on the same devices at once: real adb server, real pty, real store."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.devices.adb import AdbHandset, AdbServer
from harness.devices.jig.jig import SerialJig
from harness.engine.bench import Bench
from harness.model.jig_ports import Jig
from harness.model.outcome import Outcome
from harness.model.plan import Group, GroupKind
from harness.model.ports import Attach, Handset
from harness.model.record import Record
from harness.records.attachments import AttachmentFiles
from harness.records.chain import verify
from harness.records.recorder import Recorder
from harness.sim.handset import SimHandsets
from harness.sim.jig import JigBehaviour
from harness.sim.pty import PtyJig
from harness.sim.unit import Defects, SimUnit
from harness.station.slot import SlotRun
from tests.engine.rig import Rig, planned, spec_of

TOGETHER = Group("g", GroupKind.PARALLEL)
UNIT = SimUnit("A57A000001")
TIMES = 40


@pytest.fixture(scope="module")
def handset() -> Iterator[AdbHandset]:
    with AdbServer() as server, SimHandsets(speed=10) as handsets:
        yield AdbHandset(server, handsets.add(UNIT))


class Bodies:
    """Steps that use one device hard; each writes down when it had its turns [s]."""

    def __init__(self) -> None:
        self.turns: dict[str, list[float]] = {}

    def metering(self, name: str) -> Any:
        def body(jig: Jig) -> None:
            for _ in range(TIMES):
                assert jig.voltage_v("vbus") >= 0.0
                self.turns.setdefault(name, []).append(time.monotonic())

        return body

    def switching(self, jig: Jig) -> None:
        for _ in range(TIMES // 8):
            jig.connect("vbus")
            jig.supply(5.0)
            assert 4.9 < jig.voltage_v("vbus") < 5.1
            jig.supply_off()
            jig.disconnect("vbus")
            assert jig.voltage_v("vbus") < 0.1

    def asking(self, name: str) -> Any:
        def body(handset: Handset) -> None:
            for n in range(TIMES):
                said = handset.shell(f"echo {name}-{n}")
                assert (said.out, said.code) == (f"{name}-{n}\n", 0)

        return body

    def keeping(self, name: str) -> Any:
        def body(attach: Attach) -> None:
            for n in range(TIMES // 4):
                attach(f"{n}.txt", f"{n}".encode())  # both children keep the same contents
                attach(f"{name}-{n}.txt", f"{name}-{n}".encode())

        return body


def item(step_id: str, body: Any, timeout_s: float = 50) -> Any:
    def step(*args: Any, **ports: Any) -> None:
        body(*args, **ports)

    step.__name__, step.__doc__ = step_id, "A child of the group."
    step.__wrapped__ = body  # type: ignore[attr-defined]  # its signature is the body's
    step.__annotations__ = body.__annotations__
    spec = spec_of(step)
    return spec, planned(spec, step_id, group=TOGETHER, timeout_s=timeout_s)


def run(
    items: list[Any], store: Path, handset: AdbHandset | None = None, **defects: Defects
) -> Record:
    """The record of a group that ran on a pty and a store of its own."""
    behaviour = JigBehaviour(None, serial="J1", defects=dict(defects.get("jig", {})))
    behaviour.insert(UNIT, 1)
    wire = PtyJig(behaviour)
    jig = SerialJig(wire.path)
    devices: dict[type, Any] = {Jig: jig} | ({Handset: handset} if handset else {})
    try:
        with Recorder(store) as recorder:
            rig = Rig(items, store=recorder)
            running = SlotRun(replace(rig.job, bench=Bench(devices).for_run()), recorder)
            running.start()
            record = running.supervise().record
    finally:
        jig.shut()
        wire.close()
    assert record
    assert behaviour.safe
    assert verify(store) == []
    return record


def test_children_on_every_device_at_once_disturb_one_another_nowhere(
    handset: AdbHandset, tmp_path: Path
) -> None:
    bodies, store = Bodies(), tmp_path / "records.db"
    items = [
        item("meter", bodies.metering("meter")),
        item("switch", bodies.switching),
        item("ask1", bodies.asking("ask1")),
        item("ask2", bodies.asking("ask2")),
        item("keep1", bodies.keeping("keep1")),
        item("keep2", bodies.keeping("keep2")),
    ]
    record = run(items, store, handset)
    assert record.outcome is Outcome.PASS, record.fault
    assert {step.id for step in record.steps} == {step.id for _, step in items}
    files = AttachmentFiles(store)
    assert len(record.attachments) == 2 * 2 * (TIMES // 4)
    for kept in record.attachments:
        content = files.read(kept.sha256)
        assert hashlib.sha256(content).hexdigest() == kept.sha256
        assert content.decode() == kept.name.removesuffix(".txt")


def test_two_children_on_one_jig_both_have_their_turns(tmp_path: Path) -> None:
    bodies = Bodies()
    items = [item(name, bodies.metering(name)) for name in ("a", "b")]
    record = run(items, tmp_path / "records.db")
    assert record.outcome is Outcome.PASS
    ends = {name: (turns[0], turns[-1]) for name, turns in bodies.turns.items()}
    assert ends["a"][0] < ends["b"][1]
    assert ends["b"][0] < ends["a"][1]


def test_a_reply_that_one_child_gave_up_never_answers_its_sibling(tmp_path: Path) -> None:
    def gives_up(jig: Jig) -> None:
        jig.voltage_v("vbus")

    def goes_on(jig: Jig) -> None:
        for _ in range(4):
            jig.connect("vbus")
            jig.disconnect("vbus")
            assert jig.identify().serial == "J1"

    late = {"jig.late_reply": {"on": "MEAS:VOLT? (@1)", "by_s": 0.6}}
    items = [item("late", gives_up, timeout_s=0.3), item("beside", goes_on)]
    record = run(items, tmp_path / "records.db", jig=late)
    outcomes = {step.id: step.outcome for step in record.steps}
    assert outcomes == {"late": Outcome.ERROR, "beside": Outcome.PASS}
