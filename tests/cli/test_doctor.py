"""`harness doctor` as a process."""

from __future__ import annotations

import pytest

from tests.cli.conftest import PLAN, Cli


def test_each_line_is_a_finding(cli: Cli) -> None:
    ran = cli("doctor", "--json")
    findings = {found["name"]: found for found in ran.records()}
    failed = [name for name, found in findings.items() if found["level"] == "FAIL"]
    assert ran.code == (3 if failed else 0), ran.err
    assert findings["adb"]["level"] == "OK"
    assert all(found["remedy"] for found in findings.values() if found["level"] != "OK")
    assert not cli.store.parent.exists()


def test_a_station_without_its_jig_fails_with_the_remedy(cli: Cli) -> None:
    station = cli.folder / "station.yaml"
    station.write_text(
        "schema: 1\nstation: s\n"
        "slots: [{slot: 1, handset: A57A000001, jig: {port: /dev/ttyNONE}}]\n"
    )
    ran = cli("doctor", "--station", station)
    assert ran.code == 3
    assert "FAIL serial    there is no /dev/ttyNONE\n      -> Plug the jig in" in ran.out


def test_a_real_station_without_people_to_trust_or_a_release_fails(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_TRUST", str(cli.folder / "trust.yaml"))
    station = cli.folder / "station.yaml"
    text = "schema: 1\nstation: s\nslots: [{slot: 1, handset: A57A000001}]\n"
    station.write_text(text)
    ran = cli("doctor", "--station", station, "--json")
    findings = {found["name"]: found for found in ran.records()}
    assert findings["release"]["level"] == "WARN"
    station.write_text(f"{text}plan: {PLAN}\n")
    ran = cli("doctor", "--station", station, "--json")
    assert ran.code == 3
    findings = {found["name"]: found for found in ran.records()}
    for name in ("trust", "release"):
        assert findings[name]["level"] == "FAIL"
        assert "RELEASE-TRUST" in findings[name]["words"]
        assert findings[name]["remedy"]


def test_a_store_that_is_damaged_fails(cli: Cli) -> None:
    cli.store.parent.mkdir()
    cli.store.write_text("no store" * 1000)
    ran = cli("doctor")
    assert ran.code == 3
    assert "STORE-DAMAGED" in ran.out
