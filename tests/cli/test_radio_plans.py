"""The plans of the radios run alone, as a person starts them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Cli

RADIO, LTE = ROOT / "testplans" / "radio.yaml", ROOT / "testplans" / "lte-attach.yaml"


def scenario(cli: Cli, more: str = "") -> Path:
    return cli.scenario(f"speed: 10\nunits: [{{serial: A57A000001{more}}}]\n")


@pytest.mark.parametrize("plan", [RADIO, LTE], ids=lambda plan: plan.stem)
@pytest.mark.parametrize("more", ["", ", profile: samsung, android: 11"])
def test_a_good_unit_passes(cli: Cli, plan: Path, more: str) -> None:
    ran = cli("run", plan, "--scenario", scenario(cli, more), "--json")
    assert ran.code == 0, ran.err + ran.out
    assert ran.records()[0]["outcome"] == "PASS"


@pytest.mark.parametrize(
    ("plan", "defect", "code"),
    [
        (RADIO, "wifi.deaf", "WIFI-AP-NOT-FOUND"),
        (LTE, "lte.wrong_plmn", "attach.plmn:MISMATCH"),
        (LTE, "{lte.no_attach: {reason: sim_absent}}", "SIM-ABSENT"),
        (LTE, "lte.weak", "attach.rsrp_error:LOW"),
        (LTE, "lte.no_data", "LTE-NO-DATA"),
    ],
)
def test_a_bad_unit_fails(cli: Cli, plan: Path, defect: str, code: str) -> None:
    quick = cli.folder / plan.name
    quick.write_text(
        plan.read_text()
        .replace("15 s}", "2 s}")
        .replace(" within: 25 s", " within: 2 s")
        .replace("apart: 400 ms", "apart: 50 ms")
    )
    ran = cli("run", quick, "--scenario", scenario(cli, f", defects: [{defect}]"), "--json")
    (record,) = ran.records()
    assert (ran.code, record["outcome"], record["fault"]["code"]) == (1, "FAIL", code), ran.err
    assert record["dut_failed"]
