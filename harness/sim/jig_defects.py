"""The defects of simulated jigs: what a final test must conclude of them, and a self-test.

Both are of a core jig to which the unit brings the defect that stands in it; those that no unit can
bring are built into the jig.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.model.outcome import Outcome
from harness.sim.defect import Defect, Must, aborted, error, fails, unseen

_ON = "only the commands with this in them; all"
_ON_MOTION = "only the motions with this in them; all"
_CHANNEL = "of which channel, 1 or 2; 1"


def _failing(*concluded: str) -> Must:
    return Must(Outcome.FAIL, frozenset(concluded))


def _erring(*concluded: str) -> Must:
    return Must(Outcome.ERROR, frozenset(concluded))


_DEFECTS: Mapping[str, tuple[Defect, Must]] = {
    "calibration_over": (
        unseen("its calibration is over", days="for how long [days]; 3"),
        _failing("calibration.left:LOW"),
    ),
    "clock_wrong": (
        unseen("its clock is ahead", offset_s="by how much [s]; 95"),
        _failing("clock.offset:HIGH"),
    ),
    "cycles_worn": (
        unseen(
            "its contacts have closed more often than they last",
            cycles="how often; 600000",
        ),
        _failing("cycles.used:HIGH"),
    ),
    "echo_garbled": (
        unseen("says other letters than it was told to say"),
        _failing("echo.errors:HIGH"),
    ),
    "emergency_stop": (
        aborted("its emergency stop is pressed", "JIG-EMERGENCY", on=_ON),
        Must(Outcome.ABORTED, frozenset({"JIG-EMERGENCY"})),
    ),
    "interlock_dead": (
        unseen("gives power though its interlock is open"),
        _failing("interlock.refuses_power:MISMATCH"),
    ),
    "interlock_open": (
        error("its interlock opens", "JIG-INTERLOCK", on=_ON),
        _erring("JIG-INTERLOCK"),
    ),
    "late_reply": (
        error(
            "its replies come too late",
            "JIG-LATE",
            "JIG-UNSAFE",
            on=_ON,
            by_s="how late [s]; 1.5",
        ),
        _erring("JIG-LATE", "JIG-UNSAFE"),
    ),
    "light_weak": (
        fails(
            "its lamp gives less light",
            "rear_flash.gain:HIGH",
            light_share="share of its light; 0.6",
        ),
        _failing("light.full:LOW"),
    ),
    "noise": (
        error(
            "bits of its replies are damaged",
            "JIG-GARBLED",
            "JIG-UNSAFE",
            on=_ON,
            rate="share of the characters with a damaged bit; 0.3",
        ),
        _erring("JIG-GARBLED", "JIG-UNSAFE"),
    ),
    "rail_low": (
        unseen("its supply gives less than it was told", low_pct="by how much [%]; 3"),
        _failing("rail_low.error:LOW", "rail.error:LOW", "rail_high.error:LOW"),
    ),
    "refuses": (
        error(
            "puts an error into its queue and obeys nothing but `*` and SYST commands",
            "JIG-REFUSED",
            "JIG-UNSAFE",
            on="only the commands with this in them, `*` and SYST too; all others",
        ),
        _erring("JIG-REFUSED", "JIG-UNSAFE"),
    ),
    "relay_welded": (
        error(
            "a relay stays closed for ever",
            "JIG-STUCK",
            "JIG-UNSAFE",
            channel=_CHANNEL,
        ),
        _erring("JIG-STUCK", "JIG-UNSAFE", "relay.followed:MISMATCH"),
    ),
    "relay_worn": (
        unseen(
            "a relay has worn contacts; its supply senses behind it",
            ohm="their resistance [ohm]; 0.4",
            channel=_CHANNEL,
        ),
        _failing("contact.resistance:HIGH"),
    ),
    "self_test_fails": (
        unseen("its own self-test fails", code="with this code; 4"),
        _failing("self_test.code:MISMATCH"),
    ),
    "shield_leaks": (
        unseen("its shield does not close with it"),
        _failing("shield.closes:MISMATCH"),
    ),
    "silent": (
        error("does not reply", "JIG-TIMEOUT", "JIG-UNSAFE", on=_ON),
        _erring("JIG-TIMEOUT", "JIG-UNSAFE"),
    ),
    "stuck_carriage": (
        error("the carriage of its light box never arrives", "JIG-STUCK", on=_ON_MOTION),
        _erring("JIG-STUCK"),
    ),
    "stuck_fixture": (
        error("its fixture never arrives", "JIG-STUCK", on=_ON_MOTION),
        _erring("JIG-STUCK"),
    ),
    "twin_serial": (
        error("another jig has its serial", "JIG-TWIN", "JIG-UNSAFE"),
        _erring("JIG-TWIN", "JIG-UNSAFE"),
    ),
    "unplug": (
        error(
            "its cable is pulled as it begins to move, once; it comes back under another name",
            "JIG-LOST",
            on=_ON_MOTION,
            back_s="it is plugged in again after so long [s]; at once",
        ),
        _erring("JIG-LOST"),
    ),
    "watchdog": (
        error(
            "its watchdog drops power though the station beats",
            "JIG-WATCHDOG",
            on=_ON,
        ),
        _erring("JIG-WATCHDOG"),
    ),
    "wrong_field": (
        error(
            "its light box says that it shows another field than it does",
            "LIGHTBOX-FIELD",
            on=_ON_MOTION,
        ),
        Must(Outcome.PASS),
    ),
    "wrong_identity": (
        error("answers with another jig's serial", "JIG-WRONG", on=_ON),
        _erring("JIG-WRONG"),
    ),
}
JIG_DEFECTS: Mapping[str, Defect] = {f"jig.{name}": each for name, (each, _) in _DEFECTS.items()}
"""By name, with what the final test must find."""
SELF_TEST: Mapping[str, Must] = {f"jig.{name}": must for name, (_, must) in _DEFECTS.items()}
"""By name, what the self-test of the jig (testplans/selftest/core.yaml) must find."""
IN_JIG_ONLY = frozenset({"jig.twin_serial", "jig.watchdog"})
"""Those that no unit can bring: they take two jigs, or one of the framed core, which beats."""
_OF_BOXES = frozenset(
    f"jig.{name}"
    for name in (
        *("cycles_worn", "late_reply", "noise", "refuses", "silent", "stuck_fixture"),
        *("twin_serial", "unplug", "wrong_identity"),
    )
)
_OF_FRAMED = frozenset({"jig.watchdog"})


def defects_of(dialect: str) -> frozenset[str]:
    """The defects that a jig of a dialect can have."""
    if dialect.startswith("shield-"):
        return _OF_BOXES
    return frozenset(JIG_DEFECTS) - (frozenset() if dialect == "core-framed" else _OF_FRAMED)
