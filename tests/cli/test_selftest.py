"""`harness selftest` end to end: the real drivers on real ptys, the real store, real processes."""

from __future__ import annotations

import re
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from junitparser import JUnitXml
from lxml import etree, html

from tests.cli.conftest import PLAN, ROOT, Cli, Ran
from tests.cli.recorded import notes
from tests.journal import wait_for_journal

STATION = ROOT / "fixtures" / "stations" / "sim.yaml"
RAIL_LOW = ROOT / "fixtures" / "sim" / "selftest-rail-low.yaml"
SCHEMA = ROOT / "tests" / "records" / "export" / "junit-10.xsd"
ALL = [f"SIMJIG{number:02}" for number in range(1, 9)]


def jigs(ran: Ran) -> dict[str, dict[str, Any]]:
    """What is said of each jig, by its serial."""
    return {jig["jig"]: jig for jig in ran.records()}


def selftest(cli: Cli, *more: str | Path) -> Ran:
    return cli("selftest", "--station", STATION, *more, "--json")


def scenario(cli: Cli, jig: str = "{}", units: str = "A57A000001") -> Path:
    return cli.scenario(f"speed: 10\njigs: [{jig}]\nunits: [{{serial: {units}}}]\n")


@pytest.mark.timeout(150)  # seventeen self-tests and four runs of golden units
def test_one_bad_jig_is_quarantined_alone_until_it_passes(cli: Cli) -> None:
    report = cli.folder / "reports" / "selftest.xml"
    good = selftest(cli, "--junit", report)
    assert good.code == 0, good.err
    assert {name: jig["open"] for name, jig in jigs(good).items()} == dict.fromkeys(ALL, True)
    etree.XMLSchema(etree.parse(SCHEMA)).assertValid(etree.parse(report))
    suites = {suite.name: suite for suite in JUnitXml.fromfile(str(report))}
    assert suites.keys() == set(ALL)
    assert not any(suite.failures + suite.errors for suite in suites.values())
    assert [case.name for case in suites["SIMJIG01"]][-1] == "golden unit A57G000001"

    bad = selftest(cli, "--scenario", RAIL_LOW, "--junit", report)
    assert bad.code == 1, bad.err
    closed = {name: jig for name, jig in jigs(bad).items() if not jig["open"]}
    assert closed.keys() == {"SIMJIG05"}
    assert closed["SIMJIG05"]["code"] == "JIG-QUARANTINED"
    failed = {f"{made['step']}.{made['name']}" for made in closed["SIMJIG05"]["failed"]}
    assert failed == {"rail_low.error", "rail.error", "rail_high.error"}
    counts = {suite.name: suite.failures for suite in JUnitXml.fromfile(str(report))}
    assert {name for name, failures in counts.items() if failures} == {"SIMJIG05"}
    assert "7 of 8 jigs are open to production" in bad.err

    again = selftest(cli, "--jig", "SIMJIG05")
    assert again.code == 0, again.err
    assert jigs(again)["SIMJIG05"]["open"]
    assert cli("records", "verify").code == 0


def test_a_jig_that_cannot_be_tested_is_an_error_and_holds_up_no_other(cli: Cli) -> None:
    silent = "{defects: [jig.silent]}, {}"
    page = cli.folder / "page.html"
    ran = selftest(cli, "--scenario", scenario(cli, silent), "--html", page)
    assert ran.code == 3, ran.err
    found = jigs(ran)
    assert (found["SIMJIG01"]["outcome"], found["SIMJIG01"]["open"]) == ("ERROR", False)
    assert (found["SIMJIG02"]["outcome"], found["SIMJIG02"]["open"]) == ("PASS", True)
    text = html.document_fromstring(page.read_text()).text_content()
    assert "1 of 2 jigs open" in text
    assert "JIG-ABSENT" in text, "its serial answers nowhere"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_every_jig_safe_and_every_run_on_record(
    cli: Cli, number: signal.Signals
) -> None:
    slow = "{defects: [{jig.silent: {on: 'DIAG:ECHO'}}]}"
    given = ("--station", STATION, "--scenario", scenario(cli, f"{slow}, {slow}"), "--json")
    running = cli.start("selftest", *given)
    wait_for_journal(cli.store, '"step":"echo"')
    running.send_signal(number)
    out, err = running.communicate(timeout=50)
    assert running.returncode == 4, err
    found = jigs(Ran(4, out, err))
    assert {name: jig["outcome"] for name, jig in found.items()} == dict.fromkeys(
        ("SIMJIG01", "SIMJIG02"), "ABORTED"
    )
    for jig in found.values():
        (record,) = cli("records", "show", jig["run"], "--json").records()
        assert record["fault"]["code"] == "RUN-ABORTED"
        assert "SafeStateReached" in notes(record)
    assert cli("records", "verify").code == 0


