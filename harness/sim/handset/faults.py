"""Faults in the wire of a simulated handset: they strike in the middle of an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from harness.sim.handset.behaviour import HandsetBehaviour
from harness.sim.handset.link import Gone, Stream

DRIP_S = 0.1
UNPLUG = "usb.unplug"
_FAULTS = ("hang", "drip", "drop", "garbage")

Frame = Callable[[bytes], bytes]


class Handset(Protocol):
    """The handset behind its daemon. `opened` counts the services that it was asked for."""

    behaviour: HandsetBehaviour
    opened: int

    @property
    def unplugging(self) -> Mapping[str, Any] | None:
        """The settings of its planted `usb.unplug`, until that has struck."""
        ...

    def cut(self) -> None:
        """Do what is planted: all links break, nobody listens; it may come back later."""
        ...

    def reboot(self, mode: str) -> None:
        """Shut down and boot into a mode, empty for Android."""
        ...

    def restart_adbd(self, *, root: bool) -> None:
        """End its daemon, and start it as another user."""
        ...


def struck(handset: Handset, command: str) -> str | None:
    """The planted fault that strikes at this command; for files it is `pull` or `push PATH`."""
    unplugging = handset.unplugging
    if unplugging is not None and "at" not in unplugging and _meant(unplugging, command):
        return UNPLUG
    for fault in _FAULTS:
        settings = handset.behaviour.unit.defects.get(f"adb.{fault}")
        if settings is not None and _meant(settings, command):
            return fault
    return None


def _meant(settings: Mapping[str, Any], command: str) -> bool:
    return str(settings.get("on", "")) in command


async def suffer(fault: str, handset: Handset, stream: Stream, answer: bytes, frame: Frame) -> None:
    """Give half of the answer, then fail for ever."""
    await stream.write(frame(answer[: len(answer) // 2]))
    if fault == UNPLUG:
        await stream.delivered()
        handset.cut()
        raise Gone
    if fault == "drop":
        stream.cut()
    elif fault == "garbage":
        await stream.write(b"\xff" * 64)
    while True:
        await asyncio.sleep(DRIP_S)
        if fault == "drip":
            await stream.write(frame(b"."))
