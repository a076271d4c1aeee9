"""The plans of jigs and golden units, as their files are now."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from harness.errors import PlanError
from harness.model.identity import Unit
from harness.station.files.golden_units import GoldenKind, GoldenUnit
from harness.station.readiness.jig_plans import JigPlans
from harness.steps import catalogue

PLAN = """\
schema: 1
plan: who
revision: 1
title: Who it is
process: final-test
product: {model: A57, part: A57}
limits: limits.yaml
steps:
  - {id: identity, use: identity.read, timeout: 10 s}
"""
LIMITS = """\
schema: 1
limits: who
revision: 1
values:
  identity.serial: {matches: 'A57[A-Z][0-9]{6}'}
  identity.imei1: record only
  identity.imei2: record only
"""


@pytest.fixture
def entry(tmp_path: Path) -> GoldenUnit:
    (tmp_path / "plan.yaml").write_text(PLAN)
    (tmp_path / "limits.yaml").write_text(LIMITS)
    unit, until = Unit("A57G000001"), date(2999, 1, 1)
    return GoldenUnit(unit, GoldenKind.GOLDEN, tmp_path / "plan.yaml", "who", until)


def rewrite(path: Path, old: str, new: str) -> None:
    """Edit a file within the tick of the clock in which it was written."""
    known = path.stat()
    path.write_text(path.read_text().replace(old, new))
    os.utime(path, ns=(known.st_atime_ns, known.st_mtime_ns))


def test_a_plan_is_read_anew_once_a_file_of_it_is_another_one(entry: GoldenUnit) -> None:
    plans = JigPlans(catalogue())
    first = plans.golden(entry)
    assert plans.golden(entry) is first
    rewrite(entry.plan, "revision: 1", "revision: 2")
    second = plans.golden(entry)
    assert (first.revision, second.revision) == (1, 2)
    limits = entry.plan.with_name("limits.yaml")
    rewrite(limits, "[A-Z]", "[B-Z]")
    third = plans.golden(entry)
    assert len({first.sha256, second.sha256, third.sha256}) == 3
    assert plans.golden(entry) is third


def test_a_plan_that_was_spoilt_or_taken_away_is_no_plan_until_it_is_back(
    entry: GoldenUnit,
) -> None:
    plans = JigPlans(catalogue())
    first = plans.golden(entry)
    rewrite(entry.plan, "timeout: 10 s", "timeout: 10 m")
    with pytest.raises(PlanError, match="PLAN-INVALID"):
        plans.golden(entry)
    limits = entry.plan.with_name("limits.yaml")
    rewrite(entry.plan, "timeout: 10 m", "timeout: 10 s")
    limits.rename(limits.with_suffix(".away"))
    with pytest.raises(PlanError, match="PLAN-INVALID"):
        plans.golden(entry)
    limits.with_suffix(".away").rename(limits)
    assert plans.golden(entry).sha256 == first.sha256
