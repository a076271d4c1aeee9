from hypothesis import given
from hypothesis import strategies as st

from harness.errors import Blame
from harness.model.outcome import Outcome, outcome_of, worst


def test_outcomes_are_ordered_from_skipped_to_error() -> None:
    assert [o.name for o in sorted(Outcome)] == ["SKIPPED", "PASS", "FAIL", "ABORTED", "ERROR"]
    assert [o.value for o in sorted(Outcome)] == [0, 10, 30, 40, 50]


def test_only_the_unit_can_fail_and_only_a_person_can_abort() -> None:
    assert {blame.name: outcome_of(blame).name for blame in Blame} == {
        "DUT": "FAIL",
        "LINK": "ERROR",
        "STATION": "ERROR",
        "PLAN": "ERROR",
        "OPERATOR": "ABORTED",
    }


def test_worst_of_nothing_is_skipped() -> None:
    assert worst([]) is Outcome.SKIPPED


@given(st.lists(st.sampled_from(Outcome), min_size=1), st.sampled_from(Outcome))
def test_worst_only_gets_worse(parts: list[Outcome], another: Outcome) -> None:
    assert worst(parts) in parts
    assert all(worst(parts) >= part for part in parts)
    assert worst([*parts, another]) is max(worst(parts), another)