USAGE = {
    "no such jig": (("--jig", "SIMJIG99"), "no jig 'SIMJIG99'; this station has SIMJIG01 (slot 1)"),
    "no jigs": (("--station", "bare.yaml"), "this station has no jigs"),
    "a real station with a scenario": (
        ("--station", "bare.yaml", "--scenario", "scenario.yaml"),
        "bare.yaml is a real station: a scenario is for one with the key `simulated`",
    ),
    "a station of both kinds": (
        ("--station", "both.yaml"),
        "both.yaml:4:1: a simulated station has no key 'slots': its scenario says it all",
    ),
    "a station of no kind": (
        ("--station", "neither.yaml"),
        "missing key 'slots' (or 'simulated', with the file of a scenario)",
    ),
    "a time that is none": (("--station", "never.yaml"), "never.yaml:4:17: '0 h' is no such time"),
}


@pytest.mark.parametrize(("given", "words"), USAGE.values(), ids=USAGE)
def test_wrong_usage_touches_nothing(cli: Cli, given: tuple[str, ...], words: str) -> None:
    scenario(cli)
    slots = "slots: [{slot: 1, handset: A57A000001}]\n"
    files = {
        "bare": slots,
        "both": f"simulated: scenario.yaml\n{slots}",
        "neither": "",
        "never": "simulated: scenario.yaml\nselftest_every: 0 h\n",
    }
    for name, text in files.items():
        (cli.folder / f"{name}.yaml").write_text(f"schema: 1\nstation: s\n{text}")
    ran = cli("selftest", *given)
    assert ran.code == 2, ran.err
    assert words in " ".join(ran.err.split())
    assert not cli.store.exists()


def test_engineers_are_warned_of_a_closed_jig_and_production_is_refused(cli: Cli) -> None:
    on_it = ("--station", STATION, "--scenario", scenario(cli))
    ran = cli("run", PLAN, *on_it)
    assert ran.code == 0, ran.err
    warning = "warning: jig SIMJIG01 of slot 1 is closed to production: JIG-UNTESTED"
    assert warning in " ".join(ran.err.split())
    assert cli("selftest", *on_it).code == 0
    ran = cli("run", PLAN, *on_it)
    assert ran.code == 0, ran.err
    assert "closed to production" not in ran.err
    ran = cli("run", PLAN, "--station", STATION, "--purpose", "production")
    assert ran.code == 2
    assert "STATION-SIMULATED" in ran.err


@pytest.mark.timeout(150)  # three self-tests and three runs of golden units
def test_what_a_golden_unit_has_shown_stands_until_it_shows_the_contrary(cli: Cli) -> None:
    """Neither softer limits, nor another station, nor taking the unit out opens the jig."""
    shutil.copytree(ROOT / "testplans", cli.folder / "testplans")
    golden = (ROOT / "fixtures" / "golden-units.yaml").read_text()
    (cli.folder / "golden.yaml").write_text(golden.replace("../testplans", "testplans"))
    scenario = cli.folder / "scenario.yaml"
    imeis = "imei: ['860123459990015', '860123459990023']"
    weak = "defects: [battery.weak_charge]"
    text = "schema: 1\nspeed: 10\njigs: [{{}}]\nunits: [{{serial: {unit}}}]\n"
    scenario.write_text(text.format(unit=f"A57G000001, {imeis}, {weak}"))
    for name in ("here", "there"):
        (cli.folder / f"{name}.yaml").write_text(
            f"schema: 1\nstation: {name}\nsimulated: scenario.yaml\ngolden_units: golden.yaml\n"
        )

    def tested() -> dict[str, Any]:
        ran = cli("selftest", "--station", cli.folder / "here.yaml", "--json")
        assert ran.out, ran.err
        (said,) = ran.records()
        return said

    assert tested()["code"] == "JIG-QUARANTINED"

    plan = cli.folder / "testplans" / "battery.yaml"
    battery = ("run", plan, "--serial", "A57G000001", "--purpose", "golden", "--json", "--station")
    written = plan.read_text()
    plan.write_text(re.sub(r"low: 450 mA", "low: 50 mA", written))
    softened = cli(*battery, cli.folder / "here.yaml")
    plan.write_text(written)
    assert softened.records(), softened.err
    assert "GOLDEN-DIFFERS" in listed(cli)

    scenario.write_text(text.format(unit=f"A57G000001, {imeis}"))
    elsewhere = cli(*battery, cli.folder / "there.yaml")
    assert [record["outcome"] for record in elsewhere.records()] == ["PASS"]
    assert "GOLDEN-DIFFERS" in listed(cli)

    scenario.write_text(text.format(unit="A57A000001"))
    out = tested()
    assert not out["open"]
    assert "has not been shown since" in out["words"]
    scenario.write_text(text.format(unit=f"A57G000001, {imeis}"))
    assert tested()["open"]


def listed(cli: Cli) -> str:
    """How the one jig stands to production."""
    (said,) = cli("jig", "list", "--station", cli.folder / "here.yaml", "--json").records()
    return str(said["production"])
