"""Reads the variants of a plan, and which of them a step is in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from harness.files.collect import Problems
from harness.files.nodes import MappingNode, Node, Scalar
from harness.files.problems import nearest
from harness.plans.values import text

NO_VARIANTS = ("",)
"""The name of the one plan of a file without variants."""


@dataclass(frozen=True, slots=True)
class VariantNames:
    """The variants of a plan by the places of their names; `skus` has the SKU of each.

    `kept` are those whose units never ship. `readable` is false where they cannot be known, so that
    nothing is said about their names.
    """

    keys: Mapping[str, Scalar] = field(default_factory=dict)
    skus: Mapping[str, str] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    readable: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.keys) or NO_VARIANTS

    def sku_of(self, variant: str) -> str:
        """The SKU of a variant; "" of the one plan of a file without variants."""
        return self.skus.get(variant, "")

    def only(self, some: Collection[str]) -> str:
        """` in variant ae`, for what is so in some of the variants; empty when it is in all."""
        said = [name for name in self.names if name in some]
        if len(said) == len(self.names):
            return ""
        return f" in variant{'s' if len(said) > 1 else ''} {' and '.join(said)}"


def read_variants(node: Node | None, found: Problems) -> VariantNames:
    """The variants that a plan has, in their order."""
    if node is None:
        return VariantNames()
    if not isinstance(node, MappingNode):
        return VariantNames(readable=False)
    skus: dict[str, str] = {}
    lines: dict[str, int] = {}
    for key, variant in node.items():
        written = variant.get("sku")
        sku = text(written)
        if written is None or sku is None:
            continue  # a problem of shape, already told
        if sku in lines:
            found.error(written, f"the SKU {written.describe()} is already in line {lines[sku]}")
            continue
        skus[key.text] = sku
        lines[sku] = written.place.line
    keys = {key.text: key for key, _ in node.items()}
    kept = frozenset(key.text for key, variant in node.items() if _stays(variant))
    return VariantNames(keys, skus, kept, bool(node.entries))


def _stays(variant: Node) -> bool:
    ships = variant.get("ships")
    return ships is not None and ships.plain() is False


def variants_of(step: Node, known: VariantNames, found: Problems) -> frozenset[str] | None:
    """The variants that a step is in: all, unless it says `only`; None when that is unreadable."""
    only = step.get("only")
    if only is None:
        return frozenset(known.names)
    if not known.readable:
        return None
    if not known.keys:
        found.error(only, "the plan has no variants, so that a step is in no one only")
        return None
    named = list(only.get("variant") or ())
    for node in named:
        if (name := text(node)) is not None and name not in known.keys:
            there = ", ".join(known.keys)
            message = f"no variant {node.describe()}: the plan has {there}"
            found.error(node, message, nearest(name, known.keys))
    chosen = {name for node in named if (name := text(node)) is not None}
    return frozenset(chosen) if chosen and chosen <= known.keys.keys() else None
