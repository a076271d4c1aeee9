"""Reads what a plan says of itself: its name, process, product and how often a unit is tried."""

from __future__ import annotations

from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.model.plan import Plan, Product, Retest
from harness.plans.values import expression, quoted, text, whole


def read_head(root: Node, found: Problems) -> Plan | None:
    """A plan without steps."""
    product = _product(root.get("product"), found)
    retest = _retest(root.get("retest"), found)
    name, title, process = (text(root.get(key)) for key in ("plan", "title", "process"))
    revision = whole(root.get("revision"))
    if name is None or title is None or process is None or revision is None or product is None:
        return None
    return Plan(name, revision, title, process, product, steps=(), canonical="", retest=retest)


def _product(node: Node | None, found: Problems) -> Product | None:
    if node is None:
        return None
    model, part = text(node.get("model")), text(node.get("part"))
    serial = node.get("serial")
    pattern = ""
    if serial:
        quoted(serial, found)
        pattern = expression(serial, found) or ""
    return None if model is None or part is None else Product(model, part, pattern)


def _retest(node: Node | None, found: Problems) -> Retest:
    default = Retest()
    if node is None:
        return default
    max_runs = whole(node.get("max_runs")) or default.max_runs
    written = node.get("other_slot_after")
    after = whole(written)
    if written and after and after >= max_runs:
        words = f"another slot comes after fewer runs than max_runs, which is {max_runs}"
        found.error(written, f"{words}; found {written.describe()}")
    return Retest(max_runs, after or default.other_slot_after, default.then)
