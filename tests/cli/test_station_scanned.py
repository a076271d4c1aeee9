"""What is scanned at a station that runs is what is announced, and is held to its readiness."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.outcome import Outcome
from harness.model.slot_state import SlotState
from harness.model.station import Message, Obeyed, Refused, SlotChanged, Snapshot, Unready
from harness.records.query import Reader
from harness.sim.scenario import unit_of_serial
from harness.station.people.badges import hash_of
from tests.cli.conftest import ROOT, Cli
from tests.cli.stations import is_recorded, label, serving, until, written
from tests.cli.test_station_desk import SECRET, say
from tests.station.screen import Screen

pytestmark = pytest.mark.timeout(180)
GOOD, OTHER, GOLDEN = "A57C100001", "A57C100002", "A57B000001"
MATCHES = f"""\
schema: 1
plan: label
revision: 1
title: Label
process: label
product: {{model: A57-4G, part: A57-4G, serial: 'A57[A-Z][0-9]{{6}}'}}
label: {ROOT / "fixtures" / "labels" / "a57.yaml"}
steps:
  - id: identity
    use: identity.match_label
    timeout: 20 s
    limits:
      serial: {{matches: 'A57[A-Z][0-9]{{6}}'}}
      imei1: {{imei: true}}
      imei2: {{imei: true}}
      imei_matches: {{equals: true}}
"""


def matching(cli: Cli, more: str = "") -> Path:
    """A station of one slot, whose plan does nothing but compare the handset with its label."""
    plan = cli.folder / "label.yaml"
    plan.write_text(MATCHES)
    return written(cli, slots=1, plan=plan, more=more)


def test_a_label_with_the_imeis_of_another_unit_fails_and_is_on_record_as_scanned(
    cli: Cli,
) -> None:
    wrong = label(OTHER).replace(OTHER, GOOD)
    with serving(cli, matching(cli)) as (_, screen):
        for scan in (wrong, label(GOOD)):
            assert say(screen, "Scanned", scans=[scan]) == Obeyed("Scanned")
            until(screen, is_recorded)
            until(screen, is_empty)
    with Reader(cli.store) as reader:
        right, bad = (reader.record(run.run) for run in reader.runs())
    assert (bad.outcome, right.outcome) == (Outcome.FAIL, Outcome.PASS)
    assert bad.fault
    assert bad.fault.code == "identity.imei_matches:MISMATCH"
    own, others = unit_of_serial(GOOD).imei, unit_of_serial(OTHER).imei
    assert (bad.scanned.serial, bad.scanned.imei) == (GOOD, others)
    assert (right.scanned.part, right.scanned.imei, right.unit.imei) == ("A57-4G", own, own)


def is_empty(message: Message) -> bool:
    return isinstance(message, SlotChanged) and message.state is SlotState.EMPTY


def test_what_keeps_a_slot_from_units_is_told_before_one_comes_and_refuses_its_scan(
    cli: Cli,
) -> None:
    station = with_golden(cli)
    with serving(cli, station) as (_, screen):
        snapshot = until(screen, lambda m: isinstance(m, Snapshot))
        assert isinstance(snapshot, Snapshot)
        assert codes(snapshot.unready) == ["READY-SIGN-IN", "READY-GOLDEN"]
        (asked,) = cli("ready", "--station", station, "--json").records()
        told = [(each.code, each.words) for each in snapshot.unready.doubts]
        assert told == [(each["code"], each["words"]) for each in asked["doubts"]]
        assert refusal(screen) == "READY-SIGN-IN"
        assert say(screen, "SignIn", badge="B-3", secret=SECRET) == Obeyed("SignIn")
        assert refusal(screen) == "READY-GOLDEN"
        assert say(screen, "Scanned", scans=[label(GOLDEN)], slot=1) == Obeyed("Scanned")
        until(screen, lambda m: m == Unready())
        assert say(screen, "Scanned", scans=[label(GOOD)]) == Obeyed("Scanned")
        until(screen, is_recorded)
        assert say(screen, "SignOut") == Obeyed("SignOut")
        unready = until(screen, lambda m: isinstance(m, Unready))
        assert isinstance(unready, Unready)
        assert codes(unready) == ["READY-SIGN-IN"]
    with Reader(cli.store) as reader:
        ran = [(run.serial, run.outcome) for run in reader.runs()]
    assert ran == [(GOOD, Outcome.PASS), (GOLDEN, Outcome.PASS)]


def test_in_engineering_mode_nothing_keeps_a_slot_from_units(cli: Cli) -> None:
    with serving(cli, with_golden(cli)) as (_, screen):
        say(screen, "SignIn", badge="B-3", secret=SECRET)
        assert refusal(screen) == "READY-GOLDEN"
        say(screen, "BeginEngineering", why="new fixture", for_s=60)
        until(screen, lambda m: m == Unready())
        assert say(screen, "Scanned", scans=[label(GOOD)]) == Obeyed("Scanned")
        until(screen, is_recorded)
        say(screen, "EndEngineering")
        until(screen, lambda m: isinstance(m, Unready) and codes(m) == ["READY-GOLDEN"])
        assert refusal(screen) == "READY-GOLDEN"


def with_golden(cli: Cli) -> Path:
    """A station at which somebody must be signed in, and the golden unit must have passed."""
    hashed = hash_of(SECRET)
    eve = f"{{badge: 'B-3', name: eve, role: engineer, until: 2999-12-31, hash: '{hashed}'}}"
    (cli.folder / "badges.yaml").write_text(f"schema: 1\nbadges: [{eve}]\n")
    (cli.folder / "golden.yaml").write_text(
        "schema: 1\ngolden_units: g\nrevision: 1\nunits:\n"
        f"  - {{serial: '{GOLDEN}', kind: golden, plan: label.yaml, until: 2999-12-31}}\n"
    )
    rules = "rules: {sign_in: true, golden_every: 12 h}\n"
    return matching(cli, f"badges: badges.yaml\ngolden_units: golden.yaml\n{rules}")


def codes(unready: Unready) -> list[str]:
    return [each.code for each in unready.doubts]


def refusal(screen: Screen) -> str:
    """The code by which the scan of a good unit is refused."""
    answer = say(screen, "Scanned", scans=[label(GOOD)])
    assert isinstance(answer, Refused), answer
    return answer.code
