"""The link to the handset."""

from __future__ import annotations

from harness.errors.base import Blame, Code, HarnessError

NOT_THERE = frozenset({"ADB-ABSENT", "ADB-OFFLINE", "ADB-CONNECTING"})
"""What adb says of a handset that it has not, or not yet: one that is on its way is so, too."""
UNFINISHED = frozenset({"ADB-HANG", "ADB-DRIP"})
"""What a command ends with that did not come to its end in its time, on a link that stands."""
HANDSET_SIDE = frozenset(
    {
        *("ADB-ABSENT", "USB-ABSENT"),  # absent
        *("ADB-OFFLINE", "ADB-CONNECTING", "ADB-NO-BOOT", "ADB-NO-REBOOT", *UNFINISHED),  # hanging
        *("USB-HANG", "USB-DRIP", "AT-SILENT"),
        *("ADB-LOST", "ADB-RESTARTED", "USB-LOST", "AT-LOST"),  # dropping
        "ADB-UNAUTHORIZED",
        *("ADB-WRONG-MODE", "USB-WRONG-MODE"),  # in EDL, or another mode that is not Android's
    }
)
"""What a handset does that leaves it open whose fault it is: its own, or that of its slot.

On a second slot that is known to be good it is the handset's. The other codes of a link are of this
PC, of a cable's noise, or of what a step asked for: a second slot shows nothing of those.
"""


class LinkFault(HarnessError):
    """The handset cannot be reached or stopped answering: we do not know whether it is good."""

    blame = Blame.LINK
    codes = {
        "ADB-ABSENT": Code(
            "No handset with this serial is on the adb server.",
            "Seat handset and cable again; check USB debugging; stop other adb servers of the PC.",
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
        "ADB-NO-REBOOT": Code(
            "The handset was told to restart and did not.",
            "Restart the handset by hand and test again; if it stays, send the unit to rework.",
        ),
        "ADB-NO-BOOT": Code(
            "The handset did not come back from its restart, or did not finish its boot in time.",
            "Look at the handset's screen; restart it by hand; if it stays, send it to rework.",
        ),
        "ADB-NO-ROOT": Code(
            "The handset's adb daemon does not change its user: the build does not allow it.",
            "Flash the factory build (userdebug), or plan no step that needs root.",
        ),
        "ADB-LOST": Code(
            "The link to the handset broke in the middle of a command.",
            "Seat the handset and its cable again, then test again.",
        ),
        "ADB-RESTARTED": Code(
            "The handset is in another boot than the run began with; it restarted, or a twin came.",
            "Test again; if it happens again, send the unit to rework: it restarts by itself.",
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
        "HANDSET-NOTE": Code(
            "The note of how a handset was found is gone, damaged, or of another handset.",
            "Reset the handset to its factory state (that erases it), then test it again.",
        ),
        "AT-ABSENT": Code(
            "The modem's port cannot be opened.",
            "Check the port's name, this user's rights (dialout), and who else has it open.",
        ),
        "AT-LOST": Code(
            "The modem's port went away in the middle of a command.",
            "Seat the handset and its cable again, then test again.",
        ),
        "AT-SILENT": Code(
            "The modem gave no final result code in the time of the command.",
            "Check that the port is the modem's AT port; else restart the handset and test again.",
        ),
        "AT-GARBLED": Code(
            "The modem's answer holds bytes or lines that no modem sends.",
            "Check the cable and the port's speed, then test again.",
        ),
        "AT-REFUSED": Code(
            "The modem understood the command and refused it.",
            "Read the modem's own error in the evidence; check that its firmware has the command.",
        ),
        "USB-ABSENT": Code(
            "Nothing is plugged into the USB socket of the slot.",
            "Seat the handset and its cable again; if it stays, change the cable.",
        ),
        "USB-WRONG-MODE": Code(
            "The handset shows another mode on USB than the step needs.",
            "Restart the handset into the mode named; out of a chip's own mode, flash it again.",
        ),
        "USB-LOST": Code(
            "The handset left the USB bus in the middle of a transfer.",
            "Seat the handset and its cable again, then test again.",
        ),
        "USB-HANG": Code(
            "The handset fell silent on USB and did not finish its answer in its time.",
            "Restart the handset and test again; if it hangs again, try another slot.",
        ),
        "USB-DRIP": Code(
            "The handset was still sending on USB when the time or the measure was full.",
            "Restart the handset and test again; if it stays, report the bootloader's version.",
        ),
        "USB-GARBLED": Code(
            "The handset sent bytes on USB that are not the protocol.",
            "Change the cable or the slot; if it stays, report the bootloader's version.",
        ),
    }
