"""What the handset says of itself that makes it a bad unit."""

from __future__ import annotations

from harness.errors.base import Blame, Code, HarnessError


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
        "IMEI-CHECK-DIGIT": Code(
            "An IMEI of the handset has a wrong check digit.",
            "Send the unit back to the IMEI writing station; check what it was given to write.",
        ),
        "IMEI-TEST-NUMBER": Code(
            "An IMEI of the handset is one that is for tests only.",
            "Send the unit back to the IMEI writing station.",
        ),
        "IMEI-CONTRADICTS": Code(
            "The handset gives different IMEIs for one SIM, depending on how it is asked.",
            "Restart the handset and test again; if it stays, send it back to IMEI writing.",
        ),
        "IMEI-CLAIMED": Code(
            "An IMEI of the handset is that of another unit.",
            "Hold both units for quality: the evidence names the other one and its run.",
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
        "WIFI-NOT-JOINED": Code(
            "The handset does not join the reference network.",
            "Check name and passphrase in the plan; if other units join, rework the Wi-Fi.",
        ),
        "BLUETOOTH-NOT-ON": Code(
            "The handset's Bluetooth does not come on.",
            "Restart the handset and test again; if it stays, send the unit to rework.",
        ),
        "GNSS-DEAF": Code(
            "The handset's GNSS was asked for the location and received no satellite's signal.",
            "If other units fail too, check the GNSS simulator; else rework the GNSS antenna.",
        ),
        "NFC-MISSING": Code(
            "The handset has no NFC service.",
            "Check that the plan's variant has NFC; else send the unit to rework.",
        ),
        "NFC-NOT-ON": Code(
            "The handset's NFC does not come on: its controller does not answer.",
            "Restart the handset and test again; if it stays, send the unit to rework.",
        ),
        "AGENT-FAILED": Code(
            "The test app says that the handset cannot do what it was asked for.",
            "See in the evidence what failed; test again; if it stays, send the unit to rework.",
        ),
        "LTE-NO-DETACH": Code(
            "The handset stays registered although airplane mode is on.",
            "Restart the handset and test again; if it stays, send the unit to rework.",
        ),
        "LTE-NO-ATTACH": Code(
            "The handset does not register with the network, not on LTE, or does not stay so.",
            "Check call box and path; see the reject cause in the message; else rework the LTE "
            "antenna.",
        ),
        "SIM-ABSENT": Code(
            "The handset finds no SIM in the slot that is tested.",
            "Seat the test SIM and test again; if it is in place, rework the SIM reader.",
        ),
        "SIM-REJECTED": Code(
            "The network refuses the SIM or the handset; the message has the reject cause.",
            "Try the test SIM in a golden unit; if that registers, send this one to IMEI writing.",
        ),
        "SIM-UNUSABLE": Code(
            "The handset finds the SIM and cannot use it; the message has the SIM's state.",
            "Try another test SIM, unlocked and without PIN; if it stays, rework the SIM reader.",
        ),
        "LTE-NO-DATA": Code(
            "Nothing gets through from the handset over the mobile network.",
            "If other units fail too, check the call box's network and APN; else rework the unit.",
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
        "CAMERA-EXPOSURE": Code(
            "The handset's picture of the lit flat field is too dark or too bright to be measured.",
            "If all units show it, check the light box; else rework: lens, camera module.",
        ),
        "CAMERA-BLURRED": Code(
            "The handset's picture shows the chart, but an edge is blurred beyond measure.",
            "Wipe lens and window, test again; if it stays, rework: focus drive, lens, module.",
        ),
        "CAMERA-DAMAGED": Code(
            "The handset's picture is no whole JPEG, though all of its file was read.",
            "If all units show it, set the camera app to JPEG; else rework: camera, storage.",
        ),
        "CAMERA-SHAPE": Code(
            "The handset's picture is too small, or has a shape in which the field has no place.",
            "Set the camera app to the sensor's whole picture, landscape; else rework the camera.",
        ),
        "CAMERA-GREY": Code(
            "The handset's picture has no colours of Y, Cb and Cr, as those of a camera do.",
            "If all units show it, take filters off in the camera app; else rework the camera.",
        ),
        "CAMERA-NO-PICTURE": Code(
            "The handset wrote no new picture after its camera key.",
            "Look at the handset's screen for a dialog; else send the unit to rework.",
        ),
        "HANDOVER-FAILED": Code(
            "A unit that has failed a step was to be wiped and handed over.",
            "Send the unit to rework by the code of the step that failed.",
        ),
        "HANDOVER-NO-WIPE": Code(
            "The handset does not restart to wipe its data, though it was told to.",
            "If every unit does so, give the plan the model's own command; else send it to rework.",
        ),
    }
