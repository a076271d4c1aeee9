"""A small catalogue with every kind of parameter and measurement."""

from __future__ import annotations

from typing import Literal

from harness.model.jig_ports import Jig
from harness.model.ports import Handset, Measure
from harness.model.step import Catalogue, Series
from harness.model.units import Current, Duration, Voltage, seconds
from harness.steps.api import MARK, Flag, Numeric, Text, step


@step()
def close(jig: Jig) -> None:
    """Close the fixture."""


@step(
    measures=[Numeric("current", "A"), Numeric("level", "%"), Numeric("cycles"), Flag("charging")],
    claims=["vbus"],
)
def charge(
    handset: Handset,
    jig: Jig,
    measure: Measure,
    *,
    vbus: Voltage,
    most: Current = 1.1,
    settle: Duration = seconds(0.5),
    samples: int = 3,
    fast: bool = False,
) -> None:
    """Charging current [A]."""


@step(measures=[Text("imei"), Numeric("power", "dBm")])
def radio(
    handset: Handset,
    measure: Measure,
    *,
    band: Literal["low", "mid", "high"] = "mid",
    ssid: str = "LINE-REF",
) -> None:
    """IMEI, and received power [dBm]."""


@step()
def blink() -> None:
    """Needs no device at all."""


@step(measures=[Numeric("voltage", "V")], claims=["vbus"])
def gauge(handset: Handset, measure: Measure) -> None:
    """Voltage [V] at the charger."""


@step(measures=[Numeric("width", "px")], claims=["camera"])
def picture(handset: Handset, measure: Measure) -> None:
    """Width [px] of a picture."""


@step(measures=[Numeric("width", "px")], claims=["camera", "vbus"])
def portrait(handset: Handset, measure: Measure) -> None:
    """Width [px] of a picture by the light that the charger feeds."""


@step(claims=["adb-restart"])
def restart(handset: Handset) -> None:
    """Start the handset again."""


@step()
def ask(handset: Handset) -> None:
    """Ask the handset something that disturbs nobody."""


@step(measures=[Series("sfr", "1", "cy/px"), Numeric("mtf50", "cy/px")])
def edge(handset: Handset, measure: Measure) -> None:
    """Spatial frequency response of an edge, and where it is a half [cy/px]."""


CATALOGUE = Catalogue(
    getattr(body, MARK)
    for body in (close, charge, radio, blink, gauge, picture, portrait, restart, ask, edge)
)

PLAN = """\
schema: 1
plan: a57-final
revision: 14
title: A57 4G final test
process: final-test
product: {model: A57-4G, part: A57-4G, serial: 'A57[A-Z][0-9]{6}'}
setup:
  - {id: shut, use: catalogue.close, timeout: 10 s}
steps:
  - id: charge
    use: catalogue.charge
    timeout: 20 s
    with: {vbus: 5.0 V}
    limits:
      current: {low: 450 mA, high: 1100 mA, guard: 10 mA}
      level: {low: 20 %}
      cycles: {one_of: [1, 2]}
      charging: {equals: true}
  - id: radio
    use: catalogue.radio
    timeout: 30 s
    with: {ssid: REF-5G}
    limits:
      imei: {imei: true, tac: ['86012345']}
      power: {low: -70 dBm, guard: 1 dB}
    retry: {times: 1, on: [error]}
    on_fail: continue
teardown:
  - {id: off, use: catalogue.blink, timeout: 500 ms}
"""
