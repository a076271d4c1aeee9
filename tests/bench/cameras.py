"""Good units as they differ, and what the camera steps of the final test find of a unit.

The steps run as they are, on the simulated handset and light box without a wire between, and with
a clock that jumps: so thousands of units can be looked at.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from harness.errors import HarnessError
from harness.model.jig_ports import Jig
from harness.model.judgement import judge
from harness.model.outcome import Outcome
from harness.model.plan import OnFail, PlannedStep
from harness.model.ports import Attach, Handset, Measure, ShellResult, Stopwatch, Wait
from harness.model.reading import Reading
from harness.model.units import Quantity
from harness.model.value import Value
from harness.plans.resolve import load_plans
from harness.sim.camera import SimCamera
from harness.sim.handset import HandsetBehaviour
from harness.sim.scenario import unit_of_serial
from harness.sim.unit import SimUnit
from harness.steps import catalogue

PLAN = Path(__file__).parents[2] / "testplans" / "a57-final.yaml"
SIGMA, GAIN, EXPOSURE, FALLOFF, FLASH = 0.05, 0.02, 0.03, 0.2, 0.1
"""By how much good units differ from the golden one at the most [share]; all alike likely."""
SHIFT_PX, TURN_DEG = 9.6, 1.0


def good_units(count: int, seed: int = 0) -> Iterator[SimUnit]:
    """So many good units, each another one; the same for the same seed."""
    for number in range(count):
        draw = random.Random(f"{seed} {number}")
        unit = unit_of_serial(f"A57P{number:06}", seed=seed)
        unit.rear, unit.front = (_good(camera, draw) for camera in (unit.rear, unit.front))
        unit.flash_gain *= _about_one(draw, FLASH)
        yield unit


def _good(camera: SimCamera, draw: random.Random) -> SimCamera:
    return replace(
        camera,
        sigma_px=camera.sigma_px * _about_one(draw, SIGMA),
        red_gain=_about_one(draw, GAIN),
        blue_gain=_about_one(draw, GAIN),
        exposure=_about_one(draw, EXPOSURE),
        falloff=camera.falloff * _about_one(draw, FALLOFF),
        chart_shift_px=(draw.uniform(-SHIFT_PX, SHIFT_PX), draw.uniform(-SHIFT_PX, SHIFT_PX)),
        chart_turn_deg=draw.uniform(-TURN_DEG, TURN_DEG),
    )


def _about_one(draw: random.Random, share: float) -> float:
    return draw.uniform(1 - share, 1 + share)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was measured, by `step.measurement`, and all that stood in the way of a PASS."""

    values: Mapping[str, Reading[Value]]
    concluded: frozenset[str]


def seen_of(unit: SimUnit) -> Seen:
    """What the camera steps of the final test find of a unit; one that fails is the last one."""
    bench = _Bench(unit)
    values: dict[str, Reading[Value]] = {}
    concluded: set[str] = set()
    for step in camera_steps():
        found = bench.run(step, values)
        concluded |= found
        if found and step.on_fail is OnFail.STOP:
            break
    return Seen(values, frozenset(concluded))


@cache
def camera_steps() -> tuple[PlannedStep, ...]:
    """Those of the final test of the A57, in its order."""
    plan = load_plans(PLAN, catalogue()).named("pk")
    return tuple(step for step in plan.steps if step.use.startswith("camera."))


class _Bench:
    """One awake handset whose camera app has its permissions, before the light box."""

    def __init__(self, unit: SimUnit) -> None:
        self._behaviour = HandsetBehaviour(unit)
        self._unit = unit
        self._now_s = 0.0
        self._behaviour.run("input keyevent 224; wm dismiss-keyguard", 0.0)
        for permission in ("CAMERA", "ACCESS_FINE_LOCATION"):
            package = self._behaviour.cameras.package
            self._behaviour.run(f"pm grant {package} android.permission.{permission}", 0.0)

    def run(self, step: PlannedStep, values: dict[str, Reading[Value]]) -> set[str]:
        """Run a step, add what it measures, and tell what is wrong with that."""
        concluded: set[str] = set()

        def measure(name: str, value: Reading[Value]) -> None:
            values[f"{step.id}.{name}"] = value
            judged = judge(step.limits[name], value)
            if judged.outcome is not Outcome.PASS:
                concluded.add(f"{step.id}.{name}:{judged.reason}")

        ports: Mapping[type, object] = {
            Handset: self,
            Jig: self,
            Measure: measure,
            Attach: _Attach(),
            Wait: self._wait,
            Stopwatch: lambda: self._now_s,
        }
        spec = catalogue()[step.use]
        arguments: dict[str, Any] = {
            name: float(value.amount) if isinstance(value, Quantity) else value
            for name, value in step.arguments.items()
        }
        try:
            spec.body(**{name: ports[kind] for name, kind in spec.ports.items()}, **arguments)
        except HarnessError as error:
            concluded.add(error.code)
        return concluded

    def shell(self, command: str, *, timeout_s: float | None = None) -> ShellResult:
        answer = self._behaviour.run(command, self._now_s)
        return ShellResult(answer.code, answer.out.decode(), answer.err.decode())

    def pull(self, path: str, *, timeout_s: float | None = None) -> bytes:
        content = self._behaviour.read(path)
        assert content is not None, path
        return content

    def show(self, field: str) -> None:
        self._unit.sees = field

    def light(self, level_pct: float) -> None:
        self._unit.light_pct = level_pct

    def _wait(self, seconds: float) -> None:
        self._now_s += seconds


class _Attach:
    """Keeps nothing."""

    def __call__(self, name: str, content: bytes) -> None: ...

    def unless_passed(self, name: str, make: Callable[[], bytes]) -> None: ...
