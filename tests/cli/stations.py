"""Simulated stations of tests: their files, their processes, and what is scanned at them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.model.events import Recorded, Stamped
from harness.model.head import RunHead
from harness.model.station import Message
from harness.records.query import Reader
from harness.sim.scenario import unit_of_serial
from tests.cli.conftest import PLAN, ROOT, Cli
from tests.station.screen import Screen

SCENARIO = """\
schema: 1
speed: 10
units:
  - {serial: A57B000001}
  - {serial: A57B000002, defects: [battery.weak_charge]}
drawn: {first: A57C100001}
"""


def written(cli: Cli, *, slots: int, plan: str | Path = PLAN, more: str = "") -> Path:
    """A station file of a simulated station, and its scenario."""
    (cli.folder / "scenario.yaml").write_text(SCENARIO)
    path = cli.folder / "station.yaml"
    path.write_text(
        f"schema: 1\nstation: floor\nsimulated: scenario.yaml\nsimulated_slots: {slots}\n"
        f"plan: {plan}\ninstruments: [callbox, lightbox]\n{more}"
    )
    return path


def bare(cli: Cli) -> Path:
    """A station file of a real station, at which neither handset nor jig is there."""
    path = cli.folder / "station.yaml"
    path.write_text(
        "schema: 1\nstation: s\n"
        "instruments: [supply]\n"
        "slots: [{slot: 1, handset: A57A000001, jig: {port: /dev/ttyNONE}}]\n"
    )
    return path


def labelled(cli: Cli) -> Path:
    """The skeleton plan, whose units have a label."""
    path = cli.folder / "plan.yaml"
    label = ROOT / "fixtures" / "labels" / "a57.yaml"
    path.write_text(PLAN.read_text().replace("setup:", f"label: {label}\nsetup:", 1))
    return path


@contextmanager
def serving(cli: Cli, *words: str | Path) -> Iterator[tuple[subprocess.Popen[str], Screen]]:
    """A station in a process, and a screen on its socket; killed if it is still there."""
    child = cli.start("station", *words)
    try:
        with Screen(cli.store.with_name("records.db.station")) as screen:
            yield child, screen
    finally:
        child.kill()
        child.communicate()


def until(screen: Screen, seen: Callable[[Message], bool]) -> Message:
    while not seen(message := screen.message()):
        pass
    return message


def is_recorded(message: Message) -> bool:
    return isinstance(message, Stamped) and isinstance(message.event, Recorded)


def recorded(cli: Cli) -> list[RunHead]:
    with Reader(cli.store) as reader:
        return reader.runs()


def label(scan: str) -> str:
    """The scan of a unit's label, whose IMEIs follow from its serial."""
    unit = unit_of_serial(scan.partition(";")[0])
    return ";".join((unit.serial, *unit.imei, "A57-4G", unit.sku))
