# ruff: noqa: E501 (a refusal a line)
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.files.nodes import Node, Scalar
from harness.files.parse import LARGEST_FILE, load, parse


def told(source: str | bytes) -> list[str]:
    """The problems of a text, without the name of the file."""
    return [str(problem).removeprefix("f:") for problem in parse(source, "f")[1]]


def scalars(node: Node) -> list[Scalar]:
    found = [node] if isinstance(node, Scalar) else []
    for key, child in node.items():
        found += [key, *scalars(child)]
    for child in node:
        found += scalars(child)
    return found


def test_values_places_and_order() -> None:
    root, problems = parse("b: [no, 4]\na: {x: '4', y: 0.50} # note\n", "f")
    assert not problems
    assert root
    assert root.plain() == {"b": ["no", 4], "a": {"x": "4", "y": 0.5}}
    assert [key.text for key, _ in root.items()] == ["b", "a"]
    inner = root.get("a")
    assert inner
    assert inner.place == (2, 4)
    number = inner.get("y")
    assert number
    assert number.value == Decimal("0.50")
    assert number.place == (2, 16)


def test_what_a_node_lacks_it_answers_as_empty() -> None:
    root, _ = parse("a: 1", "f")
    assert root
    number = root.get("a")
    assert number
    assert root.value is None
    assert root.get("b") is None
    assert number.get("b") is None
    assert list(number) == []
    assert list(number.items()) == []


def test_a_number_without_fraction_is_whole_in_plain_data() -> None:
    root, _ = parse("[14.0, 0.5, 3]", "f")
    assert root
    assert repr(root.plain()) == "[14, 0.5, 3]"


def test_windows_line_ends_do_not_matter() -> None:
    root, problems = parse(b"a: 1\r\nb: x\r\n", "f")
    assert not problems
    assert root
    assert root.plain() == {"a": 1, "b": "x"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", ["1:1: an empty file"]),
        ("# only a note\n", ["1:1: an empty file"]),
        ("a: &x 1", ["1:4: an anchor (&x): write out what it is used for"]),
        ("a: 1\nb: *x", ["2:4: an alias (*x): write it out"]),
        ("a: !!str 1", ["1:4: a tag (tag:yaml.org,2002:str): leave it out"]),
        ("a: ! 1", ["1:4: a tag (!): leave it out"]),
        ("a: !!map {b: 1}", ["1:4: a tag (tag:yaml.org,2002:map): leave it out"]),
        ("%YAML 1.1\n---\na: 1", ["1:1: a directive (%): leave it out"]),
        ("%TAG ! tag:x,2000:\n---\na: 1", ["1:1: a directive (%): leave it out"]),
        ("a: 1\nb: 2\na: 3", ["3:1: the key 'a' is already in line 1"]),
        ("1: x", ["1:1: a key is a word in quotes, not 1"]),
        ("a: {true: x}", ["1:5: a key is a word in quotes, not true"]),
        ("? [a]\n: x", ["1:3: a key is a word in quotes, not a list"]),
        ("a: 1\n\tb: 2", ["2:1: a tab: use spaces"]),
        ("a: 'x\ty'\nb:\t1", ["1:6: a tab: use spaces", "2:3: a tab: use spaces"]),
        ("\ufeffa: 1", ["1:1: a byte order mark: save the file without it"]),
        ("a: x\u2028b: 1", ["1:5: the character U+2028: leave it out"]),
        ("a: 1\rb: 1", ["1:5: the character U+000D: leave it out"]),
        ("a: \x00", ["1:4: the character U+0000: leave it out"]),
        (b"a: 1\nb: \xe9", ["2:4: not UTF-8: save the file in UTF-8"]),
        ("a: 1".encode("utf-16"), ["1:1: not UTF-8: save the file in UTF-8"]),
        ("a: 1\n---\nb: 1", ["2:1: a second document: one file holds one"]),
        ("plmn: 00101", ["1:7: 00101 starts with a zero: write it in quotes if it is no number"]),
        (
            "b: [1\nc: 3\n",
            [
                "2:2: not YAML: did not find expected ',' or ']', while parsing a flow sequence that starts in line 1"
            ],
        ),
        ("a: b: c", ["1:5: not YAML: mapping values are not allowed in this context"]),
    ],
)
def test_what_is_refused_is_told_at_its_place(source: str | bytes, expected: list[str]) -> None:
    assert told(source) == expected


def test_one_refusal_does_not_hide_the_rest() -> None:
    root, problems = parse("a: &x 1\na: 2\nb: 007\nc: ok", "f")
    assert [problem.line for problem in problems] == [1, 2, 3]
    assert root
    assert root.plain() == {"a": 1, "b": "007", "c": "ok"}


@pytest.mark.parametrize("bracket", ["[", "{a: "])
@pytest.mark.parametrize("depth", [21, 5_000, 200_000])
def test_deep_nesting_is_a_problem(bracket: str, depth: int) -> None:
    place = 20 * len(bracket) + 1
    assert told(bracket * depth) == [f"1:{place}: nested more than 20 deep"]


def test_twenty_deep_is_allowed() -> None:
    root, problems = parse("[" * 20 + "]" * 20, "f")
    assert not problems
    assert root


def test_a_file_larger_than_a_person_writes_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"a: 1\n" + b"#" * LARGEST_FILE)
    root, problems, _ = load(path)
    assert root is None
    assert str(problems[0]) == f"{path}:1:1: larger than 1 MiB"


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    assert str(load(tmp_path / "no")[1][0]).endswith(
        "no:1:1: cannot be read: No such file or directory"
    )
    assert "cannot be read" in str(load(tmp_path)[1][0])


@settings(deadline=None)
@given(st.text() | st.binary())
def test_any_text_gives_a_tree_or_problems(source: str | bytes) -> None:
    root, problems = parse(source, "f")
    assert root or problems
    if root:
        root.plain()


YAML_LIKE = st.text(alphabet="ab01.-~:,[]{}&*!|>'\"#% ?\n", max_size=60)


@settings(deadline=None)
@given(YAML_LIKE)
def test_anything_like_yaml_gives_a_tree_or_problems(source: str) -> None:
    root, problems = parse(source, "f")
    assert root or problems
    if root:
        root.plain()


KEYS = st.text(alphabet="abcdefgh", min_size=1, max_size=4).filter(lambda key: key != "null")
TREES = st.recursive(
    st.text(alphabet="xyz é€", min_size=1).map(str.strip).filter(bool),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=12,
)


def flow(tree: object) -> str:
    """The tree in flow style, an element a line here and there."""
    match tree:
        case dict():
            return "{" + ",\n ".join(f"{key}: {flow(value)}" for key, value in tree.items()) + "}"
        case list():
            return "[" + ", ".join(flow(value) for value in tree) + "]"
        case _:
            return f"'{tree}'" if len(str(tree)) % 2 else str(tree)


@settings(deadline=None)
@given(TREES)
def test_every_scalar_stands_where_its_place_says(tree: object) -> None:
    text = flow(tree)
    root, problems = parse(text, "f")
    assert not problems
    assert root
    assert root.plain() == tree
    lines = text.split("\n")
    for scalar in scalars(root):
        written = f"'{scalar.text}'" if scalar.quoted else scalar.text
        assert lines[scalar.place.line - 1][scalar.place.column - 1 :].startswith(written)
