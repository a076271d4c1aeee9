"""This PC, its jigs and instruments, its store."""

from __future__ import annotations

from harness.errors.base import Blame, Code, HarnessError, LineFault


class JigFault(LineFault):
    """The jig is silent, refuses, or says something that cannot be trusted."""

    blame = Blame.STATION
    device = "jig"
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
        "JIG-DATA-STAYS": Code(
            "The handset still answers over USB although the jig took its data lines away.",
            "Check the relay `dcp` of the jig and its wiring, then run the jig's self-test.",
        ),
        "JIG-WRONG": Code(
            "Another jig than the station file or its jig file says answers on the port.",
            "Put the right jig on the slot, or correct the station file or the jig file.",
        ),
        "JIG-TWIN": Code(
            "Two jigs answer with one serial: nobody knows which of them is meant.",
            "Unplug the one that does not belong here, or give one of them another serial.",
        ),
        "JIG-INTERLOCK": Code(
            "The jig's interlock is open.",
            "Close the cover, clear the emergency stop, then test again.",
        ),
        "JIG-WATCHDOG": Code(
            "The jig's watchdog dropped power in a run: it had heard nothing for too long.",
            "See that this PC is not overloaded, check the jig's cable, then test again.",
        ),
        "JIG-UNSAFE": Code(
            "The jig could not be brought to its safe state.",
            "Switch the jig's power off by hand before reaching in; call an engineer.",
        ),
        "JIG-UNTESTED": Code(
            "No self-test on record shows that this jig is fit for production.",
            "Run `harness selftest --station FILE`; its jig file must name a plan (`selftest:`).",
        ),
        "JIG-STALE": Code(
            "The jig's self-test is too old, or was made by other files than those of today.",
            "Run `harness selftest --station FILE`.",
        ),
        "JIG-QUARANTINED": Code(
            "The jig, or the golden unit in it, did not pass its last self-test.",
            "Mend what failed, then run `harness selftest --station FILE`.",
        ),
        "JIG-UNCALIBRATED": Code(
            "The jig's calibration is over.",
            "Have the jig calibrated, then run `harness selftest --station FILE`.",
        ),
    }


