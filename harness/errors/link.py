"""The link to the handset."""

from __future__ import annotations

from harness.errors.base import Blame, Code, HarnessError


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
