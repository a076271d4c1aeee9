"""Puts a starting plan together from the plans of single areas: their text with its comments."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from harness.files.nodes import Node, Scalar
from harness.files.parse import parse
from harness.model.plan import GroupKind, Phase
from harness.plans.values import text

_FIRST, _LAST = "identity.", "handover."
_EXAMPLES = "  # EXAMPLES, to be replaced"


@dataclass(frozen=True, slots=True)
class Block:
    """One step or group of a plan as it is written, with the comments above it."""

    id: str
    lines: tuple[str, ...]
    node: Node

    @property
    def steps(self) -> list[Node]:
        """The step, or those of the group."""
        groups = (self.node.get(kind) for kind in GroupKind)
        return [step for group in groups for step in group or ()] or [self.node]


@dataclass(frozen=True, slots=True)
class Area:
    """A plan of one part of a handset, with its limits beside its steps."""

    name: str
    purpose: str
    product: Node
    blocks: dict[Phase, tuple[Block, ...]]

    @classmethod
    def read(cls, name: str, source: str, moved: Callable[[str], str]) -> Self | None:
        """The area of a plan; None for one with a limit set, or that tests more than one part.

        `moved` gives the path of a file that the plan names, as it is to be written.
        """
        root, problems = parse(source, name)
        product = root.get("product") if root else None
        if root is None or product is None or problems or root.get("limits"):
            return None
        lines = _with_examples(_with_paths(source.splitlines(), root, moved), root)
        blocks = {phase: tuple(_blocks(root, phase, lines)) for phase in Phase}
        area = cls(name, _purpose(lines), product, blocks)
        asks = [use.startswith(_FIRST) for use in area.uses]
        return None if any(asks) and not all(asks) else area

    @property
    def uses(self) -> list[str]:
        """The steps that it has, by the names of the catalogue."""
        steps = (step for block in self.blocks[Phase.STEPS] for step in block.steps)
        return [text(step.get("use")) or "" for step in steps]

    @property
    def turn(self) -> int:
        """When it comes: who the unit is first; last the handover, after which there is no adb."""
        if any(use.startswith(_LAST) for use in self.uses):
            return 1
        return -1 if any(use.startswith(_FIRST) for use in self.uses) else 0


def read_areas(folder: Path, beside: Path) -> dict[str, Area]:
    """The areas that the plans of a folder offer; paths are written relative to `beside`."""

    def moved(path: str) -> str:
        return os.path.relpath(folder / path, beside)

    files = sorted(folder.glob("*.yaml"))
    read = (Area.read(file.stem, file.read_text("utf-8"), moved) for file in files)
    return {area.name: area for area in read if area}


def starting_plan(name: str, areas: Sequence[Area], model: str, part: str) -> str:
    """The text of a plan that tests these areas with their example limits, each at its turn.

    Raises: ValueError when two areas have different steps of one id.
    """
    areas = sorted(areas, key=lambda area: area.turn)
    serial = text(areas[0].product.get("serial"))
    pattern = f", serial: {_quoted(serial)}" if serial else ""
    example = "  # the serial is an EXAMPLE" if serial else ""
    product = f"{{model: {_quoted(model)}, part: {_quoted(part)}{pattern}}}{example}"
    named = ", ".join(area.name for area in areas)
    lines = [
        f"# A starting plan of the areas {named}, put together by `harness plan new`.",
        "# Its limits are EXAMPLES that a simulated unit meets: replace each of them by what your",
        "# golden units and your product say, before a verdict of this plan means anything.",
        "# `harness plan check FILE` says each mistake at its place, `harness run FILE` tries it",
        "# on the simulated station, `harness steps NAME` says what a step takes and measures.",
        "schema: 1",
        f"plan: {name}",
        "revision: 1                        # one more with each change that is released",
        f"title: {_quoted(name)}",
        f"process: {name}".ljust(34) + " # what attempts and yield are counted by",
        f"product: {product}",
    ]
    for phase in Phase:
        if section := list(_section(phase, areas)):
            lines += [f"{phase.value}:", *section]
    return "\n".join(lines) + "\n"


def _section(phase: Phase, areas: Sequence[Area]) -> Iterator[str]:
    """The steps of a phase. What areas share stands once; the jig closes first and opens last."""
    taken: dict[str, tuple[Area, Block]] = {}
    told: set[str] = set()
    for area in reversed(areas) if phase is Phase.TEARDOWN else areas:
        for block in area.blocks[phase]:
            other, twin = taken.setdefault(block.id, (area, block))
            if twin.node.plain() != block.node.plain():
                raise ValueError(f"{other.name} and {area.name} have two steps called {block.id}")
    kept = list(taken.values())
    if phase is not Phase.STEPS:
        kept.sort(key=lambda each: _is_of_jig(each[1]), reverse=phase is Phase.SETUP)
    for area, block in kept:
        if phase is Phase.STEPS and area.name not in told:
            told.add(area.name)
            yield f"  # {area.name}: {area.purpose}"
        yield from block.lines


def _is_of_jig(block: Block) -> bool:
    return (text(block.node.get("use")) or "").startswith("jig.")


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


def _purpose(lines: Sequence[str]) -> str:
    """What the comment at the top of a plan says."""
    first = lines[0] if lines else ""
    return first.removeprefix("#").strip() if first.startswith("#") else "no comment"


def _with_paths(lines: list[str], root: Node, moved: Callable[[str], str]) -> list[str]:
    """The lines, with the files that limits name by their new paths."""
    for _, node in _entries(root, "mask"):
        if isinstance(node, Scalar):
            line, column = node.place.line - 1, node.place.column - 1
            written = lines[line][column:]
            wide = len(node.text) + 2 * node.quoted
            lines[line] = lines[line][:column] + _quoted(moved(node.text)) + written[wide:]
    return lines


def _with_examples(lines: list[str], root: Node) -> list[str]:
    """The lines, with a mark where limits begin."""
    for key, _ in _entries(root, "limits"):
        lines[key.place.line - 1] += _EXAMPLES
    return lines


def _entries(node: Node, name: str) -> Iterator[tuple[Scalar, Node]]:
    """The keys of this name and what stands under them, in all parts of a tree."""
    for key, value in node.items():
        if key.text == name:
            yield key, value
        yield from _entries(value, name)
    for element in node:
        yield from _entries(element, name)


def _blocks(root: Node, phase: Phase, lines: Sequence[str]) -> Iterator[Block]:
    """The entries of a phase, each a `- ` on a line of its own."""
    nodes = list(root.get(phase) or ())
    keys = [key.place.line - 1 for key, _ in root.items()]
    ends = [_top(lines, line) for line in (node.place.line - 1 for node in nodes[1:])]
    if nodes:
        after = [line for line in keys if line >= nodes[-1].place.line]
        ends.append(_top(lines, min(after)) if after else len(lines))
    for node, end in zip(nodes, ends, strict=True):
        start = _top(lines, node.place.line - 1)
        written = tuple(line for line in lines[start:end] if line.strip())
        yield Block(text(node.get("id")) or "", written, node)


def _top(lines: Sequence[str], line: int) -> int:
    """Where the comments right above a line begin."""
    while line and lines[line - 1].lstrip().startswith("#"):
        line -= 1
    return line
