"""`harness sim`: defects on a simulated line; a simulated handset and a jig by themselves."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import StringIO

import pytest
import serial
from rich.console import Console

from harness.devices.adb import AdbServer
from harness.model.outcome import Outcome
from harness.sim.defects import DEFECTS, is_of_modem
from harness.ui.defects import Finding, Planted, defects_table
from tests.cli.conftest import ROOT, Cli
from tests.journal import wait_for_journal


def test_the_list_has_every_defect_with_its_settings(cli: Cli) -> None:
    listed = cli("sim", "defects", "--list")
    assert listed.code == 0
    for name, defect in DEFECTS.items():
        assert f"{name}  {defect.doc}" in listed.out
        for setting, words in defect.settings.items():
            assert f"    {setting}: {words}" in listed.out
    told = [json.loads(line) for line in cli("sim", "defects", "--list", "--json").out.splitlines()]
    assert [each["defect"] for each in told] == list(DEFECTS)
    assert not cli.store.parent.exists()


def test_the_beginning_of_names_chooses_and_a_wrong_one_is_told(cli: Cli) -> None:
    rear = cli("sim", "defects", "--list", "camera.rear", "lte.weak")
    names = [line.split()[0] for line in rear.out.splitlines() if not line.startswith(" ")]
    assert names == [*(name for name in DEFECTS if name.startswith("camera.rear.")), "lte.weak"]
    wrong = cli("sim", "defects", "lte.weal")
    assert wrong.code == 2
    assert "no defect 'lte.weal': did you mean 'lte.weak'?" in wrong.err


def test_planted_must_and_concluded_stand_side_by_side(cli: Cli) -> None:
    ran = cli("sim", "defects", "imei.not_written", "identity.label_mismatch")
    assert ran.code == 0, ran.err
    rows = [line.split() for line in ran.out.splitlines()]
    assert rows[0] == ["planted", "must", "be", "concluded", "concluded"]
    wrong = ["ABORTED", "UNIT-WRONG"]
    assert ["ok", "identity.label_mismatch", *wrong, *wrong] in rows
    assert "All 2 defects are concluded as they must be." in ran.out
    records = cli("records", "list", "--records", "reports/defects.db")
    assert "IMEI-NOT-WRITTEN" in records.out
    assert cli("records", "verify", "--records", "reports/defects.db").code == 0


def test_of_another_plan_the_verdict_alone_is_compared(cli: Cli) -> None:
    """A script can tell a defect that gets past a plan; nothing is called right unseen."""
    plan = ROOT / "testplans" / "battery.yaml"
    ran = cli("sim", "defects", "battery.weak_charge", "wifi.dead", "--plan", plan, "--json")
    assert ran.code == 1, ran.err
    weak, unseen = (json.loads(line) for line in ran.out.splitlines())
    assert weak["found"] == {"outcome": "FAIL", "concluded": ["charge.current_jig:LOW"]}
    assert (weak["compared"], weak["must"], weak["agrees"]) == ("verdict", None, True)
    assert (unseen["found"]["outcome"], unseen["agrees"]) == ("PASS", False)


def test_a_plan_that_no_defect_gets_past_is_not_said_to_conclude_right(cli: Cli) -> None:
    ran = cli("sim", "defects", "battery.weak_charge", "--plan", ROOT / "testplans/battery.yaml")
    assert ran.code == 0, ran.err
    words = " ".join(ran.out.split())
    assert "- battery.weak_charge FAIL charge.current_jig:LOW" in words
    assert "is not compared" in words
    assert "Of 1 defects none gets past this plan." in words
    assert "ok" not in ran.out.split()


def test_the_final_test_by_its_name_is_the_final_test(cli: Cli) -> None:
    plan = ROOT / "testplans" / "a57-final.yaml"
    ran = cli("sim", "defects", "identity.label_mismatch", "--plan", plan, "--json")
    assert (ran.code, json.loads(ran.out)["compared"]) == (0, "conclusion")


def test_what_a_plan_never_meets_is_told(cli: Cli) -> None:
    shipped = (ROOT / "testplans" / "battery.yaml").read_text()
    before, _, rest = shipped.partition("  - id: who")
    plan = cli.folder / "battery.yaml"  # nobody asks it what it restarts at
    plan.write_text(before + rest[rest.index("steps:") :])
    planted = ("sim", "defects", "handset.restarts", "adb.stuck", "--plan", plan)
    told = [json.loads(line) for line in cli(*planted, "--json").out.splitlines()]
    assert {row["defect"]: row["met"] for row in told} == {
        "handset.restarts": False,
        "adb.stuck": True,
    }
    assert "planted, but never met" in " ".join(cli(*planted).out.split())


def test_no_plan_meets_a_modem(cli: Cli) -> None:
    ran = cli("sim", "defects", "at")
    assert ran.code == 2
    assert "no plan talks to a modem" in ran.err
    assert not cli.store.parent.exists()


@pytest.mark.parametrize("name", [name for name in DEFECTS if is_of_modem(name)])
def test_what_is_planted_in_a_modem_is_concluded_at_its_port(cli: Cli, name: str) -> None:
    with at_port(cli, "--defect", name) as port:
        ran = cli("handset", "--at", port)
    assert (ran.code, ran.out) == (3, "")
    assert {ran.err.partition(":")[0]} == DEFECTS[name].concluded


def test_a_modem_by_itself(cli: Cli) -> None:
    with at_port(cli, "--serial", "A57A000007") as port:
        ran = cli("handset", "--at", port, "--json")
    assert ran.code == 0, ran.err
    read = json.loads(ran.out)
    assert (read["psn"], read["lte_attached"], len(read["imei2"])) == ("A57A000007", True, 15)


@contextmanager
def at_port(cli: Cli, *arguments: str) -> Iterator[str]:
    """The AT port of a simulated handset."""
    running = cli.start("sim", "handset", "--at", *arguments)
    assert running.stdout
    try:
        yield [running.stdout.readline() for _ in range(3)][2].split()[-1]
    finally:
        running.kill()
        running.communicate(timeout=20)


def test_a_line_that_is_stopped_agrees_with_nothing(cli: Cli) -> None:
    running = cli.start("sim", "defects", "adb.hang", "adb.drip", "--slots", "1", "--json")
    try:
        wait_for_journal(cli.folder / "reports" / "defects.db", "prepare")
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=50)
    finally:
        running.kill()
    assert running.returncode == 1, err
    hang, drip = (json.loads(line) for line in out.splitlines())
    assert not hang["agrees"]
    assert "RUN-ABORTED" in hang["found"]["concluded"]
    assert (drip["agrees"], drip["found"]["outcome"], drip["run"]) == (False, None, None)


@pytest.mark.parametrize("width", [80, 120])
def test_a_table_fits_and_names_what_does_not_agree(width: int) -> None:
    right = Finding(Outcome.FAIL, frozenset({"identity.imei_matches:MISMATCH"}))
    other = Finding(Outcome.PASS, frozenset())
    rows = [
        Planted("imei.bad_check_digit", right, right),
        Planted("camera.app_ignores_facing", right, other),
        Planted("wifi.deaf", other, Finding(None)),
    ]
    assert [row.agrees for row in rows] == [True, False, False]
    console = Console(width=width, record=True, file=StringIO())
    defects_table(rows, console)
    lines = console.export_text().splitlines()
    assert max(map(len, lines)) <= width
    assert [line[:2] for line in lines if line[:2] in ("ok", "NO")] == ["ok", "NO", "NO"]
    text = " ".join(" ".join(lines).split())
    assert "2 of 3 are not concluded as they must be: camera.app_ignores_facing, wifi.deaf" in text
    assert "no record" in text


@contextmanager
def simulated(cli: Cli, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running `sim handset` and its address."""
    running = cli.start("sim", "handset", *arguments)
    assert running.stdout
    try:
        running.stdout.readline()
        yield running, running.stdout.readline().removeprefix("adb connect ").strip()
    finally:
        running.kill()
        running.communicate(timeout=20)


