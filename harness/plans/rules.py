"""What is wrong with the parts of a plan taken together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.model.judgement import Limit
from harness.model.label import Label
from harness.model.limits import NotOffered, RecordOnly
from harness.model.plan import Phase
from harness.plans.entries import Entry
from harness.plans.variants import VariantNames

LimitsOfSteps = Mapping[str, Sequence[Mapping[str, Limit]]]
"""For each variant the limits of each entry of the plan."""


def tell_empty_variants(entries: Sequence[Entry], known: VariantNames, found: Problems) -> None:
    """Tell each variant that has nothing to test."""
    steps = [entry for entry in entries if entry.phase is Phase.STEPS]
    for name, key in known.keys.items():
        if steps and not any(step.variants is None or step.is_in(name) for step in steps):
            found.error(key, f"no step under steps is in variant {key.describe()}")


def tell_harmless_plans(
    entries: Sequence[Entry],
    limits: LimitsOfSteps,
    known: VariantNames,
    steps: Node,
    found: Problems,
) -> None:
    """Tell the variants whose every unit would PASS: none of their limits can be missed."""
    harmless = set()
    for name in known.names:
        planned = [n for n, entry in enumerate(entries) if _is_tested(entry, name)]
        if planned and not any(_may_fail(limits[name][n], entries[n]) for n in planned):
            harmless.add(name)
    if harmless:
        words = "nothing that the plan measures can fail, so every unit would PASS"
        found.error(steps, f"{words}{known.only(harmless)}")


def _is_tested(entry: Entry, variant: str) -> bool:
    """Whether a step tests the units of a variant; true where that cannot be known."""
    return entry.phase is Phase.STEPS and (entry.variants is None or entry.is_in(variant))


def _may_fail(limits: Mapping[str, Limit], entry: Entry) -> bool:
    measures = entry.spec is None or bool(entry.spec.measures)
    return measures and not _can_not_fail(limits, entry)


def tell_harmless_steps(
    entries: Sequence[Entry], limits: LimitsOfSteps, known: VariantNames, found: Problems
) -> None:
    """Warn of each step that measures and can never FAIL."""
    for number, entry in enumerate(entries):
        if entry.phase is not Phase.STEPS or not entry.spec:
            continue
        planned = [name for name in known.names if entry.is_in(name)]
        harmless = {name for name in planned if _can_not_fail(limits[name][number], entry)}
        if harmless:
            where = known.only(harmless) if len(harmless) < len(planned) else ""
            found.warning(entry.node, f"nothing that it measures can fail{where}")


def tell_unread_sku(label: Label, node: Node, found: Problems) -> None:
    """Warn of a label that picks none of the variants of its plan."""
    if "sku" not in label.says:
        found.warning(node, "no scan of this label picks a variant: it says no sku")


def _can_not_fail(limits: Mapping[str, Limit], entry: Entry) -> bool:
    measures = entry.spec.measures if entry.spec else {}
    return (
        bool(measures)
        and limits.keys() == measures.keys()
        and all(isinstance(limit, RecordOnly | NotOffered) for limit in limits.values())
    )
