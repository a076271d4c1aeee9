"""The codes of the harness itself, as they are printed. All begin with OWN, which no label may."""

from __future__ import annotations

from enum import StrEnum

OWN = "HARNESS:"
"""What the codes of the harness begin with."""
SLOT, BADGE, COMMAND = f"{OWN}SLOT:", f"{OWN}BADGE:", f"{OWN}CMD:"
"""What names a slot, a badge and a command: its number, id or name stands behind it."""
CHECK = OWN + "CHECK:AZYQWMazyqwm0123456789-=;'#,./@\"~|[]"
"""The code by which a scanner shows what the keyboard makes of it: every way bends it."""
BADGE_FORM = "B-[0-9]{4,12}"
"""What badges of their own look like, where a station file does not say otherwise."""
BADGE_ID = "[!-~]{1,64}"
"""What the id of any badge looks like."""


class Command(StrEnum):
    """What a barcode on the bench may ask for, by its name behind COMMAND."""

    YES = "YES"
    NO = "NO"
    CANCEL = "CANCEL"
    ABORT = "ABORT"
    SIGNOUT = "SIGNOUT"