@pytest.fixture
def server() -> Iterator[AdbServer]:
    made = AdbServer()
    made.start()
    yield made
    made.stop()


def adb(server: AdbServer, *arguments: str) -> str:
    """What the adb program says of it, with this server."""
    import adbutils  # type: ignore[import-untyped]

    command = [adbutils.adb_path(), "-P", str(server.port), *arguments]
    return subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=30,
        check=False,
    ).stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_simulated_handset_is_there_until_it_is_ended(
    cli: Cli, server: AdbServer, number: signal.Signals
) -> None:
    with simulated(cli, "--profile", "samsung", "--android", "11") as (running, address):
        adb(server, "connect", address)
        asked = "getprop ro.serialno; getprop ro.product.model"
        said = adb(server, "-s", address, "wait-for-device", "shell", asked)
        assert said.split() == ["A57A000001", "SM-A556B"]
        running.send_signal(number)
        assert running.wait(20) == 0


def test_two_simulated_handsets_differ_by_what_is_said_of_them(cli: Cli) -> None:
    imei, other_imei = "860123450000038", "860123450000046"
    with ExitStack() as stack:
        (_, address), (_, other) = (
            stack.enter_context(simulated(cli, *words))
            for words in (["--serial", "A57A000002", "--imei", f"{imei},{other_imei}"], [])
        )
        said = [cli("handset", each, "--json") for each in (address, other)]
    assert [ran.code for ran in said] == [0, 0], said[0].err
    first, second = (json.loads(ran.out) for ran in said)
    assert imei in json.dumps(first), first
    assert "A57A000002" in json.dumps(first)
    assert imei not in json.dumps(second)


