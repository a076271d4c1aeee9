"""Several commands in one shell: by real POSIX shells with a real `timeout`, and by any text."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.batch import Answer, Batch
from harness.model.ports import ShellResult
from harness.model.reading import Unreadable
from harness.sim.handset import HandsetBehaviour
from harness.sim.unit import SimUnit

NONCE = "6f1d2c3b4a596877"
SHELLS = {"sh": ["sh"], "mksh": ["mksh"], "busybox": ["busybox", "sh"], "bash": ["bash"]}
"""mksh is Android's; those that this PC has are tried, sh always."""
FOUND = {name: argv for name, argv in SHELLS.items() if name == "sh" or shutil.which(name)}

Ask = Callable[..., list[Answer]]


@pytest.fixture(params=list(FOUND.values()), ids=list(FOUND))
def shell(request: pytest.FixtureRequest) -> list[str]:
    argv: list[str] = request.param
    return argv


@pytest.fixture
def ask(shell: list[str]) -> Ask:
    """Asks commands in one real shell."""

    def ask(commands: Sequence[str], limit_s: int = 30, **env: str) -> list[Answer]:
        batch = Batch(commands, limit_s, NONCE)
        ran = subprocess.run(
            [*shell, "-c", batch.script],
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
            env=env or None,
            stdin=subprocess.DEVNULL,
        )
        return batch.answers(ran.stdout, ran.stderr)

    return ask


