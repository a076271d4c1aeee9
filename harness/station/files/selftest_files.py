"""The files by which the jigs of a station are shown to be good: a release has them, too.

They are the plans of self-tests and of golden and known-bad units, with all that those name.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from harness.files.parse import hashed
from harness.model.plan import InputFile
from harness.plans.named import files_of_plan
from harness.station.files.golden_units import GoldenUnits
from harness.station.files.jig_file import JigFile

SELFTEST = "selftest"
GOLDEN_PLAN = "golden-plan"


def selftest_files(jigs: Mapping[str, JigFile | None]) -> dict[str, InputFile]:
    """The files of the plan for the self-test of each kind of jig, by the jig file's name.

    What is not there is left out: such a jig is tested by nothing, and open to nobody.
    """
    return {
        _role(SELFTEST, role, name): file
        for name, kind in jigs.items()
        if kind and kind.selftest and kind.selftest.is_file()
        for role, file in files_of_plan(kind.selftest).items()
    }


def golden_files(
    registries: Iterable[tuple[InputFile, GoldenUnits | None]],
) -> dict[str, InputFile]:
    """The files of the plan of each registered unit, by the plan's path from the registry."""
    return {
        _role(GOLDEN_PLAN, role, os.path.relpath(plan, registry.path.parent)): file
        for registry, units in registries
        for plan in sorted({unit.plan for unit in units.units.values()} if units else ())
        for role, file in files_of_plan(plan).items()
    }


def read_again(files: Mapping[str, InputFile]) -> dict[str, InputFile]:
    """Those of a station's files by which its jigs are shown to be good, as they are now.

    A station at work reads them anew when they change.
    """
    return {
        role: hashed(file.path)
        for role, file in files.items()
        if role.startswith((SELFTEST, GOLDEN_PLAN))
    }


def _role(of: str, role: str, name: str) -> str:
    """`selftest:NAME` of a plan, `selftest-limits:NAME`, `selftest-mask:NAME:PATH`."""
    kind, _, path = role.partition(":")
    return ":".join((of if kind == "plan" else f"{of}-{kind}", name, *([path] if path else [])))
