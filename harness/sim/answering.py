"""What everything that answers on a simulated line has in common: replies, and planted defects."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol

from harness.sim.unit import Defects, SimUnit

_NOISE_PER_BYTE = 0.3
_LATE_S = 1.5


@dataclass(frozen=True, slots=True)
class Reply:
    """A line to send `delay_s` of real time after the command; `text` is in Latin-1.

    One with a `dwell_s` [s of the simulator's time] is said by itself when that has passed, and
    the replies to other commands do not wait for it.
    """

    text: str
    delay_s: float = 0.0
    dwell_s: float = 0.0


class Behaviour(Protocol):
    """What stands behind a wire."""

    def answer(self, line: str, now_s: float) -> list[Reply]:
        """Replies to a line, at a time of the simulator."""
        ...


class Planted:
    """The defects of a device, whose names begin with its `kind`.

    It has its `own` always, those that are planted in a unit while that unit stands in it. One
    strikes at the commands that contain its `on`, or at all; what has struck is noted in `met`,
    and in the unit.
    """

    def __init__(self, kind: str, own: Defects | None = None, met: set[str] | None = None) -> None:
        self.unit: SimUnit | None = None
        self._kind = kind
        self._own = own or {}
        self._met = set() if met is None else met

    def has(self, defect: str) -> bool:
        return self._settings(defect) is not None

    def setting(self, defect: str, name: str, default: Any) -> Any:
        """What is set of a defect; the default where it is not planted, or that is not set."""
        return (self._settings(defect) or {}).get(name, default)

    def value(self, good: float, defect: str, name: str, default: float) -> float:
        """A good value, or what a defect makes of it: what is set as `name`, or the default."""
        settings = self._settings(defect)
        return good if settings is None else float(settings.get(name, default))

    def struck(self, defect: str, command: str) -> bool:
        """Whether a defect strikes at a command; it is noted then."""
        settings = self._settings(defect)
        if settings is None or str(settings.get("on", "")).upper() not in command.upper():
            return False
        self._met.add(f"{self._kind}.{defect}")
        if self.unit:
            self.unit.met.add(f"{self._kind}.{defect}")
        return True

    def _settings(self, defect: str) -> Any:
        name = f"{self._kind}.{defect}"
        of_unit = self.unit.defects.get(name) if self.unit else None
        return self._own.get(name) if of_unit is None else of_unit


class Answering(ABC):
    """A device on a line: a line and a time in, replies out. No clock, no I/O."""

    kind: ClassVar[str]
    """How the names of its defects begin."""
    end: ClassVar[bytes] = b"\n"
    """What ends its commands, and its replies."""
    attentive: ClassVar[bool] = True
    """Whether it hears a command that comes before its reply to the last has left."""

    def __init__(self, planted: Planted, *, serial: str, seed: int | str = 0) -> None:
        self.serial = serial
        self.planted = planted
        self.heard: deque[str] = deque(maxlen=1000)
        """The last commands that it understood as such, in order."""
        self._random = random.Random(seed)  # noqa: S311 (repeatable, not secret)

    def answer(self, line: str, now_s: float) -> list[Reply]:
        """What it says to a line at a time [s of the simulator's time]."""
        line = line.strip()
        replies = self._hear(line, now_s) if line else []
        if not replies or self.planted.struck("silent", line):
            return []
        if self.planted.struck("noise", line):
            replies = [replace(reply, text=self._garbled(reply.text)) for reply in replies]
        if self.planted.struck("late_reply", line):
            late_s = float(self.planted.setting("late_reply", "by_s", _LATE_S))
            replies = [replace(reply, delay_s=reply.delay_s + late_s) for reply in replies]
        return list(replies)

    @abstractmethod
    def _hear(self, line: str, now_s: float) -> Sequence[Reply]:
        """Its replies before anything happens to them on the line."""

    def _garbled(self, text: str) -> str:
        """The text with one bit of some characters flipped: of each with the probability `rate`."""
        hit = self._random.random
        rate = float(self.planted.setting("noise", "rate", _NOISE_PER_BYTE))
        return "".join(
            chr(ord(c) ^ 1 << self._random.randrange(8)) if hit() < rate else c for c in text
        )
