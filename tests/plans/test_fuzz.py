"""Whatever the files of a plan hold: plans or errors, no exception; what loads round-trips."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.files.parse import parse
from harness.files.problems import errors
from harness.plans.canonical import canonical
from harness.plans.read_canonical import read_canonical
from tests.plans import bundle
from tests.plans.catalogue import CATALOGUE

Check = Callable[[str, str | bytes], None]

WORDS = sorted({word for text in bundle.FILES.values() for word in text.replace(",", " ").split()})
INSERTS = st.text(max_size=6) | st.sampled_from(
    [
        *WORDS,
        "null",
        "{}",
        "[]",
        "-1",
        "0",
        "1e999",
        ".nan",
        "450 mA",
        "00101",
        "9" * 40,
        "*a",
        "&a ",
    ]
)
NAMES = st.sampled_from(sorted(bundle.FILES))


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Check:
    """Holds a plan, one of whose files is another, against the laws."""
    folder: Path = tmp_path_factory.mktemp("fuzz")
    ours = {str(folder / name) for name in bundle.FILES}

    def of(name: str, content: str | bytes) -> None:
        raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
        plans, problems = bundle.resolved(folder, {name: raw})
        assert (plans is None) == bool(errors(problems))
        assert len(set(problems)) == len(problems)
        for problem in problems:
            assert problem.line >= 1
            assert problem.column >= 1
            assert problem.file in ours
        for plan in plans.plans.values() if plans else ():
            assert plan.steps
            for step in plan.steps:
                assert step.limits.keys() == CATALOGUE[step.use].measures.keys()
                assert step.timeout_s > 0
            read = read_canonical(plan.canonical)
            assert canonical(read, CATALOGUE) == plan.canonical
            assert read.sha256 == plan.sha256

    return of


def test_the_files_themselves_are_right(check: Check, tmp_path: Path) -> None:
    bundle.whole(tmp_path, {})
    check("plan.yaml", bundle.PLAN)


@settings(deadline=None)
@given(NAMES, st.integers(0, 1500), st.integers(0, 12), INSERTS)
def test_a_cut_and_an_insert(check: Check, name: str, at: int, cut: int, insert: str) -> None:
    text = bundle.FILES[name]
    at %= len(text)
    check(name, text[:at] + insert + text[at + cut :])


@settings(deadline=None)
@given(NAMES, st.integers(0, 1500), st.integers(1, 80), st.integers(1, 3))
def test_a_repeat(check: Check, name: str, at: int, length: int, times: int) -> None:
    text = bundle.FILES[name]
    at %= len(text)
    check(name, text[:at] + text[at : at + length] * times + text[at:])


@settings(deadline=None)
@given(NAMES, st.integers(0, 1500), st.binary(min_size=1, max_size=4))
def test_other_bytes(check: Check, name: str, at: int, put: bytes) -> None:
    raw = bundle.FILES[name].encode()
    at %= len(raw)
    check(name, raw[:at] + put + raw[at + len(put) :])


@settings(deadline=None)
@given(NAMES, st.data())
def test_lines_in_another_order(check: Check, name: str, data: st.DataObject) -> None:
    lines = bundle.FILES[name].splitlines()
    first, second = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    lines[first], lines[second] = lines[second], lines[first]
    check(name, "\n".join(lines))


@settings(deadline=None)
@given(NAMES, st.data())
def test_any_lines(check: Check, name: str, data: st.DataObject) -> None:
    lines = st.sampled_from(bundle.FILES[name].splitlines())
    check(name, "\n".join(data.draw(st.lists(lines, max_size=40))))


@settings(deadline=None)
@given(NAMES, st.binary(max_size=200))
def test_any_bytes(check: Check, name: str, content: bytes) -> None:
    check(name, content)


TREES = {
    name: parse(text, name)[0] for name, text in bundle.FILES.items() if name.endswith(".yaml")
}
KEYS = sorted({word.strip("{}':") for word in WORDS if word.endswith(":")})
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["x", "450 mA", "record only", "not offered", "1", "ae", "charge.level"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=6,
)
Path_ = tuple[str | int, ...]


def paths(tree: Any, at: Path_ = ()) -> Iterator[Path_]:
    yield at
    if isinstance(tree, dict | list):
        for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
            yield from paths(tree[key], (*at, key))


def at_path(tree: Any, path: Path_) -> Any:
    for part in path:
        if isinstance(tree, str):
            raise TypeError(f"{part!r} is no part of a text")
        tree = tree[part]
    return tree


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(TREES)), st.data())
def test_another_tree(check: Check, name: str, data: st.DataObject) -> None:
    """A node is replaced, left out, put in twice or made another; JSON is flow YAML."""
    root = TREES[name]
    assert root
    tree = root.plain()
    everywhere = st.sampled_from([path for path in paths(tree) if path])
    for _ in range(data.draw(st.integers(1, 2))):
        path, other = data.draw(everywhere), data.draw(everywhere)
        try:
            owner, source = at_path(tree, path[:-1]), at_path(tree, other)
            at_path(tree, path)
        except (KeyError, IndexError, TypeError):
            continue  # it went with the first
        key = path[-1]
        match data.draw(st.sampled_from(["replace", "leave out", "twice", "copy"])):
            case "replace":
                owner[key] = data.draw(ODD)
            case "leave out":
                del owner[key]
            case "twice" if isinstance(owner, list):
                owner.append(at_path(tree, path))
            case _:
                owner[key] = json.loads(json.dumps(source))
    check(name, json.dumps(tree, ensure_ascii=False))
