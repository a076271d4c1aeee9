"""What steps share when they ask a handset: its answers, and the names in settings and values."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from harness.devices.android import getprop
from harness.devices.android.batch import Answer, Batch
from harness.errors import PlanError
from harness.model.ports import Handset, ShellResult
from harness.model.reading import Reading, Unknown, Unreadable

T = TypeVar("T")

SHELL_LIMIT_S = 9
"""What one command may take [s]: `dumpsys` and `am start -W` of a busy handset are slow. It is
less than the 10 s after which `dumpsys` itself cuts what a service says, and ends with 0."""
NONE = "none"
"""How a Text that names things says that there is none."""


def ask(handset: Handset, command: str) -> ShellResult:
    """The answer to a command that takes no longer than a busy handset needs."""
    return handset.shell(command, timeout_s=SHELL_LIMIT_S)


def ask_together(handset: Handset, *commands: str, limit_s: int = SHELL_LIMIT_S) -> list[Answer]:
    """The answer to each command, in as few shells as can be.

    A command that does not end in `limit_s` [s] is Unreadable, and those after it are asked in
    another shell. One that cannot even be killed (it waits in the kernel) takes its shell with
    it, once that has run for twice the limit; so does a link that is lost.

    Raises: LinkFault with what had arrived until then as evidence.
    """
    answers: list[Answer] = []
    while rest := commands[len(answers) :]:
        batch = Batch(rest, limit_s, os.urandom(8).hex())
        told = handset.shell(batch.script, timeout_s=2 * limit_s)
        answers += batch.answers(told.out, told.err)
    return answers


def printed(answer: Answer) -> Reading[str]:
    """What a command that must end with 0 printed."""
    if isinstance(answer, ShellResult) and answer.code != 0:
        return Unreadable(f"ended with {answer.code}", answer.err)
    return answer if isinstance(answer, Unreadable) else answer.out


def understood(read: Callable[[str], Reading[T]], answer: Answer) -> Reading[T]:
    """What a reader makes of what a command that must end with 0 printed."""
    out = printed(answer)
    return read(out) if isinstance(out, str) else out


def sdk_of(handset: Handset) -> Reading[int]:
    """The version of Android's interfaces, on which the form of other commands hangs."""
    (answer,) = ask_together(handset, getprop.command(getprop.SDK))
    return understood(getprop.read_sdk, answer)


def names(words: str, form: re.Pattern[str]) -> tuple[str, ...]:
    """The names in a setting, with commas between: at least one, each of this form.

    Raises: PlanError(STEP-SETTING) when one is not.
    """
    found = tuple(name.strip() for name in words.split(","))
    if wrong := [name for name in found if not form.fullmatch(name)]:
        message = f"{wrong[0]!r:.80} in {words!r:.200}: expected names, each {form.pattern}"
        raise PlanError("STEP-SETTING", message)
    return found


def listed(found: Iterable[str]) -> str:
    """Names as a value tells them: with commas between, or `none`."""
    return ", ".join(found) or NONE


def obey(handset: Handset, command: str) -> None:
    """Run a command that must succeed.

    Raises: PlanError(HANDSET-REFUSED) when it does not.
    """
    answer = ask(handset, command)
    if answer.code != 0 or "Exception" in answer.err:
        said = (answer.err or answer.out).strip()
        raise PlanError(
            "HANDSET-REFUSED",
            f"{command!r} ended with {answer.code}: {said:.200}",
            evidence={"sent": command, "code": answer.code, "out": answer.out, "err": answer.err},
        )


def known(what: str, reading: Reading[T]) -> T:
    """The value of an answer on which the next move depends.

    Raises: PlanError(HANDSET-UNREADABLE) when there is none.
    """
    if isinstance(reading, Unknown):
        reading = Unreadable(f"unknown: {reading.said}")
    if isinstance(reading, Unreadable):
        raise PlanError(
            "HANDSET-UNREADABLE",
            f"{what}: {reading.why}",
            evidence={"why": reading.why, "said": reading.raw},
        )
    return reading
