"""Whether slots are ready for runs that count: asked of the records and this PC, each time anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from harness.clock import Clock
from harness.files.disk import existing
from harness.model.entry import ContactsRenewed, Entry, Locked
from harness.model.events import Purpose
from harness.model.people import ENGINEERING, SIGN_INS, engineering, signed_in
from harness.model.reading import Unreadable
from harness.model.refs import ClockRef, JigRef
from harness.model.rules.ready import (
    Doubt,
    Found,
    KernelClock,
    Shown,
    doubts,
    in_production,
)
from harness.model.rules.recalls import recall_of, recalled_words
from harness.model.rules.stop import lock_on
from harness.model.rules.values import Rules
from harness.records.query import Reader
from harness.station.files.config import StationConfig
from harness.station.files.golden_units import GoldenKind, GoldenUnit, has_shown, verdict_of
from harness.station.readiness.golden_runs import PlanOf, otherwise
from harness.station.readiness.kernel_clock import kernel_clock

_ALL = -1


@dataclass(frozen=True, slots=True)
class LineReadiness:
    """The slots of one station, by the records of one store.

    With `or_empty` a store that nobody has made yet is an empty one.
    """

    store: Path
    config: StationConfig
    clock: Clock
    plan_of: PlanOf
    kernel: Callable[[], KernelClock | Unreadable] = kernel_clock
    or_empty: bool = False

    def require(self, slot: int, jig: JigRef | None, purpose: Purpose) -> ClockRef | None:
        """Let a run that counts on a slot that is ready for it; the clock that it was judged by.

        Raises: StationFault(READY-... | CLOCK-BACK | STORE-...); OperatorStop(READY-...). It is
        the first of what stands against it; the others are told with it.
        """
        if not purpose.ruled:
            return None
        rules, found = self._known(slot, jig.id if jig else None, purpose)
        if against := doubts(rules, found):
            first, *others = against
            more = {"slot": slot, "besides": [f"{each.code}: {each.words}" for each in others]}
            raise first.fault().again(**more)
        clock = found.clock
        if isinstance(clock, Unreadable):
            return None
        return ClockRef(clock.kept, clock.off.total_seconds())

    def doubts(self, slot: int, jig: str | None, purpose: Purpose) -> list[Doubt]:
        """What stands against runs that count on a slot; its jig is asked about elsewhere.

        Raises: StationFault(STORE-DAMAGED | STORE-ABSENT).
        """
        return doubts(*self._known(slot, jig, purpose))

    def lock(self, slot: int) -> Doubt | None:
        """What keeps a slot from taking units until somebody unlocks it.

        Raises: StationFault(STORE-DAMAGED | STORE-ABSENT).
        """
        with self._reader() as reader:
            lock = lock_on(slot, reader.locks(slot))
        return Doubt.by(lock.code, lock.words) if lock else None

    def _known(self, slot: int, jig: str | None, purpose: Purpose) -> tuple[Rules, Found]:
        """What is asked of a slot, and what is known of it."""
        rules = self.config.rules
        rules = in_production(rules) if purpose is Purpose.PRODUCTION else rules
        with self._reader() as reader:
            return rules, self._found(reader, rules, slot, jig)

    def _reader(self) -> Reader:
        return Reader(self.store, or_empty=self.or_empty)

    def _found(self, reader: Reader, rules: Rules, slot: int, jig: str | None) -> Found:
        latest = reader.latest()
        locked = next((e for e in reader.locks(slot) if isinstance(e.what, Locked)), None)
        shows_golden = rules.golden_every or locked
        now = self.clock.utc()  # after the store: another slot may write meanwhile
        return Found(
            now=now,
            latest=latest,
            person=signed_in(reader.entries(1, kinds=SIGN_INS), now),
            engineering=engineering(reader.entries(1, kinds=ENGINEERING), now),
            free_b=shutil.disk_usage(existing(self.store.parent)).free,
            clock=self.kernel(),
            golden=self._golden(reader, jig, now) if jig and shows_golden else None,
            closings=_closings(reader, jig) if jig and rules.contacts else None,
            locked=locked,
        )

    def _golden(self, reader: Reader, jig: str, now: datetime) -> list[Shown | None]:
        return [
            shown
            for serial, entry in sorted(self.config.golden_units.units.items())
            if entry.kind is GoldenKind.GOLDEN and not entry.expired(now.date())
            for shown in (*self._shown(reader, serial, entry, jig),) or (None,)
        ]

    def _shown(self, reader: Reader, serial: str, entry: GoldenUnit, jig: str) -> Iterator[Shown]:
        """Its runs on a jig down to the newest that has shown something, newest first.

        A good one that was made otherwise has shown nothing, nor has one whose PASS was recalled:
        they are void.
        """
        recalls = reader.recalls()
        for record in reader.golden_runs(serial, jig):
            if not has_shown(entry, record):
                continue
            head, problem = reader.head(record.run), verdict_of(entry, record)
            if problem:
                yield Shown(serial, head, problem.message)
                return
            recall = recall_of(head, recalls)
            void = (
                recalled_words(recall)
                if recall
                else otherwise(entry, record, self.plan_of, self.config)
            )
            yield Shown(serial, head, void=void)
            if not void:
                return


def _closings(reader: Reader, jig: str) -> int:
    renewed = reader.entries(_ALL, kinds=(ContactsRenewed,))
    since = next((e.number for e in renewed if _is_of(e, jig)), 0)
    return reader.closings(jig, since)


def _is_of(entry: Entry, jig: str) -> bool:
    return isinstance(entry.what, ContactsRenewed) and entry.what.jig == jig
