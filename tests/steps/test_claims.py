"""What steps claim of a handset: which of them may run at the same time."""

from __future__ import annotations

from itertools import combinations

import pytest

from harness.steps import catalogue

STEPS = catalogue()
TOGETHER = {
    ("battery.charge", "camera.still"),
    ("battery.charge", "lte.attach"),
    ("battery.charge", "radio.wifi"),
    ("camera.still", "lte.attach"),
    ("camera.still", "radio.wifi"),
    ("battery.charge", "handset.restore"),
    ("camera.still", "usb.link"),
    ("handset.restore", "usb.link"),
    ("lte.attach", "usb.link"),
    ("radio.wifi", "usb.link"),
}
"""Of the steps that change something on the handset or its contacts, those that leave each
other alone."""
CHANGING = (
    "battery.charge",
    "camera.still",
    "handset.prepare",
    "handset.reboot",
    "handset.restore",
    "jig.close",
    "jig.open",
    "lte.attach",
    "radio.wifi",
    "usb.enumerate",
    "usb.link",
)
ASKING = ("identity.read", "identity.match_label", "jig.voltage")


@pytest.mark.parametrize("pair", list(combinations(CHANGING, 2)), ids="+".join)
def test_steps_that_would_disturb_each_other_claim_the_same(pair: tuple[str, str]) -> None:
    first, second = (STEPS[name].claims for name in pair)
    assert first.isdisjoint(second) == (pair in TOGETHER)


def test_who_only_asks_claims_nothing() -> None:
    for name in ASKING:
        assert STEPS[name].claims == frozenset()


def test_every_step_is_looked_at_here() -> None:
    assert {*CHANGING, *ASKING} == {
        name for name in STEPS if STEPS[name].body.__module__.startswith("harness.")
    }
