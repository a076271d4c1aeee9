"""What counts as a release, told by its bytes and signatures alone."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import PlanError
from harness.model.fault import Symptom
from harness.model.limits import Range
from harness.model.outcome import Outcome
from harness.model.plan import (
    Group,
    GroupKind,
    OnFail,
    Phase,
    Plan,
    Product,
    Retry,
    Variants,
)
from harness.plans.release.manifest import (
    Release,
    ReleasedFile,
    decisive_sha256,
    is_person,
    read_release,
)
from tests.plans.release.releasing import (
    ALICE,
    AT,
    BOB,
    BOTH,
    MALLORY,
    STATION,
    STATIONS,
    forged,
    next_release,
    plans,
    release,
    signed,
    trust,
    whole,
)
from tests.short import code_of

FIRST = signed(release(), ALICE, BOB)
WRITTEN = FIRST.to_bytes()


def counts(content: bytes, before: Release | None = None) -> bool:
    try:
        BOTH.check(read_release(content), before)
    except (ValueError, PlanError):
        return False
    return True


def check(made: Release, before: Release | None = None) -> None:
    BOTH.check(made, before)


def test_what_is_written_is_read_and_counts() -> None:
    assert read_release(WRITTEN) == FIRST
    assert counts(WRITTEN)
    assert (FIRST.ref.number, FIRST.ref.signed_by) == (1, ("alice", "bob"))
    assert FIRST.ref.sha256 == FIRST.manifest.sha256


@pytest.mark.parametrize("bit", [0x01, 0x20])
def test_no_byte_can_change_its_case_or_last_bit(bit: int) -> None:
    for place in range(len(WRITTEN)):
        assert not counts(WRITTEN[:place] + bytes([WRITTEN[place] ^ bit]) + WRITTEN[place + 1 :])


@given(st.integers(0, len(WRITTEN) - 1), st.integers(1, 255))
def test_one_changed_byte_anywhere_and_it_does_not_count(place: int, change: int) -> None:
    changed = bytearray(WRITTEN)
    changed[place] ^= change
    assert not counts(bytes(changed))


@given(st.integers(0, len(WRITTEN)), st.binary(min_size=1, max_size=3))
def test_bytes_that_are_added_and_it_does_not_count(place: int, more: bytes) -> None:
    assert not counts(WRITTEN[:place] + more + WRITTEN[place:])


@given(st.integers(0, len(WRITTEN) - 1), st.integers(1, 200))
def test_bytes_that_are_left_out_and_it_does_not_count(place: int, size: int) -> None:
    assert not counts(WRITTEN[:place] + WRITTEN[place + size :])


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_no_release(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_release(content)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 100_000,
        b" " * (17 << 20),
        b"null",
        b"[]",
        b"1e999",
    ],
    ids=range(7),
)
def test_a_hostile_file_is_no_release(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_release(content)


FORGED = {
    "schema": {"schema": 3},
    "number 0": {"number": 0},
    "number too large": {"number": 10**12},
    "path for a process": {"process": "../../etc"},
    "other limits": {"decisive": "0" * 64},
    "other rules": {"stations": {}},
    "another plan": {"plan": "other"},
    "another revision": {"revision": 4},
    "an empty name": {"by": ""},
    "a name that paints": {"by": "carol\x1b[2J"},
    "a name of two words": {"by": "carol, signed by bob"},
    "a name of two lines": {"by": "carol\n"},
    "a harness that paints": {"harness": "0.1.0\x1b[1A"},
    "a harness without end": {"harness": "0" * 5000},
    "a path that paints": {"files": {"plan": ReleasedFile("a\rb", "0" * 64)}},
    "a path that turns": {"files": {"plan": ReleasedFile("a\u202eb", "0" * 64)}},
    "a role that paints": {"files": {"mask:\x9b2J": ReleasedFile("a", "0" * 64)}},
    "a hash that paints": {"after": "\x07"},
    "other plans": {"plans": {"": "0" * 64}},
    "no plans": {"plans": {}},
}


@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED)
def test_a_manifest_that_does_not_fit_is_no_release(change: dict[str, object]) -> None:
    made = forged(release(), **change)
    with pytest.raises(ValueError, match=r".") as caught:
        read_release(signed(made, ALICE, BOB).to_bytes())
    assert str(caught.value).isprintable()


def test_a_signer_whose_name_paints_makes_it_no_release() -> None:
    painted = ALICE.sign(release(), name="alice\x1b[2K")
    with pytest.raises(ValueError, match="a person's name has letters"):
        read_release(painted.to_bytes())


@pytest.mark.parametrize("name", ["", "a b", "-a", "a\n", "a" * 65, "ä"])
def test_a_person_is_not_called_this(name: str) -> None:
    assert not is_person(name)


HALF_PLANS: dict[str, object] = {
    "a number": 5,
    "a list": [],
    "nothing": {},
    "steps only": {"steps": []},
    "a step": {"plan": "final", "steps": [{"id": "a", "use": "b", "phase": "steps"}]},
}


@pytest.mark.parametrize("form", HALF_PLANS.values(), ids=HALF_PLANS)
def test_forms_that_are_not_whole_plans_are_no_release(form: object) -> None:
    """With all their hashes right: who makes it may write what he likes."""
    made = signed(forged(release(), {"": form}), ALICE, BOB)
    with pytest.raises(ValueError, match="no canonical form of a plan"):
        read_release(made.to_bytes())


def test_a_plan_whose_words_paint_is_not_released() -> None:
    plan = whole(replace(plans().any, title="Final\n  what decides is the same"))
    with pytest.raises(ValueError, match="a text that cannot be shown"):
        next_release(Variants({"": plan}), {}, None)


def test_other_forms_of_the_same_values_are_no_release() -> None:
    plain = json.loads(WRITTEN)
    written = WRITTEN.decode()
    for text in (json.dumps(plain), written.replace("\n", "\n "), written.strip()):
        with pytest.raises(ValueError, match="somebody has edited it"):
            read_release(text.encode())


def test_the_first_release_takes_two_people() -> None:
    assert code_of(partial(check, release())) == "RELEASE-UNSIGNED"
    assert code_of(partial(check, signed(release(), ALICE))) == "RELEASE-UNSIGNED"
    check(signed(release(), BOB, ALICE))


def test_one_person_is_enough_while_what_decides_stays() -> None:
    check(signed(release(FIRST, timeout="11 s"), BOB), FIRST)
    assert code_of(partial(check, release(FIRST))) == "RELEASE-UNSIGNED"


def test_changed_limits_take_two_people() -> None:
    changed = release(FIRST, "0.44 A")
    assert code_of(partial(check, signed(changed, ALICE), FIRST)) == "RELEASE-UNSIGNED"
    check(signed(changed, ALICE, BOB), FIRST)


def test_another_variant_for_a_sku_is_a_change_of_limits() -> None:
    skus = {"A-PK": "pk", "A-AE": "ae"}
    before = signed(release(skus=skus), ALICE, BOB)
    swapped = release(before, skus={"A-PK": "ae", "A-AE": "pk"})
    assert code_of(partial(check, signed(swapped, ALICE), before)) == "RELEASE-UNSIGNED"


def test_who_signs_alone_cannot_choose_what_to_compare_with() -> None:
    """Back to the limits of the first release by one person, whatever is taken away."""
    second = signed(release(FIRST, "0.40 A"), ALICE, BOB)
    back = signed(release(second, "0.45 A"), ALICE)
    skipping = signed(
        replace(release(FIRST), manifest=replace(release(FIRST).manifest, number=3)), ALICE
    )
    another = signed(release(FIRST), ALICE)  # a second number 2
    for made, before in [
        (back, second),
        (back, FIRST),
        (back, None),
        (skipping, second),
        (skipping, FIRST),
        (another, second),
        (another, None),
    ]:
        assert code_of(partial(check, made, before)) == "RELEASE-UNSIGNED"


def test_who_signs_alone_leans_on_the_very_release_that_he_signed_after() -> None:
    other = signed(release(timeout="11 s"), ALICE, BOB)  # the limits are the same
    made = signed(release(FIRST), ALICE)
    check(made, FIRST)
    with pytest.raises(PlanError, match="which was not made after release 1") as caught:
        check(made, other)
    assert caught.value.code == "RELEASE-UNSIGNED"


def test_a_person_counts_once() -> None:
    twice = BOB.sign(signed(release(), BOB), name="bob")
    with pytest.raises(ValueError, match="signed it twice"):
        read_release(twice.to_bytes())
    as_alice = BOB.sign(signed(release(), BOB), name="alice")
    assert code_of(partial(check, as_alice)) == "RELEASE-FORGED"


def test_a_stranger_spoils_a_release() -> None:
    for people in ((MALLORY,), (ALICE, MALLORY), (ALICE, BOB, MALLORY)):
        with pytest.raises(
            PlanError, match="mallory, who signed release 1 of final-test"
        ) as caught:
            check(signed(release(), *people))
        assert caught.value.code == "RELEASE-STRANGER"
    assert code_of(lambda: trust(ALICE).check(FIRST, None)) == "RELEASE-STRANGER"


def test_a_signature_holds_for_its_manifest_name_and_time_only() -> None:
    other = signed(release(FIRST), ALICE)
    moved = replace(release(), signatures=(*other.signatures, *signed(release(), BOB).signatures))
    assert code_of(partial(check, moved)) == "RELEASE-FORGED"
    alice, bob = FIRST.signatures
    for wrong in (
        replace(alice, at=AT.replace(year=2027)),
        replace(alice, sig=bob.sig),
        replace(alice, sig="zz"),
        replace(alice, sig=""),
        replace(alice, sig=alice.sig.upper()),
    ):
        assert code_of(partial(check, replace(FIRST, signatures=(wrong, bob)))) == "RELEASE-FORGED"


def decisive(made: Variants, **files: str) -> str:
    """The hash of plans, and of files by their role."""
    forms = {name: json.loads(plan.canonical) for name, plan in made.plans.items()}
    of_files = {role: ReleasedFile(role, sha) for role, sha in files.items()}
    return decisive_sha256(forms, of_files, {})


def test_what_is_decisive_is_that_of_all_variants() -> None:
    one, other, both = ({"A": "pk"}, {"B": "pk"}, {"A": "pk", "B": "ae"})
    assert decisive(plans(low="0.44 A")) != decisive(plans())
    assert decisive(plans(skus=one)) != decisive(plans(skus=other))
    assert decisive(plans(skus=both)) != decisive(plans(skus=one))


PLAN = plans().any
(STEP,) = PLAN.steps
SECOND_STEP = replace(STEP, id="again")


def with_step(**change: object) -> Plan:
    return replace(PLAN, steps=(replace(STEP, **change),))  # type: ignore[arg-type]


DECISIVE = {
    "ships": replace(PLAN, ships=False),
    "retry": with_step(retry=Retry(3, frozenset({Outcome.FAIL}))),
    "on_fail": with_step(on_fail=OnFail.CONTINUE),
    "use": with_step(use="battery.charge_slowly"),
    "with": with_step(arguments={"samples": 1}),
    "id": with_step(id="load"),
    "phase": with_step(phase=Phase.SETUP),
    "limits": with_step(limits={"current": Range(None, Decimal(2))}),
    "a step more": replace(PLAN, steps=(STEP, SECOND_STEP)),
    "a step twice": replace(PLAN, steps=(STEP, STEP)),
    "a step less": replace(PLAN, steps=()),
    "serial": replace(PLAN, product=Product("M", "P", ".*")),
    "part": replace(PLAN, product=Product("M", "Q")),
    "symptoms": replace(PLAN, symptoms={"A": Symptom("B", "c", "D")}),
}


@pytest.mark.parametrize("plan", DECISIVE.values(), ids=DECISIVE)
def test_one_signature_does_not_change_what_decides(plan: Plan) -> None:
    assert decisive(Variants({"": whole(plan)})) != decisive(plans())


def test_what_a_step_measures_decides() -> None:
    kept = json.loads(PLAN.canonical)
    kept["steps"][0]["measures"]["current"]["unit"] = "V"
    assert decisive_sha256({"": kept}, {}, {}) != decisive(plans())


ASIDE = {
    "timeout": with_step(timeout_s=Decimal(11)),
    "expect": with_step(expect_s=Decimal(3)),
    "needs": with_step(needs=("supply",)),
    "group": with_step(group=Group("all", GroupKind.PARALLEL)),
    "title": replace(PLAN, title="Other"),
    "revision": replace(PLAN, revision=4),
}


@pytest.mark.parametrize("plan", ASIDE.values(), ids=ASIDE)
def test_one_signature_changes_what_does_not_decide(plan: Plan) -> None:
    assert decisive(Variants({"": whole(plan)})) == decisive(plans())


def test_the_order_of_steps_takes_one_signature() -> None:
    there, back = (
        Variants({"": whole(replace(PLAN, steps=steps))})
        for steps in ((STEP, SECOND_STEP), (SECOND_STEP, STEP))
    )
    assert decisive(there) == decisive(back)


@pytest.mark.parametrize(
    "role",
    [
        *("label", "golden", "golden_units:g.yaml", "path_loss", "jig:core.yaml"),
        *("selftest:core.yaml", "selftest-limits:core.yaml", "instrument:box.yaml"),
        *("selftest-mask:core.yaml:a.csv", "golden-plan:b.yaml", "golden-plan-limits:b.yaml"),
    ],
)
def test_files_without_a_form_decide_as_they_are(role: str) -> None:
    made = decisive(plans(), **{role: "1"})
    assert made != decisive(plans(), **{role: "2"})
    assert made != decisive(plans())


@pytest.mark.parametrize("role", ["plan", "limits", "mask:rear.csv", "station:ft-01.yaml"])
def test_of_other_files_what_decides_stands_in_the_forms(role: str) -> None:
    assert decisive(plans(), **{role: "1"}) == decisive(plans())


LOOSER = {
    "waived": {"rules": {"waived": ["contacts", "golden_every"], "golden_every": "12 h"}},
    "golden_every": {"rules": {"waived": ["contacts"], "golden_every": "31 d"}},
    "no rules": {"rules": {}},
    "selftest_every": {"selftest_every": "31 d"},
    "golden_units": {"golden_units": "other.yaml"},
    "another jig file": {"slots": [{"slot": 1, "jig": {"file": "jigs/other.yaml"}}]},
    "no jig": {"slots": [{"slot": 1}]},
}


@pytest.mark.parametrize("change", LOOSER.values(), ids=LOOSER)
def test_what_a_station_asks_takes_two_people(change: dict[str, object]) -> None:
    changed = release(FIRST, stations={"station:ft-01.yaml": STATION | change})
    assert code_of(partial(check, signed(changed, ALICE), FIRST)) == "RELEASE-UNSIGNED"
    check(signed(changed, ALICE, BOB), FIRST)
    same = release(FIRST, stations={"station:ft-01.yaml": dict(STATION)})
    check(signed(same, ALICE), FIRST)


def test_a_station_more_takes_two_people() -> None:
    more = release(FIRST, stations={**STATIONS, "station:ft-02.yaml": STATION})
    assert code_of(partial(check, signed(more, ALICE), FIRST)) == "RELEASE-UNSIGNED"


def test_a_release_of_an_earlier_harness_says_what_to_do() -> None:
    plain = json.loads(WRITTEN)
    del plain["manifest"]["stations"]
    plain["manifest"]["schema"] = 1
    with pytest.raises(ValueError, match="its schema is 1, this harness knows 2: make it anew"):
        read_release(json.dumps(plain).encode())


def test_a_later_golden_file_takes_two_people() -> None:
    first = signed(of_golden(None, "1" * 64), ALICE, BOB)
    later = of_golden(first, "2" * 64)
    assert code_of(partial(check, signed(later, ALICE), first)) == "RELEASE-UNSIGNED"
    check(signed(later, ALICE, BOB), first)
    check(signed(of_golden(first, "1" * 64), ALICE), first)


def of_golden(after: Release | None, sha256: str) -> Release:
    files = {"golden": ReleasedFile("golden.yaml", sha256)}
    before = after.manifest if after else None
    return next_release(plans(), files, before)
