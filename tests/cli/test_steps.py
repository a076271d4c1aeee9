"""`harness steps`, with the product's steps and with those of an installed package."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import PLAN, Cli

GOOD = '''
from harness.model.jig_ports import Jig
from harness.model.ports import (Measure)
from harness.steps.api import Numeric, step


@step(measures=[Numeric("hum", "V")])
def speaker(jig: Jig, measure: Measure) -> None:
    """Hum [V] of the speaker."""
    measure("hum", jig.voltage_v("vbus"))
'''
BROKEN = {
    "it does not import": ("import no_such_thing\n", "audio.py:1: ModuleNotFoundError"),
    "it is no Python": ("def\n", "SyntaxError"),
    "it leaves": ("raise SystemExit(0)\n", "audio.py:1: SystemExit"),
    "a step is refused": (GOOD.replace('"""Hum [V] of the speaker."""', ""), "has no docstring"),
    "it has no steps": ("value = 1\n", "no module that defines a step"),
    "another has its name": (
        GOOD.replace("def speaker", "def charge"),
        "harness.steps.battery has a step battery.charge too",
    ),
}


class Installer:
    """Installs a distribution of one module, as pip lays it out: a package and its .dist-info."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.site = folder / "site"
        path = os.pathsep.join(filter(None, [str(self.site), os.environ.get("PYTHONPATH")]))
        monkeypatch.setenv("PYTHONPATH", path)

    def __call__(self, source: str, *, module: str = "audio") -> None:
        package, info = self.site / "my_plant", self.site / "my_plant-1.2.dist-info"
        package.mkdir(parents=True)
        info.mkdir()
        (package / "__init__.py").write_text("")
        (package / f"{module}.py").write_text(source)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-plant\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(f"[harness.steps]\nours = my_plant.{module}\n")


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installer:
    return Installer(tmp_path, monkeypatch)


def test_the_steps_are_listed_with_what_they_do(cli: Cli) -> None:
    ran = cli("steps")
    assert ran.code == 0
    lines = dict(line.split(maxsplit=1) for line in ran.out.splitlines())
    assert lines["battery.charge"].startswith("Charge current [A] and voltage [V]")
    assert {"identity.read", "jig.close", "jig.open"} <= lines.keys()


def test_a_step_says_what_it_needs_takes_and_measures(cli: Cli) -> None:
    ran = cli("steps", "battery.charge")
    assert ran.code == 0
    assert ran.out.startswith("battery.charge\n")
    assert "microampere" in ran.out
    told = ran.out.splitlines()
    assert "needs     Handset, Jig, Measure, Wait, Stopwatch, supply" in told
    assert "with      vbus (V; default 5.0)" in told
    assert "with      settle (s; default 0.5)" in told
    assert "measures  current_jig (numeric, A)" in told
    assert "measures  temperature (numeric, degC)" in told


def test_a_misspelt_step_is_refused_with_the_right_one(cli: Cli) -> None:
    ran = cli("steps", "battery.chrage")
    assert ran.code == 2
    assert "battery.charge" in ran.err
    assert ran.out == ""


def test_a_parameter_says_its_choices(cli: Cli, install: Installer) -> None:
    install(
        "from typing import Literal\n"
        + GOOD.replace("measure: Measure)", 'measure: Measure, *, side: Literal["left", "right"])')
    )
    ran = cli("steps", "audio.speaker")
    assert ran.code == 0, ran.err
    assert "with      side (left or right; required)" in ran.out.splitlines()


def test_an_installed_package_adds_its_steps(cli: Cli, install: Installer) -> None:
    install(GOOD)
    ran = cli("steps", "audio.speaker")
    assert ran.code == 0, ran.err
    assert "measures  hum (numeric, V)" in ran.out


@pytest.mark.parametrize(("source", "why"), BROKEN.values(), ids=BROKEN)
def test_a_package_that_is_broken_is_named(
    cli: Cli, install: Installer, source: str, why: str
) -> None:
    module = "battery" if "battery.charge" in why else "audio"
    install(source, module=module)
    ran = cli("plan", "check", PLAN)
    assert ran.code == 2, ran.err
    assert ran.err.startswith("STEPS-BROKEN: ")
    assert f"module my_plant.{module}, entry point 'ours' of my-plant 1.2: " in ran.err
    assert why in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("command", [["steps"], ["run", str(PLAN)]], ids=["steps", "run"])
def test_a_broken_package_stops_every_command_that_needs_steps(
    cli: Cli, install: Installer, command: list[str]
) -> None:
    install("import no_such_thing\n")
    ran = cli(*command)
    assert ran.code == 2
    assert ran.err.startswith("STEPS-BROKEN: ")
    assert not cli.store.exists()
