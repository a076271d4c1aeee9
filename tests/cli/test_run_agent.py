"""`harness run` of a plan whose steps speak to the test app alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli

HOME = Path(__file__).parents[2]
PLAN = str(HOME / "testplans" / "agent.yaml")


@pytest.mark.parametrize(
    ("more", "code", "outcome", "fault"),
    [
        ((), 3, "ERROR", "AGENT-MISSING"),
        (("--scenario", str(HOME / "fixtures" / "sim" / "agent.yaml")), 0, "PASS", None),
    ],
)
def test_it_passes_on_a_unit_that_has_the_app(
    cli: Cli, more: tuple[str, ...], code: int, outcome: str, fault: str | None
) -> None:
    ran = cli("run", PLAN, "--json", *more)
    (record,) = ran.records()
    assert (ran.code, record["outcome"]) == (code, outcome), ran.err
    assert (record["fault"] and record["fault"]["code"]) == fault
