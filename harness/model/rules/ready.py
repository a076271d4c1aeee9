"""Whether a slot is ready for a run that counts: what stands against it, item by item. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from harness.errors import FAULTS, HarnessError
from harness.model.entry import EngineeringBegun, Entry
from harness.model.head import RunHead
from harness.model.people import CLOCK_SLACK
from harness.model.reading import Unreadable
from harness.model.rules.values import Item, Rules


@dataclass(frozen=True, slots=True)
class Doubt:
    """What keeps a slot from runs that count: a fault code, words, and what to do about it."""

    code: str
    words: str
    remedy: str

    @classmethod
    def by(cls, code: str, words: str) -> Self:
        return cls(code, words, _fault_of(code).codes[code].remedy)

    @classmethod
    def of(cls, fault: HarnessError) -> Self:
        return cls(fault.code, fault.message, fault.remedy)

    def fault(self) -> HarnessError:
        """The fault that says the same."""
        return _fault_of(self.code)(self.code, self.words, remedy=self.remedy)


@dataclass(frozen=True, slots=True)
class KernelClock:
    """What the kernel says of the clock: whether somebody keeps it, and how far off it may be."""

    kept: bool
    off: timedelta


@dataclass(frozen=True, slots=True)
class Shown:
    """A run of a golden unit on a jig: what was wrong with it, or what voids its PASS."""

    serial: str
    run: RunHead
    problem: str = ""
    void: str = ""
    """How that was revoked, or was made otherwise than it must be."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a slot and its station; `now` was read last.

    What a slot without a jig cannot have is None. `golden` has of each unit that is registered the
    newest run that has shown something, and the newer ones whose PASS is void; None of one that
    has neither.
    """

    now: datetime
    latest: datetime | None
    """When the store was last written, by the clock of then."""
    person: Entry | None
    engineering: Entry | None
    free_b: int
    clock: KernelClock | Unreadable
    golden: Sequence[Shown | None] | None
    closings: int | None
    locked: Entry | None = None
    """What last locked the slot, or the station, also if somebody has unlocked it since."""


PRODUCTION = Rules(
    golden_every=timedelta(hours=12),
    contacts=50_000,
    clock_within=timedelta(seconds=2),
    disk_free=10**9,
    sign_in=True,
)
"""What production asks for where the station file says nothing. A clock that is kept by polling
every 2048 s may be 1 s off by the kernel's own count, which grows by 500 ppm."""


def in_production(rules: Rules) -> Rules:
    """The rules with what production asks for all the same, unless it was waived."""
    asked = {item.value: getattr(PRODUCTION, item.value) for item in Item}
    missing = {
        name: value
        for name, value in asked.items()
        if not getattr(rules, name) and Item(name) not in rules.waived
    }
    return replace(rules, **missing)


def doubts(rules: Rules, found: Found) -> list[Doubt]:
    """What stands against a run that counts; nothing when the slot is ready."""
    return [
        *_clock_back(found),
        *_people(rules, found),
        *clock_doubts(found.clock, rules.clock_within),
        *_disk(rules, found),
        *_golden(rules, found),
        *_contacts(rules, found),
    ]


def _clock_back(found: Found) -> Iterator[Doubt]:
    if found.latest and found.now < found.latest - CLOCK_SLACK:
        now, latest = (f"{at:%Y-%m-%d %H:%M:%S}" for at in (found.now, found.latest))
        yield Doubt.by("CLOCK-BACK", f"it is {now} UTC, and the store was written at {latest}")


def _people(rules: Rules, found: Found) -> Iterator[Doubt]:
    if rules.sign_in and found.person is None:
        yield Doubt.by("READY-SIGN-IN", "nobody is signed in")
    if found.engineering and isinstance(begun := found.engineering.what, EngineeringBegun):
        words = f"engineering mode of {begun.by} is on until {begun.until:%Y-%m-%d %H:%M} UTC"
        yield Doubt.by("READY-ENGINEERING", f"{words}: {begun.why}")


def clock_doubts(clock: KernelClock | Unreadable, within: timedelta | None) -> Iterator[Doubt]:
    """What stands against a clock that may be so far off at most; None asks nothing."""
    if within is None:
        return
    if isinstance(clock, Unreadable):
        yield Doubt.by("READY-CLOCK", f"the kernel does not say how right it is: {clock.why}")
    elif not clock.kept:
        yield Doubt.by("READY-CLOCK", "no time server keeps this PC's clock (STA_UNSYNC)")
    elif clock.off > within:
        off, most = clock.off / timedelta(milliseconds=1), within / timedelta(milliseconds=1)
        yield Doubt.by(
            "READY-CLOCK", f"it may be {off:.0f} ms off; at most {most:g} ms are allowed"
        )


def _disk(rules: Rules, found: Found) -> Iterator[Doubt]:
    if rules.disk_free is not None and found.free_b < rules.disk_free:
        free, least = found.free_b / 1e9, rules.disk_free / 1e9
        yield Doubt.by("READY-DISK", f"{free:.2f} GB are free; at least {least:g} GB are asked for")


def _golden(rules: Rules, found: Found) -> Iterator[Doubt]:
    """One registered unit must have passed in time, and none must have shown the jig to be bad.

    After a lock one must have passed whatever is asked otherwise: its run was begun after that.
    """
    every, locked = rules.golden_every, found.locked
    if found.golden is None or (every is None and locked is None):
        return
    if not found.golden:
        yield Doubt.by("READY-GOLDEN", "no golden unit is registered that counts today")
        return
    shown = [each for each in found.golden if each and not each.void]
    if bad := [each.problem for each in shown if each.problem]:
        yield Doubt.by("READY-GOLDEN", "; ".join(bad))
        return
    passed = [each.run for each in shown if each.run.started <= found.now]
    last = max((run.started for run in passed), default=None)
    void = _newest_void(found.golden, last)
    if last is None:
        yield Doubt.by("READY-GOLDEN", void or "no golden unit has passed on this jig")
        return
    words = ""
    if every and last < found.now - every:
        words = f"it last passed at {_at(last)}, over {every / timedelta(hours=1):g} h ago"
    elif locked and not any(run.begun_since(locked) for run in passed):
        words = f"none has passed since it was locked, at {_at(locked.at)}"
    if words:
        yield Doubt.by("READY-GOLDEN", "; ".join(filter(None, (words, void))))


def _newest_void(golden: Sequence[Shown | None], last: datetime | None) -> str:
    """Why the newest pass after the `last` that counts does not, where there is one."""
    void = [
        (each.run.started, each.serial, each.void)
        for each in golden
        if each and each.void and (last is None or last < each.run.started)
    ]
    if not void:
        return ""
    at, serial, why = max(void)
    return f"the PASS of golden unit {serial} of {_at(at)} {why}"


def _contacts(rules: Rules, found: Found) -> Iterator[Doubt]:
    most, closings = rules.contacts, found.closings
    if most is not None and closings is not None and closings >= most:
        words = f"the jig closed {closings} times since its contacts were renewed"
        yield Doubt.by("READY-CONTACTS", f"{words}; at most {most} are allowed")


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _fault_of(code: str) -> type[HarnessError]:
    return next(fault for fault in FAULTS if code in fault.codes)
