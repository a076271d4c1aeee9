"""What steps share when they ask a handset: answers that must be read before anything goes on."""

from __future__ import annotations

from typing import TypeVar

from harness.errors import PlanError
from harness.model.ports import Handset, ShellResult
from harness.model.reading import Reading, Unknown, Unreadable

T = TypeVar("T")

SHELL_LIMIT_S = 10.0
"""What one command may take [s]: `dumpsys` and `am start -W` of a busy handset are slow."""


def ask(handset: Handset, command: str) -> ShellResult:
    """The answer to a command that takes no longer than a busy handset needs."""
    return handset.shell(command, timeout_s=SHELL_LIMIT_S)


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
