"""What is asked for wrongly is told in words, and nothing is touched; elsewhere nothing is done."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.pytest_plugin.conftest import ROOT, Session

pytest_plugins = ["pytester"]

USAGE = pytest.ExitCode.USAGE_ERROR
SIMULATED = ("--scenario", "scenario.yaml")
WITHOUT_JIG = "schema: 1\nstation: s\nslots: [{slot: 1, handset: A57A000001}]\n"
ANY_UNIT = "schema: 1\nstation: s\nslots: [{slot: 1, usb: 'pci-0000:00:14.0/1-4'}]\n"

WRONG = {
    "a slot that is not there": (
        [*SIMULATED, "--slot", "7", "skeleton.yaml"],
        "ERROR: no such slot or serial; this station has: 1 (A57A000001)",
    ),
    "a unit that is not there": (
        [*SIMULATED, "--serial", "A57A000009", "skeleton.yaml"],
        "ERROR: no such slot or serial; this station has: 1 (A57A000001)",
    ),
    "a station file that is not there": (
        ["--station", "absent.yaml", "skeleton.yaml"],
        "  absent.yaml:1:1: cannot be read: *",
    ),
    "several processes": (
        [*SIMULATED, "-p", "xdist", "-n", "2", "skeleton.yaml"],
        "ERROR: a slot is worked on by one process: *",
    ),
    "a set-up without a run": (
        [*SIMULATED, "--setup-plan", "skeleton.yaml"],
        "ERROR: setting up a plan runs it: *",
    ),
    "no step beside setup and teardown": (
        [*SIMULATED, "skeleton.yaml", "-k", "close"],
        "ERROR: only close of skeleton.yaml was chosen, *: choose one of identity, charge",
    ),
    "a plan that needs what the slot has not": (
        ["--station", "without-jig.yaml", "skeleton.yaml"],
        "ERROR: PLAN-DEVICE: slot 1: step close (jig.close) needs a jig; *",
    ),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG.values(), ids=WRONG)
def test_what_is_asked_for_wrongly_is_refused_before_anything_is_touched(
    session: Session, arguments: list[str], words: str
) -> None:
    session.write("without-jig.yaml", WITHOUT_JIG)
    ran = session.quick(*arguments)
    assert ran.ret == USAGE
    ran.stderr.fnmatch_lines([words.replace("[", "[[]")])
    assert not list(session.folder.rglob("*.db"))


def test_the_problems_of_a_plan_are_told_at_their_places(session: Session) -> None:
    session.write("bad.yaml", session.skeleton.replace("jig.close", "jig.clos"))
    ran = session.quick(*SIMULATED, "bad.yaml", "skeleton.yaml")
    assert ran.ret == pytest.ExitCode.INTERRUPTED
    ran.stdout.fnmatch_lines(
        [
            "*ERROR collecting bad.yaml*",
            "PLAN-INVALID",
            "  bad.yaml:9:22: no step 'jig.clos' (did you mean 'jig.close'?)",
            "  -> Correct each problem at the place named*",
        ]
    )
    assert not list(session.folder.rglob("*.db"))


def test_a_unit_that_nobody_names_is_asked_for(session: Session) -> None:
    session.write("any.yaml", ANY_UNIT)
    ran = session.quick("--station", "any.yaml", "skeleton.yaml", "--collect-only")
    ran.stdout.fnmatch_lines(["slot 1 takes any unit: say which with --serial"])


def test_the_variant_is_that_of_the_label_or_the_one_asked_for(session: Session) -> None:
    plan = str(ROOT / "testplans" / "a57-final.yaml")
    ran = session.quick(*SIMULATED, plan, "--variant", "us", "--collect-only")
    ran.stdout.fnmatch_lines(["the plan a57-final has the variants *: no variant 'us'"])
    ran = session.quick(*SIMULATED, plan, "--variant", "ae", "--collect-only", "-q")
    by_variant = [line.rpartition("::")[2] for line in ran.outlines if "::" in line]
    ran = session.quick(*SIMULATED, plan, "--collect-only", "-q")
    by_label = [line.rpartition("::")[2] for line in ran.outlines if "::" in line]
    assert "nfc" in by_variant
    assert "nfc" not in by_label


def test_a_group_is_chosen_by_its_name(session: Session) -> None:
    plan = str(ROOT / "testplans" / "a57-final.yaml")
    ran = session.quick(*SIMULATED, plan, "-k", "wireless", "--collect-only", "-q")
    chosen = {line.rpartition("::")[2] for line in ran.outlines if "::" in line}
    assert "wifi" in chosen
    assert len(chosen) > 1
    assert "charge" not in chosen


def test_to_collect_touches_nothing(session: Session) -> None:
    ran = session.quick(*SIMULATED, "skeleton.yaml", "--collect-only", "-q")
    assert ran.outlines[:4] == [
        f"skeleton.yaml::{step}" for step in ("close", "identity", "charge", "open")
    ]
    assert not list(session.folder.rglob("*.db"))


def test_an_unknown_word_deselects_everything_as_ever(session: Session) -> None:
    ran = session.quick(*SIMULATED, "skeleton.yaml", "-k", "nothing")
    assert ran.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    ran.stdout.fnmatch_lines(["*4 deselected*"])
    assert not list(session.folder.rglob("*.db"))


def test_what_is_not_named_is_not_run(session: Session) -> None:
    ran = session.quick(*SIMULATED, ".")
    assert ran.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_plan_that_was_named_and_is_not_collected_is_told(session: Session) -> None:
    (session.folder / ".plans").mkdir()  # pytest looks into no such folder
    session.write(".plans/skeleton.yaml", session.skeleton)
    ran = session.quick(*SIMULATED, ".plans/skeleton.yaml", ".")
    assert ran.ret == USAGE
    ran.stderr.fnmatch_lines(["ERROR: named, and not collected: *skeleton.yaml"])


def test_without_a_station_no_plan_is_collected_and_a_fixture_says_what_it_needs(
    session: Session,
) -> None:
    assert session.quick("skeleton.yaml").ret == USAGE
    session.pytester.makepyfile("def test_rail(jig, measure): pass")
    ran = session.quick()
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["the fixture 'slot' needs --station FILE (or --scenario FILE)"])


def test_elsewhere_others_may_have_options_of_the_same_names(session: Session) -> None:
    session.pytester.makeconftest(
        "def pytest_addoption(parser): [parser.addoption(o) for o in ('--slot', '--serial')]"
    )
    session.pytester.makepyfile("def test_slot(request): assert request.config.option.slot == '7'")
    session.quick("--slot", "7").assert_outcomes(passed=1)


@pytest.mark.parametrize("where", ["pytest.ini", "PYTEST_ADDOPTS"])
def test_a_station_may_be_named_once_for_a_whole_project(
    session: Session, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = " ".join(SIMULATED)
    if where == "PYTEST_ADDOPTS":
        monkeypatch.setenv(where, options)
    else:
        session.write(where, f"[pytest]\naddopts = {options}\n")
    ran = session.quick("skeleton.yaml", "--slot", "1", "--collect-only", "-q")
    assert "skeleton.yaml::charge" in ran.outlines


def test_elsewhere_the_plugin_loads_nothing_but_itself(session: Session) -> None:
    session.pytester.makepyfile(
        """
        import sys

        def test_loaded(request):
            ours = {name for name in sys.modules if name.partition(".")[0] == "harness"}
            assert ours == {"harness", "harness.pytest_plugin"}
            assert request.config.pluginmanager.hasplugin("harness")
        """
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    ran = subprocess.run(command, cwd=session.folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
