"""The key by which handsets know the station."""

from __future__ import annotations

import os
from pathlib import Path

from harness.devices.adb.keys import ON_HANDSETS, AdbKey, key_path, read_key
from harness.errors import StationFault
from harness.station.doctor.finding import Finding, Level


def adb_key(wanted: Path | None, *, needed: bool) -> Finding:
    """Whether the key that the station file names, or this user's own, is there and kept safe."""
    path = key_path(wanted)
    if wanted is None and not os.path.lexists(path):
        return Finding.ok("key", f"no {path} yet: the first run with a real handset makes it")
    try:
        key = read_key(path)
    except StationFault as fault:
        return Finding.missing("key", fault.message, fault.remedy, needed=needed)
    shown = f"{path}, which a handset shows as {key.fingerprint}"
    if wrong := _public_half(key):
        remedy = f"adb pubkey {path} > {key.public_path}"
        return Finding("key", Level.WARN, f"{shown}; {wrong}", remedy)
    return Finding.ok("key", f"{shown}; for {ON_HANDSETS} of the image: {key.public_path}")


def _public_half(key: AdbKey) -> str:
    """Why the file of the public half is not the one to put into an image; empty when it is."""
    try:
        beside = key.public_path.read_bytes()
    except OSError as error:
        return f"its public half cannot be read: {error}"
    if beside.split()[:1] != [key.public.split()[0].encode()]:
        return f"{key.public_path} is not its public half"
    return ""
