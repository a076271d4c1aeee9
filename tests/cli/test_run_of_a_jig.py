"""`harness run` with the self-test plan of a jig: the unit is the jig."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Cli

RAIL = """\
schema: 1
plan: rail
revision: 1
title: One rail of a jig
process: jig-selftest
product: {model: Core, part: Core}
steps:
  - id: rail
    use: jig_health.rail
    timeout: 10 s
    with: {voltage: 5 V}
    limits: {voltage: record only, error: {low: -1 %, high: 1 %}}
teardown:
  - {id: open, use: jig.open, timeout: 10 s}
"""


def test_the_plan_of_a_self_test_is_of_the_jig_and_of_no_handset(cli: Cli) -> None:
    scenario = cli.scenario(
        "speed: 10\nunits: [{serial: A57A000001}]\njigs: [{defects: [jig.rail_low]}]\n"
    )
    plan = cli.folder / "quick.yaml"
    plan.write_text(RAIL)
    ran = cli("run", plan, "--scenario", scenario, "--json")
    assert ran.code == 1, ran.err
    (record,) = ran.records()
    assert (record["purpose"], record["fault"]["code"]) == ("engineering", "rail.error:LOW")
    assert (record["unit"]["serial"], record["unit"]["imei"]) == ("SIMJIG01", [])
    assert "-> Mend the jig" in ran.err
    assert "Bin the unit" not in ran.err


@pytest.mark.parametrize("option", ["--serial", "--label"])
def test_no_unit_is_announced_to_the_self_test_of_a_jig(cli: Cli, option: str) -> None:
    plan = cli.folder / "quick.yaml"
    plan.write_text(RAIL)
    ran = cli("run", plan, option, "A57A000001")
    assert ran.code == 2
    said = " ".join(ran.err.split())
    assert f"{option}: the unit of the plan rail is the jig, which says its own serial" in said
    assert not cli.store.exists()


def test_a_self_test_asks_nobody_which_unit_stands_in_a_slot_that_takes_any(cli: Cli) -> None:
    plan, station = cli.folder / "quick.yaml", cli.folder / "any.yaml"
    plan.write_text(RAIL)
    jig = f"{{port: {cli.folder / 'no-port'}}}"
    station.write_text(
        f"schema: 1\nstation: any\nslots: [{{slot: 1, usb: pci-0000:00:14.0/1-2, jig: {jig}}}]\n"
    )
    ran = cli("run", plan, "--station", station, "--json")
    assert ran.code == 3, ran.err
    (record,) = ran.records()
    assert record["fault"]["code"] == "JIG-ABSENT"
