"""All that a jig says of itself: asked only, nothing moves, nothing is switched.

Its watchdog is not asked: the first question would arm it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from harness.devices.jig.asking import Asking
from harness.devices.jig.health import HealthPort
from harness.devices.jig.replies import read_field, read_position
from harness.errors.base import LineFault
from harness.model.reading import Reading, Unknown, Unreadable

Said = str | float | date | datetime
_OF_ONE_QUESTION = ("GARBLED", "LATE", "REFUSED", "UNSTABLE")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a jig says of itself, in its unit."""

    name: str
    value: Reading[Said]
    unit: str = ""


def survey(asking: Asking) -> Iterator[Fact]:
    """What it says, one after another; what it refuses to say is Unreadable, with its words.

    Raises: JigFault(JIG-ABSENT, JIG-LOST, JIG-WRONG, JIG-TWIN), JIG-TIMEOUT once it says nothing
    at all; StepBug(STEP-TIMEOUT).
    """
    for ability, name, ask, unit in _questions(asking):
        if asking.dialect.can(ability):
            yield Fact(name, _told(ask), unit)


_Question = tuple[str, str, Callable[[], Said | None], str]
"""The ability that it is about, what it is called, how it is asked, and the unit."""


def _questions(asking: Asking) -> Iterator[_Question]:
    health = HealthPort(asking)
    yield "interlock", "interlock", health.interlock, ""
    yield "fixture", "fixture", partial(_position, asking, "fixture"), ""
    yield "shield", "shield", partial(_position, asking, "shield"), ""
    for channel in asking.dialect.channels:
        yield "relays", f"relay {channel}", partial(_relay, asking, channel), ""
    yield "supply", "supply", partial(_switch, asking, "output", {}, ("on", "off")), ""
    yield "supply", "supply set to", partial(asking.number, "voltage_set"), "V"
    yield "light box", "light box shows", lambda: asking.steady("shown", read_field).name, ""
    yield "light box", "light", partial(asking.number, "light_set"), "%"
    yield "cycle counter", "contact cycles", health.contact_cycles, ""
    yield "calibration", "calibrated", health.calibrated, ""
    yield "calibration", "calibration due", health.calibration_due, ""
    yield "clock", "clock", health.clock, ""


def _told(ask: Callable[[], Said | None]) -> Reading[Said]:
    try:
        said = ask()
    except LineFault as fault:
        alive = fault.kind == "TIMEOUT" and fault.evidence.get("alive")
        if fault.kind not in _OF_ONE_QUESTION and not alive:
            raise
        return Unreadable(str(fault))
    return Unknown("it says otherwise each time") if said is None else said


def _position(asking: Asking, name: str) -> str:
    return asking.steady(name, read_position).value


def _relay(asking: Asking, channel: str) -> str | None:
    return _switch(asking, "relay", asking.at(channel), ("closed", "open"))


def _switch(
    asking: Asking, name: str, gaps: dict[str, object], words: tuple[str, str]
) -> str | None:
    flag = asking.flag(name, gaps)
    return None if flag is None else words[not flag]
