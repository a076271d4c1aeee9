"""Puts back on a handset what `handset.prepare` changed, in a run or after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.errors import LinkFault, PlanError
from harness.model.ports import Handset, ShellResult, Stopwatch, Wait
from harness.model.reading import Unreadable
from harness.steps.asking.answers import ask, known, obey
from harness.steps.asking.turns import turns
from harness.steps.identity import serial_of
from harness.steps.undoing.found import Found, Note, Now, read_note, repairs
from harness.steps.undoing.left import Kept
from harness.steps.undoing.shelf import LIST, SHELF, Seen, bringing_back, read_seen
from harness.steps.undoing.switches import look_at_each, set_

NOTE = "/data/local/tmp/harness-found.json"
"""Where `prepare` notes on the handset what it found, before it changes anything. It goes last:
as long as it is there, something may be as the run left it; once it is gone, nothing is."""

KEYCODE_HOME = 3
_SETTLES_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Left:
    """What is to be put back; `instead_of` is what stood on the handset and is not believed."""

    note: Note
    instead_of: str = ""


def find(handset: Handset, kept: Kept) -> Left | None:
    """What a run left changed on the handset; None when nothing is.

    `kept` is the note by the record of that run, where there is one: it is believed before the
    one on the handset, which anybody may write there or remove.

    Raises: LinkFault(HANDSET-NOTE) when something was changed and no note says how it was;
    PlanError(HANDSET-UNREADABLE).
    """
    answer = ask(handset, f"rm -f {NOTE}.new; cat {NOTE}")  # what a push left that was cut
    gone = answer.code != 0 and f"{NOTE}: No such file or directory" in answer.err
    if gone and kept is None:
        _require_nothing_aside(look_at_shelf(handset))
        return None
    serial = known("ro.serialno", serial_of(handset))
    there = Unreadable("it is gone") if gone else _of(serial, _read(answer))
    ours = None if kept is None else _of(serial, kept)
    if isinstance(ours, Note):
        return Left(ours, "" if ours == there else _told(there, answer.out))
    if isinstance(there, Note):
        return Left(there)
    raise _no_note(there, ours)


def undo(handset: Handset, note: Note, wait: Wait, stopwatch: Stopwatch) -> None:
    """Put back what was found, and what was in DCIM. May be cut anywhere and tried again.

    What does not come back keeps nothing else from coming back.

    Raises: PlanError: HANDSET-REFUSED when something does not come back within 5 s, with the
    name of all that did not; HANDSET-UNREADABLE.
    """
    works = (
        lambda: obey(handset, f"input keyevent {KEYCODE_HOME}"),  # the camera app may be in front
        lambda: _put_back(handset, note.found, wait, stopwatch),
        lambda: _bring_back(handset),
    )
    if failures := [failure for work in works if (failure := _failure(work))]:
        raise failures[0].again(also=[str(failure) for failure in failures[1:]])
    obey(handset, f"rm -f {NOTE}")


def write_note(handset: Handset, content: bytes) -> None:
    """Put the note on the handset, whole or not at all, and on its disk: a battery may fail."""
    handset.push(content, f"{NOTE}.new")
    obey(handset, f"mv {NOTE}.new {NOTE} && sync")


def look_at_shelf(handset: Handset) -> Seen:
    """What is in DCIM, and what is set aside.

    Raises: PlanError(HANDSET-UNREADABLE), also when the storage is not there (yet).
    """
    answer = ask(handset, LIST)
    return known("folders of pictures", read_seen(answer.out, answer.err))


def _failure(work: Callable[[], None]) -> PlanError | None:
    try:
        work()
    except PlanError as error:
        return error
    return None


def _bring_back(handset: Handset) -> None:
    for command in bringing_back(look_at_shelf(handset)):
        obey(handset, command)


def _require_nothing_aside(seen: Seen) -> None:
    """Pictures come back before the note goes: where they are set aside, a note was lost."""
    if seen.shelf is not None or seen.filling is not None:
        words = f"{NOTE} is gone from the handset, and its pictures are still in {SHELF}"
        evidence = {"shelf": list(seen.shelf or ()), "filling": list(seen.filling or ())}
        raise LinkFault("HANDSET-NOTE", words, evidence=evidence)


def _read(answer: ShellResult) -> Note | Unreadable:
    if answer.code != 0:
        return Unreadable(f"reading it ended with {answer.code}", answer.err)
    return read_note(answer.out)


def _of(serial: str, note: Note | Unreadable) -> Note | Unreadable:
    """The note, if it is of the handset with this serial: an image may be copied with its note."""
    if isinstance(note, Note) and note.serial != serial:
        return Unreadable(f"it is of {note.serial:.40}, this is {serial:.40}", repr(note))
    return note


def _told(there: Note | Unreadable, text: str) -> str:
    why = there.why if isinstance(there, Unreadable) else "not the note that the run made"
    return f"{NOTE}: {why}\n{text}"


def _no_note(there: Unreadable, ours: Unreadable | None) -> LinkFault:
    words = f"{NOTE} on the handset cannot be obeyed: {there.why}"
    evidence = {"why": there.why, "note": there.raw}
    if ours:
        words += f"; nor can that of the record: {ours.why}"
        evidence["record"] = ours.raw
    return LinkFault("HANDSET-NOTE", words, evidence=evidence)


def _put_back(handset: Handset, found: Found, wait: Wait, stopwatch: Stopwatch) -> None:
    refused = _set_all(handset, repairs(found, look_at_each(handset, found)))
    for _ in turns(_SETTLES_WITHIN_S, wait, stopwatch):
        now = look_at_each(handset, found)
        differing = repairs(found, now)
        if not differing:
            return
        if differing.keys() <= refused.keys():
            break
    raise _not_back(differing, now, refused)


def _set_all(handset: Handset, wanted: Found) -> dict[str, str]:
    """Try each of them; why those are not set that were refused."""
    refused = {}
    for key, value in wanted.items():
        try:
            set_(handset, key, value)
        except PlanError as error:
            refused[key] = error.message
    return refused


def _not_back(differing: Found, now: Now, refused: dict[str, str]) -> PlanError:
    seen = {
        key: f"unreadable ({value.why})" if isinstance(value, Unreadable) else value
        for key, value in now.items()
    }
    words = "; ".join(
        f"{key} is {seen[key]}, was {was}" + (f" ({refused[key]})" if key in refused else "")
        for key, was in differing.items()
    )
    evidence = {"found": dict(differing), "now": seen, "refused": refused}
    return PlanError("HANDSET-REFUSED", f"not as it was found: {words}", evidence=evidence)
