"""What a plan or a step gets wrong, and what nobody can read."""

from __future__ import annotations

from harness.errors.base import Blame, Code, HarnessError


class PlanError(HarnessError):
    """The plan is wrong, or asks for what is not there."""

    blame = Blame.PLAN
    codes = {
        "PLAN-INVALID": Code(
            "The plan has problems.",
            "Correct each problem at the place named; `harness plan check` lists them all.",
        ),
        "STEPS-BROKEN": Code(
            "A package of steps that is installed beside the harness cannot be used.",
            "Correct the package at the place named in the message, or uninstall it.",
        ),
        "PLAN-DEVICE": Code(
            "A step needs a device that the slot has not.",
            "Add the device to the station file, or run the plan on another station.",
        ),
        "RUN-INCOMPLETE": Code(
            "A planned step or a declared measurement is missing and nothing recorded explains it.",
            "Report the run to the maintainers; test the unit again.",
        ),
        "RUN-EMPTY": Code(
            "No step was run.",
            "Plan at least one step that runs for this unit.",
        ),
        "MEAS-UNREADABLE": Code(
            "The answer could not be read as a value, so it was not judged.",
            "Keep the evidence; a new firmware may print another format: report it.",
        ),
        "MEAS-UNKNOWN": Code(
            "The handset says that it does not know the value, and the limit does not allow that.",
            "Test again; if it stays, check the plan's limit for this model.",
        ),
        "HANDSET-UNREADABLE": Code(
            "An answer on which the next move of a step depends could not be read.",
            "Keep the evidence; a new firmware may print another format: report it.",
        ),
        "HANDSET-REFUSED": Code(
            "The handset did not do what its shell was told to do.",
            "Check in the evidence whether this build of the firmware allows the command.",
        ),
        "CAMERA-OTHER": Code(
            "Another camera, or another app, is open than the one asked for.",
            "Check by hand which camera the app opens; report the model to the maintainers.",
        ),
    }


class StepBug(HarnessError):
    """A step broke its contract: the unit was not tested as planned."""

    blame = Blame.PLAN
    codes = {
        "STEP-BUG": Code(
            "A step raised an error of its own.",
            "Report the evidence to the author of the step.",
        ),
        "STEP-TIMEOUT": Code(
            "A step went past its time limit.",
            "Run the step alone; raise its timeout in the plan if the time is needed.",
        ),
        "MEAS-MISSING": Code(
            "A step ended without a measurement that it declares.",
            "Report the step to its author.",
        ),
        "MEAS-TWICE": Code(
            "A step made one measurement twice in one attempt.",
            "Report the step to its author.",
        ),
        "MEAS-UNDECLARED": Code(
            "A step made a measurement that it does not declare.",
            "Report the step to its author.",
        ),
        "LEASE-ENDED": Code(
            "A device was used by a step that had already ended.",
            "Report the step to its author.",
        ),
    }
