"""The simulated station of a shift: its slots, its people, and the units that are not just good."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

from harness.station.people.badges import hash_of
from tests.cli.conftest import Cli
from tests.cli.stations import labelled, written

SLOTS = 16
WEAK = ("A57B000011", "A57B000012", "A57B000013")
"""Units that fail."""
SWAPPED = ("A57B000021", "A57B000022")
"""Two good units, each with the label of the other."""
GOLDEN = "A57B000031"
HANGS = "A57B000041"
"""A unit whose run does not end by itself."""
PEOPLE = {
    "B-0001": ("mei", "operator"),
    "B-0002": ("li", "operator"),
    "B-0003": ("wu", "engineer"),
}
SECRET = "abc"
"""That of each badge."""


def station_file(cli: Cli) -> Path:
    """A station of 16 slots with people, bad units, swapped labels and a golden unit."""
    plan = labelled(cli)
    hashed = hash_of(SECRET)
    people = ", ".join(
        f"{{badge: '{badge}', name: {name}, role: {role}, until: 2999-12-31, hash: '{hashed}'}}"
        for badge, (name, role) in PEOPLE.items()
    )
    (cli.folder / "badges.yaml").write_text(f"schema: 1\nbadges: [{people}]\n")
    (cli.folder / "golden.yaml").write_text(
        "schema: 1\ngolden_units: g\nrevision: 1\nunits:\n"
        f"  - {{serial: '{GOLDEN}', kind: golden, plan: {plan}, until: 2999-12-31}}\n"
    )
    more = "badges: badges.yaml\ngolden_units: golden.yaml\nrules: {sign_in: true}\n"
    file = written(cli, slots=SLOTS, plan=plan, more=more)
    units = [f"{{serial: '{serial}', defects: [battery.weak_charge]}}" for serial in WEAK]
    units += [
        f"{{serial: '{serial}', defects: [{{identity.label_mismatch: {{label: '{other}'}}}}]}}"
        for serial, other in permutations(SWAPPED)
    ]
    units.append(f"{{serial: '{HANGS}', defects: [{{adb.hang: {{on: dumpsys battery}}}}]}}")
    text = "speed: 100\nunits: [" + ", ".join(units) + "]\ndrawn: {first: A57C100001}\n"
    cli.scenario(text)
    return file