class InstrumentFault(LineFault):
    """An instrument, such as a call box, is silent, refuses, or does not do what it was told."""

    blame = Blame.STATION
    device = "instrument"
    codes = {
        "INSTRUMENT-ABSENT": Code(
            "The port or the network address of the instrument cannot be opened.",
            "Switch the instrument on, check its cable, and its port in the station file.",
        ),
        "INSTRUMENT-LOST": Code(
            "The line to the instrument broke in the middle of a command.",
            "Check that the instrument is on and its cable seated, then test again.",
        ),
        "INSTRUMENT-TIMEOUT": Code(
            "The instrument fell silent: no reply in the time of the command.",
            "Look at the instrument's screen for a dialog; switch it off and on, then test again.",
        ),
        "INSTRUMENT-LATE": Code(
            "The instrument replied when the time was over; the reply was thrown away.",
            "Test again; if it stays slow, look for another program that uses the instrument.",
        ),
        "INSTRUMENT-GARBLED": Code(
            "The instrument's reply is not well formed.",
            "Check cable and instrument file; if it stays, report the instrument's firmware.",
        ),
        "INSTRUMENT-REFUSED": Code(
            "The instrument understood the command and refused it.",
            "Read its own error in the evidence; check its options and the settings of the plan.",
        ),
        "INSTRUMENT-STUCK": Code(
            "The instrument did not reach the state that was asked for in its time.",
            "Look at the instrument's screen; preset it, then test again.",
        ),
        "INSTRUMENT-DIFFERS": Code(
            "The instrument reads back another setting than it was told.",
            "Stop other programs that use the instrument; check its limits and its file.",
        ),
        "INSTRUMENT-WRONG": Code(
            "Another instrument answers than the station file or its instrument file says.",
            "Put the right one there, or correct the station file or the instrument file.",
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
        "ADB-KEY": Code(
            "The station's adb key is missing, no key, or not kept safe from others.",
            "Put the line's key back, for the station's user alone: chmod 600, its folder 700.",
        ),
        "STATION-SIMULATED": Code(
            "Production was asked for on a simulated station.",
            "Name the file of a real station with --station, or run with --purpose engineering.",
        ),
        "STATION-REAL": Code(
            "A rehearsal was asked for on a real station.",
            "Run with --purpose production there, or rehearse on a simulated station.",
        ),
        "STORE-FULL": Code(
            "The disk of the record store is full.",
            "Free disk space; the station does not test until records can be written.",
        ),
        "STORE-READONLY": Code(
            "The record store cannot be written.",
            "Check the owner and rights of the store and its folder, and how the disk is mounted.",
        ),
        "PROMPT-UNANSWERED": Code(
            "A step asked the operator something, and nobody answered in time.",
            "Answer at the station's screen, or in the terminal of `harness run`, while it asks.",
        ),
        "STORE-LOCKED": Code(
            "Another station process holds the record store.",
            "Stop the other process, or name another store with --records.",
        ),
        "STORE-DAMAGED": Code(
            "The record store is damaged or is not a store of this harness.",
            "Keep the file for quality, restore the last backup, call an engineer.",
        ),
        "STORE-UNFIT": Code(
            "The run, or what was entered, has something that the record store cannot hold.",
            "Correct the number that is named, in the plan, the release or the station file.",
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
        "RUN-STUCK": Code(
            "A run was left open and cannot be sealed; it stays in the store as it is.",
            "Keep a copy of the store for quality, report the evidence; the station may go on.",
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
            "Several access points have the name of the reference, or another one was joined.",
            "Give the reference's own address as `bssid` in the plan, or switch the others off.",
        ),
        "LIGHTBOX-FIELD": Code(
            "The camera sees another field than the light box says that it shows.",
            "Check the carriage of the light box, and that the handset sits straight before it.",
        ),
        "WIFI-NOT-BACK": Code(
            "The Wi-Fi network that the handset had joined before the test does not come back.",
            "Check that its access point is on and heard in the slot, or forget it on the handset.",
        ),
        "PATH-LOSS-ABSENT": Code(
            "Nobody has said what is lost on the path of this slot, with its cable, in this band.",
            "Measure the path and add the row, or correct the slot's cable in the station file.",
        ),
        "PATH-LOSS-STALE": Code(
            "The path losses of the station were measured too long ago.",
            "Measure the paths again and write the values and dates into the path-loss file.",
        ),
        "GOLDEN-EXPIRED": Code(
            "The day until which a golden or known-bad unit is registered has passed.",
            "Have quality measure the unit again and write the new day into the registry file.",
        ),
        "GOLDEN-DIFFERS": Code(
            "A golden unit did not pass, or a known-bad unit did not fail as it must.",
            "Seat the unit again and repeat; if it stays, try another such unit, then the jig.",
        ),
        "CELL-CHANGED": Code(
            "The call box did not keep the slot's cell while a handset was measured on it.",
            "Let no other station or program use the call box meanwhile, then test again.",
        ),
        "TRAFFIC-SERVER": Code(
            "The server for test traffic refuses the handset, or ends its stream too early.",
            "Start the server in the call box's network; check host and port in the plan.",
        ),
        "BADGE-FILE": Code(
            "The file of badges is missing or wrong, or the station could change or show it.",
            "Correct it at the place named; root owns it: chown root:GROUP, chmod 640.",
        ),
        "READY-GOLDEN": Code(
            "No golden unit has passed on the slot's jig in the time that the line asks for.",
            "Scan the golden unit for the slot, or: `harness run PLAN --purpose golden`.",
        ),
        "READY-CONTACTS": Code(
            "The contacts of the jig have closed as often as they may.",
            "Renew the contacts, then enter that with `harness jig renewed`.",
        ),
        "READY-DISK": Code(
            "The disk of the record store has less room than the line asks for.",
            "Free disk space, or move old stores away.",
        ),
        "READY-CLOCK": Code(
            "Nobody keeps this PC's clock, or it may be further off than the line allows.",
            "Start chrony (with `rtcsync`) or systemd-timesyncd; see that it reaches its server.",
        ),
        "CLOCK-BACK": Code(
            "This PC's clock is behind what the store already holds.",
            "Set the clock right; if a record was made in the future, call an engineer.",
        ),
        "STATION-SOCKET": Code(
            "The socket on which screens find the station cannot be opened.",
            "Stop the other station, or give its folder to its owner alone (chmod 700).",
        ),
        "STATION-RUNS": Code(
            "A station runs whose jigs and handsets are in use.",
            "Stop the station first (`systemctl stop harness-station`): it makes its jigs safe.",
        ),
        "SIM-PROCESS": Code(
            "A process of the simulated line did not come up, or is gone.",
            "Start the station again; if it stays, read the end of its log.",
        ),
        "STATION-FILE": Code(
            "The station, scenario or jig file is wrong, or asks for what this PC has not.",
            "Correct the file at the place named.",
        ),
        "USB-NO-LIBRARY": Code(
            "The library that speaks USB (libusb) cannot be loaded.",
            "Run `make setup` again; on a PC of another kind, install its libusb-1.0.",
        ),
        "USB-NO-BUS": Code(
            "This PC shows no USB bus at all.",
            "Plug in or enable a USB controller; in a container, hand /sys and /dev/bus/usb in.",
        ),
        "USB-BUS-FAILED": Code(
            "The kernel does not give the list of what is plugged into USB.",
            "Look at the kernel's log (dmesg), plug hubs in again; if it stays, restart the PC.",
        ),
        "USB-NO-TOPOLOGY": Code(
            "The kernel does not tell which socket a USB device is plugged into.",
            "Plug the handset in through a USB 2 cable or hub, or update the kernel of this PC.",
        ),
        "USB-PORT-MISSING": Code(
            "The USB socket of the slot is not on this PC.",
            "Plug the hub of the slot in again, or correct the socket in the station file.",
        ),
        "USB-CROWDED": Code(
            "A hub, or more than one device, is on the one USB socket of a slot.",
            "Plug the handset, and nothing else, into the socket of the slot.",
        ),
        "USB-NO-PERMISSION": Code(
            "This PC does not let the station open a USB device or hub.",
            "Install the udev rules of fixtures/udev and plug the device in again.",
        ),
        "USB-BUSY": Code(
            "Another program holds the USB interface of the handset.",
            "Stop the other program, such as a second adb server or fastboot, then test again.",
        ),
        "USB-NO-POWER-SWITCH": Code(
            "The hub cannot switch the power of this USB port alone.",
            "Use a hub with power switching for each port, or plan without it.",
        ),
        "USB-POWER-STAYS": Code(
            "The hub has switched the power of a USB port off, and the handset stays on the bus.",
            "Take its other supply away (the jig's VBUS, a charger); if it stays, change the hub.",
        ),
        "USB-OVERCURRENT": Code(
            "The hub has cut a USB port off because it drew too much current.",
            "Unplug the handset, look for a short in it and the socket, switch the hub off and on.",
        ),
        "USB-HUB-FAILED": Code(
            "A USB hub does not answer, or does not do what it was told.",
            "Plug the hub and its supply in again; if it stays, change the hub.",
        ),
    }
