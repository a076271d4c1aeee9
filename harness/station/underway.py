"""Which units are in runs that count: none is in two at once, whichever slots they stand in."""

from __future__ import annotations

from threading import Lock

from harness.errors import OperatorStop


class Underway:
    """The units of a station that were admitted to a run which has not ended. Any thread may ask.

    A slot has one run at a time, so what it had before is let go with its next unit.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._slots: dict[str, int] = {}

    def take(self, serial: str, slot: int) -> None:
        """Let a slot have a unit until it is let go.

        Raises: OperatorStop(RETEST-OPEN) while another slot has it.
        """
        with self._lock:
            other = self._slots.get(serial, slot)
            if other != slot:
                words = f"a run of {serial} is still open on slot {other}"
                raise OperatorStop("RETEST-OPEN", words, evidence={"slot": other})
            self._let_go(slot)
            self._slots[serial] = slot

    def let_go(self, slot: int) -> None:
        """The run on a slot has ended, or none was begun."""
        with self._lock:
            self._let_go(slot)

    def _let_go(self, slot: int) -> None:
        self._slots = {serial: at for serial, at in self._slots.items() if at != slot}
