"""`harness run --only`: a part of a plan, by the names of its steps and groups."""

from __future__ import annotations

import pytest

from tests.cli.conftest import PLAN, Cli
from tests.cli.recorded import steps


def test_a_part_of_a_plan_that_passes_is_no_pass(cli: Cli) -> None:
    ran = cli("run", PLAN, "--only", "charge", "--json")
    assert ran.code == 4, ran.err
    (record,) = ran.records()
    assert (record["outcome"], record["fault"]["code"]) == ("ABORTED", "RUN-PARTIAL")
    assert record["plan"]["only"] == ["charge"]
    made = steps(record)
    assert (made["close"], made["charge"], made["open"]) == ("PASS", "PASS", "PASS")
    assert made["identity"] == "SKIPPED"


def test_a_part_of_a_plan_that_fails_is_a_fail(cli: Cli) -> None:
    scenario = cli.scenario("units: [{serial: A57A000006, defects: [battery.weak_charge]}]\n")
    ran = cli("run", PLAN, "--scenario", scenario, "--only", "charge", "--json")
    assert ran.code == 1, ran.err
    assert ran.records()[0]["fault"]["code"] == "charge.current_jig:LOW"


def test_all_steps_chosen_by_name_are_the_whole_plan(cli: Cli) -> None:
    ran = cli("run", PLAN, "--only", "charge, identity", "--json")
    assert ran.code == 0, ran.err
    assert ran.records()[0]["plan"]["only"] == []


ONLY = {
    "chrage": "no step or group 'chrage'; did you mean 'charge'?",
    "nothing,charge": "no step or group 'nothing'; there are identity, charge",
    "": "no step or group ''",
    "close": "close is setup or teardown, which always run",
}


@pytest.mark.parametrize(("only", "words"), ONLY.items(), ids=range(len(ONLY)))
def test_a_step_that_cannot_be_chosen_is_wrong_usage(cli: Cli, only: str, words: str) -> None:
    ran = cli("run", PLAN, "--only", only)
    assert ran.code == 2
    assert words in " ".join(ran.err.split())
    assert not cli.store.exists()


def test_a_group_is_chosen_by_its_id(cli: Cli) -> None:
    text = PLAN.read_text()
    before, _, rest = text.partition("steps:\n")
    body, _, after = rest.partition("teardown:")
    inner = "".join(f"    {line}\n" for line in body.splitlines())
    other = "  - {id: shut, use: jig.close, timeout: 10 s}\n"
    plan = cli.folder / "grouped.yaml"
    plan.write_text(f"{before}steps:\n{other}  - id: both\n    any_order:\n{inner}teardown:{after}")
    ran = cli("run", plan, "--only", "both", "--json")
    assert ran.code == 4, ran.err
    (record,) = ran.records()
    assert record["plan"]["only"] == ["identity", "charge"]
    assert steps(record)["shut"] == "SKIPPED"
