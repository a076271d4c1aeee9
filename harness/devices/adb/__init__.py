"""Handsets behind the station's own adb server."""

from harness.devices.adb.finding import Where
from harness.devices.adb.handset import AdbHandset
from harness.devices.adb.server import AdbServer

__all__ = ["AdbHandset", "AdbServer", "Where"]
