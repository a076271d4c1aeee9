"""Simulated shield boxes: a lid that moves, a counter, and no power on anything.

In the Tescom manner a command is answered with OK or an error number, and one that comes before
the answer to the last is lost (user manual of the TC-5916AP, 5.3.1; of the TC-5922BP, 5.6). In the
R&S manner a motion is answered with PENDING at once and now and then, and with the new state or ERR
when it has ended (instructions handbook of the TS7124AS, 8.3). Words and line ends are those of
fixtures/jigs.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from harness.sim.answering import Answering, Planted, Reply
from harness.sim.jig.built import JigBuild
from harness.sim.jig.motion import Cable, Fixture
from harness.sim.unit import Defects, SimUnit

_MOMENT_S = 0.02
"""After which a Tescom box answers [s of real time]."""
_PENDING = 0.4
"""How often an R&S box says that its lid moves still, in dwells of the lid."""
_EXPECTED = 2.0
"""After how many dwells it gives up a lid that does not arrive."""

Said = Callable[[Any, float], Sequence[Reply]]


class ShieldBox(Answering):
    """A box with a lid that closes over a unit, and its planted defects.

    `jig.refuses` without `on` spares the question who it is.
    """

    kind = "jig"
    safe = True
    """It puts voltage on nothing."""
    commands: ClassVar[Mapping[str, Said]]
    refusal: ClassVar[str]
    identifies: ClassVar[str]

    def __init__(
        self,
        unit: SimUnit | None,
        *,
        serial: str = "SIMJIG01",
        seed: int | str = 0,
        defects: Defects | None = None,
        met: set[str] | None = None,
        build: JigBuild | None = None,
    ) -> None:
        super().__init__(Planted(self.kind, defects, met), serial=serial, seed=seed)
        self.planted.unit = unit
        self.cable = Cable(self.planted)
        self.build = build or JigBuild()
        self.lid = Fixture(self.build, self.planted, self.cable)

    def insert(self, unit: SimUnit, seed: int | str) -> None:
        """Put another unit in; what a defect of the last has left behind is mended."""
        self.planted.unit = unit
        self.lid.mend()
        self.cable.mend()
        self._random.seed(seed)

    def fixture(self, now_s: float) -> str:
        """OPEN, CLOSED, or MOVING until its lid has arrived."""
        return self.lid.state(now_s)

    def _hear(self, line: str, now_s: float) -> Sequence[Reply]:
        word = self._word(line)
        said = self.commands.get(word)
        if said is None:
            return [Reply(self.refusal)]
        self.heard.append(word)
        replies = [Reply(self.refusal)] if self._refuses(word) else said(self, now_s)
        return [] if self.cable.pulled() else replies

    def _word(self, line: str) -> str:
        return line

    def _refuses(self, word: str) -> bool:
        named = self.planted.setting("refuses", "on", None) is not None
        return (named or word != self.identifies) and self.planted.struck("refuses", word)

    def _named(self) -> str:
        """The serial that it tells."""
        wrong = self.planted.struck("wrong_identity", self.identifies)
        return "WRONGJIG" if wrong else self.serial

    # Commands.

    @abstractmethod
    def _identity(self, _now_s: float) -> Sequence[Reply]: ...

    @abstractmethod
    def _move(self, to: str, command: str, now_s: float) -> Sequence[Reply]: ...

    def _close(self, now_s: float) -> Sequence[Reply]:
        return self._move("CLOSED", "CLOSE", now_s)

    def _open(self, now_s: float) -> Sequence[Reply]:
        return self._move("OPEN", "OPEN", now_s)


class TescomBox(ShieldBox):
    """Answers every command when a moment has passed; ERR40 is of what it cannot do now."""

    end = b"\r"
    attentive = False
    refusal = "ERR40"
    identifies = "ID?"

    def _hear(self, line: str, now_s: float) -> Sequence[Reply]:
        return [Reply(reply.text, _MOMENT_S) for reply in super()._hear(line, now_s)]

    def _word(self, line: str) -> str:
        return line.upper()  # it makes no difference between small and capital letters

    def _identity(self, _now_s: float) -> Sequence[Reply]:
        return [Reply(f"TESCOM TC-5970 SN:{self._named()} V1.0")]

    def _move(self, to: str, command: str, now_s: float) -> Sequence[Reply]:
        if self.lid.state(now_s) == "MOVING":
            return [Reply(self.refusal)]
        self.lid.move(to, command, now_s)
        return [Reply("OK")]

    def _state(self, now_s: float) -> Sequence[Reply]:
        state = self.lid.state(now_s)
        return [Reply({"OPEN": "OPENED"}.get(state, state))]

    def _count(self, _now_s: float) -> Sequence[Reply]:
        return [Reply(f"COUNT={self.lid.cycles}")]


TescomBox.commands = {
    "ID?": TescomBox._identity,
    "CLOSE": TescomBox._close,
    "OPEN": TescomBox._open,
    "LID?": TescomBox._state,
    "COUNT?": TescomBox._count,
}


class RsBox(ShieldBox):
    """Says what a motion has come to when it has, and in between what nobody has asked."""

    end = b"\r\n"
    refusal = "ERR"
    identifies = "*IDN?"

    def _identity(self, _now_s: float) -> Sequence[Reply]:
        return [Reply(f"Rohde&Schwarz,CMW-Z10,{self._named()},1.0")]

    def _move(self, to: str, command: str, now_s: float) -> Sequence[Reply]:
        takes_s, dwell_s = self.lid.move(to, command, now_s), self.build.dwell_s
        if not takes_s:
            return [Reply(to)]
        ends_s = min(takes_s, _EXPECTED * dwell_s)
        end = Reply(to if takes_s == ends_s else self.refusal, dwell_s=ends_s)
        told = [Reply("PENDING", dwell_s=share * _PENDING * dwell_s) for share in (1, 2)]
        return [Reply("PENDING"), Reply("INFO:VALVE ON", dwell_s=dwell_s / 8), *told, end]

    def _state(self, now_s: float) -> Sequence[Reply]:
        state = self.lid.state(now_s)
        return [Reply("INFO:AIR 5.2 BAR"), Reply({"MOVING": "BUSY"}.get(state, state))]

    def _count(self, _now_s: float) -> Sequence[Reply]:
        return [Reply(str(self.lid.cycles))]


RsBox.commands = {
    "*IDN?": RsBox._identity,
    "CLOSE": RsBox._close,
    "OPEN": RsBox._open,
    "STATE?": RsBox._state,
    "CYCLES?": RsBox._count,
}
