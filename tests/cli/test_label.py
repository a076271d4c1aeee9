"""A unit announced by a scan of its label: `harness run --label`, end to end."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import PLAN, ROOT, Cli

ONE, TWO, OTHER = "860123450000012", "860123450000020", "860123450000038"
SCAN = f"A57A000001;{ONE};{TWO};A57-4G;A57-PK"
HEAD = """\
schema: 1
plan: label
revision: 1
title: Label
process: label
product: {model: A57-4G, part: A57-4G, serial: 'A57[A-Z][0-9]{6}'}
label: labels/a57.yaml
limits: limits.yaml
steps:
  - {id: identity, use: identity.match_label, timeout: 20 s}
"""
LIMITS = """\
schema: 1
limits: label
revision: 4
values:
  identity.serial: {matches: 'A57[A-Z][0-9]{6}'}
  identity.imei1: {imei: true}
  identity.imei2: {imei: true}
  identity.imei_matches: {equals: true}
"""


@pytest.fixture
def plan(cli: Cli) -> Path:
    """A plan that does nothing but compare the handset with its label."""
    (cli.folder / "labels").mkdir()
    shutil.copy(ROOT / "fixtures/labels/a57.yaml", cli.folder / "labels")
    (cli.folder / "limits.yaml").write_text(LIMITS)
    path = cli.folder / "label.yaml"
    path.write_text(HEAD)
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_scan_announces_the_unit_and_all_inputs_are_on_record(cli: Cli, plan: Path) -> None:
    ran = cli("run", plan, "--label", SCAN, "--json")
    assert ran.code == 0, ran.err
    (record,) = ran.records()
    assert record["scanned"]["imei"] == [ONE, TWO]
    assert (record["scanned"]["part"], record["scanned"]["sku"]) == ("A57-4G", "A57-PK")
    assert (record["limits"]["id"], record["limits"]["revision"]) == ("label", 4)
    assert record["inputs"] == {
        "plan": sha256(plan),
        "limits": sha256(cli.folder / "limits.yaml"),
        "label": sha256(cli.folder / "labels/a57.yaml"),
    }


def test_a_label_with_another_imei_finds_the_unit_bad(cli: Cli, plan: Path) -> None:
    ran = cli("run", plan, "--label", f"A57A000001;{OTHER};{TWO};A57-4G;A57-PK", "--json")
    assert ran.code == 1, ran.err
    (record,) = ran.records()
    assert record["fault"]["code"] == "identity.imei_matches:MISMATCH"
    assert record["dut_failed"] is True
    assert record["scanned"]["imei"] == [OTHER, TWO]
    assert record["unit"]["imei"] == [ONE, TWO]


@pytest.mark.parametrize(
    ("settings", "code", "fault"),
    [
        (f"{{imei: '{OTHER}'}}", 1, "identity.imei_matches:MISMATCH"),
        ("{label: A57A000002}", 4, "UNIT-WRONG"),
    ],
)
def test_the_label_of_a_simulated_unit_is_announced_whole(
    cli: Cli, plan: Path, settings: str, code: int, fault: str
) -> None:
    scenario = cli.scenario(
        f"units: [{{serial: A57A000001, defects: [{{identity.label_mismatch: {settings}}}]}}]\n"
    )
    ran = cli("run", plan, "--scenario", scenario, "--json")
    assert ran.code == code, ran.err
    assert ran.records()[0]["fault"]["code"] == fault


REFUSED = {
    "A57A000001": "is no label of a57 revision 2, which reads 'serial;imei1;imei2;part;sku'",
    f"A57A000001;{ONE};860123450000021;A57-4G;A57-PK": (
        "check digit of 860123450000021: found 1, expected 0"
    ),
    f"A57A000001;{ONE};{TWO};A57-5G;A57-PK": "the label is of part A57-5G, the plan tests A57-4G",
    f"B57A000001;{ONE};{TWO};A57-4G;A57-PK": "B57A000001 is no serial of A57-4G",
    f"A57A000009;{ONE};{TWO};A57-4G;A57-PK": "no such slot or serial",
}


@pytest.mark.parametrize(("scan", "why"), REFUSED.items(), ids=range(len(REFUSED)))
def test_a_scan_that_is_not_right_is_wrong_usage(cli: Cli, plan: Path, scan: str, why: str) -> None:
    ran = cli("run", plan, "--label", scan)
    assert ran.code == 2
    assert why in ran.err


def test_a_label_that_is_refused_touches_nothing(cli: Cli, plan: Path) -> None:
    for arguments in (("--label", ""), ("--label", SCAN, "--serial", "A57A000001")):
        assert cli("run", plan, *arguments).code == 2
    ran = cli("run", PLAN, "--label", SCAN)
    assert ran.code == 2
    assert "skeleton names no label file" in ran.err
    assert not cli.store.exists()


def test_each_code_of_a_label_is_a_scan_of_its_own(cli: Cli, plan: Path) -> None:
    shutil.copy(ROOT / "fixtures/labels/a57-box.yaml", cli.folder / "labels")
    plan.write_text(HEAD.replace("a57.yaml", "a57-box.yaml"))
    first = f"]d2010950600013435221A57A000001\x1d8002{ONE}\x1d240A57-PK"
    second = f"]C0IMEI2:{TWO}"
    ran = cli("run", plan, "--label", second, "--label", first, "--json")
    assert ran.code == 0, ran.err
    (record,) = ran.records()
    assert (record["scanned"]["imei"], record["scanned"]["sku"]) == ([ONE, TWO], "A57-PK")
    ran = cli("run", plan, "--label", first)
    assert ran.code == 2
    said = " ".join(ran.err.split())
    assert "1 of 2 codes of a57-box scanned: scan" in said
