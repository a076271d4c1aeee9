"""A plan with everything that the language has, and every file that it names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.files.problems import Problem
from harness.model.plan import Variants
from harness.plans.resolve import resolve
from tests.plans.catalogue import CATALOGUE

PLAN = """\
# everything at once
schema: 1
plan: a57-final
revision: 14
title: A57 4G final test
process: final-test
product: {model: A57-4G, part: A57-4G, serial: 'A57[A-Z][0-9]{6}'}
label: label.yaml
limits: limits.yaml
variants:
  pk: {sku: A57-PK}
  ae: {sku: A57-AE}
retest: {max_runs: 4, other_slot_after: 2}
setup:
  - {id: shut, use: catalogue.close, timeout: 10 s}
steps:
  - id: together
    parallel:
      - {id: gauge, use: catalogue.gauge, timeout: 10 s}
      - {id: rear, use: catalogue.edge, timeout: 20 s, needs: [lightbox]}
  - id: bench
    any_order:
      - id: charge
        use: catalogue.charge
        timeout: 20 s
        expect: 12 s
        with: {vbus: 5.0 V, samples: 4, fast: true}
        needs: [supply, callbox]
        limits:
          charging: {equals: true}
      - {id: radio, use: catalogue.radio, timeout: 30 s, with: {ssid: REF-5G}}
  - id: nfc
    use: catalogue.blink
    timeout: 5 s
    retry: {times: 2, on: [error]}
    on_fail: continue
    only: {variant: [ae]}
teardown:
  - {id: off, use: catalogue.blink, timeout: 500 ms}
"""
LIMITS = """\
schema: 1
limits: a57
revision: 9
golden: golden.yaml
values:
  gauge.voltage: {near: golden, within: 5 %, guard: 10 mV}
  rear.sfr: {mask: mask.csv}
  rear.mtf50: 'record only, may be unknown'
  charge.current: {low: 450 mA, high: 1100 mA, guard: 10 mA, marginal: 20 mA}
  charge.level: not offered
  charge.cycles: {one_of: [1, 2]}
  radio.imei: {imei: true, tac: ['86012345', '86012346']}
  radio.power: {near: golden, within: 5 dB}
symptoms:
  charge.current:LOW: {code: BAT-07, words: charges too slowly, bin: B}
  IMEI-NOT-WRITTEN: {code: ID-1, words: has no IMEI, bin: C}
variants:
  ae: {values: {charge.cycles: {equals: 1}, radio.imei: {matches: '86012346[0-9]{7}'}}}
"""
GOLDEN = """\
schema: 1
golden: a57
revision: 3
measured: {by: R. Khan, on: 2026-10-01, until: 2027-04-01}
values:
  gauge.voltage: 4200 mV
  radio.power: -47 dBm
"""
MASK = """\
# an edge
x [cy/px],low [1],high [1]
0,0.9,1.1
0.25,0.3,
0.25,0.2,
0.5,0.05,0.6
"""
LABEL = """\
schema: 1
label: a57
revision: 3
scan: {fields: [serial, imei1, sku], separator: ';'}
"""
FILES: Mapping[str, str] = {
    "plan.yaml": PLAN,
    "limits.yaml": LIMITS,
    "golden.yaml": GOLDEN,
    "mask.csv": MASK,
    "label.yaml": LABEL,
}


def resolved(
    folder: Path, changed: Mapping[str, str | bytes]
) -> tuple[Variants | None, list[Problem]]:
    """What is made of the files, some of them changed."""
    for name, content in {**FILES, **changed}.items():
        raw = content if isinstance(content, bytes) else content.encode()
        (folder / name).write_bytes(raw)
    return resolve(folder / "plan.yaml", CATALOGUE)


def whole(folder: Path, changed: Mapping[str, str | bytes]) -> Variants:
    """The plans, of which nothing may be told."""
    plans, problems = resolved(folder, changed)
    assert plans, [str(problem) for problem in problems]
    assert not problems
    return plans
