"""What a station file says of the operator's screen, and what may not stand there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.shapes import WORD, mapping
from harness.model.own_codes import BADGE, BADGE_FORM, CHECK, COMMAND, OWN, SLOT, Command
from harness.model.pattern import matches
from harness.model.screen import ENGLISH, IN_TERMINALS, LANGUAGES, PALETTES, RIGHT_TO_LEFT
from harness.plans.values import text

SCREEN_SCHEMA = mapping(
    "",
    scanner=WORD,
    badge=WORD,
    language={"enum": list(LANGUAGES)},
    palette={"enum": list(PALETTES)},
)
_OWN_CODES = (
    *(CHECK, f"{SLOT}1", f"{SLOT}64", f"{BADGE}4711", f"{BADGE}B-0042"),
    *(f"{COMMAND}{each}" for each in Command),
)
"""Of each kind of code of the harness what a pattern too wide for badges would fit, too."""


@dataclass(frozen=True, slots=True)
class ScreenConfig:
    """The operator's screen, where no option says otherwise.

    `scanner` is the serial port of a scanner (device or pyserial URL). `badge` is what badges look
    like that have a code of their own; it tells codes apart, and signs nobody in. `palette` is
    None where the terminal decides.
    """

    scanner: str | None = None
    badge: str = BADGE_FORM
    language: str = ENGLISH
    palette: str | None = None


def screen_of(data: Mapping[str, Any]) -> ScreenConfig:
    """The screen of a file without problems."""
    return ScreenConfig(**data.get("screen", {}))


def tell_screen(root: Node, found: Problems) -> None:
    """The screen can be shown, no jig is asked at its scanner, and badges can be told."""
    screen = root.get("screen")
    if screen is None:
        return
    _tell_language(screen.get("language"), found)
    _tell_badge(screen.get("badge"), found)
    _tell_scanner(screen.get("scanner"), root, found)


def _tell_language(node: Node | None, found: Problems) -> None:
    if node and node.value in RIGHT_TO_LEFT:
        shown = " or ".join(map(repr, IN_TERMINALS))
        words = f"{node.describe()} runs from right to left, which terminals cannot show"
        found.error(node, f"{words}: `harness page` can; write {shown}")


def _tell_badge(node: Node | None, found: Problems) -> None:
    pattern = text(node)
    if node is None or pattern is None:
        return
    try:
        own = next((code for code in _OWN_CODES if matches(pattern, code)), None)
    except ValueError as error:
        found.error(node, str(error))
        return
    if own:
        words = f"badges of this form could be codes of the harness ({OWN}...), such as {own}"
        found.error(node, f"{words}: say which characters a badge has, and how many")


def _tell_scanner(node: Node | None, root: Node, found: Problems) -> None:
    """That no other line of the file has this port, `tell_twins` tells."""
    port = text(node)
    if node is None or port is None:
        return
    patterns = [pattern for each in root.get("jig_ports") or () if (pattern := text(each))]
    for pattern in patterns:
        if port == pattern or fnmatchcase(port, pattern):
            found.error(node, f"jigs are looked for at {port}: `jig_ports` has {pattern}")
            return
    if not patterns and any(map(_is_sought, root.get("slots") or ())):
        words = "jigs without a `port` are looked for at every port, so at the scanner's, too"
        found.error(node, f"{words}: list the ports of the jigs as `jig_ports`")


def _is_sought(slot: Node) -> bool:
    jig = slot.get("jig")
    return jig is not None and jig.get("port") is None
