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
        "PLAN-ANONYMOUS": Code(
            "A plan for units that ship, or for golden ones, never asks them who they are.",
            "For production, plan `identity.match_label` or `identity.read` among its steps.",
        ),
        "STEPS-BROKEN": Code(
            "A package of steps that is installed beside the harness cannot be used.",
            "Correct the package at the place named in the message, or uninstall it.",
        ),
        "PLAN-DEVICE": Code(
            "A step needs a device or an instrument that the slot has not.",
            "Add it to the station file, correct its name in the plan, or use another station.",
        ),
        "PLAN-EXPIRED": Code(
            "The golden values that limits are near to have expired.",
            "Measure the golden units again and write their values and dates into the golden file.",
        ),
        "RELEASE-INVALID": Code(
            "A file is no release, or has been edited since it was made.",
            "Make the release again, or take the file from where it was signed.",
        ),
        "RELEASE-FORGED": Code(
            "A signature does not fit what it stands under.",
            "Install the release as it was signed; find out who has changed the file.",
        ),
        "RELEASE-UNSIGNED": Code(
            "A release lacks a signature: two sign when what decides between good and bad changed.",
            "Have it signed: `harness release sign FILE --key KEY --as NAME`.",
        ),
        "RELEASE-STRANGER": Code(
            "Somebody has signed a release whom this station does not trust.",
            "Have it signed by people of the trust file, or have that file renewed by its owner.",
        ),
        "RELEASE-SIGNED": Code(
            "This person, or this key, has signed the release already.",
            "Ask a second person to sign with a key of his own.",
        ),
        "RELEASE-KEY": Code(
            "A private key cannot be used for signing.",
            "Name an Ed25519 key, as `ssh-keygen -t ed25519` makes it, and its passphrase.",
        ),
        "RELEASE-TRUST": Code(
            "The file of trusted people is missing or wrong, or the station could write it.",
            "Have root put it where the user of the station can only read; HARNESS_TRUST names it.",
        ),
        "RELEASE-FOLDER": Code(
            "The folder of releases, or a file of a release, cannot be read or written.",
            "Give the user of the harness the right to what is named, or name another place.",
        ),
        "RELEASE-BLOCKED": Code(
            "A file that does not count stands where a release is to be installed.",
            "Take the file that is named away, then install the release again.",
        ),
        "RELEASE-OLD": Code(
            "A release is older than one that is installed or has run in production.",
            "Install the newest release; to go back to old limits, release them anew.",
        ),
        "RELEASE-ABSENT": Code(
            "No release of this process counts on this station.",
            "Have a release signed and install it: `harness release install FILE`.",
        ),
        "RELEASE-CHANGED": Code(
            "What is to be run is not what was released.",
            "Restore the released file, or have the change released; engineering runs may differ.",
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
        "MEAS-UNEXPECTED": Code(
            "A value appeared that this model is not known to offer, so it was not judged.",
            "Check what changed in the firmware; give the plan a limit for this measurement.",
        ),
        "HANDSET-UNREADABLE": Code(
            "An answer on which the next move of a step depends could not be read.",
            "Keep the evidence; a new firmware may print another format: report it.",
        ),
        "HANDSET-REFUSED": Code(
            "The handset did not do what its shell was told to do.",
            "Check in the evidence whether this build of the firmware allows the command.",
        ),
        "GNSS-NOT-ASKED": Code(
            "No app asked for the location, so GNSS received nothing that could be measured.",
            "Have the plan open an app that asks (`opens`), with its permission and location on.",
        ),
        "AGENT-MISSING": Code(
            "The handset has no test app, or one that may not test.",
            "Install the test app on the handset, or leave its steps out of the plan.",
        ),
        "AGENT-REFUSED": Code(
            "The test app, or Android for it, did not start the test that it was asked for.",
            "Check in the evidence what it said; update the test app on the handset.",
        ),
        "AGENT-CRASHED": Code(
            "The test app died in the middle of a test.",
            "Test again; if it stays, report the evidence to the maintainers of the test app.",
        ),
        "LTE-OTHER-PATH": Code(
            "The handset's traffic goes another way than over the mobile network.",
            "Switch off Wi-Fi, VPN, Ethernet and USB tethering of the handset, then test again.",
        ),
        "CAMERA-OTHER": Code(
            "The camera app has another camera open than the one asked for.",
            "Check by hand which camera the app opens; report the model to the maintainers.",
        ),
        "CAMERA-BUSY": Code(
            "An app keeps a camera open although it was ended.",
            "Close the app that the evidence names, or take it off the handset, then test again.",
        ),
        "CAMERA-SEVERAL": Code(
            "Several new pictures came for one press of the camera key.",
            "Switch off burst and HDR+original in the camera app, then test again.",
        ),
        "STEP-SETTING": Code(
            "A parameter that the plan gives a step is none that it can take.",
            "Correct it under `with:` in the plan; `harness steps NAME` says what it takes.",
        ),
        "HANDOVER-NOT-READY": Code(
            "A unit was to be wiped before it was put back as it was found.",
            "Put a `handset.restore` before `handover.wipe` in the plan.",
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
