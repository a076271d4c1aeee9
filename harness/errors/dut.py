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
            "The handset does not register with the network, or not on LTE.",
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
