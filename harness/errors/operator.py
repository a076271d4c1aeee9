"""What people do."""

from __future__ import annotations

from harness.errors.base import Blame, Code, HarnessError


class OperatorStop(HarnessError):
    """A person stopped the run or the jig, or put in the wrong unit."""

    blame = Blame.OPERATOR
    codes = {
        "RUN-ABORTED": Code(
            "A person stopped the run.",
            "Test the unit again.",
        ),
        "RUN-PARTIAL": Code(
            "Somebody chose to run some steps without the others; those passed.",
            "Run the whole plan: a part of it is no verdict on the unit.",
        ),
        "JIG-EMERGENCY": Code(
            "The emergency stop of the jig is pressed.",
            "See that nobody is in danger, release the stop, reset the jig, then test again.",
        ),
        "UNIT-WRONG": Code(
            "The handset in the slot is not the unit that was announced.",
            "Put in the unit of the label, or scan the label of this unit.",
        ),
        "UNIT-UNKNOWN": Code(
            "Which unit this is was not asked of the handset, or is not on its label.",
            "Plan `identity.read` or `identity.match_label`; scan the label, and test it again.",
        ),
        "UNIT-SWAPPED": Code(
            "Another handset was put into the slot while the run of the first one was on.",
            "Test both units again; leave a unit in its slot until its verdict shows.",
        ),
        "UNIT-GOLDEN": Code(
            "A golden or known-bad unit, which never ships, is in a production run.",
            "Take it out, put it back where it is kept, and go on with the next unit.",
        ),
        "RETEST-LIMIT": Code(
            "The unit had as many runs of this process as the plan allows without a rework.",
            "Send the unit to rework; once that is entered (`harness rework`), test it again.",
        ),
        "RETEST-SLOT": Code(
            "The unit was tested and seated again on this slot: the plan asks for another one.",
            "Test the unit on another slot, or on this one with another jig.",
        ),
        "RETEST-OPEN": Code(
            "The unit is in a run on another slot, which has not ended.",
            "Wait for the verdict of that slot; two units with one serial are for an engineer.",
        ),
        "ROUTE-MISSING": Code(
            "The unit was not tested at a station before this one.",
            "Take the unit to the station that is named, then bring it back.",
        ),
        "ROUTE-FAILED": Code(
            "The unit's last test at a station before this one was no PASS.",
            "Take the unit back to the station that is named, or to rework.",
        ),
        "ROUTE-RECALLED": Code(
            "The unit's pass at a station before this one was revoked.",
            "Test the unit again at the station that is named, then bring it back.",
        ),
        "ROUTE-OFFLINE": Code(
            "The centre does not say what the unit has passed, and the line has units held then.",
            "Hold the unit; call an engineer to bring the network or the centre back.",
        ),
        "STOP-STREAK": Code(
            "Units failed one after another on this slot with the same code; the slot is locked.",
            "Call an engineer: the slot opens when he has signed in and the golden unit passes.",
        ),
        "STOP-FPY": Code(
            "Too few units pass at the first try; the station is locked.",
            "Call an engineer: the station opens when he has signed in and the golden unit passes.",
        ),
        "READY-SIGN-IN": Code(
            "Nobody is signed in at the station, and what counts needs somebody who is.",
            "Sign in with your badge at the station, or with `harness badge in`.",
        ),
        "READY-ENGINEERING": Code(
            "Engineering mode is on: what is run does not count.",
            "Wait until it is over, or end it with `harness badge engineering --end`.",
        ),
        "SIGN-IN-REFUSED": Code(
            "The badge is unknown, expired or closed, or the password is not its own.",
            "Scan your own badge, enter its password again; after five refusals wait five minutes.",
        ),
        "ROLE-NEEDED": Code(
            "Whoever is signed in may not do this.",
            "Have somebody sign in whose badge has the role that is named.",
        ),
        "LABEL-ABSENT": Code(
            "The handset is to be compared with its label, and none with IMEIs was scanned.",
            "Scan the label of this unit; if it holds no IMEIs, plan `identity.read` instead.",
        ),
    }
