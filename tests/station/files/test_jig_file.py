"""Jig files: a kind of jig in full, or every problem at its place."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from harness.devices.jig.dialect import CORE
from harness.station.files.jig_file import JigFile, read_jig_file

ROOT = Path(__file__).parents[3]
HEAD = """\
schema: 1
jig: core
revision: 3
dialect: core
identity: {maker: Acme Jigs, model: 'Box 2'}
"""


def read(folder: Path, text: str) -> tuple[JigFile | None, list[str]]:
    path = folder / "jig.yaml"
    path.write_text(text)
    file, kind, problems = read_jig_file(path)
    assert file.path == path
    assert file.sha256 == hashlib.sha256(text.encode()).hexdigest()
    return kind, [str(problem).removeprefix(f"{path}:") for problem in problems]


def test_the_shipped_jig_file_is_the_core() -> None:
    _, kind, problems = read_jig_file(ROOT / "fixtures/jigs/core.yaml")
    assert not problems
    plan = ROOT / "fixtures/jigs/../../testplans/selftest/core.yaml"
    assert kind == JigFile("core", 1, "Example", "Core", CORE, plan)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "fixtures/jigs").glob("*.yaml")), ids=lambda path: path.name
)
def test_the_shipped_jig_files_are_read_and_can_be_tested(path: Path) -> None:
    _, kind, problems = read_jig_file(path)
    assert not problems
    assert kind
    assert kind.name == path.stem
    assert kind.selftest
    assert kind.selftest.is_file()


def test_what_is_left_out_is_as_the_dialect_has_it(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD) == (JigFile("core", 3, "Acme Jigs", "Box 2", CORE), [])


def test_what_is_written_goes_into_the_dialect(tmp_path: Path) -> None:
    more = "baud: 9600\nchannels: {vbus: 7, aux: 2}\nmoves_within: 2500 ms\n"
    kind, problems = read(tmp_path, HEAD + more)
    assert not problems
    assert kind
    said = kind.dialect
    assert (said.baud, said.channels) == (9600, {"vbus": 7, "aux": 2})
    assert {name: said.verbs[name].limit_s for name in ("close", "open")} == {
        "close": 2.5,
        "open": 2.5,
    }
    assert said.verbs["close"].guarded
    assert said.verbs["identify"] == CORE.verbs["identify"]


WRONG = {
    "dialect: cor": "4:10: expected 'core'; found 'cor' (did you mean 'core'?)",
    "identity: {maker: A, model: ''}": "5:29: expected a text as *IDN? says it: ASCII without a "
    "comma; found ''",
    "identity: {maker: 'A,B', model: C}": "5:19: expected a text as *IDN? says it: ASCII without "
    "a comma; found 'A,B'",
    "identity: {maker: A, model: ' C'}": "5:29: expected a text as *IDN? says it: ASCII without a "
    "comma; found ' C'",
    "identity: {model: C}": "5:11: missing key 'maker'",
    "baud: 96": "6:7: expected at least 300; found 96",
    "channels: {}": "6:11: expected at least 1 keys; found a mapping with no keys",
    "channels: {vbus: 0}": "6:18: expected at least 1; found 0",
    "channels: {vbus: 2, aux: 2}": "6:26: relay 2 is channel 'vbus' already",
    "moves_within: 5": "6:15: expected a time with its unit, such as 5 s; found 5",
    "moves_within: 5 V": "6:15: 5 V: V measures voltage, s measures time",
    "moves_within: 0 s": "6:15: 0 s is no such time: more than 0 s, at most 600 s",
    "moves_within: 11 min": "6:15: 660 s is no such time: more than 0 s, at most 600 s",
    "settle: 1 s": "6:1: unknown key 'settle'",
    "selftest: none.yaml": "6:11: no file '{folder}/none.yaml'",
}


@pytest.mark.parametrize(("line", "told"), WRONG.items(), ids=WRONG)
def test_a_mistake_is_told_at_its_place(tmp_path: Path, line: str, told: str) -> None:
    key = line.partition(":")[0]
    kept = [each for each in HEAD.splitlines() if not each.startswith(f"{key}:")]
    place = 3 if key == "dialect" else 4
    kept.insert(place if len(kept) < 5 else 5, line)
    told = told.format(folder=tmp_path) if "{folder}" in told else told
    assert read(tmp_path, "\n".join(kept) + "\n") == (None, [told])


@pytest.mark.parametrize("text", ["", "[]", "schema: 1\n  jig: x\n", "\t"])
def test_what_is_no_jig_file_is_a_problem(tmp_path: Path, text: str) -> None:
    kind, problems = read(tmp_path, text)
    assert kind is None
    assert problems


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    _, kind, problems = read_jig_file(tmp_path / "jig.yaml")
    assert kind is None
    assert "cannot be read" in str(problems[0])
