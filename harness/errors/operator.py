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
        "UNIT-GOLDEN": Code(
            "A golden or known-bad unit, which never ships, is in a production run.",
            "Take it out, put it back where it is kept, and go on with the next unit.",
        ),
        "LABEL-ABSENT": Code(
            "The handset is to be compared with its label, and none with IMEIs was scanned.",
            "Scan the label of this unit; if it holds no IMEIs, plan `identity.read` instead.",
        ),
    }
