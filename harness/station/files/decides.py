"""What a station file says that decides whether a unit passes, or the line runs: two sign for it.

It is all that the file says, as written, without what is named here by its path: a key that nobody
has thought of decides. So does what stands where: a jig is asked who it is, but nobody can ask to
whose socket, port and cable its fixture belongs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ASIDE = frozenset(
    {
        *("schema", "station", "location"),  # what it is called
        *("plan", "loading"),  # production asks for the release of the plan by itself
        "rules.engineering_for",  # what is run meanwhile never counts
        "screen",  # it shows and asks: the plan decides what a label must be, `badges` who signs in
        *("simulated", "simulated_slots"),  # never in production
    }
)
"""The keys that do not decide, each by its path from the top: those above it and its own."""


def deciding(written: Any, path: str = "") -> Any:
    """Of the JSON values of a station file those that decide, in the same form.

    `path` is where `written` stands; the entries of a list stand where the list does.
    """
    if isinstance(written, Mapping):
        places = {key: f"{path}.{key}" if path else str(key) for key in written}
        return {
            key: deciding(value, places[key])
            for key, value in written.items()
            if places[key] not in ASIDE
        }
    if isinstance(written, list):
        return [deciding(value, path) for value in written]
    return written
