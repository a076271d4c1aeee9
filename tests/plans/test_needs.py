"""What a step uses of its slot and not every slot has, its plan must say that it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.files.problems import Place
from harness.plans.needs import places_of_needs
from harness.plans.resolve import resolve
from harness.steps import catalogue

SHIPPED = Path(__file__).parents[2] / "testplans"
WHY = "so that stations are asked for it, and no other slot has it meanwhile"
STEPS = catalogue()


@pytest.mark.parametrize(
    ("plan", "said", "use", "thing"),
    [
        ("lte-attach", "[callbox]", "lte.attach", "callbox"),
        ("camera", "[lightbox]", "camera.flat", "lightbox"),
        ("battery", "[supply]", "battery.charge", "supply"),
        ("battery", "[dcp, supply]", "battery.charge_dcp", "dcp and supply"),
        ("agent", "[agent]", "agent.bluetooth", "agent"),
        ("usb", "[usb]", "usb.link", "usb"),
    ],
)
def test_a_step_that_does_not_say_what_it_needs_is_told_what_to_write(
    path: Path, plan: str, said: str, use: str, thing: str
) -> None:
    text = (SHIPPED / f"{plan}.yaml").read_text().replace("masks/", f"{SHIPPED}/masks/")
    before, _, rest = text.partition(f"use: {use}\n")
    assert rest.count(f"    needs: {said}\n") > 0
    path.write_text(f"{before}use: {use}\n" + rest.replace(f"    needs: {said}\n", "", 1))
    place = f"{path}:{before.count(chr(10)) + 1}:10"
    _, problems = resolve(path, STEPS)
    assert [str(problem) for problem in problems if not problem.message.startswith("nothing")] == [
        f"{place}: {use} uses the slot's {thing}: write 'needs: {said}', {WHY}"
    ]


def test_what_it_says_already_stays_in_what_is_to_be_written(path: Path) -> None:
    text = (SHIPPED / "usb.yaml").read_text()
    path.write_text(text.replace("needs: [usb]", "needs: [scope]", 1))
    _, problems = resolve(path, STEPS)
    assert "write 'needs: [scope, usb]'" in problems[0].message


def test_of_steps_in_groups_too_it_is_known_where_they_say_what_they_need() -> None:
    named = places_of_needs(SHIPPED / "a57-final.yaml")
    lines = (SHIPPED / "a57-final.yaml").read_text().splitlines()
    assert named["wifi"].keys() == {""}
    for step, thing in (("rear_flat", "lightbox"), ("attach", "callbox"), ("charge_dcp", "dcp")):
        line, column = named[step][thing]
        assert lines[line - 1][column - 1 :].startswith(thing)
    assert "short_range" not in named
    assert isinstance(named["usb"][""], Place)


@pytest.mark.parametrize("use", ["camera.still", "battery.health", "jig.close", "radio.wifi"])
def test_what_every_slot_has_need_not_be_said(use: str) -> None:
    assert not STEPS[use].needs
