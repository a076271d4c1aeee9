"""What a simulated handset goes on doing after its shell has ended."""

from __future__ import annotations

import math

import pytest

from harness.sim.handset import HandsetBehaviour
from harness.sim.unit import SimUnit

LOG = "/data/local/tmp/log.txt"
ENDS = f"</dev/null >{LOG} 2>/dev/null &"
LOOP = f"setsid sh -c 'while test -e {LOG}; do cat /proc/uptime; sleep 0.5; done' {ENDS}"


def started(command: str) -> HandsetBehaviour:
    phone = HandsetBehaviour(SimUnit("A57A000001"))
    answer = phone.run(command, 0.0)
    assert (answer.code, answer.takes_s, answer.err) == (0, 0.0, b"")
    return phone


def test_a_loop_runs_while_its_file_is_there() -> None:
    phone = started(LOOP)
    assert phone.files[LOG] == b""
    (loop,) = phone.detached
    assert [loop.advance(at_s) for at_s in (1.0, 1.5)] == [0.5, 0.5]
    assert phone.files[LOG] == b"1.00 1.00\n1.50 1.50\n"
    phone.run(f"rm -f {LOG}", 2.0)
    assert loop.advance(2.0) is None
    assert LOG not in phone.files


def test_it_sees_the_handset_as_it_then_is() -> None:
    command = LOOP.replace("cat /proc/uptime", "dumpsys battery")
    phone = started(command)
    (loop,) = phone.detached
    for phone.unit.dcp in (False, True):
        phone.unit.vbus_v = 5.0
        loop.advance(1.0)
    text = phone.files[LOG].decode()
    assert text.index("AC powered: false") < text.index("AC powered: true")


def test_commands_one_after_another_end() -> None:
    phone = started(f"setsid sh -c 'sleep 60; rm -f {LOG}' </dev/null >/dev/null 2>/dev/null &")
    phone.files[LOG] = b"x"
    (script,) = phone.detached
    assert script.advance(0.0) == 60.0
    assert LOG in phone.files
    assert script.advance(60.0) is None
    assert LOG not in phone.files


@pytest.mark.parametrize("part", ["</dev/null ", f">{LOG} ", " 2>/dev/null", " &"])
def test_a_shell_with_a_stream_left_open_does_not_end(part: str) -> None:
    phone = HandsetBehaviour(SimUnit("A57A000001"))
    assert part in LOOP
    assert phone.run(LOOP.replace(part, ""), 0.0).takes_s == math.inf
    assert not phone.detached


def test_a_command_that_hangs_holds_the_script_up() -> None:
    stuck = {"adb.stuck": {"on": "dumpsys battery"}}
    phone = HandsetBehaviour(SimUnit("A57A000001", defects=stuck))
    phone.run(LOOP.replace("cat /proc/uptime", "timeout -s 9 2 dumpsys battery"), 0.0)
    (loop,) = phone.detached
    assert loop.advance(0.0) == 2
