"""What a slot lacks for a plan is told with the step, and with what to write where."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.plans.resolve import load_plans
from harness.station.lacks import Lack, lacks_of
from harness.steps import catalogue
from harness.wiring import load_layout, places

PLANS = Path(__file__).parents[2] / "testplans"
STEPS = catalogue()
FULL = "jig: {port: p, file: jig.yaml}, usb: pci-0000:00:14.0/1-4, instruments: [lightbox, supply]"


@pytest.mark.parametrize(
    ("plan", "without", "step", "thing", "write"),
    [
        ("camera", ", instruments: [lightbox, supply]", "rear_flat", "lightbox", "'instruments'"),
        ("battery", "lightbox, supply", "charge", "supply", "'instruments'"),
        ("battery", ", dcp: 2", "charge_dcp", "dcp", "'channels' of the jig's file"),
        ("usb", "usb: pci-0000:00:14.0/1-4, ", "usb", "usb", "usb: SOCKET"),
        ("camera", "jig: {port: p, file: jig.yaml}, ", "close", "jig", "jig: {port: PORT}"),
        ("lte-attach", "none", "attach", "callbox", "name: callbox, port: PORT, file: FILE"),
    ],
)
def test_what_is_not_there_is_told_with_where_to_write_it(
    tmp_path: Path, plan: str, without: str, step: str, thing: str, write: str
) -> None:
    jig = (PLANS.parent / "fixtures/jigs/core.yaml").read_text()
    jig = jig.replace("../../testplans", str(PLANS))
    (tmp_path / "jig.yaml").write_text(jig.replace(without, ""))
    slot = f"{{slot: 1, handset: A57A000001, {FULL}}}".replace(
        without, "lightbox" if without == "lightbox, supply" else ""
    )
    station = tmp_path / "station.yaml"
    station.write_text(f"schema: 1\nstation: s\nslots:\n  - {slot}\n")
    (place,) = places(load_layout(station, None))
    its = load_plans(PLANS / f"{plan}.yaml", STEPS).any
    lack = lacks_of(its, STEPS, place.devices, place.instruments)[0]
    assert (lack.step, lack.thing) == (step, thing)
    assert write in lack.remedy
    assert lacks_of(its, STEPS, place.devices, place.instruments, ["no such step"])[:1] == (
        [lack] if thing == "jig" else []  # setup is never left out
    )


def test_a_thing_that_ports_and_needs_name_is_lacking_once() -> None:
    plan = load_plans(PLANS / "usb.yaml", STEPS).any
    assert lacks_of(plan, STEPS, (), ()) == [
        Lack("usb", "usb.link", "usb"),
        Lack("usb", "usb.link", "handset"),
        Lack("plug", "usb.enumerate", "usb"),
        Lack("plug", "usb.enumerate", "handset"),
    ]


def test_slots_that_lack_the_same_are_told_together() -> None:
    """`plan check --station` sums slots up: a lack of one slot equals that of another."""
    assert {Lack("a", "b", "usb"), Lack("a", "b", "usb")} == {Lack("a", "b", "usb")}
