"""The words of the jig language: what a jig can be told and asked, and what it can reply."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ABILITIES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "identity": frozenset({"identify"}),
        "error queue": frozenset({"clear", "errors"}),
        "framing": frozenset({"framing"}),
        "heartbeat": frozenset({"heartbeat"}),
        "safe": frozenset({"safe"}),
        "interlock": frozenset({"interlock"}),
        "interlock test": frozenset({"break_interlock", "restore_interlock"}),
        "fixture": frozenset({"close", "open", "fixture"}),
        "relays": frozenset({"connect", "disconnect", "relay"}),
        "supply": frozenset({"set_voltage", "voltage_set", "output_on", "output_off", "output"}),
        "meter": frozenset({"voltage", "current"}),
        "ohmmeter": frozenset({"resistance"}),
        "light box": frozenset({"show", "shown", "light", "light_set"}),
        "light meter": frozenset({"illuminance"}),
        "self-test": frozenset({"self_test"}),
        "echo": frozenset({"echo"}),
        "cycle counter": frozenset({"cycles"}),
        "calibration": frozenset({"calibrated", "calibration_due"}),
        "clock": frozenset({"date", "time"}),
        "shield": frozenset({"shield"}),
    }
)
"""What a jig can do, and the verbs for it: it has all of an ability's, or none."""
VERBS = frozenset().union(*ABILITIES.values())
GAPS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("set_voltage", "show", "light", "echo"), "value"),
        **dict.fromkeys(
            ("connect", "disconnect", "relay", "voltage", "current", "resistance"), "channel"
        ),
    }
)
"""What stands for what is told in a verb's text, such as `{channel}`."""

PER_CHANNEL = frozenset({"voltage", "current", "resistance"})
"""Verbs that bring a number of one channel."""
NUMBERS = PER_CHANNEL | {"illuminance", "voltage_set"}
"""Verbs that bring a number with a unit."""
OPPOSITES: Mapping[str, str] = MappingProxyType(
    {
        "open": "close",
        "disconnect": "connect",
        "output_off": "output_on",
        "restore_interlock": "break_interlock",
    }
)
COMMANDS = frozenset({*OPPOSITES, *OPPOSITES.values(), "clear", "safe", "set_voltage"}) | {
    "show",
    "light",
}
"""Verbs that change something; all others are queries."""
MOTIONS = frozenset({"close", "open", "show"})
GUARDED = MOTIONS | {"output_on"}
"""Verbs that nobody says while the interlock is open, unless a jig file says otherwise."""
RESTING = frozenset({"safe", "output_off", "disconnect"})
"""Verbs that take power off."""
RISKS: Mapping[str, str] = MappingProxyType(
    {
        "close": "moves the fixture",
        "open": "moves the fixture",
        "show": "moves the carriage of the light box",
        "connect": "puts the supply on a contact",
        "set_voltage": "changes the voltage on the contacts",
        "output_on": "puts voltage on the contacts",
        "break_interlock": "opens the interlock loop",
        "restore_interlock": "closes the interlock loop",
        "self_test": "may switch relays and move things",
    }
)
"""What a verb may do to hands and handsets."""

_POSITIONS = frozenset({"OPEN", "CLOSED"})
_SWITCHES = frozenset({"0", "1"})
WORDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = MappingProxyType(
    {
        "interlock": (_POSITIONS, frozenset({"EMERGENCY"})),
        "fixture": (_POSITIONS, frozenset({"MOVING"})),
        "shield": (_POSITIONS, frozenset({"MOVING"})),
        "shown": (frozenset({"CHAR", "FLAT"}), frozenset({"MOV"})),
        "relay": (_SWITCHES, frozenset()),
        "output": (_SWITCHES, frozenset()),
        "heartbeat": (_SWITCHES, frozenset()),
        "framing": (frozenset({"CRC16"}), frozenset({"NONE"})),
    }
)
"""What a reply to a query of a state can be in the core: words that a jig must have for it, and
words that it may have."""
