"""One simulated jig as it was built and has aged: pure values."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Literal, get_args

from harness.sim.unit import Defects

Dialect = Literal["core", "core-framed", "shield-tescom", "shield-rs"]
"""How a jig speaks: as the jig file of this name in fixtures/jigs spells it."""
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)

_GOOD_OHM = 0.025, 0.060


@dataclass(frozen=True, slots=True)
class JigBuild:
    """What a jig is like where no two good ones are quite the same.

    The defaults are those of the golden jig.
    """

    channel_ohm: tuple[float, ...] = (0.040, 0.036, 0.042, 0.038)
    """Of each channel its relay and its contact together [ohm]."""
    supply_error_pct: float = 0.0
    """By how much its supply gives more than it was told, at the contact [%]."""
    leak_v: float = 0.0
    """What stands on a contact whose relay is open [V]."""
    full_light_lx: float = 1000.0
    """The illuminance of its light box at full light; it is linear down to `stray_lx`."""
    stray_lx: float = 0.2
    """What its light sensor reads in the dark."""
    cycles: int = 12_000
    """How often its contacts had closed before."""
    calibrated_d: int = 100
    """How long ago it was calibrated [days]."""
    due_d: int = 265
    """How long that holds still [days]."""
    clock_off_s: float = 0.0
    """By how much its clock is ahead."""
    dwell_s: float = 0.2
    """How long its fixture or its lid moves [s of the simulator's time]."""
    carriage_s: float = 0.5
    """How long the carriage of its light box moves [s of the simulator's time]."""


def good_build(serial: str, seed: int = 0) -> JigBuild:
    """A good jig, as good jigs come: always the same one for a serial and a seed."""
    drawn = random.Random(f"{seed} {serial}")  # noqa: S311 (repeatable, not secret)
    age_d = drawn.randint(5, 300)
    return JigBuild(
        channel_ohm=tuple(round(drawn.uniform(*_GOOD_OHM), 4) for _ in range(4)),
        supply_error_pct=max(-0.1, min(0.1, drawn.gauss(0, 0.04))),
        leak_v=drawn.uniform(0, 0.002),
        full_light_lx=drawn.gauss(1000, 8),
        stray_lx=drawn.uniform(0.05, 0.5),
        cycles=drawn.randint(2_000, 60_000),
        calibrated_d=age_d,
        due_d=365 - age_d,
        clock_off_s=drawn.uniform(-0.3, 0.3),
        dwell_s=drawn.uniform(0.18, 0.22),
        carriage_s=drawn.uniform(0.45, 0.55),
    )


@dataclass(frozen=True, slots=True)
class SimJig:
    """A jig of a scenario: who it is, how it speaks, what it is like, and what is wrong with it.

    `noise` is the relative standard deviation of one reading of its meters.
    """

    serial: str = "SIMJIG01"
    dialect: Dialect = "core"
    noise: float = 0.0
    defects: Defects = field(default_factory=dict)
    build: JigBuild = field(default_factory=JigBuild)


SERIAL_PATTERN = "^[!-+\\--~]{1,64}$"
"""What can stand as a serial in an identity: no spaces, no commas."""


def jig_serial(text: str) -> str:
    """The text, when it is the serial of a jig.

    Raises: ValueError when it is none.
    """
    if not re.fullmatch(SERIAL_PATTERN, text):
        raise ValueError(f"no serial of a jig: {text!r:.80}, it has no spaces and no commas")
    return text