def test_a_defect_of_a_simulated_handset_is_there(cli: Cli, server: AdbServer) -> None:
    with simulated(cli, "--defect", "adb.unauthorized") as (_, address):
        adb(server, "connect", address)
        assert "device unauthorized" in adb(server, "-s", address, "shell", "true")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--defect", "lte.weal"], "did you mean 'lte.weak'?"),
        (["--defect", "lte.weak: {rsrp_dbm: 5}"], "expected less than -101; found 5"),
        (["--defect", "jig.silent"], "a defect of a jig, not of a handset"),
        (["--serial", "two words"], "serial"),
        (["--imei", "860123450000013"], "check digit of 860123450000013: found 3, expected 2"),
        (["--imei", "860123450000012,860123450000012"], "or two that differ"),
        (["--android", "8"], "9<=x<=15"),
    ],
)
def test_a_handset_that_cannot_be_simulated_is_wrong_usage(
    cli: Cli, arguments: list[str], told: str
) -> None:
    ran = cli("sim", "handset", *arguments)
    assert ran.code == 2
    assert told in " ".join(ran.err.split())


@contextmanager
def simulated_jig(cli: Cli, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running `sim jig` and its port."""
    running = cli.start("sim", "jig", *arguments)
    assert running.stdout
    try:
        yield running, running.stdout.readline().strip()
    finally:
        running.kill()
        running.communicate(timeout=20)


@pytest.mark.parametrize(
    ("dialect", "on"),
    [("core", "--tcp"), ("core-framed", ""), ("shield-tescom", "--tcp"), ("shield-rs", "")],
)
def test_a_simulated_jig_is_one_to_the_real_driver(cli: Cli, dialect: str, on: str) -> None:
    jig_file = ROOT / "fixtures" / "jigs" / f"{dialect}.yaml"
    with simulated_jig(cli, "--dialect", dialect, "--serial", "J-7", *on.split()) as (_, port):
        assert port.startswith("socket://" if on else "/dev/")
        told = cli("jig", "info", "--port", port, "--file", jig_file, "--json")
    assert told.code == 0, told.err
    assert '"J-7"' in told.out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_simulated_jig_is_there_until_it_is_ended(cli: Cli, number: signal.Signals) -> None:
    with simulated_jig(cli) as (running, port):
        with serial.Serial(port, timeout=10) as opened:
            opened.write(b"*IDN?\n")
            assert opened.readline() == b"Example,Core,SIMJIG01,1.0\n"
        running.send_signal(number)
        assert running.wait(20) == 0


def test_a_defect_of_a_simulated_jig_is_there_and_a_pulled_one_tells_its_new_port(cli: Cli) -> None:
    planted = ("--defect", "jig.rail_low: {low_pct: 10}", "--defect", "jig.unplug: {on: OPEN}")
    with simulated_jig(cli, *planted) as (running, port):
        with serial.Serial(port, timeout=10) as opened:
            for line in (b"SOUR:VOLT 5", b"OUTP ON", b"ROUT:CLOS (@1)", b"MEAS:VOLT? (@1)"):
                opened.write(line + b"\n")
            assert float(opened.readline()) == pytest.approx(4.5, rel=0.002)
            opened.write(b"FIXT:OPEN\n")
            assert running.stdout
            again = running.stdout.readline().strip()
        assert again != port
        with serial.Serial(again, timeout=10) as opened:
            opened.write(b"OUTP?\n")
            assert opened.readline() == b"1\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--defect", "jig.rail_lo"], "did you mean 'jig.rail_low'?"),
        (["--defect", "jig.rail_low: {low_pct: 0.1}"], "expected more than 1.2; found 0.1"),
        (["--defect", "lte.weak"], "lte.weak is a defect of a unit"),
        (["--dialect", "shield-rs", "--defect", "jig.rail_low"], "shield-rs has no jig.rail_low"),
        (["--serial", "two words"], "no serial of a jig"),
        (["--dialect", "cor"], "'core'"),
    ],
)
def test_a_jig_that_cannot_be_simulated_is_wrong_usage(
    cli: Cli, arguments: list[str], told: str
) -> None:
    ran = cli("sim", "jig", *arguments)
    assert ran.code == 2
    assert told in " ".join(ran.err.split())
