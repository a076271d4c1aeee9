"""Entries as a station would make them, one of each kind."""

from __future__ import annotations

from datetime import timedelta

from harness.model import entry as n
from tests.records.runs import MORNING

SERIAL = "A57A000002"
EVERY_KIND: tuple[n.Entered, ...] = (
    n.SignedIn("anna", n.Role.ENGINEER),
    n.SignedOut("anna", "the shift was over"),
    n.SignInRefused("4711\x1b[2J", "no such badge"),
    n.Locked("STOP-STREAK", "3 fails in a row by charge.current_jig:LOW", 2),
    n.Locked("STOP-FPY", "first-pass yield 80 %, floor 95 %"),
    n.Unlocked("anna", "contacts cleaned, golden unit passed", 2),
    n.UnitRefused(SERIAL, "final-test", 2, "RETEST-LIMIT", "3 runs without rework"),
    n.Reworked(SERIAL, "ben", "new charging board", "final-test"),
    n.Recalled("quinn", "worn contacts", "jig-7", 2, "", MORNING, MORNING + timedelta(hours=1)),
    n.EngineeringBegun("anna", "trying limits", MORNING + timedelta(hours=8)),
    n.EngineeringEnded("station"),
    n.ContactsRenewed("jig-7", "anna"),
)
