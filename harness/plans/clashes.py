"""Finds steps that run at the same time and need the same thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.model.plan import GroupKind
from harness.model.ports import Agent, Handset, Usb
from harness.plans.entries import Entry
from harness.plans.values import text
from harness.plans.variants import VariantNames

_RESTART = "adb-restart"
_PORTS = (Agent, Handset, Usb)


class _Claim(NamedTuple):
    """What a step needs, for itself or together with others, and the place where it says so."""

    thing: str
    node: Node
    shared: bool = False


def tell_clashes(entries: Iterable[Entry], known: VariantNames, found: Problems) -> None:
    """Tell each claim of a step on what a step before it in the same parallel group has."""
    for _, neighbours in groupby(entries, key=lambda entry: id(entry.group)):
        steps = list(neighbours)
        if steps[0].group and steps[0].group.kind is GroupKind.PARALLEL:
            _tell_clashes(steps, known, found)


def _tell_clashes(steps: list[Entry], known: VariantNames, found: Problems) -> None:
    holders: dict[str, list[tuple[Entry, bool]]] = {}
    for step in steps:
        clashes: dict[Node, list[str]] = {}
        for thing, node, shared in _claims(step):
            for holder, holder_shares in holders.get(thing, ()):
                if shared and holder_shares:
                    continue
                if meeting := (holder.variants or frozenset()) & (step.variants or frozenset()):
                    other = text(holder.node.get("id"))
                    words = f"{thing} is taken by {other!r} at the same time{known.only(meeting)}"
                    clashes.setdefault(node, []).append(words)
                    break
            holders.setdefault(thing, []).append((step, shared))
        for node, all_words in clashes.items():
            found.error(node, "; ".join(all_words))


def _claims(step: Entry) -> Iterator[_Claim]:
    """The parts of the handset that a step claims, and the instruments that it needs.

    Who restarts adb takes the link away from everybody who uses it, whatever they claim.
    """
    use = step.node.get("use")
    if step.spec and use:
        for part in sorted(step.spec.claims - {_RESTART}):
            yield _Claim(f"the handset's {part}", use)
        restarts = _RESTART in step.spec.claims
        if restarts or any(port in _PORTS for port in step.spec.ports.values()):
            yield _Claim("the link to the handset", use, shared=not restarts)
    for need in step.node.get("needs") or ():
        if name := text(need):
            yield _Claim(f"the instrument {name}", need)
