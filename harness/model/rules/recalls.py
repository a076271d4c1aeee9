"""Which passes a recall revokes."""

from __future__ import annotations

from collections.abc import Iterable

from harness.model.entry import Entry, Recalled
from harness.model.head import RunHead
from harness.model.outcome import Outcome


def recalls(head: RunHead, recall: Recalled) -> bool:
    """Whether it revokes this run: a PASS that is all that it asks for."""
    return (
        head.outcome is Outcome.PASS
        and recall.jig in ("", head.jig)
        and recall.slot in (None, head.slot)
        and recall.plan_sha256 in ("", head.plan_sha256)
        and recall.plan in ("", head.plan)
        and recall.revision in (None, head.revision)
        and (recall.since is None or recall.since <= head.started)
        and (recall.until is None or head.started < recall.until)
    )


def recalls_of(head: RunHead, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Those of these entries that revoke the run, in their order.

    A recall without an end reaches what was begun before it was entered: a jig that was mended
    since passes again.
    """
    return tuple(
        entry
        for entry in entries
        if isinstance(entry.what, Recalled)
        and recalls(head, entry.what)
        and (entry.what.until is not None or not head.begun_since(entry))
    )


def recall_of(head: RunHead, entries: Iterable[Entry]) -> Entry | None:
    """The newest of these entries that revokes the run; None while its PASS holds."""
    return next(reversed(recalls_of(head, entries)), None)


def recalled_words(recall: Entry) -> str:
    """When, by whom and why a PASS was revoked."""
    assert isinstance(recall.what, Recalled)
    at = f"{recall.at:%Y-%m-%d %H:%M} UTC"
    return f"was recalled at {at} by {recall.what.by}: {recall.what.why}"
