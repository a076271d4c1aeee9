"""What production refuses before anything is touched: files, signatures, options and units."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import NamedTuple

import pytest

from harness.model.entry import UnitRefused
from harness.plans.release.manifest import read_release
from harness.records.query import Reader
from tests.cli.conftest import Ran
from tests.cli.release.released import SCAN, SERIAL, AsRoot, Site, cannot_run
from tests.plans.release.releasing import ALICE, MALLORY

SIGNED = "release 1 of final-test says, signed by alice (20"
"""Begins the end of what is said of a file: what it should be, and who said so when."""


class Edit(NamedTuple):
    """A change of the file of a role."""

    role: str
    file: str
    old: str
    new: str


EDITS = {
    "a limit": Edit(
        "limits", "limits.yaml", "sweep.level: {mask: masks/sweep.csv}", "sweep.level: record only"
    ),
    "a mask": Edit("mask:masks/sweep.csv", "masks/sweep.csv", "300,0.9", "300,0.8"),
    "a golden value": Edit("golden", "golden.yaml", "sweep.peak: 1.1 V", "sweep.peak: 1.2 V"),
    "the golden file, with the same values": Edit(
        "golden", "golden.yaml", "2036-12-31", "2046-12-31"
    ),
    "the jig file": Edit(
        "jig:jigs/core.yaml", "jigs/core.yaml", "moves_within: 5 s", "moves_within: 6 s"
    ),
    "a comment in the plan": Edit("plan", "plan.yaml", "title: Line", "title: Line  # mine"),
    "the label": Edit("label", "label.yaml", "revision: 1", "revision: 2"),
    "the station file": Edit(
        "station:ft-01.yaml", "ft-01.yaml", "station: ft-01", "station: ft-02"
    ),
    "the self-test of the jig": Edit(
        "selftest:jigs/core.yaml", "selftest.yaml", "{equals: 0}", "record only"
    ),
    "the plan of a golden unit": Edit(
        "golden-plan:units/golden.yaml",
        "units/golden.yaml",
        "title: A golden unit",
        "title: A golden unit  # mine",
    ),
    "the limits of a golden unit": Edit(
        "golden-plan-limits:units/golden.yaml", "units/limits.yaml", "low: 1.0 V", "low: 0.1 V"
    ),
    "the mask of a golden unit": Edit(
        "golden-plan-mask:units/golden.yaml:sweep.csv", "units/sweep.csv", "300,0.9", "300,0.1"
    ),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_production_refuses_a_file_that_was_edited_since(
    line: AsRoot, site: Site, edit: Edit
) -> None:
    line.change(edit.file, edit.old, edit.new)
    changed = f"{edit.role}: {edit.file} is another file than was released; it belongs to "
    words = (
        "RELEASE-CHANGED this is not what release 1",
        changed,
        " and was last written at 20",
        SIGNED,
    )
    assert_refused(line, site, line.produce(), words)


def test_production_refuses_a_station_file_of_another_name(line: AsRoot, site: Site) -> None:
    (line.folder / "ft-01.yaml").rename(line.folder / "ft-02.yaml")
    ran = line.produce("--station", "ft-02.yaml")
    words = (
        "RELEASE-CHANGED this is not what release 1",
        "station:ft-02.yaml: ft-02.yaml is not in the release; ",
        SIGNED,
    )
    assert_refused(line, site, ran, words)


def unsigned(line: AsRoot) -> None:
    line.change("limits.yaml", "revision: 4", "revision: 5")
    line.put(line.make(number=2), 2)


def signed_once_after_a_retry(line: AsRoot) -> None:
    line.change("plan.yaml", "timeout: 5 s}", "timeout: 5 s, retry: {times: 2, on: [fail]}}")
    line.put(line.make(ALICE, number=2), 2)


def signed_once_after_a_change_of_limits(line: AsRoot) -> None:
    line.change("limits.yaml", "sweep.level: {mask: masks/sweep.csv}", "sweep.level: record only")
    line.put(line.make(ALICE, number=2), 2)


def signed_by_a_stranger(line: AsRoot) -> None:
    line.change("plan.yaml", "title: Line", "title: Other")
    name = line.make(ALICE, number=2)
    made = MALLORY.sign(read_release((line.folder / name).read_bytes()))
    (line.folder / name).write_bytes(made.to_bytes())
    line.put(name, 2)


def edited_in_one_byte(line: AsRoot) -> None:
    installed = line.installed / "1.json"
    before, after = installed.read_bytes().split(b'"by":"carol"')
    installed.write_bytes(before + b'"by":"karol"' + after)


def trust_that_others_can_write(line: AsRoot) -> None:
    line.trust.chmod(0o666)


def no_trust(line: AsRoot) -> None:
    line.trust.unlink()


def nothing_installed(line: AsRoot) -> None:
    shutil.rmtree(line.installed.parent)


UNTRUSTED: dict[Callable[[AsRoot], None], tuple[str, ...]] = {
    unsigned: (
        "RELEASE-CHANGED",
        "RELEASE-UNSIGNED: nobody has signed release 2 of final-test",
        SIGNED,
    ),
    signed_once_after_a_change_of_limits: (
        "RELEASE-CHANGED",
        "RELEASE-UNSIGNED: only alice has signed release 2",
        SIGNED,
    ),
    signed_once_after_a_retry: (
        "RELEASE-CHANGED",
        "RELEASE-UNSIGNED: only alice has signed release 2",
        SIGNED,
    ),
    signed_by_a_stranger: (
        "RELEASE-STRANGER: mallory, who signed release 2 of final-test",
        SIGNED,
    ),
    edited_in_one_byte: (
        "RELEASE-ABSENT",
        "RELEASE-FORGED: the signature of alice does not fit release 1",
    ),
    trust_that_others_can_write: (
        "RELEASE-TRUST",
        "trust.yaml can be written by others (-rw-rw-rw-)",
    ),
    no_trust: ("RELEASE-TRUST", "trust.yaml cannot be looked at: No such file"),
    nothing_installed: ("RELEASE-ABSENT", "no release of final-test counts"),
}


@pytest.mark.parametrize(
    ("change", "words"), UNTRUSTED.items(), ids=[each.__name__ for each in UNTRUSTED]
)
def test_production_refuses_what_nobody_signed(
    line: AsRoot, site: Site, change: Callable[[AsRoot], None], words: tuple[str, ...]
) -> None:
    change(line)
    assert_refused(line, site, line.produce(), words)


def assert_refused(line: AsRoot, site: Site, ran: Ran, words: tuple[str, ...]) -> None:
    """Nothing on record, no jig touched, and told why in these words."""
    assert (ran.code, site.touched) == (2, False), ran.err
    assert_told(ran, words)
    assert not line.store.exists()


def assert_on_record(line: AsRoot, site: Site, ran: Ran, words: tuple[str, ...]) -> None:
    """A unit that is refused: no run, no jig touched, and an entry that says so."""
    assert (ran.code, site.touched) == (2, False), ran.err
    assert_told(ran, words)
    with Reader(line.store) as reader:
        assert reader.runs() == []
        (entry,) = reader.entries()
    assert isinstance(entry.what, UnitRefused)
    assert (entry.what.serial, entry.what.code) == (SERIAL, "UNIT-GOLDEN")


def assert_told(ran: Ran, words: tuple[str, ...]) -> None:
    said = " ".join(ran.err.split())
    assert [word for word in words if word not in said] == [], ran.err


OPTIONS = {
    "--only": ("identity",),
    "--limits": ("limits.yaml",),
    "--variant": ("pk",),
    "--scenario": ("scenario.yaml",),
}


@pytest.mark.parametrize(("option", "value"), OPTIONS.items(), ids=OPTIONS)
def test_production_refuses_options_that_make_another_run_of_it(
    line: AsRoot, site: Site, option: str, value: tuple[str]
) -> None:
    line.scenario("units: [{serial: A57A000001}]\n")
    ran = line.produce(option, *value)
    assert_refused(line, site, ran, (f"asked for {option}: production runs the active release",))


def test_production_takes_a_real_station_and_a_scanned_label(line: AsRoot, site: Site) -> None:
    asked = ("run", "plan.yaml", "--purpose", "production")
    assert_refused(line, site, line(*asked, "--label", SCAN), ("production needs --station",))
    ran = line(*asked, "--station", "ft-01.yaml", "--serial", SERIAL)
    assert_refused(line, site, ran, ("production needs --label",))


def test_a_variant_that_never_ships_is_refused_before_anything_is_touched(
    line: AsRoot, site: Site
) -> None:
    kept = "variants: {gold: {sku: A57-GOLD, ships: false}}"
    line.change("plan.yaml", "limits: limits.yaml", f"limits: limits.yaml\n{kept}")
    line.change("label.yaml", "imei2]", "imei2, sku]")
    ran = line.produce("--label", f"{SCAN};A57-GOLD")
    assert_on_record(line, site, ran, ("UNIT-GOLDEN: ", "units of the variant gold"))


def test_a_registered_unit_is_refused_before_anything_is_touched(line: AsRoot, site: Site) -> None:
    (line.folder / "golden-units.yaml").write_text(
        "schema: 1\ngolden_units: line\nrevision: 1\nunits:\n"
        f"  - {{serial: '{SERIAL}', kind: golden, plan: plan.yaml, until: 2021-04-01}}\n"
    )
    words = f"UNIT-GOLDEN: {SERIAL} is registered as golden unit {SERIAL}, which never ships"
    assert_on_record(line, site, line.produce(), (words,))


def test_where_the_tests_of_releases_cannot_run_ci_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="run the tests as root"):
        cannot_run({"CI": "true"})
    with pytest.raises(pytest.skip.Exception):
        cannot_run({})
