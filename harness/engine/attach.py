"""The ports by which a step's attempt hands in files, and sees what its run has on record."""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.clock import Lease
from harness.engine.log import RunLog
from harness.errors import StepBug, unexpected
from harness.model.events import Attached
from harness.model.record import Record

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
NOT_MADE = ".not-made.txt"
"""What the name of evidence ends in that could not be made; its text says why."""
_LONGEST_STEM = 100 - len(NOT_MADE)


class Attachments:
    """The Attach port of one attempt: a file is on disk before the event that names it."""

    def __init__(self, log: RunLog, lease: Lease, step: str, attempt: int) -> None:
        self._log, self._lease = log, lease
        self._step, self._attempt = step, attempt
        self._if_not_passed: dict[str, Callable[[], bytes]] = {}

    def __call__(self, name: str, content: bytes) -> None:
        self._lease.check()
        _require_name(name)
        sha256 = self._log.keep(content)
        self._lease.check()
        self._log.emit(Attached(self._step, self._attempt, name, sha256, len(content)))

    def unless_passed(self, name: str, make: Callable[[], bytes]) -> None:
        self._lease.check()
        _require_name(name)
        self._if_not_passed[name] = make

    def keep_evidence(self) -> None:
        """Keep what the step has for an attempt that did not pass.

        What cannot be made changes nothing of what was found: why stands in its place, as a text.
        """
        for name, make in self._if_not_passed.items():
            try:
                content = make()
            except Exception as error:  # noqa: BLE001 whatever its drawing raises, a FAIL stays one
                self(f"{name[:_LONGEST_STEM]}{NOT_MADE}", _words_of(error))
            else:
                self(name, content)


def _words_of(error: Exception) -> bytes:
    return "\n".join(unexpected(error).values()).encode("utf-8", "replace")


def _require_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise StepBug("STEP-BUG", f"{name!r:.120} is no name for an attachment")


class SoFar:
    """The RunSoFar port of one attempt."""

    def __init__(self, log: RunLog, lease: Lease) -> None:
        self._log, self._lease = log, lease

    def record(self) -> Record:
        self._lease.check()
        return self._log.record()

    def content(self, sha256: str) -> bytes:
        self._lease.check()
        return self._log.read(sha256)
