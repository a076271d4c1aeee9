"""A plan with a limit set, golden values and a mask beside it, and what is told of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.files.problems import errors
from harness.model.plan import Variants
from harness.model.ports import Handset, Measure
from harness.model.step import Catalogue
from harness.plans.resolve import resolve
from harness.steps.api import MARK as SPEC
from harness.steps.api import Series, step
from tests.plans.catalogue import CATALOGUE as COMMON
from tests.plans.told import MARK, places


@step(measures=[Series("sfr", x="cy/px"), Series("level", "dBm", x="MHz")])
def lens(handset: Handset, measure: Measure) -> None:
    """Contrast over spatial frequency [cy/px], and received power [dBm] over frequency [MHz]."""


CATALOGUE = Catalogue([*COMMON.values(), getattr(lens, SPEC)])

PLAN = """\
schema: 1
plan: lens
revision: 1
title: Lens and charge
process: lens
product: {model: A57-4G, part: A57-4G}
limits: limits/a57.yaml
variants: {pk: {sku: A57-PK}, ae: {sku: A57-AE}}
steps:
  - {id: charge, use: catalogue.charge, timeout: 20 s, with: {vbus: 5.0 V}}
  - {id: radio, use: catalogue.radio, timeout: 20 s}
  - {id: lens, use: beside.lens, timeout: 20 s, only: {variant: [ae]}}
"""
LIMITS = """\
schema: 1
limits: a57
revision: 9
golden: golden/a57.yaml
values:
  charge.current: {low: 450 mA, high: 1100 mA, guard: 10 mA, marginal: 20 mA}
  charge.level: {low: 20 %}
  charge.cycles: {one_of: [1, 2]}
  charge.charging: {equals: true}
  radio.imei: {imei: true, tac: ['86012345']}
  radio.power: {near: golden, within: 5 dB}
  lens.sfr: {mask: masks/sfr.csv}
  lens.level: record only
symptoms:
  charge.current:LOW: {code: BAT-07, words: charges too slowly, bin: B}
  lens.sfr:LOW: {code: CAM-02, words: the lens is not sharp, bin: C}
  IMEI-NOT-WRITTEN: {code: ID-01, words: no IMEI, bin: A}
variants:
  ae: {values: {charge.level: {low: 30 %}}}
"""
GOLDEN = """\
schema: 1
golden: a57
revision: 3
measured: {by: R. Khan, on: 2026-10-01, until: 2027-04-01}
values:
  radio.power: -47 dBm
  charge.current: 800 mA
"""
MASK = """\
# measured on three lenses
x [cy/px],low [1],high [1]
0.05,0.7,
0.1,0.5,1
0.25,0.2,0.9
"""
FILES = {
    "plan.yaml": PLAN,
    "limits/a57.yaml": LIMITS,
    "limits/golden/a57.yaml": GOLDEN,
    "limits/masks/sfr.csv": MASK,
}


class Beside:
    """Writes the files into a folder, and gives what is told of them without the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in FILES:
            (folder / name).parent.mkdir(exist_ok=True, parents=True)

    def resolve(self, **changes: str | bytes) -> tuple[Variants | None, list[str]]:
        """The plans of the files, some of which are written in another way."""
        for name, content in {**FILES, **by_file(changes)}.items():
            written = content if isinstance(content, bytes) else content.replace(MARK, "").encode()
            (self.folder / name).write_bytes(written)
        plans, problems = resolve(self.folder / "plan.yaml", CATALOGUE)
        assert (plans is None) == bool(errors(problems))
        return plans, [str(problem).replace(f"{self.folder}/", "") for problem in problems]

    def plans(self, **changes: str | bytes) -> Variants:
        plans, told = self.resolve(**changes)
        assert plans, told
        return plans

    def told(self, **changes: str | bytes) -> list[str]:
        return self.resolve(**changes)[1]


def by_file(changes: Mapping[str, str | bytes]) -> dict[str, str | bytes]:
    """The changes by the names of the files: plan, limits, golden or mask."""
    names = dict(zip(("plan", "limits", "golden", "mask"), FILES, strict=True))
    return {names[key]: content for key, content in changes.items()}


def expected(message: str, **changes: str) -> list[str]:
    """The message at each mark in the changed files."""
    return [
        f"{name}:{place}: {message}"
        for name, content in by_file(changes).items()
        for place in places(str(content))
    ]
