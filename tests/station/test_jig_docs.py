"""docs/jigs.md tells of every verb and key, and its jig files are jig files."""

from __future__ import annotations

import re
from pathlib import Path

from harness.devices.jig.dialect import CORE
from harness.devices.jig.vocabulary import VERBS
from harness.errors import JigFault, OperatorStop
from harness.station.jig_file import SCHEMA, read_jig_file
from harness.station.jig_language import LANGUAGE

DOCS = (Path(__file__).parents[2] / "docs" / "jigs.md").read_text(encoding="utf-8")
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


def test_its_jig_files_are_read_without_a_word(tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n( *schema: 1\n.*?)```", DOCS, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        path = tmp_path / "jig.yaml"
        path.write_text(re.sub("^   ", "", block, flags=re.MULTILINE))
        _, kind, problems = read_jig_file(path)
        assert not problems
        assert kind
