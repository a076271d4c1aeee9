"""Gives each measurement of a plan its one limit: from its step, or from the limit set."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from harness.files.collect import Problems
from harness.files.keys import KeyMistakes
from harness.files.nodes import MappingNode, Node, Scalar
from harness.files.problems import nearest
from harness.model.limits import Limit
from harness.model.step import StepSpec
from harness.plans.limit_set import LimitSet
from harness.plans.limits import read_limit
from harness.plans.values import text

_Entries = Mapping[str, tuple[Scalar, Node]]


@dataclass(frozen=True, slots=True)
class Measuring:
    """A step of a plan, and what it measures where that is known."""

    node: Node
    spec: StepSpec | None

    @property
    def id(self) -> str | None:
        return text(self.node.get("id"))

    @property
    def inline(self) -> _Entries:
        """The limits that stand under the step itself."""
        given = self.node.get("limits")
        return given.entries if isinstance(given, MappingNode) else {}


def allot(
    steps: Sequence[Measuring], limit_set: LimitSet | None, found: Problems
) -> list[dict[str, Limit]]:
    """The limits of each step by its measurements; those that cannot be read are left out."""
    shared = limit_set.entries if limit_set else {}
    lacking = {step.id: _lacking(step, shared) for step in steps if step.spec}
    meant = _tell_strangers(steps, lacking, limit_set) if limit_set else set()
    for step in steps:
        if step.spec:
            missing = [name for name in lacking[step.id] if f"{step.id}.{name}" not in meant]
            _tell_mistakes(step, step.spec, missing, limit_set, found)
    return [_limits(step, limit_set, found) for step in steps]


def _lacking(step: Measuring, shared: _Entries) -> list[str]:
    """The measurements of a step for which no limit is written."""
    measures = step.spec.measures if step.spec else {}
    return [n for n in measures if n not in step.inline and f"{step.id}.{n}" not in shared]


def _tell_strangers(
    steps: Sequence[Measuring], lacking: Mapping[str | None, list[str]], limit_set: LimitSet
) -> set[str]:
    """Tell the entries of a set that are for nothing measured; the keys that they meant."""
    values = limit_set.values
    if values is None:
        return set()
    specs = {step.id: step.spec for step in steps}
    ids = [name for name in specs if name]
    named = {key: key.partition(".") for key in limit_set.entries}
    near = {step: nearest(step, ids) for step in {s for s, _, _ in named.values()} - specs.keys()}
    meant: dict[str, str] = {}
    for key, (step, _, name) in named.items():
        spec = specs.get(step)
        if (spec and name in spec.measures) or (step in specs and not spec):
            continue
        if step not in specs and None in specs:
            continue  # it may be for the step whose id cannot be read
        owner = near.get(step, step)
        word = nearest(name, lacking.get(owner, ()))
        meant[key] = f"{owner}.{word}" if word else ""
    words = "no step of the plan measures"
    KeyMistakes(meant, ()).tell(limit_set.found, values, values, unknown=words)
    return set(meant.values())


def _tell_mistakes(
    step: Measuring,
    spec: StepSpec,
    missing: Collection[str],
    limit_set: LimitSet | None,
    found: Problems,
) -> None:
    """Tell the inline limits of nothing measured, and the measurements without a limit."""
    known = limit_set is None or bool(limit_set.values and step.id)
    words = f"step {spec.name} needs a limit for its measurement"
    if limit_set:
        words = f"neither step {spec.name} nor {limit_set.file} limits the measurement"
    KeyMistakes.of(
        unknown=[name for name in step.inline if name not in spec.measures],
        missing=missing if known else (),
        free=missing,
    ).tell(
        found,
        step.node.get("limits"),
        step.node,
        unknown=f"step {spec.name} does not measure",
        missing=words,
    )


def _limits(step: Measuring, limit_set: LimitSet | None, found: Problems) -> dict[str, Limit]:
    limits: dict[str, Limit] = {}
    for name, measurement in step.spec.measures.items() if step.spec else ():
        inline = step.inline.get(name)
        shared = limit_set.entries.get(f"{step.id}.{name}") if limit_set else None
        if limit_set and inline and shared:
            _tell_both(inline[0], shared[0], limit_set, found)
        for entry, file in ((inline, found), (shared, limit_set and limit_set.found)):
            if entry and file and (limit := read_limit(entry[1], measurement, file)):
                limits[name] = limit
    return limits


def _tell_both(inline: Scalar, shared: Scalar, limit_set: LimitSet, found: Problems) -> None:
    words = "has a second limit at {}: one of them has to go"
    there = f"{limit_set.file}:{shared.place.line}:{shared.place.column}"
    here = f"{found.file}:{inline.place.line}:{inline.place.column}"
    found.error(inline, f"{inline.describe()} {words.format(there)}")
    limit_set.found.error(shared, f"{shared.describe()} {words.format(here)}")
