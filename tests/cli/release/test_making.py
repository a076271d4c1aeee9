"""What `harness release make` says of a plan and its stations, and what it makes no release of."""

from __future__ import annotations

import shutil
import subprocess
import sys

from tests.cli.release.line_files import FILES
from tests.cli.release.released import AsRoot


def test_the_next_number_is_beyond_what_cannot_be_read_any_more(line: AsRoot) -> None:
    (line.installed / "8.json").write_text("of an earlier harness")
    line.make(number=9)


def test_what_cannot_be_shown_before_it_is_signed_is_not_made(line: AsRoot) -> None:
    line.change("plan.yaml", "title: Line", "title: 'a\u00a0b'")
    ran = line.release("make", "plan.yaml", "--station", "ft-01.yaml")
    assert ran.code == 2
    assert "RELEASE-INVALID: plan.yaml makes no release: a text that cannot be shown" in ran.err
    assert not (line.folder / "final-test-2.json").exists()


def test_a_plan_with_problems_makes_no_release(line: AsRoot) -> None:
    line.change("limits.yaml", "sweep.level: {mask", "sweep.leven: {mask")
    ran = line.release("make", "plan.yaml", "--station", "ft-01.yaml")
    assert ran.code == 2
    assert "limits.yaml:10:" in ran.err
    assert not (line.folder / "final-test-2.json").exists()


def test_a_plan_that_asks_nobody_who_it_is_makes_no_release(line: AsRoot) -> None:
    for name, ours in (("plan.yaml", "id: identity"), ("limits.yaml", "  identity.")):
        kept = [row for row in FILES[name].splitlines(keepends=True) if ours not in row]
        (line.folder / name).write_text("".join(kept))
    ran = line.release("make", "plan.yaml", "--station", "ft-01.yaml", "--by", "carol")
    assert ran.code == 2
    assert "PLAN-ANONYMOUS: plan.yaml:12:3: no step asks the handset who it is" in ran.err
    assert "-> For production, plan `identity.match_label` or" in ran.err


def test_make_says_what_the_check_of_a_plan_warns_of(line: AsRoot) -> None:
    line.change("plan.yaml", "timeout: 5 s}", "timeout: 5 s, retry: {times: 2, on: [fail]}}")
    ran = line.release("make", "plan.yaml", "--station", "ft-01.yaml")
    assert ran.code == 0, ran.err
    assert ran.err.count("warning: retrying a FAIL is testing until it passes") == 1
    assert "plan.yaml:13:" in ran.err


def test_a_station_that_cannot_run_one_variant_is_refused(line: AsRoot) -> None:
    variants = "variants: {pk: {sku: A57-PK}, eu: {sku: A57-EU}}"
    line.change("plan.yaml", "limits: limits.yaml", f"limits: limits.yaml\n{variants}")
    line.change("plan.yaml", "timeout: 5 s}", "timeout: 5 s, needs: [cmw], only: {variant: [eu]}}")
    ran = line.release("make", "plan.yaml", "--station", "ft-01.yaml")
    assert ran.code == 2
    assert "ft-01.yaml: no slot can run variant eu: slot 1: step sweep" in ran.err
    assert "variant pk" not in ran.err


def test_a_station_of_which_no_slot_can_run_the_plan_is_refused_by_name(line: AsRoot) -> None:
    (line.folder / "ft-02.yaml").write_text(
        "schema: 1\nstation: ft-02\nslots:\n  - {slot: 1, handset: '127.0.0.1:1'}\n"
    )
    ran = line.release("make", "plan.yaml", "--station", "ft-01.yaml", "--station", "ft-02.yaml")
    assert ran.code == 2
    assert "PLAN-DEVICE" in ran.err
    assert "ft-02.yaml: no slot can run the plan line: slot 1: step close" in ran.err
    assert "ft-01.yaml" not in ran.err
    assert not (line.folder / "final-test-2.json").exists()


def test_one_slot_that_can_run_the_plan_is_enough_of_a_station(line: AsRoot) -> None:
    with (line.folder / "ft-01.yaml").open("a") as file:
        file.write("  - {slot: 2, handset: '127.0.0.1:1'}\n")
    ran = line.release("make", "plan.yaml", "--station", "ft-01.yaml")
    assert ran.code == 0, ran.err


def test_make_never_writes_over_a_file(line: AsRoot) -> None:
    (line.folder / "out.json").write_text("mine")
    ran = line.release("make", "plan.yaml", "--station", "ft-01.yaml", "--out", "out.json")
    assert ran.code == 2
    assert "cannot write out.json: File exists" in ran.err
    assert (line.folder / "out.json").read_text() == "mine"


def test_two_stations_whose_files_differ_under_one_role_are_told(line: AsRoot) -> None:
    other = line.folder / "hall-2"
    other.mkdir()
    for name in ("ft-01.yaml", "selftest.yaml", "golden-units.yaml", "jigs", "units"):
        copy = shutil.copytree if (line.folder / name).is_dir() else shutil.copy
        copy(line.folder / name, other / name)
    (other / "ft-01.yaml").write_text((line.folder / "ft-01.yaml").read_text() + "# other\n")
    stations = ("--station", "ft-01.yaml", "--station", "hall-2/ft-01.yaml")
    ran = line.release("make", "plan.yaml", *stations)
    assert ran.code == 2
    assert "differ, and both are station:ft-01.yaml" in " ".join(ran.err.split())


def test_release_and_the_rest_start_without_the_crypto_library(line: AsRoot) -> None:
    for arguments in (("--help",), ("release", "--help"), ("plan", "check", "plan.yaml")):
        ran = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "harness", *arguments],
            cwd=line.folder,
            capture_output=True,
            text=True,
            timeout=50,
            check=True,
        )
        assert "harness.cli" in ran.stderr
        assert "cryptography" not in ran.stderr
