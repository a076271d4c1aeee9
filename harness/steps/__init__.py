"""The catalogue of product steps. Other packages add theirs by an entry point (docs/steps.md)."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from traceback import extract_tb
from types import ModuleType
from typing import TYPE_CHECKING

from harness.errors import PlanError, unexpected
from harness.model.step import Catalogue, StepSpec
from harness.steps.api import MARK

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

_PRODUCT = (
    "agent",
    "battery",
    "camera",
    "device",
    "handover",
    "handset",
    "identity",
    "jig",
    "jig_health",
    "lte",
    "nfc",
    "operator",
    "radio",
    "usb",
)
ENTRY_POINTS = "harness.steps"
"""The entry-point group whose members are modules of steps."""


def catalogue() -> Catalogue:
    """Every step of this installation.

    Raises: PlanError(STEPS-BROKEN) when a module that an entry point names cannot be used.
    """
    modules = [importlib.import_module(f"harness.steps.{name}") for name in _PRODUCT]
    specs = {spec.name: spec for module in modules for spec in steps_of(module)}
    for entry in _entries():
        for spec in _plugged(entry):
            if known := specs.get(spec.name):
                raise _broken(entry, f"{known.body.__module__} has a step {spec.name} too")
            specs[spec.name] = spec
    return Catalogue(specs.values())


def _entries() -> Iterable[EntryPoint]:
    """The members of the group.

    importlib.metadata costs a start 35 ms, so it is asked only when a package names the group.
    """
    group = f"[{ENTRY_POINTS}]"
    files = (
        file
        for folder in sys.path
        for kind in ("dist", "egg")
        for file in Path(folder).glob(f"*.{kind}-info/entry_points.txt")
    )
    if not any(group in file.read_text("utf-8") for file in files):
        return ()
    from importlib.metadata import entry_points

    return entry_points(group=ENTRY_POINTS)


def _plugged(entry: EntryPoint) -> list[StepSpec]:
    """The steps of a module of another package."""
    try:
        module = entry.load()
    except (Exception, SystemExit) as error:  # code of others may raise anything at its import
        raise _broken(entry, f"{_place(error)}{type(error).__name__}: {error}", error) from error
    steps = list(steps_of(module)) if isinstance(module, ModuleType) else []
    if not steps:
        raise _broken(entry, "it is no module that defines a step")
    return steps


def _place(error: BaseException) -> str:
    """`FILE:LINE: ` where the code of others went last, if it ran at all."""
    ours = (str(Path(__file__).parents[1]), str(Path(importlib.__file__).parent), "<")
    frames = [f for f in extract_tb(error.__traceback__) if not f.filename.startswith(ours)]
    return f"{frames[-1].filename}:{frames[-1].lineno}: " if frames else ""


def _broken(entry: EntryPoint, why: str, error: BaseException | None = None) -> PlanError:
    package = f"{entry.dist.name} {entry.dist.version}" if entry.dist else "an unknown package"
    return PlanError(
        "STEPS-BROKEN",
        f"module {entry.value}, entry point {entry.name!r} of {package}: {why}",
        evidence=unexpected(error) if error else {},
    )


def steps_of(module: ModuleType) -> Iterator[StepSpec]:
    """The steps that a module defines, in the order of their definition."""
    for member in vars(module).values():
        spec = getattr(member, MARK, None)
        if isinstance(spec, StepSpec) and spec.body.__module__ == module.__name__:
            yield spec
