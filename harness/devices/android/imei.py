"""How a handset is asked for its IMEIs, in each of the ways that it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.devices.android import iphonesubinfo, phone_imei
from harness.model.reading import Reading, Unreadable

SIMS = 2
_GET_IMEI_FROM = 34
"""The version of Android's interfaces from which on `cmd phone get-imei` exists."""


@dataclass(frozen=True, slots=True)
class Commands:
    """What asks for the IMEI of each SIM slot, in the order of the slots.

    `by_phone` (`cmd phone get-imei`) is empty where the version has no such command.
    """

    by_service: tuple[str, ...]
    by_phone: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return self.by_service + self.by_phone


def commands(
    sdk: Reading[int], maker: Reading[str], slots: Sequence[int], *, root: Reading[bool]
) -> Commands | Unreadable:
    """What asks the handset, by its version, its maker and whether its shell is root's.

    `cmd phone` is asked wherever it exists, whatever the build: AOSP tells only root of a build
    that is not `user`, but a maker may tell others too, and a refusal says what it is.
    """
    if not isinstance(sdk, int):
        return Unreadable("no version, so no transaction code", str(sdk))
    if not isinstance(maker, str):
        return Unreadable("no manufacturer, so no transaction code", str(maker))
    if not isinstance(root, bool):
        return Unreadable("not known whose the shell is, so no package to name", str(root))
    return Commands(
        tuple(iphonesubinfo.command(sdk, slot, maker, root=root) for slot in slots),
        tuple(phone_imei.command(slot) for slot in slots if sdk >= _GET_IMEI_FROM),
    )
