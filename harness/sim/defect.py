"""What a defect is, and what must be concluded of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.model.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect, with what the final test of the A57 (testplans/a57-final.yaml) must find of it.

    `settings` says of each what it sets, and after a semicolon its default; SETTINGS has what
    values they take.
    `concluded` is the exact set of failed measurements (`charge.current_jig:LOW`) and of fault
    codes (`ADB-HANG`) in the record of a unit of the SKU A57-PK, planted with default settings.
    No plan talks to a modem: what is concluded of one is the fault of `harness handset --at`.
    """

    doc: str
    outcome: Outcome
    concluded: frozenset[str]
    settings: Mapping[str, str] = field(default_factory=dict)


def fails(doc: str, *concluded: str, **settings: str) -> Defect:
    """One that is found to be the unit's."""
    return Defect(doc, Outcome.FAIL, frozenset(concluded), settings)


def error(doc: str, *concluded: str, **settings: str) -> Defect:
    """One with which nobody knows whether the unit is good."""
    return Defect(doc, Outcome.ERROR, frozenset(concluded), settings)


def aborted(doc: str, *concluded: str, **settings: str) -> Defect:
    """One that stops the run."""
    return Defect(doc, Outcome.ABORTED, frozenset(concluded), settings)


def unseen(doc: str) -> Defect:
    """One that is none of the unit, and must not keep it from passing."""
    return Defect(doc, Outcome.PASS, frozenset())
