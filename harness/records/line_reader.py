"""What the rules of the line, and who traces what they did, ask of a store."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime

from harness.errors import StationFault
from harness.model.entry import Entry, Recalled, Reworked
from harness.model.events import Purpose
from harness.model.head import RunHead
from harness.model.refs import StationRef
from harness.model.rules.recalls import recalls_of
from harness.model.rules.values import UnitHistory
from harness.records import line_heads
from harness.records.entries import entries_in, locks_in, recalls_in
from harness.records.faults import damaged
from harness.records.reading import StoreReader
from harness.records.store import identity


@dataclass(frozen=True, slots=True)
class Accepted:
    """A PASS that is the last word of its process on a unit.

    `next` is where the unit went then, as far as this store knows; `recalls` are the ids of those
    that revoke the PASS.
    """

    head: RunHead
    next: RunHead | None
    recalls: tuple[str, ...]


class LineReader(StoreReader):
    """Entries, and heads of runs as the rules of the line ask for them."""

    def entries(
        self,
        limit: int = 50,
        *,
        kinds: Collection[type] = (),
        serial: str | None = None,
        slot: int | None = None,
    ) -> list[Entry]:
        """The newest entries, newest first by their place in the chain.

        `kinds` are classes of what was entered. With a `slot` those that concern it: of this slot,
        and of the whole station, but only of kinds that may be of one slot.

        Raises: StationFault(STORE-DAMAGED) when one of them is missing or has been changed.
        """
        with self._snapshot(), self._entries_read():
            found = entries_in(self._connection, limit, kinds=kinds, serial=serial, slot=slot)
            return list(found)

    def locks(self, slot: int | None = None) -> list[Entry]:
        """The newest lock and unlock of each slot and of the station, newest first.

        With a `slot` those of this one, and of the station: what `lock_on` goes by.

        Raises: StationFault(STORE-DAMAGED) when one of them is missing or has been changed.
        """
        with self._snapshot(), self._entries_read():
            return list(locks_in(self._connection, slot))

    def entries_back(self, kinds: Collection[type]) -> Iterator[Entry]:
        """Entries of these kinds, newest first, read one by one: for who stops at what decides.

        Raises: StationFault(STORE-DAMAGED) when one of them is missing or has been changed.
        """
        with self._snapshot(), self._entries_read():
            yield from entries_in(self._connection, kinds=kinds)

    def recalls(self) -> list[Entry]:
        """Every recall of the line, oldest first.

        Raises: StationFault(STORE-DAMAGED) when one of them is missing or has been changed.
        """
        with self._snapshot(), self._entries_read():
            return recalls_in(self._connection)

    def unit_history(
        self, serial: str, purpose: Purpose, process: str | None = None
    ) -> UnitHistory:
        """The runs of a unit for this purpose, open ones last, its reworks, and every recall.

        With a `process` only its runs, and only the reworks that are for it. A unit without a
        serial is nobody, and has no history.

        Raises: StationFault(STORE-DAMAGED).
        """
        if not serial:
            return UnitHistory(serial)
        with self._snapshot(), self._entries_read():
            heads = self._heads(line_heads.of_unit(serial, purpose, process).of(self._connection))
            heads += [
                head
                for head in self._opened(serial)
                if head.purpose == purpose and process in (None, head.process)
            ]
            made = list(entries_in(self._connection, kinds=(Reworked,), serial=serial))
            reworks = [entry for entry in reversed(made) if _is_for(entry, process)]
            return UnitHistory(serial, heads, reworks, recalls_in(self._connection))

    def head(self, run: str) -> RunHead:
        """The head of the run with this id, which has ended."""
        with self._snapshot():
            (head,) = self._heads(self._head_of(run))
            return head

    def slot_runs(self, slot: int, purpose: Purpose, process: str, limit: int) -> list[RunHead]:
        """The last runs on a slot that show whether their unit is good, newest first.

        However many lie between that show nothing of it.
        """
        with self._snapshot():
            asked = line_heads.shown_on_slot(slot, purpose, process, limit)
            return self._heads(asked.of(self._connection))

    def telling_runs(
        self, slot: int, purpose: Purpose, process: str, serial: str, fault: str
    ) -> list[RunHead]:
        """The last run of another unit on a slot that passed or had this fault, if there is one."""
        with self._snapshot():
            asked = line_heads.telling_on_slot(slot, purpose, process, serial, fault)
            return self._heads(asked.of(self._connection))

    def first_runs(self, purpose: Purpose, process: str, limit: int) -> list[RunHead]:
        """The last first attempts that show whether their unit is good, newest first."""
        with self._snapshot():
            asked = line_heads.shown_first(purpose, process, limit)
            return self._heads(asked.of(self._connection))

    def processes_run(self) -> list[str]:
        """The processes of all runs that have ended, sorted."""
        with self._snapshot():
            return line_heads.processes(self._connection)

    def closings(self, jig: str, since: int = 0) -> int:
        """How many runs were begun on a jig since this place in the chain, open ones too.

        They are of whatever purpose.
        """
        with self._snapshot():
            return line_heads.closings(self._connection, jig, since)

    def latest(self) -> datetime | None:
        """The latest time that a run or an entry says of its end; None without any.

        Not that of the newest one alone: after a step back of the clock it is no witness.
        """
        with self._snapshot():
            return line_heads.latest(self._connection)

    def passes(self, recall: Recalled) -> list[RunHead]:
        """The passes that this recall revokes, oldest first by their start."""
        with self._snapshot():
            return self._heads(line_heads.passes(recall).of(self._connection))

    def accepted(
        self, jig: str, since: datetime | None = None, until: datetime | None = None
    ) -> list[Accepted]:
        """The passes on a jig that the accepted verdict on a unit rests on, oldest first.

        They are of production or rehearsal, and were started in the window; `until` is not in it.

        Raises: StationFault(STORE-DAMAGED).
        """
        with self._snapshot(), self._entries_read():
            recalled = recalls_in(self._connection)
            heads = self._heads(line_heads.accepted_on(jig, since, until).of(self._connection))
            return [
                Accepted(head, self._next(head), tuple(e.id for e in recalls_of(head, recalled)))
                for head in heads
            ]

    def station(self) -> StationRef:
        """Whose store it is: the name and the place that its last run or entry says.

        Raises: StationFault(STORE-DAMAGED) when that cannot be read.
        """
        with self._snapshot(), self._entries_read():
            uuid = identity(self._connection).station
            entry = next(entries_in(self._connection, 1), None)
            run = self._one("SELECT run FROM run ORDER BY number DESC LIMIT 1")
            said = self._sealed_record(run[0]).station if run else entry and entry.station
            return StationRef(said.name, uuid, said.location) if said else StationRef("", uuid)

    def _head_of(self, run: str) -> line_heads.Rows:
        return line_heads.of_run(run).of(self._connection)

    def _next(self, head: RunHead) -> RunHead | None:
        rows = line_heads.next_of(head.run).of(self._connection)
        return next(iter(self._heads(rows)), None)

    def _opened(self, serial: str) -> Iterator[RunHead]:
        """The open runs of a unit, also one that nobody had announced, in order of their start."""
        begun = (
            "SELECT run, began_after FROM open_run WHERE serial IN (?, '')"
            " ORDER BY started_ms, rowid"
        )
        for run, after in self._connection.execute(begun, (serial,)):
            with suppress(StationFault):  # told as RUN-STUCK
                head = RunHead.of(self._open_record(str(run)))
                if head.serial == serial:
                    yield replace(head, began_after=after)

    @contextmanager
    def _entries_read(self) -> Iterator[None]:
        """An entry that is not as it was written is damage of the store."""
        try:
            yield
        except ValueError as error:
            raise damaged(self._path, str(error)) from None


def _is_for(rework: Entry, process: str | None) -> bool:
    assert isinstance(rework.what, Reworked)
    return process is None or rework.what.process in ("", process)