Program = Callable[[str, str], str]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Makes a program of a shell script; its path."""

    def program(name: str, script: str) -> str:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)

    return program


def test_each_answer_has_its_own_streams_and_code(ask: Ask, program: Program) -> None:
    odd = program("odd", f"printf '%s 1 0\\nhalf' {NONCE[:8]}; printf 'why' >&2; exit 7")
    answers = ask(["echo 'a  b'", odd, "true", "no-such-program-here", "echo"])
    first, second, third, fourth, last = answers
    assert first == ShellResult(0, "a  b\n", "")
    assert second == ShellResult(7, f"{NONCE[:8]} 1 0\nhalf", "why")
    assert third == ShellResult(0, "", "")
    assert isinstance(fourth, ShellResult)
    assert (fourth.code, fourth.out) == (127, "")
    assert "no-such-program-here" in fourth.err
    assert last == ShellResult(0, "\n", "")


def test_a_hung_command_loses_itself_and_ends_the_shell(
    ask: Ask, program: Program, tmp_path: Path
) -> None:
    hung = program("hung", "printf '  level: 7'; exec sleep 45")
    after = program("after", f"echo ran > {tmp_path}/ran")
    answers = ask(["echo good", hung, after], limit_s=1)
    assert answers[0] == ShellResult(0, "good\n", "")
    assert answers[1] == Unreadable("no answer within 1 s", "  level: 7")
    assert len(answers) == 2
    assert not (tmp_path / "ran").exists()


def test_a_command_that_prints_what_runs_prints_no_end(ask: Ask, program: Program) -> None:
    spy = program("spy", "tr '\\0' ' ' < /proc/$(cut -d ' ' -f 4 /proc/$PPID/stat)/cmdline")
    first, second = ask([spy, "echo after"])
    assert isinstance(first, ShellResult)
    assert first.out.count(NONCE) >= 4
    assert second == ShellResult(0, "after\n", "")


@pytest.mark.parametrize("name", ["sh", *(name for name in ("mksh", "bash") if name in FOUND)])
def test_without_timeout_nothing_is_guessed(name: str, tmp_path: Path) -> None:
    batch = Batch(["echo 1", "echo 2"], 5, NONCE)
    argv = [shutil.which(name) or name, "-c", batch.script]
    env = {"PATH": str(tmp_path)}
    ran = subprocess.run(argv, capture_output=True, text=True, timeout=50, check=False, env=env)
    answers = batch.answers(ran.stdout, ran.stderr)
    if name == "bash":  # says `command not found`: an exit code of 127 like any other
        assert all(isinstance(answer, ShellResult) and answer.code == 127 for answer in answers)
    else:
        whys = [answer.why for answer in answers if isinstance(answer, Unreadable)]
        assert whys == ["this handset has no `timeout`: nothing was asked"] * 2


@pytest.mark.parametrize(
    "said", ["/system/bin/sh: timeout: inaccessible or not found\n", "sh: 1: timeout: not found\n"]
)
def test_the_words_of_a_shell_that_has_no_timeout(said: str) -> None:
    batch = Batch(["echo 1"], 5, NONCE)
    (answer,) = batch.answers(f"{NONCE} 0 127\n", f"{said}{NONCE} 0\n")
    assert isinstance(answer, Unreadable)


def test_the_simulated_shell_reads_the_script_alike() -> None:
    batch = Batch(["echo 'a  b'", "false", "nothing there", "true"], 5, NONCE)
    told = HandsetBehaviour(SimUnit("A57A000001")).run(batch.script, 0.0)
    one, two, three, four = batch.answers(told.out.decode(), told.err.decode())
    assert (one, two) == (ShellResult(0, "a  b\n", ""), ShellResult(1, "", ""))
    assert isinstance(three, ShellResult)
    assert (three.code, "not found" in three.err) == (127, True)
    assert four == ShellResult(0, "", "")


def test_a_simulated_command_that_is_stuck_is_killed() -> None:
    stuck = SimUnit("A57A000001", defects={"adb.stuck": {"on": "dumpsys battery"}})
    batch = Batch(["echo 1", "dumpsys battery", "echo 3"], 5, NONCE)
    told = HandsetBehaviour(stuck).run(batch.script, 0.0)
    answers = batch.answers(told.out.decode(), told.err.decode())
    assert [type(answer) for answer in answers] == [ShellResult, Unreadable]
    assert told.takes_s == 5


@pytest.mark.parametrize("command", ["a; b", "a && b", "a | b", "a > b", "a\nb", "a $(b)", "a `b`"])
def test_a_command_is_one_program(command: str) -> None:
    with pytest.raises(ValueError, match="no single command"):
        Batch([command], 5, NONCE)


WHOLE = (
    f"one\n{NONCE} 0 0\ntwo {NONCE} 1\n{NONCE} 1 3\nhalf{NONCE} 2 0\n",
    f"{NONCE} 0\nwarning\n{NONCE} 1\n{NONCE} 2\n",
)
BATCH = Batch(["echo one", "two", "three"], 5, NONCE)
TOLD = BATCH.answers(*WHOLE)


def test_the_whole_is_read() -> None:
    said = [
        ShellResult(0, "one\n", ""),
        ShellResult(3, f"two {NONCE} 1\n", "warning\n"),
        ShellResult(0, "half", ""),
    ]
    assert said == TOLD


@pytest.mark.parametrize("stream", [0, 1])
def test_wherever_the_shell_breaks_only_what_had_ended_is_an_answer(stream: int) -> None:
    for at in range(len(WHOLE[stream])):
        cut = [*WHOLE]
        cut[stream] = cut[stream][:at]
        *ended, last = BATCH.answers(*cut)
        assert ended == TOLD[: len(ended)]
        assert isinstance(last, Unreadable)


LIKELY = st.lists(
    st.sampled_from([NONCE, " 0", " 1 ", "0", "137", "127", "\n", " ", "timeout: not found\n", "x"])
)


@given(*(st.text() | LIKELY.map("".join) for _ in range(2)))
def test_any_text_gives_answers_or_none(out: str, err: str) -> None:
    answers = BATCH.answers(out, err)
    assert 1 <= len(answers) <= 3
    for answer in answers:
        if isinstance(answer, ShellResult):
            assert answer.code != 137
            assert answer.out in out
            assert answer.err in err
