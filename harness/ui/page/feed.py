"""What viewers are told: each gets the newest of each part, however slowly it reads."""

from __future__ import annotations

import threading
from collections.abc import Mapping


class Feed:
    """The parts of a page, each with the version in which it changed last.

    Nothing waits for a viewer: who comes late gets what is there then, and no more.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._parts: dict[str, tuple[int, bytes]] = {}
        self._version = 0
        self._ended = False

    @property
    def ended(self) -> bool:
        return self._ended

    def put(self, parts: Mapping[str, bytes]) -> None:
        """Say parts anew, by their keys; what stays the same is not said again."""
        with self._changed:
            new = {
                key: part
                for key, part in parts.items()
                if key not in self._parts or self._parts[key][1] != part
            }
            if new:
                self._version += 1
                self._parts |= {key: (self._version, part) for key, part in new.items()}
                self._changed.notify_all()

    def drop(self, key: str) -> None:
        """Forget a part that is there no more; who has it is told by another one."""
        with self._changed:
            self._parts.pop(key, None)

    def after(self, version: int, timeout_s: float) -> tuple[int, list[bytes]]:
        """What changed after a version (0: all), and the version that it makes.

        Waits up to `timeout_s` for something; nothing when none came or the feed has ended.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._version > version or self._ended, timeout_s)
            news = [part for changed, part in self._parts.values() if changed > version]
            return self._version, news

    def end(self) -> None:
        """Tell nothing more; wakes who waits."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
