"""What steps claim of a handset: which of them may run at the same time."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from harness.plans.resolve import resolve
from harness.steps import catalogue
from harness.steps.api import CLAIMS

STEPS = catalogue()
ALL = tuple(CLAIMS)
USES = {
    "agent.bluetooth": ("agent", "bluetooth"),
    "agent.gnss": ("agent", "location"),
    "agent.loopback": ("agent", "audio"),
    "agent.sensors": ("agent",),
    "agent.touch": ("agent", "screen"),
    "agent.vibration": ("agent", "audio"),  # a motor is heard
    "battery.charge": ("vbus",),
    "battery.charge_dcp": ALL,  # adb is away meanwhile
    "battery.health": ("vbus",),  # resets what `dumpsys battery` says
    "camera.chart": ("camera", "screen"),
    "camera.flash": ("camera", "screen"),
    "camera.flat": ("camera", "screen"),
    "camera.still": ("camera", "screen"),
    "handover.ready": ("agent",),  # uninstalls apps, that of the line among them
    "handover.sealed": ALL,
    "handover.wipe": ALL,
    "handset.prepare": ("bluetooth", "camera", "modem", "screen", "vbus", "wifi"),
    "handset.reboot": ALL,
    "handset.restore": ("bluetooth", "camera", "modem", "screen", "wifi"),
    "jig.close": ALL,
    "jig.open": ALL,
    **dict.fromkeys(  # what a jig does while it tests itself, no measurement beside it would know
        (
            *("jig_health.carriage", "jig_health.contact", "jig_health.cycles"),
            *("jig_health.interlock", "jig_health.light", "jig_health.motion", "jig_health.off"),
            *("jig_health.rail", "jig_health.relay", "jig_health.self_test"),
            "jig_health.shield",
        ),
        ALL,
    ),
    "lte.attach": ("bluetooth", "modem", "wifi"),  # airplane mode switches all of them off
    "lte.traffic": ("bluetooth", "modem", "wifi"),  # it may have to attach anew
    "nfc.present": ("nfc",),
    "radio.bluetooth": ("bluetooth",),
    "radio.gnss": ("location", "screen"),  # the app that asks for the location is in front
    "radio.wifi": ("wifi",),
    "radio.wifi_link": ("wifi",),
    "usb.enumerate": ALL,
    "usb.link": ("vbus",),
}
"""Steps that change something on the handset or its contacts, by what they change or need."""
ASKING = (
    "camera.listed",
    *("device.display", "device.memory", "device.sensors", "device.storage", "device.thermal"),
    *("identity.build", "identity.match_label", "identity.read", "jig.voltage"),
    *("jig_health.calibration", "jig_health.clock", "jig_health.echo"),
    *("jig_health.identity", "operator.confirm"),
)
TOGETHER = (
    ("camera.flat", "radio.wifi"),
    ("camera.chart", "lte.attach"),
    ("battery.charge", "lte.attach"),
    ("battery.charge", "radio.gnss"),
    ("radio.bluetooth", "radio.gnss"),
    ("radio.bluetooth", "radio.wifi"),
    ("lte.attach", "radio.gnss"),
)
APART = (
    ("camera.flat", "radio.gnss"),
    ("lte.attach", "radio.bluetooth"),
    ("lte.attach", "radio.wifi"),
    ("lte.traffic", "radio.wifi_link"),
    ("battery.charge", "usb.link"),
    ("battery.charge_dcp", "radio.wifi"),
    ("agent.gnss", "radio.gnss"),
    ("agent.sensors", "agent.touch"),
    ("agent.touch", "handover.ready"),
)
PARALLEL = """\
schema: 1
plan: apart
revision: 1
title: Apart
process: final-test
product: {model: A57-4G, part: A57-4G}
steps:
  - id: both
    parallel:
      - id: touch
        use: agent.touch
        timeout: 60 s
        needs: [agent]
        limits: {touched: {low: 100 %}}
      - id: ready
        use: handover.ready
        timeout: 30 s
        limits:
          build_type: record only
          verified_boot: record only
          locked: record only
          encryption: record only
          accounts: record only
          flags_left: record only
          test_apps: {equals: none}
          level: record only
"""


@pytest.mark.parametrize("name", USES)
def test_a_step_claims_what_it_uses(name: str) -> None:
    assert STEPS[name].claims == set(USES[name])


def test_who_only_asks_claims_nothing() -> None:
    for name in ASKING:
        assert STEPS[name].claims == frozenset()


@pytest.mark.parametrize("pair", TOGETHER, ids="+".join)
def test_steps_that_leave_each_other_alone_run_together(pair: tuple[str, str]) -> None:
    assert STEPS[pair[0]].claims.isdisjoint(STEPS[pair[1]].claims)


@pytest.mark.parametrize("pair", APART, ids="+".join)
def test_steps_that_would_disturb_each_other_do_not(pair: tuple[str, str]) -> None:
    assert STEPS[pair[0]].claims & STEPS[pair[1]].claims


def test_who_takes_everything_runs_alone_but_for_those_that_ask() -> None:
    whole = [name for name, uses in USES.items() if uses == ALL]
    for first, second in combinations(USES, 2):
        if first in whole or second in whole:
            assert STEPS[first].claims & STEPS[second].claims, (first, second)


def test_an_app_is_not_removed_while_it_tests(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PARALLEL, "utf-8")
    plans, problems = resolve(path, STEPS)
    assert plans is None
    (problem,) = map(str, problems)
    assert problem.endswith("the handset's agent is taken by 'touch' at the same time")


def test_every_step_is_looked_at_here() -> None:
    assert {*USES, *ASKING} == {
        name for name in STEPS if STEPS[name].body.__module__.startswith("harness.")
    }
