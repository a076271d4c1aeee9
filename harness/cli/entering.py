"""Having a command carried out at a station: here, or by the station itself while it runs."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path

from harness.clock import SystemClock
from harness.errors import StationFault
from harness.model.entry import (
    ContactsRenewed,
    EngineeringBegun,
    EngineeringEnded,
    Entry,
    Recalled,
    Reworked,
    SignedIn,
    SignedOut,
    Unlocked,
)
from harness.model.station import (
    BeginEngineering,
    Command,
    EndEngineering,
    Outside,
    Recall,
    RenewContacts,
    Rework,
    SignIn,
    SignOut,
    Unlock,
)
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.station.files.config import StationConfig
from harness.station.people.desk import open_desk
from harness.station.people.outside import enter_outside
from harness.station.screens.asking import ask
from harness.station.screens.obeying import Obeying
from harness.station.screens.socket import folder_of, is_served

_MADE = {
    SignIn: SignedIn,
    SignOut: SignedOut,
    Unlock: Unlocked,
    BeginEngineering: EngineeringBegun,
    EndEngineering: EngineeringEnded,
    Rework: Reworked,
    Recall: Recalled,
    RenewContacts: ContactsRenewed,
}
"""What kind of entry comes of a command."""


def enter(store: Path, command: Outside) -> Entry:
    """The entry of what happened outside the station of a store, once it is on disk.

    Raises: as enter_outside, and as carry_out.
    """
    with Reader(store) as reader:
        station = reader.station()
    return carry_out(store, command, station.name, station.location)


def carry_out(
    store: Path, command: Command, name: str, location: str, config: StationConfig | None = None
) -> Entry:
    """What came of a command: carried out here, or by the station that runs and holds the store.

    Raises: StationFault(STORE-LOCKED) while something else holds it; STORE-...; what the command is
    refused with.
    """
    if not _here(store, command, name, location, config):
        ask(folder_of(store), command)
    with Reader(store) as reader:
        return reader.entries(1, kinds=(_MADE[type(command)],))[0]


def _here(
    store: Path, command: Command, name: str, location: str, config: StationConfig | None
) -> bool:
    """Carry it out in this process; False when the station runs, which is to be asked."""
    try:
        recorder = Recorder(store, name=name, location=location)
    except StationFault as fault:
        if fault.code != "STORE-LOCKED":
            raise
        with suppress(StationFault):
            if is_served(folder_of(store)):
                return False
        raise _held(fault) from fault
    with recorder:
        clock, path = SystemClock(), recorder.path
        desk = open_desk(config, path, recorder.enter, clock) if config else None
        outside = partial(enter_outside, store=path, enter=recorder.enter, clock=clock, desk=desk)
        Obeying(desk=desk, outside=outside)(command)
    return True


def _held(fault: StationFault) -> StationFault:
    return StationFault(
        fault.code,
        f"{fault.message}: nothing was entered",
        evidence=fault.evidence,
        remedy="Wait for what holds the store, or stop it; then enter this again.",
    )
