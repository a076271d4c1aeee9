"""`harness jig` as a process of its own, at simulated jigs on the ptys of this one."""

from __future__ import annotations

import errno
import os
import pty
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.cli.jig import jig
from harness.devices.jig.who import Answer
from harness.devices.serial import SerialLink
from harness.errors import JigFault
from harness.model.refs import StationRef
from harness.sim.jig import Dialect, Jig, SimJig, behaviour_of, on_pty
from harness.sim.pty import PtyJig
from harness.sim.unit import Defects
from harness.station.screens.bus import Bus
from harness.station.screens.socket import StationSocket, folder_of
from tests.cli.conftest import ROOT, Cli

FILES = ROOT / "fixtures" / "jigs"
SIMULATED = "schema: 1\nstation: sim\nsimulated: scenario.yaml\n"


class Desk:
    """Jigs on ports of names of their own, and the station file that names the jigs."""

    def __init__(self, cli: Cli) -> None:
        self.cli = cli
        self.jigs: dict[str, Jig] = {}
        self._wires: list[PtyJig] = []
        self._slots: list[str] = []

    def plug(self, serial: str, dialect: Dialect = "core", defects: Defects | None = None) -> str:
        """Plug a jig in, on a port of its own, and put it into the station file."""
        jig = behaviour_of(SimJig(serial=serial, dialect=dialect, defects=defects or {}))
        wire = on_pty(jig, speed=20)
        port = self.cli.folder / f"tty{len(self._wires)}"
        port.symlink_to(wire.path)
        self._wires.append(wire)
        self.jigs[serial] = jig
        self.name(f"serial: {serial}, file: '{FILES}/{dialect}.yaml'")
        return str(port)

    def name(self, jig: str) -> None:
        """Put a jig into the station file."""
        number = len(self._slots) + 1
        self._slots.append(f"  - {{slot: {number}, handset: H{number}, jig: {{{jig}}}}}\n")

    @property
    def station(self) -> Path:
        path = self.cli.folder / "station.yaml"
        ports = f"jig_ports: ['{self.cli.folder}/tty*']\n"
        path.write_text(f"schema: 1\nstation: s\n{ports}slots:\n{''.join(self._slots)}")
        return path

    def close(self) -> None:
        for wire in self._wires:
            wire.close()


@pytest.fixture
def desk(cli: Cli) -> Iterator[Desk]:
    desk = Desk(cli)
    yield desk
    desk.close()


def power(jig: Jig) -> None:
    for line in ("SOUR:VOLT 5", "OUTP ON", "ROUT:CLOS (@1)"):
        jig.answer(line, 0.0)
    assert not jig.safe


def test_the_jigs_of_a_station_are_listed_wherever_they_are(desk: Desk, cli: Cli) -> None:
    first = desk.plug("J-1")
    second = desk.plug("J-2", "shield-rs")
    desk.name("serial: J-7")
    ran = cli("jig", "list", "--station", desk.station)
    assert ran.code == 3, ran.err
    head, *lines = ran.out.splitlines()
    assert " ".join(head.split()) == "slot port maker model serial firmware state production"
    untested = "JIG-UNTESTED: no self-test of it is on record here"
    assert [re.split(" {2,}", line) for line in lines[:3]] == [
        ["1", first, "Example", "Core", "J-1", "1.0", "ready", untested],
        ["2", second, "Rohde&Schwarz", "CMW-Z10", "J-2", "1.0", "ready", untested],
        ["3", "-", "-", "-", "J-7", "-", "JIG-ABSENT", "-"],
    ]
    assert lines[3].startswith("slot 3 (J-7): JIG-ABSENT: the jig J-7 answers on no free serial")


def test_the_list_for_programs_and_an_open_interlock(desk: Desk, cli: Cli) -> None:
    port = desk.plug("J-1", defects={"jig.interlock_open": {}})
    ran = cli("jig", "list", "--station", desk.station, "--json")
    assert ran.code == 0, ran.err
    (row,) = ran.records()
    assert (row["slot"], row["port"], row["serial"]) == (1, port, "J-1")
    assert (row["state"], row["fault"]) == ("interlock OPEN", None)


def test_two_jigs_with_one_serial_are_both_named(desk: Desk, cli: Cli) -> None:
    ports = [desk.plug("J-1")]
    desk._slots.clear()
    ports.append(desk.plug("J-1"))
    ran = cli("jig", "info", "1", "--station", desk.station)
    assert ran.code == 3
    assert f"JIG-TWIN: the jig J-1 answers on {ports[0]} and on {ports[1]}" in ran.err


