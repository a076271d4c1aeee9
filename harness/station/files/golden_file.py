"""The registry file of golden and known-bad units: right in full, or every problem at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import Blame, all_codes
from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.parse import load
from harness.files.problems import Problem, nearest
from harness.files.schema import read
from harness.files.shapes import DATE, NAME, REVISION, SERIAL, VERSION, WORD, listing, mapping
from harness.model.identity import Imei, Unit
from harness.model.judgement import REASONS
from harness.model.plan import GroupKind, InputFile
from harness.plans.values import day, named_file, quoted, text
from harness.station.files.golden_units import GoldenKind, GoldenUnit, GoldenUnits

SCHEMA = mapping(
    "schema golden_units revision units",
    schema=VERSION,
    golden_units=NAME,
    revision=REVISION,
    units=listing(
        mapping(
            "serial kind plan until",
            serial=SERIAL,
            imei=listing({"type": ["string", "integer"], "description": "an IMEI in quotes"}),
            sku=WORD,
            kind={"enum": [kind.value for kind in GoldenKind]},
            plan=WORD,
            until=DATE,
            fails=listing(WORD, least=1),
        ),
        least=1,
    ),
)
_MEASUREMENT = re.compile(r"([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)(?::([A-Z]+))?")
_OF_UNITS = frozenset(name for name, blame, _ in all_codes() if blame is Blame.DUT)


@dataclass(frozen=True, slots=True)
class _PlanHead:
    """Of a plan what an entry must fit: its id, the ids of its steps, the SKUs of its variants."""

    id: str
    steps: Sequence[str]
    skus: Sequence[str]


def read_golden_units(path: Path) -> tuple[InputFile, GoldenUnits | None, list[Problem]]:
    """The file, the registry unless there are problems, and the problems."""
    root, shape, file = read(path, SCHEMA)
    found = Problems(str(path), shape)
    if root is None:
        return file, None, found.sorted()
    reader = _Reader(path, found)
    units = [reader.unit(node) for node in root.get("units") or ()]
    _tell_twins(root, found)
    if problems := found.sorted():
        return file, None, problems
    data: Any = root.plain()
    by_serial = {unit.unit.serial: unit for unit in units if unit}
    return file, GoldenUnits(data["golden_units"], int(data["revision"]), by_serial), []


class _Reader:
    """Reads the entries of a file, each plan that they name once."""

    def __init__(self, path: Path, found: Problems) -> None:
        self._path = path
        self._found = found
        self._plans: dict[Path, _PlanHead | None] = {}

    def unit(self, node: Node) -> GoldenUnit | None:
        """An entry; None when there are problems."""
        self._tell_misfit(node)
        named = node.get("plan")
        path = named_file(named, self._found, beside=self._path) if named else None
        plan = self._plan(path, named) if path and named else None
        until = day(node.get("until"), self._found)
        imei = tuple(self._imei(each) for each in node.get("imei") or ())
        sku = self._sku(node.get("sku"), plan)
        fails = tuple(self._failure(each, plan) for each in node.get("fails") or ())
        if self._found.sorted() or plan is None or path is None or until is None:
            return None
        unit = Unit(text(node.get("serial")) or "", imei, sku=sku)
        return GoldenUnit(
            unit, GoldenKind(text(node.get("kind")) or ""), path, plan.id, until, fails
        )

    def _tell_misfit(self, node: Node) -> None:
        if serial := node.get("serial"):
            quoted(serial, self._found)
        kind, fails = text(node.get("kind")), node.get("fails")
        if kind == GoldenKind.KNOWN_BAD and fails is None:
            self._found.error(node, "missing key 'fails': what must be found of a known-bad unit")
        if kind == GoldenKind.GOLDEN and fails is not None:
            self._found.error(fails, "a golden unit fails nothing: leave out 'fails'")

    def _plan(self, path: Path, named: Node) -> _PlanHead | None:
        if path not in self._plans:
            self._plans[path] = _head_of(path)
        plan = self._plans[path]
        if plan is None:
            self._found.error(named, f"{named.describe()} is no plan")
        return plan

    def _imei(self, node: Node) -> str:
        quoted(node, self._found)
        try:
            return Imei(text(node) or "").text
        except ValueError as error:
            self._found.error(node, str(error))
            return ""

    def _sku(self, node: Node | None, plan: _PlanHead | None) -> str:
        sku = text(node) or ""
        if node and plan and sku not in plan.skus:
            known = ", ".join(plan.skus) or "no variants"
            words = f"the plan {plan.id} has no variant of SKU {node.describe()}: it has {known}"
            self._found.error(node, words, nearest(sku, plan.skus))
        return sku

    def _failure(self, node: Node, plan: _PlanHead | None) -> str:
        name = text(node) or ""
        measurement = _MEASUREMENT.fullmatch(name)
        if not measurement:
            if name not in _OF_UNITS:
                words = "expected a step.measurement, or a fault code that blames the DUT; found"
                self._found.error(node, f"{words} {node.describe()}", nearest(name, _OF_UNITS))
            return name
        step, _, reason = measurement.groups()
        if plan and step not in plan.steps:
            words = f"the plan {plan.id} has no step {step!r}"
            near = nearest(step, plan.steps)
            self._found.error(node, words, near + name[len(step) :] if near else "")
        if reason and reason not in REASONS:
            words = f"no measurement fails with {reason}: {', '.join(sorted(REASONS))}"
            self._found.error(node, words)
        return name


def _head_of(path: Path) -> _PlanHead | None:
    root = load(path).root
    name = text(root.get("plan")) if root else None
    if root is None or name is None:
        return None
    variants = root.get("variants")
    skus = [text(each.get("sku")) or "" for _, each in variants.items()] if variants else []
    return _PlanHead(name, [*_step_ids(root)], skus)


def _step_ids(root: Node) -> Iterator[str]:
    for phase in ("setup", "steps", "teardown"):
        for entry in root.get(phase) or ():
            groups = [entry.get(kind) for kind in GroupKind]
            for step in (entry, *(step for group in groups for step in group or ())):
                yield text(step.get("id")) or ""


def _tell_twins(root: Node, found: Problems) -> None:
    """A unit stands once in the registry, and an IMEI is of one unit."""
    seen: set[str | None] = {None}
    for unit in root.get("units") or ():
        for name, node in (("serial", unit.get("serial")), *_imeis(unit)):
            if node and text(node) in seen:
                found.error(node, f"{name} {node.describe()} is written twice")
            seen.add(text(node))


def _imeis(unit: Node) -> Iterator[tuple[str, Node]]:
    for node in unit.get("imei") or ():
        yield "IMEI", node
