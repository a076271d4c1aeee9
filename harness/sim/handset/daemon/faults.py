"""Faults in the wire of a simulated handset: they strike in the middle of an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from harness.sim.handset.behaviour import HandsetBehaviour
from harness.sim.handset.daemon.link import Gone, Stream

DRIP_S = 0.1
UNPLUG, RESTARTS = "usb.unplug", "handset.restarts"
_FAULTS = ("adb.hang", "adb.drip", "adb.drop", "adb.garbage")

CUTS = (UNPLUG, RESTARTS)
"""What strikes once, and takes the link with it."""
_UNLESS_SET = {RESTARTS: "iphonesubinfo"}
"""A part of the commands at which it strikes, where its `on` does not say."""

Frame = Callable[[bytes], bytes]


class Handset(Protocol):
    """The handset behind its daemon. `opened` counts the services that it was asked for."""

    behaviour: HandsetBehaviour
    opened: int

    def pending(self, fault: str) -> Mapping[str, Any] | None:
        """The settings of `usb.unplug` or `handset.restarts` if planted, until it has struck."""
        ...

    async def cut(self, fault: str) -> None:
        """Do what is planted: all links break, nobody listens; it may come back."""
        ...

    def reboot(self, mode: str) -> None:
        """Shut down and boot into a mode, empty for Android."""
        ...

    def wipe(self) -> None:
        """Shut down, wipe the user's data, and boot without adb."""
        ...

    def restart_adbd(self, *, root: bool) -> None:
        """End its daemon, and start it as another user."""
        ...

    def run_detached(self) -> None:
        """Run what its shell has left in the background."""
        ...


def struck(handset: Handset, command: str) -> str | None:
    """The planted fault that strikes at this command; for files it is `pull` or `push PATH`."""
    return _met(handset, _at_command(handset, command))


def _met(handset: Handset, fault: str | None) -> str | None:
    """Note in the unit what has struck."""
    if fault:
        handset.behaviour.unit.met.add(fault)
    return fault


def _at_command(handset: Handset, command: str) -> str | None:
    for fault in CUTS:
        settings = handset.pending(fault)
        if settings is not None and "at" not in settings and _meant(fault, settings, command):
            return fault
    for fault in _FAULTS:
        settings = handset.behaviour.unit.defects.get(fault)
        if settings is not None and _meant(fault, settings, command):
            return fault
    return None


def struck_at(handset: Handset, service: int) -> str | None:
    """The planted fault that strikes before this service, counted from 1, is answered."""
    due = (fault for fault in CUTS if (handset.pending(fault) or {}).get("at") == service)
    return _met(handset, next(due, None))


def _meant(fault: str, settings: Mapping[str, Any], command: str) -> bool:
    return str(settings.get("on", _UNLESS_SET.get(fault, ""))) in command


async def suffer(fault: str, handset: Handset, stream: Stream, answer: bytes, frame: Frame) -> None:
    """Give half of the answer, then fail for ever."""
    await stream.write(frame(answer[: len(answer) // 2]))
    if fault in CUTS:
        await stream.delivered()
        await handset.cut(fault)
        raise Gone
    if fault == "adb.drop":
        stream.cut()
    elif fault == "adb.garbage":
        await stream.write(b"\xff" * 64)
    while True:
        await asyncio.sleep(DRIP_S)
        if fault == "adb.drip":
            await stream.write(frame(b"."))