def test_a_station_that_runs_holds_its_ports(desk: Desk, cli: Cli) -> None:
    port = desk.plug("J-1")
    held = SerialLink(port, 115200)
    ran = cli("jig", "info", "J-1", "--station", desk.station)
    assert ran.code == 3
    assert f"other programs, such as a running station, hold {port}" in ran.err
    ran = cli("jig", "info", "--port", port)
    assert ran.code == 3
    assert "another program holds it" in ran.err
    held.close()


def test_a_jig_says_all_of_itself_and_nothing_moves(desk: Desk, cli: Cli) -> None:
    desk.plug("J-1", "core-framed", {"jig.calibration_over": {}})
    power(desk.jigs["J-1"])
    heard = len(desk.jigs["J-1"].heard)
    ran = cli("jig", "info", "J-1", "--station", desk.station)
    assert ran.code == 0, ran.err
    for words in (
        "Example Core F, serial J-1, firmware 1.0",
        "(slot 1)",
        "in frames with a checksum",
        "light box, light meter, self-test",
        "interlock         CLOSED",
        "relay vbus        closed",
        "supply            on",
        "supply set to     5 V",
        "which is over",
        "this PC",
    ):
        assert words in ran.out
    asked = list(desk.jigs["J-1"].heard)[heard:]
    assert {line for line in asked if "?" not in line} == {"*CLS"}
    assert not any("HEAR" in line for line in asked), "to ask for its watchdog would arm it"


def test_what_a_jig_does_not_say_is_unreadable_and_the_rest_stands(desk: Desk, cli: Cli) -> None:
    port = desk.plug("J-1", defects={"jig.refuses": {"on": "DIAG:CYCL"}})
    file = FILES / "core.yaml"
    ran = cli("jig", "info", "--port", port, "--file", file, "--json")
    assert ran.code == 0, ran.err
    (told,) = ran.records()
    assert told["said"]["contact cycles"]["unreadable"].startswith("JIG-REFUSED")
    assert told["said"]["fixture"] == "OPEN"
    assert told["abilities"][:2] == ["identity", "error queue"]
    assert told["slot"] is None


def test_a_jig_of_another_kind_is_told_nothing_more(desk: Desk, cli: Cli) -> None:
    port = desk.plug("J-1")
    ran = cli("jig", "ask", "*OPC?", "--port", port, "--file", FILES / "core-framed.yaml")
    assert ran.code == 3
    assert "JIG-WRONG" in ran.err
    assert set(desk.jigs["J-1"].heard) == {"*IDN?"}


def test_a_line_is_asked_word_for_word(desk: Desk, cli: Cli) -> None:
    desk.plug("J-1")
    power(desk.jigs["J-1"])
    ran = cli("jig", "ask", "1", "meas:volt? (@1)", "--station", desk.station)
    assert (ran.code, ran.err) == (0, "")
    assert float(ran.out) == pytest.approx(5.0, rel=0.01)
    ran = cli("jig", "ask", "OUTP OFF", "--station", desk.station)
    assert (ran.code, ran.out) == (0, "ok\n"), ran.err
    assert desk.jigs["J-1"].heard.count("OUTP OFF") == 1
    ran = cli("jig", "ask", "FOO?", "--station", desk.station)
    assert ran.code == 3
    assert "JIG-REFUSED: the jig on" in ran.err
    assert '-113,"Undefined header"' in ran.err


def test_several_commands_in_one_line_are_never_sent(desk: Desk, cli: Cli) -> None:
    desk.plug("J-1")
    line = "*IDN?;OUTP ON"
    ran = cli("jig", "ask", "J-1", line, "--station", desk.station, "--force")
    assert ran.code == 2
    assert f"expected one command alone, such as '*IDN?', without `;`; found '{line}'" in ran.err
    assert not desk.jigs["J-1"].heard


def test_what_moves_or_powers_is_sent_only_when_somebody_says_so(desk: Desk, cli: Cli) -> None:
    desk.plug("J-1")
    jig = desk.jigs["J-1"]
    for line in ("FIXT:CLOS", "outp on", ":OUTPut ON", "OUTP:STAT ON"):
        ran = cli("jig", "ask", "J-1", line, "--station", desk.station)
        assert ran.code == 2
        assert "--force" in ran.err
    assert not jig.heard, "it was not even asked who it is"
    ran = cli("jig", "ask", "J-1", "OUTP ON", "--station", desk.station, "--force")
    assert (ran.code, ran.out) == (0, "ok\n"), ran.err
    assert "`harness jig safe`" in ran.err
    assert not jig.safe


