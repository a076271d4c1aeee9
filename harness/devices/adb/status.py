"""What a handset says of its boot. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.devices.android import user
from harness.model.reading import Reading, Unknown, Unreadable

BOOT_ID_COMMAND = "cat /proc/sys/kernel/random/boot_id"
"""A UUID that the kernel draws at each boot (random(4)); every user may read it."""

_SERIAL_COMMAND = "getprop ro.serialno"
WHO_COMMAND = f"{BOOT_ID_COMMAND}; {_SERIAL_COMMAND}"

COMMAND = "; ".join(
    (
        BOOT_ID_COMMAND,
        _SERIAL_COMMAND,
        "getprop sys.boot_completed",
        "getprop init.svc.bootanim",
        user.COMMAND,
    )
)
_LINES = 5
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Who:
    """Which boot of which handset; `serial` is ro.serialno, Unknown where the build hides it."""

    boot: Reading[str]
    serial: Reading[str]


@dataclass(frozen=True, slots=True)
class Status:
    """A handset at one moment: which boot it is, how far that has come, who its adb daemon is.

    `booted` is False, too, while nothing tells it: that is how a boot begins.
    """

    boot: Reading[str]
    serial: Reading[str]
    booted: bool
    root: Reading[bool]

    @property
    def who(self) -> Who:
        return Who(self.boot, self.serial)


def read_who(output: str) -> Who:
    """What WHO_COMMAND printed. Without the boot id, nothing shows whether a line is the serial."""
    first, _, rest = output.partition("\n")
    boot = read_boot(first)
    return Who(boot, _serial(rest) if isinstance(boot, str) else boot)


def read_boot(output: str) -> Reading[str]:
    """The kernel's boot id."""
    found = output.strip()
    return found if _UUID.fullmatch(found) else Unreadable("no boot id of a kernel", output)


def read_status(output: str) -> Status:
    """What COMMAND printed; nothing is booted that does not say so.

    Booted is sys.boot_completed = 1 (ActivityManagerService, finishBooting), with the boot
    animation stopped where the build tells of it.
    """
    lines = [line.strip() for line in output.splitlines()]
    if len(lines) != _LINES:  # early in a boot some of these programs are not there yet
        cut = Unreadable(f"expected {_LINES} lines", output)
        return Status(cut, cut, booted=False, root=cut)
    boot, serial, completed, animation, runs_as = lines
    booted = completed == "1" and animation in ("", "stopped")
    return Status(read_boot(boot), _serial(serial), booted, user.read_root(runs_as))


def _serial(line: str) -> Reading[str]:
    return line.strip() or Unknown("the build hides ro.serialno")
