"""What a station entered into its chain, on a line each."""

from __future__ import annotations

from harness.model.entry import (
    ContactsRenewed,
    EngineeringBegun,
    EngineeringEnded,
    Entered,
    Entry,
    Locked,
    Recalled,
    Reworked,
    SignedIn,
    SignedOut,
    SignInRefused,
    UnitRefused,
    Unlocked,
)
from harness.ui.text import printable, short_hash

TIME = "%Y-%m-%d %H:%M:%S UTC"


def entry_words(entry: Entry) -> str:
    """When, who, what and why."""
    return f"{entry.at.strftime(TIME)}  {printable(_words(entry.what))}"


def recall_words(recall: Recalled) -> str:
    """Which passes a recall revokes."""
    revision = f" revision {recall.revision}" if recall.revision is not None else ""
    asked = [
        f"on jig {recall.jig}" if recall.jig else "",
        f"in slot {recall.slot}" if recall.slot is not None else "",
        f"by plan {short_hash(recall.plan_sha256)}" if recall.plan_sha256 else "",
        f"by plan {recall.plan}{revision}" if recall.plan else "",
        f"from {recall.since.strftime(TIME)}" if recall.since else "",
        f"before {recall.until.strftime(TIME)}" if recall.until else "",
    ]
    return f"passes {', '.join(filter(None, asked)) or 'of every run'}"


def _words(what: Entered) -> str:
    match what:
        case SignedIn():
            return f"{what.person} signed in as {what.role}"
        case SignedOut():
            return f"{what.person} signed out: {what.why}"
        case SignInRefused():
            return f"sign-in REFUSED to {what.said or 'an unknown badge'}: {what.why}"
        case Locked():
            return f"{_place(what.slot)} LOCKED by {what.code}: {what.words}"
        case Unlocked():
            return f"{_place(what.slot)} unlocked by {what.by}: {what.why}"
        case UnitRefused():
            place = f"for {what.process}, slot" if what.process else "in slot"
            return f"{what.serial} REFUSED {place} {what.slot}, {what.code}: {what.words}"
        case Reworked():
            place = f" for {what.process}" if what.process else ""
            return f"{what.serial} REWORKED{place} by {what.by}: {what.note}"
        case Recalled():
            return f"RECALLED by {what.by}, {recall_words(what)}: {what.why}"
        case EngineeringBegun():
            until = what.until.strftime(TIME)
            return f"engineering begun by {what.by}, until {until}: {what.why}"
        case EngineeringEnded():
            return f"engineering ended by {what.by}"
        case ContactsRenewed():
            return f"contacts of jig {what.jig} renewed by {what.by}"


def _place(slot: int | None) -> str:
    return "station" if slot is None else f"slot {slot}"
