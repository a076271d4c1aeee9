"""Gives each measurement of a plan its one limit: from its step, or from the limit set."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.files.collect import Problems
from harness.files.keys import KeyMistakes
from harness.files.nodes import MappingNode, Node, Scalar
from harness.files.problems import nearest
from harness.model.judgement import Limit
from harness.model.step import Measurement, StepSpec
from harness.plans.limits.limit_set import Entries, LimitSet
from harness.plans.values import text


@dataclass(frozen=True)
class Measuring:
    """A step of a plan, and what it measures where that is known; `planned` in this variant."""

    node: Node
    spec: StepSpec | None
    planned: bool = True

    @cached_property
    def id(self) -> str | None:
        return text(self.node.get("id"))

    @property
    def inline(self) -> Entries:
        """The limits that stand under the step itself."""
        given = self.node.get("limits")
        return given.entries if isinstance(given, MappingNode) else {}

    @property
    def measures(self) -> Mapping[str, Measurement]:
        return self.spec.measures if self.spec else {}


def allot(
    steps: Sequence[Measuring], limit_set: LimitSet, variant: str, found: Problems
) -> list[dict[str, Limit]]:
    """The limits of each step of a variant; those that cannot be read are left out.

    `found` takes the problems of the plan's file. A step that is not planned has no limits; what
    is written for it is checked.
    """
    limit_set.unclear.update(step.id for step in steps if not step.id or not step.spec)
    lacking = [_lacking(step, limit_set, variant) for step in steps]
    meant = _tell_strangers(steps, lacking, limit_set)
    for step, names in zip(steps, lacking, strict=True):
        missing = [name for name in names if f"{step.id}.{name}" not in meant]
        _tell_mistakes(step, missing, limit_set, variant, found)
    if limit_set.reference:
        limit_set.reference.check({s.id: s.measures for s in steps if s.id and s.spec})
    return [_limits(step, limit_set, variant, found) for step in steps]


def _lacking(step: Measuring, limit_set: LimitSet, variant: str) -> list[str]:
    """The measurements of a step for which no limit of the variant is written."""
    sections = {"", variant, *limit_set.strange}
    shared = [entries for name, entries in limit_set.sections.items() if name in sections]
    return [
        name
        for name in step.measures
        if name not in step.inline and not any(f"{step.id}.{name}" in its for its in shared)
    ]


def _tell_strangers(
    steps: Sequence[Measuring], lacking: Sequence[Collection[str]], limit_set: LimitSet
) -> set[str]:
    """Tell the entries of a set that are for nothing measured; the keys that they meant."""
    owners = {step.id: step for step in steps}
    free = {step.id: names for step, names in zip(steps, lacking, strict=True)}
    meant = set()
    for variant, entries in limit_set.sections.items():
        for at, _ in entries.values():
            step, _, name = at.text.partition(".")
            if _may_be_known(step, name, owners):
                continue
            if step not in owners:
                step = limit_set.hints.nearest(step, [known for known in owners if known])
            owner = owners.get(step)
            choice = () if owner is None else owner.measures if variant else free[owner.id]
            word = nearest(name, choice)
            key = f"{step}.{word}" if word else ""
            limit_set.found.error(at, f"no step of the plan measures {at.describe()}", key)
            meant.add(key)
    return meant


def _may_be_known(step: str, name: str, owners: Mapping[str | None, Measuring]) -> bool:
    """Whether a step measures it, or may: one that cannot be read is given the benefit."""
    owner = owners.get(step)
    if owner is None:
        return None in owners
    return owner.spec is None or name in owner.measures


def _tell_mistakes(
    step: Measuring,
    missing: Sequence[str],
    limit_set: LimitSet,
    variant: str,
    found: Problems,
) -> None:
    """Tell the inline limits of nothing measured, and the measurements without a limit."""
    if step.spec is None:
        return
    strangers = [name for name in step.inline if name not in step.measures]
    mistakes = KeyMistakes.of(strangers, missing, free=missing)
    words = f"step {step.spec.name} does not measure"
    limits = step.node.get("limits")
    KeyMistakes(mistakes.unknown, ()).tell(found, limits, step.node, unknown=words)
    known = step.id is not None or not limit_set.named
    if step.planned and known and limit_set.is_whole(variant):
        for name in mistakes.missing:
            _tell_missing(step, step.spec, name, limit_set, variant, found)


def _tell_missing(
    step: Measuring,
    spec: StepSpec,
    name: str,
    limit_set: LimitSet,
    variant: str,
    found: Problems,
) -> None:
    """Tell it once, or once a variant where some variants have a limit."""
    key = f"{step.id}.{name}"
    where = variant if any(limit_set.entries(key)) else ""
    if (key, where) in limit_set.told:
        return
    limit_set.told.add((key, where))
    words = f"step {spec.name} needs a limit for its measurement"
    if limit_set.named:
        words = f"neither step {spec.name} nor {limit_set.file} limits the measurement"
    found.error(step.node, f"{words} {name!r}" + (f" in variant {where}" if where else ""))


def _limits(
    step: Measuring, limit_set: LimitSet, variant: str, found: Problems
) -> dict[str, Limit]:
    limits: dict[str, Limit] = {}
    for name, measurement in step.measures.items():
        key = f"{step.id}.{name}" if step.id else ""
        shared = limit_set.limits(key, measurement)
        limit = shared.get(variant) or shared.get("")
        if inline := step.inline.get(name):
            at, node = inline
            limit = limit_set.limit(node, key, measurement, found)
            _tell_both(at, key, limit_set, found)
        if limit and step.planned:
            limits[name] = limit
    return limits


def _tell_both(inline: Scalar, key: str, limit_set: LimitSet, found: Problems) -> None:
    words = "has a second limit at {}: one of them has to go"
    here = f"{found.file}:{inline.place.line}:{inline.place.column}"
    for _, shared, _ in limit_set.entries(key):
        there = f"{limit_set.file}:{shared.place.line}:{shared.place.column}"
        found.error(inline, f"{inline.describe()} {words.format(there)}")
        limit_set.found.error(shared, f"{shared.describe()} {words.format(here)}")
