"""What a screen of a station can be: the names of its languages and of its colours. Pure."""

from __future__ import annotations

ENGLISH, CHINESE, URDU = "en", "zh", "ur"
LANGUAGES = (ENGLISH, CHINESE, URDU)
RIGHT_TO_LEFT = frozenset({URDU})
"""The languages that terminals do badly; a browser shows them."""
IN_TERMINALS = tuple(each for each in LANGUAGES if each not in RIGHT_TO_LEFT)
BLUE_ORANGE, GREEN_RED, MONO = "blue-orange", "green-red", "mono"
PALETTES = (BLUE_ORANGE, GREEN_RED, MONO)
