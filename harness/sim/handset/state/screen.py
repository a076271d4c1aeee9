"""The screen of a simulated handset: what a key can reach, and a person can see."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Screen:
    """Whether something can be seen on it."""

    awake: bool = False
    locked: bool = True
