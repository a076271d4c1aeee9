"""The record store: its disk, its health, and whether time has gone on since its last record."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from harness.errors import StationFault
from harness.files.disk import existing
from harness.records.sealing import stuck_runs
from harness.records.store import last_record
from harness.station.doctor.finding import Finding, Level

LEAST_FREE_B = 200 * 10**6
"""Under this the station would soon stop: a ballast, a WAL, and pictures of a few units [B]."""
LOW_FREE_B = 5 * 10**9
"""About a month of a slot with pictures of its failed units [B]."""


def disk(store: Path) -> Finding:
    folder = existing(store.absolute().parent)
    if not os.access(folder, os.W_OK | os.X_OK):
        words = f"{folder} cannot be written by this user"
        return Finding("disk", Level.FAIL, words, "Change its owner, or name another --records.")
    return judge_space(folder, shutil.disk_usage(folder).free)


def judge_space(folder: Path, free_b: int) -> Finding:
    words = f"{free_b / 10**9:.1f} GB free at {folder}"
    if free_b < LEAST_FREE_B:
        return Finding("disk", Level.FAIL, words, "Free disk space, or name another --records.")
    if free_b < LOW_FREE_B:
        return Finding("disk", Level.WARN, words, "Free disk space soon.")
    return Finding.ok("disk", words)


def store_health(store: Path) -> Finding:
    """Whether it opens, has our tables, and its last record is as it was written."""
    if not store.exists():
        return Finding.ok("store", f"no {store} yet: the first run makes it")
    try:
        last, stuck = last_record(store), stuck_runs(store)
    except StationFault as fault:
        return Finding("store", Level.FAIL, f"{fault.code}: {fault.message}", fault.remedy)
    words = f"{store}: {last.number} records, the last one unchanged"
    if stuck:
        told = "; ".join(f"{fault.code}: {fault.message}" for fault in stuck)
        return Finding("store", Level.WARN, f"{words}; {told}", stuck[0].remedy)
    return Finding.ok("store", words)


def clock_order(store: Path) -> Finding:
    """Whether now is after the last record."""
    try:
        last_ms = last_record(store).ended_ms if store.exists() else 0
    except StationFault:
        return Finding("time", Level.WARN, "the store cannot be read", "See the line `store`.")
    return judge_order(datetime.now(UTC), datetime.fromtimestamp(last_ms / 1000, UTC))


def judge_order(now: datetime, last: datetime) -> Finding:
    words = f"now it is {now:%Y-%m-%d %H:%M:%S} UTC"
    if now < last:
        words += f", before the end of the last record, {last:%Y-%m-%d %H:%M:%S}"
        return Finding("time", Level.FAIL, words, "Set this PC's clock right, then test again.")
    return Finding.ok("time", words)
