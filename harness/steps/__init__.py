"""The catalogue of product steps. Other packages add theirs by an entry point (docs/steps.md)."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points
from types import ModuleType

from harness.model.step import Catalogue, StepSpec
from harness.steps.api import MARK

_PRODUCT = ("battery", "identity", "jig")
ENTRY_POINTS = "harness.steps"
"""The entry-point group whose members are modules of steps."""


def catalogue() -> Catalogue:
    """Every step of this installation.

    Raises: ValueError when two modules define a step of the same name.
    """
    modules = [import_module(f"harness.steps.{name}") for name in _PRODUCT]
    modules += [entry.load() for entry in entry_points(group=ENTRY_POINTS)]
    return Catalogue(spec for module in modules for spec in steps_of(module))


def steps_of(module: ModuleType) -> Iterator[StepSpec]:
    """The steps that a module defines, in the order of their definition."""
    for member in vars(module).values():
        spec = getattr(member, MARK, None)
        if isinstance(spec, StepSpec) and spec.body.__module__ == module.__name__:
            yield spec
