from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.files.schema import read

WORD = {"type": "string", "minLength": 1}
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {
        "name": WORD,
        "version": {"const": 1},
        "slots": {"type": "array", "items": {"$ref": "#/$defs/slot"}, "maxItems": 3},
        "speed": {"type": "number", "exclusiveMinimum": 0},
        "mode": {"enum": ["fast", "slow"]},
        "serial": {"type": "string", "pattern": "^[A-Z]+$", "description": "capital letters"},
        "count": {"type": "integer", "minimum": 1, "maximum": 5},
        "tags": {"type": "array", "items": WORD, "uniqueItems": True, "minItems": 1},
        "when": {
            "description": "a rule",
            "anyOf": [
                {"const": "always"},
                {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"low": WORD, "high": WORD},
                },
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["equals"],
                    "properties": {"equals": WORD},
                },
            ],
        },
        "either": {"oneOf": [{"type": "integer"}, {"type": "string"}, {"const": "x"}]},
        "odd": {"not": {"type": "integer"}},
        "free": {"propertyNames": {"pattern": "^x"}},
    },
    "$defs": {
        "slot": {
            "type": "object",
            "additionalProperties": False,
            "required": ["slot", "port"],
            "properties": {"slot": {"type": "integer"}, "port": WORD, "serial": WORD},
        }
    },
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "f.yaml"


def told(file: Path, text: str) -> list[str]:
    file.write_text(text)
    root, problems, _ = read(file, SCHEMA)
    assert root
    return [str(problem).removeprefix(f"{file}:") for problem in problems]


def test_a_file_of_the_right_shape_has_no_problems(file: Path) -> None:
    assert not told(file, "name: x\nspeed: 0.5\nslots:\n  - {slot: 1, port: COM1}\nwhen: always\n")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("nmae: x", "2:1: unknown key 'nmae'"),
        ("spede: 1", "2:1: unknown key 'spede' (did you mean 'speed'?)"),
        ("count: many", "2:8: expected a whole number; found 'many'"),
        ("count: 1.5", "2:8: expected a whole number; found 1.5"),
        ("count: 6", "2:8: expected at most 5; found 6"),
        ("count:", "2:7: expected a whole number; found nothing"),
        ("version: 2", "2:10: expected 1; found 2"),
        ("version: true", "2:10: expected 1; found true"),
        ("speed: 0", "2:8: expected more than 0; found 0"),
        ("speed: [1]", "2:8: expected a number; found a list"),
        ("mode: fsat", "2:7: expected 'fast' or 'slow'; found 'fsat' (did you mean 'fast'?)"),
        ("serial: abc", "2:9: expected capital letters; found 'abc'"),
        ("tags: []", "2:7: expected at least 1 in the list; found an empty list"),
        ("tags: [a, a]", "2:7: expected each element once; found a list"),
        ("tags: [a, 7]", "2:11: expected a text; found 7: write it in quotes"),
        ("tags: [a, '']", "2:11: expected at least 1 characters; found ''"),
        ("slots: {a: 1}", "2:8: expected a list; found a mapping with a"),
        ("slots: [{slot: 1}]", "2:9: missing key 'port'"),
        ("slots: [{slot: 1, prot: x}]", "2:19: unknown key 'prot' (did you mean 'port'?)"),
        ("when: alwasy", "2:7: expected a rule; found 'alwasy' (did you mean 'always'?)"),
        ("when: 3", "2:7: expected a rule; found 3"),
        ("when: {lwo: a}", "2:8: unknown key 'lwo' (did you mean 'low'?)"),
        ("when: {equal: a}", "2:8: unknown key 'equal' (did you mean 'equals'?)"),
        ("when: {low: a, high: 3}", "2:22: expected a text; found 3: write it in quotes"),
        ("when: {low: a, equals: b}", "2:7: expected a rule; found a mapping with low, equals"),
        ("odd: 3", "2:6: expected not {'type': 'integer'}; found 3"),
        ("either: 1.5", "2:9: expected one of several forms; found 1.5"),
        ("either: x", "2:9: expected one of several forms; found 'x'"),
        ("free: {ab: 1}", "2:8: expected a text that matches ^x; found 'ab'"),
    ],
)
def test_a_mistake_is_told_once_at_its_place(file: Path, line: str, expected: str) -> None:
    assert told(file, f"name: x\n{line}\n") == [expected]


def test_all_mistakes_at_once_in_the_order_of_their_places(file: Path) -> None:
    text = "modus: x\nslots:\n  - port: 5\n  - 7\ncount: 0\n"
    assert told(file, text) == [
        "1:1: missing key 'name'",
        "1:1: unknown key 'modus' (did you mean 'mode'?)",
        "3:5: missing key 'slot'",
        "3:11: expected a text; found 5: write it in quotes",
        "4:5: expected a mapping; found 7",
        "5:8: expected at least 1; found 0",
    ]


def test_what_the_text_already_has_wrong_is_not_told_again(file: Path) -> None:
    assert told(file, "name: x\ncount: &a [1]\nspeed: 007\n") == [
        "2:8: an anchor (&a): write out what it is used for",
        "2:8: expected a whole number; found a list",
        "3:8: 007 starts with a zero: write it in quotes if it is no number",
    ]


def test_a_long_value_is_cut(file: Path) -> None:
    assert told(file, f"name: x\nmode: {'y' * 5000}\n")[0].endswith(f"'{'y' * 60}...'")


def test_the_root_must_fit_too(file: Path) -> None:
    assert told(file, "- a\n") == ["1:1: expected a mapping; found a list"]
    assert told(file, "---\n") == ["2:1: expected a mapping; found nothing"]


def test_no_tree_no_shape(file: Path) -> None:
    file.write_text("a: [")
    root, problems, _ = read(file, SCHEMA)
    assert root is None
    assert len(problems) == 1
