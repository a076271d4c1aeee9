"""What the manual shows of station files is one: it is loaded, together with what it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from harness.station.files.config import SCHEMA, load_station

ROOT = Path(__file__).parents[2]
SHOWN = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
OF_STATIONS = {"rules", "slots", "station"}
HEAD = {
    "schema": "schema: 1\n",
    "station": "station: shown\n",
    "slots": "slots: [{slot: 1, handset: A57A000001}]\n",
}
"""What a block may leave out, because its page speaks of something else."""


def _blocks() -> Iterator[tuple[str, str]]:
    """The blocks whose keys are those of a station file, each with its page and place."""
    for page in sorted((ROOT / "docs").glob("*.md")):
        for number, block in enumerate(SHOWN.findall(page.read_text(encoding="utf-8"))):
            said = yaml.safe_load(block)
            keys = said.keys() if isinstance(said, dict) else set()
            if OF_STATIONS & keys and keys <= SCHEMA["properties"].keys():
                yield f"{page.name}:{number}", block


BLOCKS = dict(_blocks())


def test_the_rules_and_the_stations_are_among_them() -> None:
    assert {where.partition(":")[0] for where in BLOCKS} >= {"rules.md", "station.md"}


@pytest.mark.parametrize("where", BLOCKS)
def test_a_station_file_of_the_manual_is_right(where: str, tmp_path: Path) -> None:
    fixtures = tmp_path / "fixtures"
    (fixtures / "stations").mkdir(parents=True)
    for each in (ROOT / "fixtures").iterdir():
        if each.name != "stations":
            (fixtures / each.name).symlink_to(each)
    (tmp_path / "testplans").symlink_to(ROOT / "testplans")
    said = yaml.safe_load(BLOCKS[where]).keys()
    said = said | {"slots"} if "simulated" in said else said
    head = "".join(line for key, line in HEAD.items() if key not in said)
    path = fixtures / "stations" / "shown.yaml"
    path.write_text(head + BLOCKS[where])
    load_station(path)
