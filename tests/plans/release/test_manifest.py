"""What counts as a release, told by its bytes and signatures alone."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import PlanError
from harness.plans.release.manifest import Release, limits_sha256, read_release
from tests.plans.release.releasing import (
    ALICE,
    AT,
    BOB,
    BOTH,
    MALLORY,
    plans,
    release,
    signed,
    trust,
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
    "schema": {"schema": 2},
    "number 0": {"number": 0},
    "number too large": {"number": 10**12},
    "path for a process": {"process": "../../etc"},
    "other limits": {"limits": "0" * 64},
    "other plans": {"plans": {"": "0" * 64}},
    "no plans": {"plans": {}},
}


@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED)
def test_a_manifest_that_does_not_fit_is_no_release(change: dict[str, object]) -> None:
    forged = Release(replace(FIRST.manifest, **change), FIRST.plans)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"."):
        read_release(signed(forged, ALICE, BOB).to_bytes())


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


def test_one_person_is_enough_while_the_limits_stay() -> None:
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


def test_limits_are_those_of_all_variants_and_nothing_else() -> None:
    def of(**given: object) -> str:
        made = plans(**given)  # type: ignore[arg-type]
        forms = {name: json.loads(plan.canonical) for name, plan in made.plans.items()}
        return limits_sha256(forms)

    assert of(timeout="11 s") == of()
    assert of(low="0.44 A") != of()
    assert of(skus={"A": "pk"}) != of(skus={"B": "pk"})
    assert of(skus={"A": "pk", "B": "ae"}) != of(skus={"A": "pk"})
    with pytest.raises(ValueError, match="no canonical form"):
        limits_sha256({"": {"steps": 5}})
