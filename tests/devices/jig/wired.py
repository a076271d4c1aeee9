"""A simulated jig of a shipped dialect on a real pty, and somebody who meddles with its line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from harness.devices.jig.dialect import Dialect
from harness.devices.jig.health import HealthPort
from harness.devices.jig.jig import SerialJig
from harness.devices.jig.port import JigPort
from harness.devices.scpi.verb import Verb
from harness.errors import HarnessError
from harness.sim.jig import Jig, Reply
from harness.sim.pty import PtyJig
from harness.station.files.jig_file import read_jig_file
from tests.short import lease

QUERY_S, MOTION_S = 0.4, 1.5
FILES = Path(__file__).parents[3] / "fixtures" / "jigs"

Meddle = Callable[[str, list[Reply]], list[Reply]]


def quick(kind: str, **limits_s: float) -> Dialect:
    """The dialect of a shipped jig file, with shorter limits, or those given by verb."""
    _, file, problems = read_jig_file(FILES / f"{kind}.yaml")
    assert file, problems

    def limited(name: str, verb: Verb) -> Verb:
        return replace(verb, limit_s=limits_s.get(name, MOTION_S if verb.limit_s > 1 else QUERY_S))

    verbs = {name: limited(name, verb) for name, verb in file.dialect.verbs.items()}
    return replace(file.dialect, verbs=verbs)


@dataclass
class Meddler:
    """Changes what a jig hears (`spoil`) or what it says (`meddle`); by itself neither."""

    jig: Jig
    spoil: Callable[[str], str] = lambda line: line
    meddle: Meddle = lambda _, replies: replies
    lines: list[str] = field(default_factory=list)
    """All that came, as it was on the line before it was spoilt."""

    def answer(self, line: str, now_s: float) -> list[Reply]:
        self.lines.append(line)
        return self.meddle(line, self.jig.answer(self.spoil(line), now_s))


@dataclass
class Wired:
    """A jig, its wire, and the real driver on it."""

    sim: Jig
    line: Meddler
    pty: PtyJig
    jig: SerialJig

    def port(self, limit_s: float = 30.0) -> JigPort:
        return self.jig.under(lease(limit_s))

    def health(self, limit_s: float = 30.0) -> HealthPort:
        return HealthPort(self.jig.asked(lease(limit_s)))

    def sent(self, command: str) -> int:
        """How often a command came."""
        return sum(command == line or f" {command}*" in line for line in self.line.lines)


def fault(call: Callable[[], object], code: str) -> HarnessError:
    """The fault of a call, which must have this code."""
    with pytest.raises(HarnessError) as caught:
        call()
    assert caught.value.code == code, caught.value
    return caught.value


def once(command: str, texts: list[str], times: int = 1) -> Meddle:
    """The first times that the jig is told this, it says these lines instead."""
    left = [times]

    def meddle(line: str, replies: list[Reply]) -> list[Reply]:
        if command not in line or not left[0]:
            return replies
        left[0] -= 1
        return [Reply(text) for text in texts]

    return meddle