def test_force_does_not_pass_an_open_interlock(desk: Desk, cli: Cli) -> None:
    port = desk.plug("J-1", defects={"jig.interlock_open": {}})
    ran = cli("jig", "ask", "--port", port, "OUTP ON", "--force")
    assert ran.code == 3
    assert "JIG-INTERLOCK" in ran.err
    assert "OUTP ON" not in desk.jigs["J-1"].heard


def test_all_jigs_of_a_station_are_made_safe_and_nothing_moves(desk: Desk, cli: Cli) -> None:
    for serial in ("J-1", "J-2"):
        desk.plug(serial)
        power(desk.jigs[serial])
    desk.plug("J-3", "shield-tescom")
    ran = cli("jig", "safe", "--station", desk.station)
    assert ran.code == 0, ran.err
    assert [line.split("  ")[2] for line in ran.out.splitlines()] == [
        "safe",
        "safe",
        "safe: it puts voltage on nothing",
    ]
    assert desk.jigs["J-1"].safe
    assert desk.jigs["J-2"].safe
    assert not any("FIXT" in line for line in desk.jigs["J-1"].heard)


def test_the_jigs_of_a_station_that_runs_are_left_alone(desk: Desk, cli: Cli) -> None:
    desk.plug("J-1")
    power(desk.jigs["J-1"])
    folder = folder_of(cli.store)
    with StationSocket(folder, Bus(StationRef("s", "u"), [1]), lambda _: ()):
        ran = cli("jig", "safe", "--station", desk.station)
        assert (ran.code, ran.out) == (3, ""), ran.err
        assert "STATION-RUNS" in ran.err
        assert not desk.jigs["J-1"].safe
    assert folder.exists()
    assert cli("jig", "safe", "--station", desk.station).code == 0
    assert desk.jigs["J-1"].safe


def test_a_jig_on_a_bare_port_says_who_was_made_safe(desk: Desk, cli: Cli) -> None:
    port = desk.plug("J-1")
    ran = cli("jig", "safe", "--port", port, "--file", FILES / "core.yaml")
    assert (ran.code, ran.out) == (0, f"J-1  {port}  safe\n"), ran.err


def test_a_silent_jig_on_a_bare_port_has_no_name(desk: Desk, cli: Cli) -> None:
    port = desk.plug("J-1", defects={"jig.silent": {}})
    ran = cli("jig", "safe", "--port", port, "--file", FILES / "core.yaml")
    assert ran.code == 3
    assert ran.out.startswith(f"-  {port}  NOT SAFE\n  JIG-UNSAFE: ")


def test_one_jig_that_cannot_be_shown_to_be_safe_is_told_and_decides(desk: Desk, cli: Cli) -> None:
    desk.plug("J-1")
    desk.plug("J-2", defects={"jig.relay_welded": {}})
    power(desk.jigs["J-1"])
    ran = cli("jig", "safe", "--station", desk.station, "--json")
    assert ran.code == 3
    good, bad = ran.records()
    assert (good["jig"], good["safe"], good["fault"]) == ("J-1", True, None)
    assert (bad["jig"], bad["safe"], bad["fault"]["code"]) == ("J-2", False, "JIG-UNSAFE")
    assert desk.jigs["J-1"].safe


def test_a_fixture_is_opened_only_when_a_person_agrees(desk: Desk, cli: Cli) -> None:
    desk.plug("J-1")
    jig = desk.jigs["J-1"]
    jig.answer("FIXT:CLOS", 0.0)
    power(jig)
    safe = ("jig", "safe", "--station", desk.station, "--motion")
    ran = cli(*safe)
    assert ran.code == 4
    assert "nobody is at a terminal" in ran.err
    assert jig.safe, "the power goes off first, whoever is there"
    assert typed(cli.command(*safe), "n") == 4
    assert "FIXT:OPEN" not in jig.heard
    assert typed(cli.command(*safe), "y") == 0
    assert "FIXT:OPEN" in jig.heard
    assert cli(*safe, "--yes").code == 0


