"""What somebody must be told besides the tiles, the most urgent first. No drawing, no clock."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.ui.board.board import Board
from harness.ui.board.prompt import Prompt
from harness.ui.board.words import Words
from harness.ui.operator import notice
from harness.ui.operator.notice import Notice
from harness.ui.operator.wrong import Wrong, WrongUnits
from harness.ui.told import Told, Unasked

NAMED_S = 20.0
"""So long a slot stays named whose barcode was scanned [s]."""
TOLD_S = 12.0
"""So long it is shown what came of a command [s]."""
READ_S = 0.4
"""A question is not answered, a wrong unit not seen, before it has been shown for so long [s]."""
REFUSED_S = 4.0
"""So long a refusal is shown in place of a question that waits, or that no station answers [s]."""
_GONE = Unasked("unasked.gone")
"""What is answered as long as no station is there."""


@dataclass(slots=True)
class Attention:
    """What waits to be seen."""

    words: Words
    _units: WrongUnits = field(default_factory=WrongUnits)
    _refused: tuple[Notice, float] | None = None
    _told: tuple[Notice, float] | None = None
    _named: tuple[int, float] | None = None
    _shown: Prompt | Wrong | None = None
    """What is to stand on the screen until somebody answers it, or says that he has seen it."""
    _since_s: float = math.inf
    """Since when it stands there [s]."""

    @property
    def wrong(self) -> list[Wrong]:
        """The wrong units that nobody has said that he has seen, the one that is shown first."""
        return self._units.unseen

    def hear(self, messages: Iterable[Told]) -> bool:
        """Take what the station has said; whether there is a wrong unit that was not told yet."""
        return self._units.hear(messages)

    def seen(self, pressed_s: float) -> bool:
        """Somebody has said then [s] that he has seen the wrong unit that is shown.

        False when none was, or not for so long that he can have read it.
        """
        shown = self._shown
        if not isinstance(shown, Wrong) or pressed_s - self._since_s < READ_S:
            return False
        self._units.seen(shown)
        self._shown, self._since_s = None, math.inf
        return True

    def refuse(self, refused: Notice, now_s: float) -> None:
        """Show why something was not done, until somebody does something else."""
        self._refused, self._told = (refused, now_s), None

    def tell(self, *texts: str, now_s: float) -> None:
        """Show this for a while."""
        self._told = notice.told(*texts), now_s + TOLD_S

    def forget(self) -> None:
        """Somebody does something else."""
        self._refused = self._told = self._named = None

    def forget_refused(self) -> None:
        """Somebody scans again."""
        self._refused = None

    def name(self, slot: int, now_s: float) -> None:
        """The barcode of a slot was scanned."""
        self._named = slot, now_s + NAMED_S

    def named(self, now_s: float) -> int | None:
        """The slot that the next label or command is for."""
        return self._named[0] if self._named and now_s < self._named[1] else None

    def asked(self, prompts: list[Prompt], pressed_s: float, now_s: float) -> Prompt | None:
        """The question that what was pressed or scanned then [s] can be an answer to.

        The one that is shown, if it was shown then and for so long that somebody can have read it;
        where the barcode of a slot was scanned, the one of that slot alone.
        """
        front, named = self._front(prompts, now_s), self.named(now_s)
        if front is None or named not in (None, front.slot) or not _same(front, self.standing):
            return None
        return front if pressed_s - self._since_s >= READ_S else None

    def unname(self) -> None:
        """The slot that was named is named no longer: it is used up, or perhaps not meant."""
        self._named = None

    @property
    def standing(self) -> Prompt | None:
        """The question that stands on the screen."""
        shown = self._shown
        return shown if isinstance(shown, Prompt) and not math.isinf(self._since_s) else None

    @property
    def unpainted(self) -> Prompt | Wrong | None:
        """What is to be shown until somebody answers, while it does not stand on the screen."""
        return self._shown if math.isinf(self._since_s) else None

    def painted(self, shown: Prompt | Wrong, now_s: float) -> None:
        """This stands on the screen by now."""
        if _same(shown, self.unpainted):
            self._since_s = now_s

    def hide(self) -> None:
        """What is to be shown has no room on the screen."""
        self._since_s = math.inf

    def notice(
        self, board: Board, prompts: list[Prompt], now_s: float, *, over: bool = False
    ) -> Notice | None:
        """What is shown now, the most urgent; `over` says that a screen stands over the tiles.

        There nothing is answered, and stops are not told.
        """
        waits = self._waits(board, prompts, now_s)
        shown = None if over else waits
        if not _same(shown, self._shown):
            self._since_s = math.inf
        self._shown = shown
        stopped = board.stops()
        if board.gone:
            return self._while_gone(board, now_s)
        match waits:
            case Wrong():
                return notice.of_wrong(waits, self.words)
            case Prompt():
                return notice.of_prompt(waits, self.words)
        if self._refused:
            return self._refused[0]
        if self._told and now_s < self._told[1]:
            return self._told[0]
        return notice.of_stop(stopped[0], self.words) if stopped and not over else None

    def _while_gone(self, board: Board, now_s: float) -> Notice:
        """What is shown while no station answers: for a while why something was not done."""
        if self._refused and (board.starting or now_s - self._refused[1] < REFUSED_S):
            return self._refused[0]
        if board.starting:
            return notice.starting(self.words)
        return notice.of_stop(board.stops()[0], self.words)

    def _waits(self, board: Board, prompts: list[Prompt], now_s: float) -> Prompt | Wrong | None:
        """What waits for somebody, the most urgent: a refusal hides no question for long.

        Nor does one stay that no station was there, once one is.
        """
        if board.gone:
            return None
        if self.wrong:
            return self.wrong[0]
        if self._refused and now_s - self._refused[1] >= REFUSED_S:
            is_over = self._refused[0] == notice.of_unasked(_GONE, self.words)
            self._refused = None if prompts or is_over else self._refused
        return None if self._refused else self._front(prompts, now_s)

    def _front(self, prompts: list[Prompt], now_s: float) -> Prompt | None:
        """The question to be shown: that of the slot whose barcode was scanned, else the first."""
        named = self.named(now_s)
        of_named = (prompt for prompt in prompts if prompt.slot == named)
        return next(of_named, prompts[0] if prompts else None)


def _same(one: Prompt | Wrong | None, other: Prompt | Wrong | None) -> bool:
    """Whether both are one thing to be seen: what a step asks again is another one."""
    if isinstance(one, Prompt) and isinstance(other, Prompt):
        return (one.slot, one.step, one.question) == (other.slot, other.step, other.question)
    return one is not None and one == other
