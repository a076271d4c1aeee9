"""Symptoms: what a FAIL is called, only for a FAIL that there can be."""
# ruff: noqa: E501 (a mistake a line)

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model.fault import Symptom
from harness.model.judgement import REASONS
from harness.model.outcome import Outcome
from tests.plans.limits.beside import LIMITS, MASK, PLAN, Beside, expected
from tests.plans.told import changed

SHARP = "lens.sfr:LOW: {code: CAM-02, words: the lens is not sharp, bin: C}"


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Beside:
    return Beside(tmp_path_factory.mktemp("symptoms"))


def keyed(key: str) -> str:
    """The limit set whose first symptom has another key."""
    return changed("charge.current:LOW", key, LIMITS)


def test_symptoms_stand_under_their_fault_codes(beside: Beside) -> None:
    assert beside.plans().named("ae").symptoms == {
        "charge.current:LOW": Symptom("BAT-07", "charges too slowly", "B"),
        "lens.sfr:LOW": Symptom("CAM-02", "the lens is not sharp", "C"),
        "IMEI-NOT-WRITTEN": Symptom("ID-01", "no IMEI", "A"),
    }


def test_what_a_variant_does_not_measure_has_no_symptom_in_it(beside: Beside) -> None:
    assert set(beside.plans().named("pk").symptoms) == {"charge.current:LOW", "IMEI-NOT-WRITTEN"}


def test_a_symptom_is_part_of_the_plan_and_of_the_set(beside: Beside) -> None:
    one = beside.plans().named("pk")
    other = beside.plans(limits=changed("bin: B", "bin: D", LIMITS)).named("pk")
    assert one.sha256 != other.sha256
    assert one.limits != other.limits


POSSIBLE = [
    "charge.current:HIGH",
    "charge.level:LOW",
    "charge.cycles:MISMATCH",
    "charge.charging:MISMATCH",
    "radio.imei:MISMATCH",
    "radio.power:LOW",
    "radio.power:HIGH",
    "lens.sfr:HIGH",
    "IMEI-TWICE",
    "ADB-LOST",  # the unit's own where a second slot confirms it
]


@pytest.mark.parametrize("key", POSSIBLE)
def test_what_can_fail_can_have_a_symptom(beside: Beside, key: str) -> None:
    assert key in beside.plans(limits=keyed(key)).named("ae").symptoms


def test_two_symptoms_of_one_meaning(beside: Beside) -> None:
    limits = changed(SHARP, "lens.sfr:LOW: {bin: B, words: charges too slowly, code: BAT-07}", LIMITS)  # fmt: skip
    assert len(set(beside.plans(limits=limits).named("ae").symptoms.values())) == 2


MISTAKES = [
    ("charge.current:LOW", "»charge.curent:LOW", "no step of the plan measures 'charge.curent' (did you mean 'charge.current:LOW'?)"),
    ("charge.current:LOW", "»chrage.current:LOW", "no step of the plan measures 'chrage.current' (did you mean 'charge.current:LOW'?)"),
    ("charge.current:LOW", "»nfc.field:LOW", "no step of the plan measures 'nfc.field'"),
    ("charge.current:LOW", "»charge.current:LWO", "no reason for a FAIL: 'LWO'; there are HIGH, LOW (did you mean 'charge.current:LOW'?)"),
    ("charge.current:LOW", "»charge.current:low", "no reason for a FAIL: 'low'; there are HIGH, LOW (did you mean 'charge.current:LOW'?)"),
    ("charge.current:LOW", "»'charge.current:'", "no reason for a FAIL: ''; there are HIGH, LOW"),
    ("charge.current:LOW", "»charge.current", "'charge.current' needs a reason, such as charge.current:LOW"),
    ("charge.current:LOW", "»charge.current:MISMATCH", "by its limit 'charge.current' can FAIL HIGH, LOW only"),
    ("charge.current:LOW", "»charge.level:HIGH", "by its limit 'charge.level' can FAIL LOW only (did you mean 'charge.level:LOW'?)"),
    ("charge.current:LOW", "»charge.cycles:LOW", "by its limit 'charge.cycles' can FAIL MISMATCH only (did you mean 'charge.cycles:MISMATCH'?)"),
    ("charge.current:LOW", "»lens.level:LOW", "by its limit 'lens.level' can never FAIL"),
    ("charge.current:LOW", "»lens.level:LWO", "no reason for a FAIL: 'LWO'; there are HIGH, LOW, MISMATCH (did you mean 'lens.level:LOW'?)"),
    ("charge.current:LOW", "»IMEI-NOT-WRITEN", "no fault code of a unit, and no step.measurement:REASON: 'IMEI-NOT-WRITEN' (did you mean 'IMEI-NOT-WRITTEN'?)"),
    ("charge.current:LOW", "»ADB-TWINS", "ADB-TWINS never blames the unit: it is no symptom"),
    ("code: BAT-07", "code: »bat-07", "expected a short code of capitals, digits and -; found 'bat-07'"),
    ("code: BAT-07", "code: »BATTERY-NUMBER-07", "expected a short code of capitals, digits and -; found 'BATTERY-NUMBER-07'"),
    ("code: BAT-07", "code: »7", "expected a short code of capitals, digits and -; found 7"),
    ("code: BAT-07, ", "", "missing key 'code'"),
    ("words: charges too slowly", "words: »''", "expected at least 1 characters; found ''"),
    ("words: charges too slowly", "words: »'slow '", "expected printable words without spaces around; found 'slow '"),
    ("words: charges too slowly", 'words: »"a\\nb"', "expected a text of one line, with nothing in it that cannot be seen; found 'a\\nb'"),
    ("words: charges", "»wrds: charges", "unknown key 'wrds' (did you mean 'words'?)"),
    ("bin: B", "bin: »B 1", "expected a short word of letters, digits and -; found 'B 1'"),
    ("bin: B", "bin: »true", "expected a short word of letters, digits and -; found true"),
    ("code: CAM-02", "code: »BAT-07", "BAT-07 means 'charges too slowly', bin B, in line 15: one code has one meaning"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), MISTAKES, ids=[m[1][:40] for m in MISTAKES])
