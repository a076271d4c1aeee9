"""The files of a line: its plan, with a step of its own, and what the plan and its station name."""

from __future__ import annotations

from pathlib import Path

STEPS = '''
from harness.model.ports import Measure
from harness.model.step import Numeric, Series
from harness.model.value import Curve
from harness.steps.api import step


@step(measures=[Series("level", "V", "MHz"), Numeric("peak", "V")])
def sweep(measure: Measure) -> None:
    """Level [V] over the frequency [MHz], and the highest level [V]."""
    measure("level", Curve.read([100, 200, 300], [1.0, 1.1, 1.0]))
    measure("peak", 1.1)
'''
FILES = {
    "plan.yaml": """\
schema: 1
plan: line
revision: 1
title: Line
process: final-test
product: {model: A57-4G, part: A57-4G, serial: 'A57[A-Z][0-9]{6}'}
label: label.yaml
limits: limits.yaml
setup:
  - {id: close, use: jig.close, timeout: 10 s}
steps:
  - {id: identity, use: identity.match_label, timeout: 20 s}
  - {id: sweep, use: audio.sweep, timeout: 5 s}
teardown:
  - {id: open, use: jig.open, timeout: 10 s}
""",
    "limits.yaml": """\
schema: 1
limits: line
revision: 4
golden: golden.yaml
values:
  identity.serial: {matches: 'A57[A-Z][0-9]{6}'}
  identity.imei1: {imei: true}
  identity.imei2: {imei: true}
  identity.imei_matches: {equals: true}
  sweep.level: {mask: masks/sweep.csv}
  sweep.peak: {near: golden, within: 0.2 V}
""",
    "golden.yaml": """\
schema: 1
golden: line
revision: 1
measured: {by: carol, on: '2026-11-02', until: '2036-12-31'}
values:
  sweep.peak: 1.1 V
""",
    "masks/sweep.csv": "x [MHz],low [V],high [V]\n100,0.9,1.2\n300,0.9,1.2\n",
    "label.yaml": """\
schema: 1
label: line
revision: 1
scan: {fields: [serial, imei1, imei2], separator: ';'}
""",
    "jigs/core.yaml": """\
schema: 1
jig: core
revision: 1
dialect: core
identity: {maker: Example, model: Core}
channels: {vbus: 1}
moves_within: 5 s
selftest: ../selftest.yaml
""",
    "golden-units.yaml": """\
schema: 1
golden_units: line
revision: 1
units:
  - {serial: 'A57G000001', kind: golden, plan: units/golden.yaml, until: 2036-12-31}
""",
    "units/golden.yaml": """\
schema: 1
plan: golden
revision: 1
title: A golden unit
process: golden
product: {model: A57-4G, part: A57-4G, serial: 'A57[A-Z][0-9]{6}'}
limits: limits.yaml
steps:
  - {id: identity, use: identity.read, timeout: 20 s}
  - {id: sweep, use: audio.sweep, timeout: 5 s}
""",
    "units/limits.yaml": """\
schema: 1
limits: golden
revision: 1
values:
  identity.serial: {matches: 'A57G[0-9]{6}'}
  sweep.level: {mask: sweep.csv}
  sweep.peak: {low: 1.0 V, high: 1.2 V}
""",
    "units/sweep.csv": "x [MHz],low [V],high [V]\n100,0.9,1.2\n300,0.9,1.2\n",
    "selftest.yaml": """\
schema: 1
plan: selftest
revision: 1
title: Is it there?
process: jig-selftest
product: {model: Core, part: Core}
steps:
  - {id: self_test, use: jig_health.self_test, timeout: 40 s, limits: {code: {equals: 0}}}
""",
}
STATION = """\
schema: 1
station: ft-01
rules: {{waived: [golden_every, clock_within, sign_in]}}
golden_units: golden-units.yaml
slots:
  - {{slot: 1, handset: '{handset}', jig: {{port: {port}, file: jigs/core.yaml}}}}
"""


def write_line(folder: Path) -> None:
    """All of a line but its station file, which names its wires, and its trust file."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    _install_steps(folder / "packages")


def _install_steps(site_packages: Path) -> None:
    """A package of steps as pip lays it out."""
    package, info = site_packages / "plant", site_packages / "plant-1.dist-info"
    package.mkdir(parents=True)
    info.mkdir()
    (package / "__init__.py").write_text("")
    (package / "audio.py").write_text(STEPS)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plant\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[harness.steps]\nours = plant.audio\n")
