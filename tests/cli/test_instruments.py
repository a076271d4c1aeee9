"""A plan that needs what the station has not: `harness run` touches nothing."""

from __future__ import annotations

from tests.cli.conftest import ROOT, Cli

FINAL = ROOT / "testplans" / "a57-final.yaml"
SCAN = "A57A000001;860123450000012;860123450000020;A57-4G;A57-PK"


def test_a_station_without_a_call_box_runs_no_attach(cli: Cli) -> None:
    station = cli.folder / "station.yaml"
    station.write_text(
        "schema: 1\nstation: s\ninstruments: [lightbox]\n"
        "slots:\n"
        "  - {slot: 1, handset: A57A000001, usb: pci-0000:00:14.0/1-4,\n"
        "     jig: {port: /dev/ttyNONE}, instruments: [supply]}\n"
    )
    ran = cli("run", FINAL, "--station", station, "--label", SCAN)
    assert ran.code == 2
    assert "PLAN-DEVICE" in ran.err
    words = " ".join(ran.err.split())
    assert "slot 1: step attach (lte.attach) needs a callbox;" in words
    assert "(the slot has agent, dcp, lightbox, supply, usb, vbus)" in words
    assert "put '{name: callbox, port: PORT, file: FILE}' among the 'instruments'" in words
    assert "charge" not in words
    assert not cli.store.exists()
    ran = cli("run", FINAL, "--station", station, "--label", SCAN, "--only", "atach")
    assert (ran.code, cli.store.exists()) == (2, False)


def test_a_jig_file_that_is_wrong_stops_before_anything_is_touched(cli: Cli) -> None:
    (cli.folder / "jig.yaml").write_text("schema: 1\njig: core\nrevision: 1\ndialect: tescom\n")
    station = cli.folder / "station.yaml"
    station.write_text(
        "schema: 1\nstation: s\n"
        "slots: [{slot: 1, handset: A57A000001, jig: {port: /dev/ttyNONE, file: jig.yaml}}]\n"
    )
    ran = cli("run", FINAL, "--station", station, "--label", SCAN)
    assert ran.code == 2
    assert "STATION-FILE" in ran.err
    assert "jig.yaml:4:10: expected 'core'; found 'tescom'" in " ".join(ran.err.split())
    assert not cli.store.exists()
