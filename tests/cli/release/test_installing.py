"""What a station takes in as its release, and what it says of those it has."""

from __future__ import annotations

import shutil

import pytest

from tests.cli.conftest import Cli
from tests.cli.release.released import AsRoot
from tests.plans.release.releasing import ALICE, BOB


def test_install_refuses_what_is_not_newer_or_has_been_edited(line: AsRoot) -> None:
    again = line.release("install", "final-test-1.json")
    assert again.code == 2
    assert "RELEASE-OLD" in again.err
    line.change("plan.yaml", "title: Line", "title: Second")
    name = line.make(ALICE, number=2)
    line.change(name, '"by":"carol"', '"by":"karol"')
    ran = line.release("install", name)
    assert ran.code == 2
    assert "RELEASE-FORGED" in ran.err
    (line.folder / name).write_text("{}")
    ran = line.release("install", name)
    assert ran.code == 2
    assert "RELEASE-INVALID" in ran.err


def test_one_person_does_not_loosen_what_a_station_asks(line: AsRoot) -> None:
    line.change("ft-01.yaml", "clock_within, sign_in]", "clock_within, sign_in, contacts]")
    made = line.release("make", "plan.yaml", "--station", "ft-01.yaml", "--by", "carol")
    assert made.code == 0, made.err
    role, waived = "station:ft-01.yaml", "golden_every, clock_within, sign_in"
    assert f"\n  {role}: rules.waived {waived} -> {waived}, contacts\n" in made.out
    assert "WHAT DECIDES BETWEEN GOOD AND BAD HAS CHANGED: two people sign" in made.out
    assert line.sign("final-test-2.json", ALICE).code == 0
    ran = line.release("install", "final-test-2.json")
    assert ran.code == 2
    assert "RELEASE-UNSIGNED: only alice has signed release 2" in ran.err


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("ft-01.yaml", "slot: 1, ", "slot: 1, usb: 'pci-0000:00:14.0/1-4', "),
        ("units/limits.yaml", "low: 1.0 V", "low: 0.1 V"),
    ],
    ids=["a socket", "the limits of a golden unit"],
)
def test_one_person_changes_neither_wires_nor_what_opens_a_jig(
    line: AsRoot, name: str, old: str, new: str
) -> None:
    line.change(name, old, new)
    ran = line.release("install", line.make(ALICE, number=2))
    assert ran.code == 2
    assert "RELEASE-UNSIGNED: only alice has signed release 2" in ran.err


def test_one_person_moves_a_station_to_another_hall(line: AsRoot) -> None:
    line.change("ft-01.yaml", "station: ft-01", "station: ft-01\nlocation: hall 2")
    line.make_and_install(2, ALICE)


def test_show_says_what_is_active_who_signed_when_and_what_differs_here(line: AsRoot) -> None:
    shown = line.release("show")
    assert shown.code == 0, shown.err
    assert "active release 1 of final-test, made by carol 20" in shown.out
    assert "signed by alice 20" in shown.out
    assert "12 of 12 files here are as released" in shown.out
    line.change("limits.yaml", "revision: 4", "revision: 5")
    (line.folder / "label.yaml").unlink()
    line.put("final-test-1.json", 2)
    shown = line.release("show")
    assert shown.code == 2
    assert "limits: limits.yaml is another file than was released; it belongs to" in shown.out
    assert "label: label.yaml is another file than was released; it cannot be" in shown.out
    assert "10 of 12 files here are as released" in shown.out
    assert "does not count: RELEASE-INVALID" in shown.out
    one = line.release("show", "final-test-1.json")
    assert one.code == 2
    assert "limits: limits.yaml is another file" in one.out


def test_show_says_when_another_release_of_the_number_has_run(line: AsRoot) -> None:
    assert line.self_test().code == 0
    ran = line.produce()
    assert ran.code == 0, ran.err
    shutil.rmtree(line.installed)
    (line.folder / "final-test-1.json").unlink()
    line.change("plan.yaml", "title: Line", "title: Other")
    line.make_and_install(1, ALICE, BOB)
    shown = line.release("show")
    assert shown.code == 2
    assert "another release 1 has run here: production refuses this one" in shown.out


def test_show_without_releases_says_so(cli: Cli) -> None:
    ran = cli("release", "show")
    assert ran.code == 0
    assert "no release is installed in reports/releases" in ran.out
