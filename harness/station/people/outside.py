"""What happens outside a station and is entered into its chain: reworks, recalls, new contacts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from harness.clock import Clock
from harness.errors import CommandRefused, StationFault
from harness.files.problems import nearest
from harness.model.entry import ContactsRenewed, Entered, Entry, Recalled, Reworked, Role
from harness.model.head import RunHead
from harness.model.people import SIGN_INS, signed_in
from harness.model.station import Outside, Recall, RenewContacts, Rework
from harness.records.query import Reader
from harness.station.people.desk import Desk, required, said

_ROLES = {Rework: Role.OPERATOR, Recall: Role.ENGINEER, RenewContacts: Role.ENGINEER}
_MS = timedelta(milliseconds=1)


def enter_outside(
    command: Outside,
    store: Path,
    enter: Callable[[Entered], Entry],
    clock: Clock,
    desk: Desk | None = None,
) -> Entry:
    """What came of it in the chain of the store, in the name of who is signed in.

    In that of whom the command names, where the station has no desk and nobody ever signed in.

    Raises: OperatorStop(READY-SIGN-IN | ROLE-NEEDED); StationFault(RECORD-UNKNOWN | STORE-...);
    CommandRefused(COMMAND-UNFIT) when nobody says who, or why.
    """
    role = _ROLES[type(command)]
    now = clock.utc()
    with Reader(store) as reader:
        by = desk.require(role).person if desk else _who(reader, role, command.by, now)
        what = meant(reader, command, by, now)
    return enter(what)


def counted(passes: Sequence[RunHead]) -> str:
    """How many passes of how many units, in words."""
    units = len({head.serial for head in passes})
    runs = f"{len(passes)} pass{'' if len(passes) == 1 else 'es'}"
    return f"{runs} of {units} unit{'' if units == 1 else 's'}"


def meant(
    reader: Reader, command: Outside, by: str, now: datetime
) -> Reworked | Recalled | ContactsRenewed:
    """What is to be entered of a command.

    Raises: StationFault(RECORD-UNKNOWN); CommandRefused(COMMAND-UNFIT).
    """
    match command:
        case Rework(unit=asked, note=note, process=process):
            serial = reader.serial_of(asked)
            if process:
                known = reader.processes(serial)
                words = f"{serial} has no run of a process {process!r:.80}{_hint(process, known)}"
                _require(process, known, words, "process that it was tested in")
            return Reworked(serial, said(by), said(note), process)
        case RenewContacts(jig=jig):
            _require_jig(reader, jig)
            return ContactsRenewed(jig, said(by))
        case Recall():
            return _recalled(reader, command, by, now)


def _who(reader: Reader, role: Role, by: str, now: datetime) -> str:
    """Who is signed in; or who says so himself, where nobody ever signed in."""
    newest = reader.entries(1, kinds=SIGN_INS)
    if not newest:
        return by
    entry = signed_in(newest, now)
    return required(entry.what if entry else None, role).person


def _recalled(reader: Reader, command: Recall, by: str, now: datetime) -> Recalled:
    """The recall, up to now: or past the last pass, where a clock that was ahead says later."""
    named = (command.jig, command.plan, command.slot, command.since, command.until)
    if named == ("", "", None, None, None):
        words = "name what is recalled: a jig, a slot, a plan, or from and to when"
        raise CommandRefused("COMMAND-UNFIT", words)
    if command.until and command.until > now:
        words = f"{command.until:%Y-%m-%d %H:%M:%S} UTC is still to come"
        raise CommandRefused("COMMAND-UNFIT", words)
    if command.jig:
        _require_jig(reader, command.jig)
    if command.slot is not None:
        known = [str(slot) for slot in reader.slots()]
        words = f"no run was in a slot {command.slot}"  # a guess would be another slot's passes
        _require(str(command.slot), known, words, "slot that runs were in")
    asked = Recalled(
        said(by),
        said(command.why),
        command.jig,
        command.slot,
        since=command.since,
        until=command.until,
    )
    if command.plan:
        asked = _of_plan(reader, command.plan, asked)
    return replace(asked, until=command.until or _past(now, reader.passes(asked)))


def _past(now: datetime, found: Iterable[RunHead]) -> datetime:
    return max([now, *(head.started + _MS for head in found)])


def _of_plan(reader: Reader, asked: str, recall: Recalled) -> Recalled:
    """The recall of the plan that is meant: by its id and revision, its id, or its SHA-256.

    Raises: StationFault(RECORD-UNKNOWN) when none, or more than one, can be meant.
    """
    known = {f"{plan}:{revision}": (plan, revision) for plan, revision in reader.plans()}
    if asked in known:
        plan, revision = known[asked]
        return replace(recall, plan=plan, revision=revision)
    ids = {plan for plan, _ in known.values()}
    found = reader.documents(asked.lower())
    if asked in ids and not found:
        return replace(recall, plan=asked)
    if asked not in ids and len(found) == 1:
        return replace(recall, plan_sha256=found[0])
    problem = "no plan has this id, or a SHA-256 that begins so"
    if found:
        problem = f"{len(found) + (asked in ids)} plans have this id, or a SHA-256 that begins so"
    raise StationFault(
        "RECORD-UNKNOWN",
        f"{asked!r:.80}: {problem}{_hint(asked, [*known] if ':' in asked else [*ids])}",
        evidence={"plan": asked, "begin so": found[:5], "plans": list(known)},
        remedy="Name it as ID:REVISION or by its SHA-256; `harness records show` says both.",
    )


def _require_jig(reader: Reader, jig: str) -> None:
    known = reader.jigs()
    words = f"no run was on a jig {jig!r:.80}{_hint(jig, known)}"
    _require(jig, known, words, "jig that runs were on")


def _require(asked: str, known: list[str], words: str, kind: str) -> None:
    """Nothing is entered of what was never on record: it would do nothing.

    Raises: StationFault(RECORD-UNKNOWN).
    """
    if asked in known:
        return
    raise StationFault(
        "RECORD-UNKNOWN",
        words,
        evidence={"asked": asked, "known": known},
        remedy=f"Name a {kind}: {', '.join(known) or 'there is none'}.",
    )


def _hint(asked: str, known: list[str]) -> str:
    meant = nearest(asked, known)
    return f"; did you mean {meant!r}?" if meant else ""
