"""Faults that carry a code, a blame, evidence and a remedy.

One code has one meaning. A code belongs to the class that raises it, so its blame cannot be
written down twice; `docs/codes.md` is generated from these tables.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self


class Blame(StrEnum):
    """Who has to act."""

    DUT = "DUT"
    LINK = "LINK"
    STATION = "STATION"
    PLAN = "PLAN"
    OPERATOR = "OPERATOR"


@dataclass(frozen=True, slots=True)
class Code:
    """What a fault code means, and what the person in front of it does."""

    meaning: str
    remedy: str


class HarnessError(Exception):
    """A fault with a stable code. Raise one of the subclasses.

    `evidence` is what was sent, what was received and after how long: JSON values only.
    """

    blame: ClassVar[Blame]
    codes: ClassVar[Mapping[str, Code]]

    def __init__(
        self,
        code: str,
        message: str,
        *,
        evidence: Mapping[str, Any] | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.evidence = dict(evidence or {})
        known = type(self).codes[code]
        self.remedy = remedy or known.remedy

    def again(self, **more: Any) -> Self:
        """A fresh exception that says the same, with more evidence or for another thread."""
        evidence = {**self.evidence, **more}
        return type(self)(self.code, self.message, evidence=evidence, remedy=self.remedy)


class DutFault(HarnessError):
    """The handset itself says that it cannot: the unit is bad."""

    blame = Blame.DUT
    codes = {
        "IMEI-TWICE": Code(
            "The handset answers with one IMEI for both of its SIMs.",
            "Send the unit back to the IMEI writing station.",
        ),
        "IMEI-NOT-WRITTEN": Code(
            "The handset answers with no IMEI, or with one of zeros only.",
            "Send the unit back to the IMEI writing station.",
        ),
        "WIFI-NOT-ON": Code(
            "The handset's Wi-Fi does not come on.",
            "Restart the handset and test again; if it stays, send the unit to rework.",
        ),
        "WIFI-AP-NOT-FOUND": Code(
            "The handset does not hear the reference access point.",
            "If the units before and after fail too, check the access point; else rework the "
            "Wi-Fi antenna.",
        ),
        "LTE-NO-DETACH": Code(
            "The handset stays registered although airplane mode is on.",
            "Restart the handset and test again; if it stays, send the unit to rework.",
        ),
        "LTE-NO-ATTACH": Code(
            "The handset does not register with the network.",
            "Check test SIM and call box; see the reject cause in the evidence; else rework the "
            "LTE antenna.",
        ),
        "CAMERA-SERVICE": Code(
            "The handset runs no camera service.",
            "Restart the handset and test again; if it stays, send the unit to rework.",
        ),
        "CAMERA-MISSING": Code(
            "The handset does not find the camera that is to be tested.",
            "Send the unit to rework: camera module, its connector, its cable.",
        ),
        "CAMERA-NOT-OPENED": Code(
            "The camera app did not open the camera.",
            "Look at the handset's screen for a dialog; else send the unit to rework.",
        ),
        "CAMERA-NO-PICTURE": Code(
            "The handset wrote no new picture after its camera key.",
            "Look at the handset's screen for a dialog; else send the unit to rework.",
        ),
    }


class LinkFault(HarnessError):
    """The handset cannot be reached or stopped answering: we do not know whether it is good."""

    blame = Blame.LINK
    codes = {
        "ADB-ABSENT": Code(
            "No handset with this serial is on the adb server.",
            "Seat the handset and its cable again; check that USB debugging is on.",
        ),
        "ADB-OFFLINE": Code(
            "The handset is on the bus but its adb daemon does not answer.",
            "Seat the cable again; if it stays offline, restart the handset.",
        ),
        "ADB-UNAUTHORIZED": Code(
            "The handset does not trust the key of this station.",
            "Tap Allow on the handset, or flash the factory image that holds the line's key.",
        ),
        "ADB-CONNECTING": Code(
            "The handset has not finished connecting or authorising.",
            "Wait until the handset shows its home screen, then test again.",
        ),
        "ADB-WRONG-MODE": Code(
            "The handset is in recovery, sideload, rescue or bootloader mode.",
            "Restart the handset into Android.",
        ),
        "ADB-NO-PERMISSION": Code(
            "This PC does not let the station open the handset's USB device.",
            "Install the udev rules and plug the handset in again.",
        ),
        "ADB-TWINS": Code(
            "Two handsets with the same serial are on the adb server.",
            "Unplug one of them; send the unit with the cloned serial to rework.",
        ),
        "ADB-LOST": Code(
            "The link to the handset broke in the middle of a command.",
            "Seat the handset and its cable again, then test again.",
        ),
        "ADB-HANG": Code(
            "The handset fell silent and did not finish a command in its time.",
            "Restart the handset and test again; if it hangs again, try another slot.",
        ),
        "ADB-DRIP": Code(
            "The handset was still sending when the time of the command was over.",
            "Restart the handset and test again; if it stays slow, try another slot.",
        ),
        "ADB-REFUSED": Code(
            "The handset answered, but refused the service or the file.",
            "Read the reason in the evidence; check that the file and the build are as planned.",
        ),
        "ADB-GARBLED": Code(
            "The handset sent bytes that are not the protocol.",
            "Seat the cable again; if it stays, change the cable or the slot.",
        ),
    }


class JigFault(HarnessError):
    """The jig is silent, refuses, or says something that cannot be trusted."""

    blame = Blame.STATION
    codes = {
        "JIG-ABSENT": Code(
            "The serial port of the jig cannot be opened.",
            "Plug the jig in and switch it on; check the port in the station file.",
        ),
        "JIG-LOST": Code(
            "The serial port of the jig went away in the middle of a command.",
            "Plug the jig in again, wait for its lamp, then test again.",
        ),
        "JIG-TIMEOUT": Code(
            "The jig fell silent: no reply in the time of the command.",
            "Check the jig's power and cable, switch it off and on, run its self-test.",
        ),
        "JIG-LATE": Code(
            "The jig replied after the time of the command was over; the reply was thrown away.",
            "Run the jig's self-test; if it stays slow, have the jig serviced.",
        ),
        "JIG-GARBLED": Code(
            "The jig's reply is not well formed.",
            "Check the serial cable and its shield, then run the jig's self-test.",
        ),
        "JIG-UNSTABLE": Code(
            "Readings of the jig that should agree do not.",
            "Check the contacts and the serial cable, then run the jig's self-test.",
        ),
        "JIG-REFUSED": Code(
            "The jig understood the command and refused it.",
            "Read the jig's own error in the evidence and clear its cause.",
        ),
        "JIG-STUCK": Code(
            "The jig did not reach the position or state that was asked for.",
            "Free the mechanism, check air and end switches, then run the jig's self-test.",
        ),
        "JIG-WRONG": Code(
            "Another jig than the one in the station file answers on the port.",
            "Put the right jig on the slot, or correct the station file.",
        ),
        "JIG-INTERLOCK": Code(
            "The jig's interlock is open.",
            "Close the cover, clear the emergency stop, then test again.",
        ),
        "JIG-UNSAFE": Code(
            "The jig could not be brought to its safe state.",
            "Switch the jig's power off by hand before reaching in; call an engineer.",
        ),
    }


class StationFault(HarnessError):
    """This PC, its adb server, its store or its programs."""

    blame = Blame.STATION
    codes = {
        "ADB-SERVER": Code(
            "The station's own adb server does not start or does not answer.",
            "Start the run again; if it stays, run `make setup` and check the disk.",
        ),
        "STORE-FULL": Code(
            "The disk of the record store is full.",
            "Free disk space; the station does not test until records can be written.",
        ),
        "STORE-READONLY": Code(
            "The record store cannot be written.",
            "Check the owner and rights of the store and its folder, and how the disk is mounted.",
        ),
        "STORE-LOCKED": Code(
            "Another station process holds the record store.",
            "Stop the other process, or name another store with --records.",
        ),
        "STORE-DAMAGED": Code(
            "The record store is damaged or is not a store of this harness.",
            "Keep the file for quality, restore the last backup, call an engineer.",
        ),
        "STORE-FAILED": Code(
            "The record store failed while writing.",
            "Check the disk and its log; the station does not test until records can be written.",
        ),
        "STORE-ABSENT": Code(
            "There is no record store at this path.",
            "Name the store with --records, or run a plan first.",
        ),
        "RECORD-UNKNOWN": Code(
            "The store holds no such run.",
            "List the runs with `harness records list`.",
        ),
        "RUN-INTERRUPTED": Code(
            "The station process ended in the middle of the run.",
            "Test the unit again.",
        ),
        "SLOT-WEDGED": Code(
            "A step ignored its time limit; its slot is closed and its thread may move nothing.",
            "Restart the station; report the step to its author.",
        ),
        "ENGINE-BUG": Code(
            "The harness itself failed.",
            "Report the evidence to the maintainers; test the unit again.",
        ),
        "OUTPUT-LOST": Code(
            "This PC could not read or print what the command was about.",
            "Free the disk or terminal; what was recorded is in the store.",
        ),
        "WIFI-AP-AMBIGUOUS": Code(
            "Several access points have the name of the reference.",
            "Switch the others off, or give the reference a name that nobody else has near.",
        ),
        "STATION-SOCKET": Code(
            "The socket on which screens find the station cannot be opened.",
            "Stop the other station, or give its folder to its owner alone (chmod 700).",
        ),
        "STATION-FILE": Code(
            "The station file or the scenario is wrong, or asks for what this PC has not.",
            "Correct the file at the place named.",
        ),
    }


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


class OperatorStop(HarnessError):
    """A person stopped the run, or put in the wrong unit."""

    blame = Blame.OPERATOR
    codes = {
        "RUN-ABORTED": Code(
            "A person stopped the run.",
            "Test the unit again.",
        ),
        "UNIT-WRONG": Code(
            "The handset in the slot is not the unit that was announced.",
            "Put in the unit of the label, or scan the label of this unit.",
        ),
        "LABEL-ABSENT": Code(
            "The handset is to be compared with its label, and none with IMEIs was scanned.",
            "Scan the label of this unit; if it holds no IMEIs, plan `identity.read` instead.",
        ),
    }


def unexpected(error: BaseException) -> dict[str, str]:
    """The evidence of an error that nobody foresaw: its words, and where it came from."""
    return {
        "error": f"{type(error).__name__}: {error}",
        "traceback": "".join(traceback.format_exception(error)[-6:]),
    }


FAULTS: tuple[type[HarnessError], ...] = (
    DutFault,
    LinkFault,
    JigFault,
    StationFault,
    PlanError,
    StepBug,
    OperatorStop,
)


def all_codes() -> Iterator[tuple[str, Blame, Code]]:
    """Every code with its blame, in the order of the tables."""
    for fault in FAULTS:
        for name, code in fault.codes.items():
            yield name, fault.blame, code
