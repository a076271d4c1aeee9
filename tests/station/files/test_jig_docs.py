"""docs/jigs.md tells of every verb and key, and its jig files are jig files."""

from __future__ import annotations

import re
from pathlib import Path

from harness.devices.jig.dialect import CORE
from harness.devices.jig.vocabulary import VERBS
from harness.errors import JigFault, OperatorStop
from harness.station.files.config import load_station
from harness.station.files.jig_file import SCHEMA, read_jig_file
from harness.station.files.jig_language import LANGUAGE

ROOT = Path(__file__).parents[3]
DOCS = (ROOT / "docs" / "jigs.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"`([^`\n]+)`", DOCS))


def test_every_verb_and_every_key_is_told_of() -> None:
    assert VERBS <= WORDS
    assert SCHEMA["properties"].keys() <= WORDS
    assert LANGUAGE["verbs"]["properties"]["close"]["properties"].keys() <= WORDS


def test_the_core_is_spelt_as_it_is() -> None:
    (table,) = re.findall(r"\| verb \| is sent as \| \|\n((?:\|.*\n)+)", DOCS)
    for line in table.splitlines()[1:]:
        verbs, sent, _ = (cell.strip() for cell in line.strip("|").split("|"))
        names, texts = (re.findall("`([^`]+)`", cell) for cell in (verbs, sent))
        assert len(names) == len(texts)
        for name, text in zip(names, texts, strict=True):
            if name in CORE.verbs:
                assert CORE.verbs[name].text.startswith(text.removesuffix(" ...")), name


def test_every_fault_that_it_names_is_one() -> None:
    codes = set(re.findall(r"`(JIG-[A-Z]+)`", DOCS))
    assert codes
    assert codes <= JigFault.codes.keys() | OperatorStop.codes.keys()


def written(kind: str) -> list[str]:
    """The whole files of a kind that stand in the page."""
    blocks = re.findall(rf"```yaml\n( *schema: 1\n *{kind}: .*?)```", DOCS, re.DOTALL)
    return [re.sub("^   ", "", block, flags=re.MULTILINE) for block in blocks]


def test_its_station_takes_its_jig_file(tmp_path: Path) -> None:
    (station,) = written("station")
    (tmp_path / "ft-09.yaml").write_text(station)
    (tmp_path / "mine.yaml").write_text(written("jig")[0])
    (slot,) = load_station(tmp_path / "ft-09.yaml").slots
    assert slot.jig
    assert slot.jig.serial == "J-0117"


def test_what_it_says_to_copy_is_there() -> None:
    copied = re.findall(r"^ *cp (\S+) ", DOCS, re.MULTILINE)
    assert len(copied) == 2
    assert all((ROOT / path).is_file() for path in copied)


def test_its_jig_files_are_read_without_a_word(tmp_path: Path) -> None:
    blocks = written("jig")
    assert len(blocks) == 2
    for block in blocks:
        path = tmp_path / "jig.yaml"
        path.write_text(block)
        _, kind, problems = read_jig_file(path)
        assert not problems
        assert kind
