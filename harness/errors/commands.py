"""What people ask a station for, at a screen or the command line, and it does not do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harness.errors.base import Blame, Code, HarnessError


class CommandRefused(HarnessError):
    """A person asked the station for something that it does not do, or not now."""

    blame = Blame.OPERATOR
    codes = {
        "COMMAND-LATE": Code(
            "What was asked for is done already, or what it was meant for is over.",
            "Look at the slots as they are now; do it again only if it must still be done.",
        ),
        "COMMAND-UNFIT": Code(
            "What was asked for lacks something, or has a value that cannot be.",
            "Do it again with what the station asks for in its own words.",
        ),
        "COMMAND-NOT-HERE": Code(
            "The station is not set up for what was asked for.",
            "Do it at a station that is, or have an engineer change the station file.",
        ),
        "ANSWER-UNFIT": Code(
            "What was answered is not asked any more, or is no answer to it.",
            "Read what the slot asks now, and answer that.",
        ),
        "ENGINEERING-OFF": Code(
            "What was asked for is done in engineering mode only, which is not on.",
            "Begin engineering mode first: that takes an engineer who is signed in.",
        ),
        "REPEAT-ABSENT": Code(
            "No unit that was tested stands in the slot, so no step can be run again on it.",
            "Put a unit in, have it tested, and leave it there; then ask for the steps.",
        ),
        "REPEAT-BUSY": Code(
            "The slot has steps to run again already.",
            "Wait until the last time of them has begun, or abort the run of the slot.",
        ),
        "LABEL-UNREAD": Code(
            "What was scanned is no label of a unit that is tested here.",
            "Scan the unit's label again; refused again, put it aside and call an engineer.",
        ),
        "SCAN-INSIDE": Code(
            "A unit that was scanned before still stands in the slot.",
            "Take that unit out first; then scan the one that is to be tested.",
        ),
        "SCAN-SLOT": Code(
            "Not exactly one slot waits for a scan, so nobody knows which one this is for.",
            "Put the unit in, scan the code of its slot, then its label.",
        ),
        "SLOT-SHUT": Code(
            "The slot takes no units any more.",
            "Use another slot, and call an engineer for this one.",
        ),
    }


@contextmanager
def refused_by(code: str) -> Iterator[None]:
    """What raises a ValueError meanwhile refuses the command by this code, in the same words.

    Raises: CommandRefused.
    """
    try:
        yield
    except ValueError as error:
        raise CommandRefused(code, str(error)) from None
