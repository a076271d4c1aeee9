"""The files that a plan names, found without knowing the steps that it uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.parse import Loaded, hashed, load
from harness.model.plan import InputFile
from harness.plans.values import named_file, text


def files_of_plan(path: Path) -> dict[str, InputFile]:
    """All that `Plan.files` has of the plan in a file, by role; masks that nothing uses as well.

    What is not there is left out: such a plan does not run.
    """
    plan = load(path)
    limits = _named(plan, "limits")
    golden = _named(limits, "golden") if limits else None
    parts = {"limits": limits, "golden": golden, "label": _named(plan, "label")}
    return {
        "plan": plan.file,
        **{role: part.file for role, part in parts.items() if part},
        **{role: file for part in (plan, limits) if part for role, file in _masks(part)},
    }


def _named(part: Loaded, key: str) -> Loaded | None:
    """The file that stands under a key of another one."""
    node = part.root.get(key) if part.root else None
    path = _path(node, part) if node else None
    return load(path) if path else None


def _masks(part: Loaded) -> Iterator[tuple[str, InputFile]]:
    for node in _nodes(part.root):
        if (named := node.get("mask")) and (path := _path(named, part)):
            yield f"mask:{text(named)}", hashed(path)


def _path(node: Node, part: Loaded) -> Path | None:
    return named_file(node, Problems(str(part.file.path)), beside=part.file.path)


def _nodes(node: Node | None) -> Iterator[Node]:
    """A node and all below it."""
    if node is None:
        return
    yield node
    for below in (*node, *(value for _, value in node.items())):
        yield from _nodes(below)
