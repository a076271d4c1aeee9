"""The test app on a handset, reached over the handset's shell."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from harness.clock import Deadline, Lease
from harness.devices.android.instrumentation import (
    DONE,
    Crashed,
    Ended,
    Missing,
    Refused,
    Told,
    read_instrumentation,
)
from harness.errors import DutFault, HarnessError, PlanError, StepBug
from harness.model.backing import Device
from harness.model.ports import Handset, ShellResult
from harness.model.reading import Unreadable

COMPONENT = "org.harness.agent/.Tests"
_KEY = re.compile("[a-z][a-z0-9_]{0,39}")
_OWN = ("test", "run")
_FAULTS = {Missing: "AGENT-MISSING", Refused: "AGENT-REFUSED", Crashed: "AGENT-CRASHED"}


@dataclass(frozen=True, slots=True)
class LeasedAgent:
    """The app for as long as a lease holds (port Agent), by the port of its handset."""

    handset: Handset

    def run(self, test: str, settings: Mapping[str, str], *, within_s: float) -> Mapping[str, str]:
        """As the port; the values that the app uses itself are taken out.

        Raises: as the port; PlanError(AGENT-CRASHED) when the app died; PlanError(
        HANDSET-UNREADABLE) when its answer is none, or not the one to this call.
        """
        token = os.urandom(8).hex()
        command = command_of(test, settings, token)
        answer = self.handset.shell(command, timeout_s=within_s)
        return _values(test, token, command, answer)


@dataclass(frozen=True, slots=True)
class AgentOverAdb:
    """The app of one handset: a device that speaks through that handset's own."""

    handset: Device

    through = Handset
    """On a bench it goes over the device of this kind, whichever stands there (Derived)."""

    def over(self, carrier: Device) -> AgentOverAdb:
        return AgentOverAdb(carrier)

    def for_run(self) -> AgentOverAdb:
        return AgentOverAdb(self.handset.for_run())

    def under(self, lease: Lease) -> LeasedAgent:
        port = self.handset.under(lease)
        if not isinstance(port, Handset):
            raise StepBug("STEP-BUG", f"the agent goes over a handset, not {type(port).__name__}")
        return LeasedAgent(port)

    def make_safe(self, deadline: Deadline) -> None:
        """Nothing of an app is electrical."""


def command_of(test: str, settings: Mapping[str, str], token: str) -> str:
    """The command that runs one test of the app, which has to give `token` back.

    Raises: StepBug(STEP-BUG) when a name is none, or a value cannot go into one line.
    """
    words = ["am", "instrument", "-w"]
    for key, value in {**settings, "test": test, "run": token}.items():
        if not _KEY.fullmatch(key) or (key in _OWN and key in settings):
            raise StepBug("STEP-BUG", f"no name of a setting of the agent: {key!r:.60}")
        if not value.isprintable():
            raise StepBug("STEP-BUG", f"setting {key} of the agent is not printable: {value!r:.60}")
        words += ["-e", key, value]
    return shlex.join([*words, COMPONENT])


def _values(test: str, token: str, command: str, answer: ShellResult) -> Mapping[str, str]:
    """The values of the test that was asked for.

    An app that has no such test ends it with `refused`; one that finds that the handset cannot,
    with `failed`: each says why.
    """
    evidence = {
        "sent": command,
        "code": answer.code,
        "out": answer.out[-2000:],
        "err": answer.err[-2000:],
    }
    told = read_instrumentation(answer.out)
    if not isinstance(told, Ended):
        raise _fault(told, evidence)
    values = {key: value for key, value in told.values.items() if isinstance(value, str)}
    if (values.get("test"), values.get("run")) != (test, token) or len(values) < len(told.values):
        words = f"the answer of the agent is not that of the test {test!r} just now"
        raise PlanError("HANDSET-UNREADABLE", words, evidence=evidence)
    if "refused" in values:
        raise PlanError("AGENT-REFUSED", f"{test}: {values['refused']:.200}", evidence=evidence)
    if "failed" in values:
        raise DutFault("AGENT-FAILED", f"{test}: {values['failed']:.200}", evidence=evidence)
    if told.code != DONE:
        words = f"{test} ended with {told.code}, expected {DONE}, and without a reason"
        raise PlanError("AGENT-REFUSED", words, evidence=evidence)
    return {key: value for key, value in values.items() if key not in _OWN}


def _fault(told: Told | Unreadable, evidence: dict[str, object]) -> HarnessError:
    if isinstance(told, Missing | Refused | Crashed):
        return PlanError(_FAULTS[type(told)], f"{COMPONENT}: {told.said:.300}", evidence=evidence)
    why = told.why if isinstance(told, Unreadable) else repr(told)
    return PlanError("HANDSET-UNREADABLE", f"answer of the agent: {why}", evidence=evidence)
