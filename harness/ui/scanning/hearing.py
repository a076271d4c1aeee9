"""What comes in by keyboard and scanner, and what it is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

from harness.model.own_codes import BADGE_FORM
from harness.model.plan import Variants
from harness.ui.scanning.codes import Code, Codes, Known, OfCommand
from harness.ui.scanning.scanner import Found, Lost, Scanner
from harness.ui.scanning.scans import Bent, Heard, Keys, Once, Scan, Typed

Come = Typed | Code | Bent | Found | Lost
"""Keys of a person, a code, one that is not used, or that the scanner came or went."""
ALONE_S = 0.3
"""Scanners without a delay between keys, and those with the usual ones, are faster [s]."""
_NAMES = {"\r": "enter", "\n": "enter", "\x7f": "backspace", "\x08": "backspace", "\x1b": "escape"}


class Hearing:
    """Keyboard and serial scanner, as one."""

    def __init__(self, badge: str = BADGE_FORM, scanner: Scanner | None = None) -> None:
        once = scanner.once if scanner else Once()
        self._keys, self._scanner = Keys(once), scanner
        self._codes = Codes(Known(badge=badge))

    def learn(self, variants: Variants) -> None:
        """These plans are run here: their labels are known from now on."""
        known = self._codes.known
        self._codes.known = Known.of(variants, known.slots, known.badge)

    def know(self, slots: Iterable[int]) -> None:
        """The station has these slots."""
        self._codes.known = replace(self._codes.known, slots=frozenset(slots))

    def press(self, key: str, at_s: float) -> list[Come]:
        """What is known now that a key was pressed."""
        return list(self._read(self._keys.press(key, at_s), wedge=True))

    def forget(self) -> None:
        """Somebody does something else: a label that was scanned in part is begun anew."""
        self._codes.forget()

    @property
    def due_s(self) -> float | None:
        """When to `take` at the latest, if no key comes before."""
        return self._keys.due_s

    def take(self, now_s: float) -> list[Come]:
        """What is known now that no key has come."""
        come = list(self._read(self._keys.quiet(now_s), wedge=True))
        for told in self._scanner.take() if self._scanner else ():
            if isinstance(told, Found | Lost):
                come.append(told)
            else:
                come += self._read([told], wedge=False)
        return come

    def keyed(self, text: str, now_s: float) -> Code | Bent:
        """What a code is that a person keyed in."""
        return self._codes.read(Scan(text, now_s), wedge=False)

    def _read(self, heard: Iterable[Heard], *, wedge: bool) -> Iterator[Come]:
        for each in heard:
            yield self._code(each, wedge=wedge) if isinstance(each, Scan) else each

    def _code(self, scan: Scan, *, wedge: bool) -> Code | Bent:
        code = self._codes.read(scan, wedge=wedge)
        return replace(code, at_s=scan.at_s) if isinstance(code, OfCommand) else code


class Alone:
    """Lets a key count that stands alone: no other before or after it for ALONE_S.

    Whosever they are: the digits and the Enter of what a slow scanner reads say nothing, nor does a
    key right before a scan. Before a key the time counts from when keys were pressed, after it from
    when they came: what a busy PC holds back comes later.
    """

    def __init__(self) -> None:
        self._apart_s: float | None = None
        self._held: tuple[str, float] | None = None
        self._pressed_s = self._came_s = -math.inf

    def press(self, pressed_s: float, came_s: float) -> None:
        """Any key that was pressed then [s] has come: nobody knows yet whose it is."""
        is_apart = abs(pressed_s - self._pressed_s) >= ALONE_S
        self._apart_s, self._held = pressed_s if is_apart else None, None
        self._pressed_s, self._came_s = max(pressed_s, self._pressed_s), came_s

    def hold(self, key: str, pressed_s: float) -> None:
        """The key that was pressed then [s] is one of a person."""
        if pressed_s == self._apart_s:
            self._held = key, pressed_s

    def take(self, now_s: float) -> tuple[str, float] | None:
        """The key that has stood alone by now, and when it was pressed [s]; once."""
        if now_s - self._came_s < ALONE_S:
            return None
        held, self._held = self._held, None
        return held


def keys_of(typed: Typed) -> Iterator[str]:
    """The keys that a person pressed: characters, and others by one name each."""
    for key in typed.keys:
        yield _NAMES.get(key, key)
