"""`jig.voltage` by the real engine and serial driver; the jig is simulated at the wire."""

from __future__ import annotations

import pytest

from harness.model.outcome import Outcome
from tests.cli.conftest import Cli

PLAN = """\
schema: 1
plan: rail
revision: 1
title: The rail with nothing switched on
process: rail
product: {{model: B, part: B}}
steps:
  - id: off
    use: jig.voltage
    timeout: 10 s
    with: {{channel: vbus}}
    limits: {{voltage: {limit}}}
"""


@pytest.mark.parametrize(
    ("limit", "outcome"),
    [("{high: 0.5 V}", Outcome.PASS), ("{low: 4.75 V}", Outcome.FAIL)],
)
def test_the_rail_is_off_until_it_is_switched_on(cli: Cli, limit: str, outcome: Outcome) -> None:
    plan = cli.folder / "rail.yaml"
    plan.write_text(PLAN.format(limit=limit))
    ran = cli("run", plan, "--json")
    (record,) = ran.records()
    assert record["outcome"] == outcome.name
    (made,) = record["steps"][0]["measurements"]
    assert (made["name"], made["unit"]) == ("voltage", "V")
    assert abs(made["value"]) < 0.1
