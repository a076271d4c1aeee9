"""Reads a golden file: what the golden units measure, who measured it, and until when it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from harness.files.collect import Problems
from harness.files.nodes import MappingNode, Node, Scalar
from harness.files.problems import nearest
from harness.files.schema import read
from harness.model.plan import GoldenRef, InputFile
from harness.model.step import Measurement, Numeric
from harness.model.units import UNITS
from harness.plans.limits.schema import GOLDEN_SCHEMA
from harness.plans.values import days, named_file, quantity, text, whole


@dataclass(frozen=True, slots=True)
class Golden:
    """The golden values, which are read with the measurements of the plan.

    `entries` is None when the values could not be read, `ref` when the head could not.
    """

    found: Problems
    input: InputFile | None = None
    ref: GoldenRef | None = None
    entries: Mapping[str, tuple[Scalar, Node]] | None = None
    _amounts: dict[str, Decimal | None] = field(default_factory=dict)

    def amount(self, key: str, measurement: Numeric) -> Decimal | None:
        """The golden value of a `step.measurement`, in its unit; None when there is none."""
        if key not in self._amounts:
            _, node = (self.entries or {}).get(key, (None, None))
            given = quantity(node, UNITS[measurement.unit], self.found) if node else None
            self._amounts[key] = given.amount if given else None
        return self._amounts[key]

    def check(self, steps: Mapping[str, Mapping[str, Measurement]]) -> None:
        """Tell the values that are no numbers of the steps of the plan; other steps may be."""
        for key, (at, _) in (self.entries or {}).items():
            step, _, name = key.partition(".")
            measures = steps.get(step)
            if measures is None:
                continue
            measurement = measures.get(name)
            if isinstance(measurement, Numeric):
                self.amount(key, measurement)
            elif measurement:
                self.found.error(at, f"{at.describe()} is no number, so it has no golden value")
            else:
                near = nearest(name, measures)
                words = f"the step {step!r} of the plan does not measure {at.describe()}"
                self.found.error(at, words, f"{step}.{near}" if near else "")


def read_golden(node: Node, limit_set_file: Path, found: Problems) -> Golden:
    """The golden file that a limit set names; one that is not there is told."""
    path = named_file(node, found, beside=limit_set_file)
    if path is None:
        return Golden(Problems(""))
    root, shape, file = read(path, GOLDEN_SCHEMA)
    inside = Problems(str(path), shape)
    if root is None:
        return Golden(inside, file)
    values = root.get("values")
    entries = values.entries if isinstance(values, MappingNode) else None
    return Golden(inside, file, _ref(root, inside), entries)


def _ref(root: Node, found: Problems) -> GoldenRef | None:
    name, revision = text(root.get("golden")), whole(root.get("revision"))
    _, until = days(root.get("measured"), found)
    if name is None or revision is None or until is None:
        return None
    return GoldenRef(name, revision, until)
