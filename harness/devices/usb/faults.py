"""What goes wrong on a bus, from the errors of pyusb to faults with a code."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Any

from harness.errors import HarnessError, LinkFault, StationFault

GONE = frozenset({errno.ENODEV, errno.ENOENT, errno.ESHUTDOWN})
_RIGHTS = frozenset({errno.EACCES, errno.EPERM})


def may_not_open(error: OSError) -> bool:
    """Whether this user lacks the rights on the device."""
    return error.errno in _RIGHTS


def is_timeout(error: OSError) -> bool:
    return error.errno == errno.ETIMEDOUT


def opening_fault(error: OSError, evidence: Mapping[str, Any]) -> HarnessError | None:
    """The fault when a device could not be had at all; None for anything else."""
    told = {**evidence, "usb_error": str(error)}
    where = evidence.get("port", "the USB device")
    if may_not_open(error):
        return StationFault("USB-NO-PERMISSION", f"may not open {where}", evidence=told)
    if error.errno == errno.EBUSY:
        return StationFault("USB-BUSY", f"another program holds {where}", evidence=told)
    return None


def listing_fault(error: OSError) -> StationFault:
    """The fault of a listing of all buses that broke off."""
    told = {"usb_error": str(error), "errno": error.errno}
    message = f"listing what is plugged into USB failed: {error}"
    return StationFault("USB-BUS-FAILED", message, evidence=told)


def handset_fault(error: OSError, doing: str, evidence: Mapping[str, Any]) -> HarnessError:
    """The fault of a transfer with a handset that failed, other than by its time."""
    told = {**evidence, "usb_error": str(error)}
    if error.errno in GONE or error.errno == errno.EIO:  # EIO: while the kernel lets go of it
        return LinkFault("USB-LOST", f"the handset left the bus at {doing}", evidence=told)
    return opening_fault(error, evidence) or LinkFault(
        "USB-GARBLED", f"the handset broke {doing} off: {error}", evidence=told
    )


def hub_fault(error: OSError, doing: str, evidence: Mapping[str, Any]) -> HarnessError:
    """The fault of a request that a hub did not answer."""
    told = {**evidence, "usb_error": str(error)}
    return opening_fault(error, evidence) or StationFault(
        "USB-HUB-FAILED", f"the hub did not answer {doing}: {error}", evidence=told
    )