def typed(command: list[str], answer: str) -> int:
    """How a command ends that is asked for at a terminal and gets this answer there."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(command[0], command)
    try:
        said = b""
        while b"[y/N]" not in said:
            said += os.read(terminal, 1024)
        os.write(terminal, f"{answer}\n".encode())
        until_closed(lambda: os.read(terminal, 1024))
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    finally:
        os.close(terminal)


def until_closed(read: Callable[[], bytes]) -> None:
    try:
        while read():
            pass
    except OSError:  # EIO: the other end of the terminal has gone
        return


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["info"], "which jig? Name its --station, its --port, its serial"),
        (["info", "1"], "slot 1 of which station?"),
        (["info", "J-1", "--port", "/dev/ttyNONE"], "not by both"),
        (["ask", "J-1", "FIXT:CLOS", "now"], "one line, in quotes: FIXT:CLOS now"),
        (["ask", "/dev/ttyNONE", "A\tB"], "printable ASCII characters; found 'A\\tB'"),
    ],
)
def test_what_nobody_can_mean_is_refused(cli: Cli, arguments: list[str], told: str) -> None:
    ran = cli("jig", *arguments)
    assert ran.code == 2
    assert told in ran.err


def test_a_name_that_the_station_has_not(desk: Desk, cli: Cli) -> None:
    desk.name("serial: J-1")
    desk.name("serial: J-2")
    ran = cli("jig", "info", "J-3", "--station", desk.station)
    assert (ran.code, "this station has J-1 (slot 1), J-2 (slot 2)" in ran.err) == (2, True)
    ran = cli("jig", "info", "--station", desk.station)
    assert (ran.code, "which one? The station has 1 (J-1), 2 (J-2)" in ran.err) == (2, True)


def test_a_jig_file_that_is_wrong_is_told_at_its_places(cli: Cli) -> None:
    file = cli.folder / "jig.yaml"
    file.write_text("schema: 1\njig: x\nrevision: 1\ndialect: cor\n")
    ran = cli("jig", "list", "--file", file)
    assert ran.code == 2
    assert "jig.yaml:4:10: expected 'core'; found 'cor' (did you mean 'core'?)" in ran.err


def test_a_simulated_station_has_jigs_to_talk_to(cli: Cli) -> None:
    cli.scenario("speed: 20\njigs: [{serial: J-1}, {serial: J-2, dialect: shield-rs}]\n")
    station = cli.folder / "station.yaml"
    station.write_text(SIMULATED)
    ran = cli("jig", "ask", "J-2", "CLOSE", "--force", "--station", station)
    assert (ran.code, ran.out) == (0, "ok\n"), ran.err


@pytest.mark.parametrize("tcp", [False, True], ids=["pty", "tcp"])
def test_the_simulated_jig_of_the_command_line_is_one_to_talk_to(cli: Cli, tcp: bool) -> None:
    sim = cli.start("sim", "jig", "--dialect", "shield-tescom", *(["--tcp"] if tcp else []))
    try:
        assert sim.stdout
        port = sim.stdout.readline().strip()
        ran = cli("jig", "info", "--port", port, "--file", FILES / "shield-tescom.yaml")
    finally:
        sim.terminate()
        sim.communicate()
    assert ran.code == 0, ran.err
    assert "TESCOM TC-5970, serial SIMJIG01" in ran.out
    assert f"port              {port}" in ran.out


def test_a_port_where_nobody_answers_has_a_fault_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    silent = Answer("/dev/ttyS0", JigFault("JIG-TIMEOUT", "no reply", remedy="Switch it on."))
    taken = JigFault("JIG-LOST", "cannot be opened")
    taken.__cause__ = OSError(errno.EBUSY, "busy")
    held = Answer("/dev/ttyS1", taken)
    monkeypatch.setattr("harness.cli.jig.who_answers", lambda _: [silent, held])
    ran = CliRunner().invoke(jig, ["list"])
    assert ran.exit_code == 0
    first, second, *told = ran.stdout.splitlines()[1:]
    assert first.endswith("JIG-TIMEOUT")
    assert second.endswith("held by another program")
    assert told == ["/dev/ttyS0: JIG-TIMEOUT: no reply", "  -> Switch it on."]


def test_the_ports_of_this_pc_are_listed(cli: Cli) -> None:
    ran = cli("jig", "list", "--json")
    assert ran.code == 0, ran.err
    assert all(row["port"] for row in ran.records())
