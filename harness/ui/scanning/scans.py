"""Which keys a scanner pressed, and which a person: by when each was pressed. Pure.

docs/scanning.md has the figures, and where they are from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from harness.model.pattern import LONGEST_TEXT
from harness.model.scan import WRITTEN
from harness.ui.board.words import Said

GAP_S = 0.05
"""Keys that come faster than this one after another are a scanner's [s]."""
QUIET_S = 0.05
"""How long after its Enter a scan waits for what would say that two scanners typed at once [s]."""
PAUSE_S = 0.25
"""A scan so near after a key of a person is not sure; nor is one with such a gap within [s]."""
CUT_S = 1.5
"""So near after fast keys without an end a scan may be the rest of what a busy PC cut [s]."""
LATE_S = 0.5
"""How long a scan waits for its Enter [s]."""
ONCE_S = 1.0
"""One code that is read twice within this time counts once [s]."""
LEAST = 6
"""A scan has so many characters at least."""
PIECE = 3
"""Of so many fast keys on end a person presses none; a PC that was busy cuts a scan so."""
ENDS = ("\r", "\n", "\t")
"""What a scanner ends a code with: Enter, as it may come, or Tab."""
_NAMES = {"enter": "\r", "ctrl+j": "\n", "tab": "\t"}
"""How Textual calls keys that are characters, where it gives none with them."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A code that a scanner read, as it came. It may be anything, even a secret."""

    text: str = field(repr=False)
    at_s: float


@dataclass(frozen=True, slots=True)
class Typed:
    """Keys that a person pressed, in order: characters, and others by their names."""

    keys: tuple[str, ...] = field(repr=False)
    at_s: float = field(default=-math.inf, compare=False)
    """When the first of them was pressed."""

    @property
    def text(self) -> str:
        """The characters among them; Enter is CR."""
        return "".join(key for key in self.keys if len(key) == 1)


@dataclass(frozen=True, slots=True)
class Bent:
    """Something was scanned that is not used: why, and what to do."""

    reason: Said


Heard = Scan | Typed | Bent


class Once:
    """Lets one code count once that is read again at once, by whichever scanner."""

    def __init__(self) -> None:
        self._counted: Scan | None = None

    def again(self, scan: Scan) -> bool:
        """Whether this code has counted within the last ONCE_S; else it counts now."""
        last = self._counted
        if last and last.text == scan.text and scan.at_s - last.at_s < ONCE_S:
            return True
        self._counted = scan
        return False


def refusal(key: str, **values: str | Said) -> Bent:
    """A reason for which nothing is done."""
    return Bent(Said(f"scan.{key}", values))


class Keys:
    """Tells scans from typing. Every key is handed in, with the time at which it was pressed.

    What is a person's comes back as Typed after GAP_S, as long as keys do not come as fast as a
    scanner's. While nothing is pressed, `quiet` says what is known by then; `due_s` is when to ask.
    """

    def __init__(self, once: Once) -> None:
        self._once = once
        self._held: list[str] = []
        self._runs: list[int] = []  # how many keys came fast one after another, run by run
        self._began_s = self._last_s = self._alone_s = self._ended_s = -math.inf
        self._done: Scan | None = None
        self._ends: set[str] = set()
        self._deaf = False

    @property
    def due_s(self) -> float | None:
        """When `quiet` has something to say, if no key comes before; None while nothing waits."""
        if self._done:
            return self._done.at_s + QUIET_S
        return self._last_s + self._patience_s() if self._held else None

    def press(self, key: str, at_s: float) -> list[Heard]:
        """What is known now that this key was pressed: a character, or the name of another key.

        Of an event of Textual these are `event.character or event.key` and `event.time`.
        """
        key, heard = _NAMES.get(key, key), self.quiet(at_s)
        if self._deaf:
            self._last_s, self._alone_s = at_s, at_s + CUT_S
        elif key in ENDS:
            heard += self._end(key, at_s)
        elif self._done:
            heard += self._drop(refusal("two"), at_s)
        else:
            heard += self._hold(key, at_s)
        return heard

    def quiet(self, now_s: float) -> list[Heard]:
        """What is known now that no key has come since the last one."""
        if self._deaf:
            self._deaf = now_s - self._last_s < PAUSE_S
        if self.due_s is None or now_s < self.due_s:
            return []
        if scan := self._done:
            self._done = None
            return [] if self._once.again(scan) else [scan]
        return [self._unfinished() if self._is_scan() else self._typed()]

    def _hold(self, key: str, at_s: float) -> list[Heard]:
        """Take a key of which nobody knows yet whose it is."""
        gap_s = at_s - self._last_s
        heard = [self._unfinished()] if self._held and gap_s >= PAUSE_S else list[Heard]()
        if not self._held:
            self._began_s = at_s
        if self._held and gap_s < GAP_S:
            self._runs[-1] += 1
        else:
            self._runs.append(1)
        self._held.append(key)
        self._last_s = at_s
        if len(self._held) > LONGEST_TEXT:
            heard += self._drop(refusal("long", most=str(LONGEST_TEXT)), at_s)
        elif len(self._held) > 1 and {key} == set(self._held) and not WRITTEN.fullmatch(key):
            heard.append(self._typed())  # a key that is held down, such as Backspace
        return heard

    def _end(self, key: str, at_s: float) -> list[Heard]:
        """Take an Enter or a Tab."""
        is_second = at_s - self._ended_s < PAUSE_S and key not in self._ends
        if not self._held and is_second:  # CR LF
            self._ends.add(key)
            return []
        if self._done:
            return self._drop(refusal("two"), at_s)
        if not self._is_scan():
            self._last_s = at_s
            return [self._typed(key)]
        self._ended_s, self._ends = at_s, {key}
        keys, whole = self._held, min(self._runs) >= PIECE
        alone = self._began_s >= self._alone_s
        self._clear()
        if not (alone and whole):
            return [refusal("mixed")]
        if any(len(key) > 1 for key in keys):
            return [refusal("control")]
        self._done = Scan("".join(keys), at_s)
        return []

    def _is_scan(self) -> bool:
        """Whether so many keys came so fast that no person pressed them all."""
        in_pieces = min(self._runs, default=0) >= PIECE and len(self._held) >= LEAST
        is_fast = in_pieces or max(self._runs, default=0) >= LEAST
        return is_fast and len(set(self._held)) > 1  # else it is a key that is held down

    def _patience_s(self) -> float:
        """How long what is held may wait for the next key [s]."""
        if self._is_scan():
            return LATE_S
        return GAP_S if max(self._runs) < PIECE else PAUSE_S

    def _typed(self, *more: str) -> Typed:
        keys = (*self._held, *more)
        is_piece = max(self._runs, default=0) >= PIECE
        self._alone_s = max(self._alone_s, self._last_s + (CUT_S if is_piece else PAUSE_S))
        began_s = self._began_s if self._held else self._last_s
        self._clear()
        return Typed(keys, began_s)

    def _unfinished(self) -> Heard:
        """Refuse a scan whose end did not come."""
        self._clear()
        self._alone_s = self._last_s + CUT_S
        return refusal("no_end")

    def _drop(self, why: Bent, at_s: float) -> list[Heard]:
        """Refuse what came, and all that follows without a pause."""
        self._clear()
        self._done, self._deaf = None, True
        self._last_s, self._alone_s = at_s, at_s + CUT_S
        return [why]

    def _clear(self) -> None:
        self._held, self._runs = [], []