def test_a_mistake_is_told_once_at_its_place(
    beside: Beside, old: str, new: str, message: str
) -> None:
    limits = changed(old, new, LIMITS)
    told = beside.told(limits=limits)
    assert [words.split(": ", 1)[1] for words in told] == [message]
    assert "»" not in limits or told == expected(message, limits=limits)


@pytest.mark.parametrize(("column", "reason"), [("low", "HIGH"), ("high", "LOW")])
def test_a_mask_fails_only_on_the_side_that_it_has(
    beside: Beside, column: str, reason: str
) -> None:
    mask = f"x [cy/px],{column} [1]\n0.1,0.5\n0.2,0.5\n"
    limits = changed("lens.sfr:LOW", f"»lens.sfr:{reason}", LIMITS)
    possible = {"HIGH": "LOW", "LOW": "HIGH"}[reason]
    words = (
        f"by its limit 'lens.sfr' can FAIL {possible} only (did you mean 'lens.sfr:{possible}'?)"
    )
    assert beside.told(limits=limits, mask=mask) == expected(words, limits=limits)


def test_a_step_between_two_bounds_is_no_side_of_a_mask(beside: Beside) -> None:
    mask = "x [cy/px],low [1],high [1]\n0.1,0.5,\n0.2,0.5,1\n0.2,0.4,1\n0.3,0.4,\n"
    (words,) = beside.told(mask=mask, limits=changed("lens.sfr:LOW", "lens.sfr:HIGH", LIMITS))
    assert "can FAIL LOW only" in words


def test_a_side_that_one_variant_has_is_enough(beside: Beside) -> None:
    limits = changed("charge.level: {low: 30 %}", "charge.level: {high: 90 %}", keyed("charge.level:HIGH"))  # fmt: skip
    plans = beside.plans(limits=limits)
    assert "charge.level:HIGH" in plans.named("ae").symptoms
    assert "charge.level:HIGH" not in plans.named("pk").symptoms


def test_a_step_that_is_misspelt_is_told_once(beside: Beside) -> None:
    told = beside.told(plan=changed("catalogue.charge", "catalogue.chrage", PLAN))
    assert len(told) == 1
    assert beside.told(plan=changed("id: charge", "id: 7", PLAN))[0].startswith("plan.yaml:10:10")


def test_a_limit_that_cannot_be_read_is_told_once(beside: Beside) -> None:
    assert len(beside.told(limits=changed("low: 450 mA", "low: 450 mV", LIMITS))) == 1
    assert len(beside.told(mask=changed("0.1,0.5", "0.1,5", MASK))) == 1


@settings(deadline=None)
@given(
    st.sampled_from([key.partition(":")[0] for key in POSSIBLE if ":" in key]),
    st.sampled_from(sorted(REASONS)),
)
def test_what_is_told_to_be_impossible_never_happens(
    beside: Beside, measured: str, reason: str
) -> None:
    """A symptom is accepted exactly when some value FAILs its limit for that reason."""
    limits = keyed(f"{measured}:{reason}").replace("lens.sfr:LOW", "IMEI-TWICE")
    step_id, _, name = measured.partition(".")
    steps = beside.plans().named("ae").steps
    limit = next(step for step in steps if step.id == step_id).limits[name]
    values: list[object] = [-1e9, 1e9, "a", True, False]
    judged = [limit.judge(value) for value in values]
    happens = reason in {seen.reason for seen in judged if seen.outcome is Outcome.FAIL}
    if name != "sfr":
        assert happens == (not beside.told(limits=limits))
