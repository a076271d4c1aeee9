"""The plans of one area, each run alone as an engineer does."""

from __future__ import annotations

import pytest

from tests.cli.conftest import ROOT, Cli

CAMERA, BATTERY = (ROOT / "testplans" / f"{name}.yaml" for name in ("camera", "battery"))


@pytest.mark.parametrize(
    "model", ["profile: oppo-mtk, android: 13", "profile: samsung, android: 11"]
)
def test_cameras(cli: Cli, model: str) -> None:
    scenario = cli.scenario(f"speed: 10\nunits: [{{serial: A57A000001, {model}}}]\n")
    ran = cli("run", CAMERA, "--scenario", scenario, "--json")
    assert ran.code == 0, ran.err
    (record,) = ran.records()
    kept = [file["name"] for file in record["attachments"] if file["step"] != "prepare"]
    assert kept == [
        *("rear-flat.jpg", "rear-chart.jpg", "rear-lit.jpg", "rear-flash.jpg"),
        *("front-flat.jpg", "front-chart.jpg"),
    ]
    shown = cli("records", "show", record["run"])
    for kept in record["attachments"]:
        name = kept["sha256"]
        file = cli.folder / "reports" / "records.db.files" / name[:2] / name
        assert file.stat().st_size == kept["bytes"]
        assert name in shown.out.replace("\n", "")
    assert cli("records", "verify").code == 0
    file.write_bytes(b"")
    ran = cli("records", "verify")
    assert ran.code == 3
    assert "front-chart.jpg" in ran.out


@pytest.mark.parametrize(
    ("defect", "code", "fault"),
    [
        ("camera.rear.dark", 1, "rear_flat.mean_luma:LOW"),
        ("camera.rear.vignette", 1, "rear_flat.luma_across:LOW"),
        ("camera.rear.blur", 1, "rear.mtf50_centre:LOW"),
        ("camera.front.tint", 1, "front_flat.red_green:HIGH"),
        ("camera.flash_dead", 1, "rear_flash.fired:MISMATCH"),
        ("camera.front.missing", 1, "CAMERA-MISSING"),
    ],
)
def test_a_bad_camera(cli: Cli, defect: str, code: int, fault: str) -> None:
    scenario = cli.scenario(f"speed: 10\nunits: [{{serial: A57A000001, defects: [{defect}]}}]\n")
    ran = cli("run", CAMERA, "--scenario", scenario, "--json")
    assert ran.code == code, ran.err
    (record,) = ran.records()
    assert record["fault"]["code"] == fault
    assert record["dut_failed"] is True
    assert {step["id"]: step["outcome"] for step in record["steps"]}["restore"] == "PASS"


def test_battery(cli: Cli) -> None:
    ran = cli("run", BATTERY, "--json")
    assert ran.code == 0, ran.err
    scenario = cli.scenario("units: [{serial: A57A000001, defects: [battery.weak_charge]}]\n")
    ran = cli("run", BATTERY, "--scenario", scenario, "--json")
    assert ran.records()[0]["fault"]["code"] == "charge.current_jig:LOW"
