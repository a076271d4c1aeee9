"""From a plan's file to the plans that run, one a variant, or to all that is wrong with them."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from harness.errors import PlanError
from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.problems import Problem, Severity, errors
from harness.files.schema import read
from harness.model.fault import Symptom
from harness.model.judgement import Limit
from harness.model.label import Label
from harness.model.plan import InputFile, LimitsRef, Plan, PlannedStep, Variants
from harness.model.step import Catalogue
from harness.plans.canonical import Form, canonical_limits, canonical_text, step_form
from harness.plans.cells import tell_wrong_channels
from harness.plans.clashes import tell_clashes
from harness.plans.entries import Entry, read_entries
from harness.plans.head import read_head
from harness.plans.label import read_label
from harness.plans.limits.allot import Measuring, allot
from harness.plans.limits.limit_set import (
    LimitSet,
    read_limit_set,
    read_limit_set_at,
    tell_variants,
)
from harness.plans.limits.symptoms import read_symptoms
from harness.plans.questions import tell_idle_questions
from harness.plans.rules import (
    tell_empty_variants,
    tell_harmless_plans,
    tell_harmless_steps,
    tell_unread_sku,
)
from harness.plans.schema import PLAN_SCHEMA
from harness.plans.steps import read_step
from harness.plans.values import named_file, text
from harness.plans.variants import VariantNames, read_variants


def load_plans(
    path: Path,
    catalogue: Catalogue,
    *,
    limits: Path | None = None,
    warned: Callable[[Problem], None] = lambda _: None,
) -> Variants:
    """The resolved plans of a file; `warned` is told of each warning.

    Raises: PlanError(PLAN-INVALID) with every problem and its place as evidence.
    """
    plans, problems = resolve(path, catalogue, limits=limits)
    for problem in problems:
        if problem.severity is Severity.WARNING:
            warned(problem)
    if plans is None:
        words = [str(problem) for problem in errors(problems)]
        more = f" (and {len(words) - 1} more)" if len(words) > 1 else ""
        raise PlanError("PLAN-INVALID", words[0] + more, evidence={"problems": words})
    return plans


def resolve(
    path: Path, catalogue: Catalogue, *, limits: Path | None = None
) -> tuple[Variants | None, list[Problem]]:
    """The plans, unless there are errors, and all errors and warnings in order.

    `limits` is a limit set to take in place of the one that the plan names.
    """
    with _no_collection():
        return _resolve(path, catalogue, limits)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Spare the search for garbage, of which there is none yet: a quarter of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _resolve(
    path: Path, catalogue: Catalogue, limits: Path | None
) -> tuple[Variants | None, list[Problem]]:
    root, shape, file = read(path, PLAN_SCHEMA)
    if root is None:
        return None, shape
    if (kind := _kind_of_part(root)) is not None:
        words = f"{kind}, no plan: it is checked with each plan that names it"
        return None, [Problem(str(path), *root.place, words)]
    found = Problems(str(path), shape)
    limit_set = (
        read_limit_set_at(limits) if limits else read_limit_set(root.get("limits"), path, found)
    )
    label_file, label, of_label = _label(root.get("label"), path, found)
    draft = _read(root, catalogue, limit_set, found)
    if label and draft.variants.keys:
        tell_unread_sku(label, root.get("label") or root, found)
    told = found.sorted() + limit_set.problems() + of_label
    problems = list(dict.fromkeys(told))
    if errors(problems):
        return None, problems
    files = {"plan": file, **limit_set.files}
    if label_file:
        files["label"] = label_file
    plans = {name: draft.plan(name, limit_set) for name in draft.variants.names}
    whole = {name: replace(plan, label=label, files=files) for name, plan in plans.items()}
    return Variants(whole), problems


def _kind_of_part(root: Node) -> str | None:
    """What a file is that plans name, if it is one of those."""
    if root.get("plan") or root.get("steps"):
        return None
    if root.get("golden") and root.get("measured"):
        return "golden values"
    if root.get("values"):
        return "a limit set"
    return "a label" if root.get("scan") else None


def _label(
    node: Node | None, plan_file: Path, found: Problems
) -> tuple[InputFile | None, Label | None, list[Problem]]:
    """The label file that a plan names, what it says, and the problems in it."""
    path = named_file(node, found, beside=plan_file) if node else None
    if path is None:
        return None, None, []
    file, label, of_label = read_label(path)
    return file, label, of_label.sorted()


class _Step(NamedTuple):
    """A step as it runs in some of the variants, and its canonical form."""

    entry: Entry
    planned: PlannedStep
    form: Form


@dataclass(frozen=True, slots=True)
class _Draft:
    """What was read of a plan: each step once, and for each variant the limits of each step.

    `made` keeps the steps that variants share, by their place and the ids of their limits.
    """

    head: Plan | None
    variants: VariantNames
    entries: Sequence[Entry]
    steps: Sequence[PlannedStep | None]
    limits: Mapping[str, Sequence[Mapping[str, Limit]]]
    symptoms: Mapping[str, Mapping[str, Symptom]]
    made: dict[tuple[int, ...], _Step] = field(default_factory=dict)

    def plan(self, variant: str, limit_set: LimitSet) -> Plan:
        """The plan of a variant, of a draft without errors."""
        assert self.head is not None, "what cannot be read is an error"
        steps = [
            self._step(number, limits)
            for number, limits in enumerate(self.limits[variant])
            if self.entries[number].is_in(variant)
        ]
        plan = replace(
            self.head,
            variant=variant,
            sku=self.variants.sku_of(variant),
            ships=variant not in self.variants.kept,
            steps=tuple(step.planned for step in steps),
            symptoms=self.symptoms[variant],
            golden=limit_set.golden,
        )
        return replace(
            plan,
            canonical=canonical_text(plan, [step.form for step in steps]),
            limits=_limits_ref(limit_set, plan, steps) if limit_set.named else None,
        )

    def _step(self, number: int, limits: Mapping[str, Limit]) -> _Step:
        key = (number, *map(id, limits.values()))
        if key not in self.made:
            entry, step = self.entries[number], self.steps[number]
            assert step is not None, "what cannot be read is an error"
            assert entry.spec is not None, "what cannot be read is an error"
            planned = replace(step, limits=limits)
            self.made[key] = _Step(entry, planned, step_form(planned, entry.spec.measures))
        return self.made[key]


def _limits_ref(limit_set: LimitSet, plan: Plan, steps: Sequence[_Step]) -> LimitsRef:
    """What the plan takes from the limit set: all but the limits under its steps."""
    name, revision = limit_set.id, limit_set.revision
    assert name is not None, "what cannot be read is an error"
    assert revision is not None, "what cannot be read is an error"
    given = {
        f"{step.planned.id}.{measurement}": limit
        for step in steps
        for measurement, limit in step.form["limits"].items()
        if not (inline := step.entry.node.get("limits")) or not inline.get(measurement)
    }
    content = canonical_limits(name, revision, given, plan.symptoms)
    return LimitsRef(name, revision, hashlib.sha256(content.encode()).hexdigest())


def _read(root: Node, catalogue: Catalogue, limit_set: LimitSet, found: Problems) -> _Draft:
    variants = read_variants(root.get("variants"), found)
    entries = read_entries(root, catalogue, variants, found)
    head = read_head(root, found)
    steps = [read_step(entry, found) for entry in entries]
    tell_variants(limit_set, variants.names if variants.readable else None)
    limits = {
        name: allot(_measuring(entries, name), limit_set, name, found) for name in variants.names
    }
    tell_empty_variants(entries, variants, found)
    tell_clashes(entries, variants, found)
    tell_wrong_channels(entries, found)
    tell_idle_questions(entries, limits, variants, found)
    tell_harmless_steps(entries, limits, variants, found)
    tell_harmless_plans(entries, limits, variants, root.get("steps") or root, found)
    symptoms = {name: _symptoms(limit_set, entries, its) for name, its in limits.items()}
    return _Draft(head, variants, entries, steps, limits, symptoms)


def _measuring(entries: Sequence[Entry], variant: str) -> list[Measuring]:
    return [Measuring(entry.node, entry.spec, entry.is_in(variant)) for entry in entries]


def _symptoms(
    limit_set: LimitSet, entries: Sequence[Entry], limits: Sequence[Mapping[str, Limit]]
) -> Mapping[str, Symptom]:
    """What faults are called in a variant whose steps have these limits."""
    ids = [text(entry.node.get("id")) for entry in entries]
    known = {
        f"{step}.{measurement}"
        for step, entry in zip(ids, entries, strict=True)
        for measurement in (entry.spec.measures if entry.spec else ())
    }
    by_name = {
        f"{step}.{measurement}": limit
        for step, its in zip(ids, limits, strict=True)
        for measurement, limit in its.items()
    }
    return read_symptoms(limit_set, by_name, known)
