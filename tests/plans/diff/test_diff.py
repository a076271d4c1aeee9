"""Differences in words: one sentence for one change, and nothing is lost."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from contextlib import suppress
from itertools import groupby
from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from harness.plans.diff.compare import compare, differences
from tests.plans.diff.forms import FORM, form, group, limited, step

Change = Callable[[dict[str, Any]], object]


def told(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [difference.words for difference in differences(before, after)]


def changed(change: Change, base: dict[str, Any] = FORM) -> dict[str, Any]:
    after = copy.deepcopy(base)
    change(after)
    return after


def steps(plan: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in plan["steps"]}


def reorder(*ids: str) -> Change:
    """The steps in another order."""

    def change(plan: dict[str, Any]) -> None:
        by_id = steps(plan)
        plan["steps"] = [by_id[name] for name in ids]

    return change


def put(name: str, key: str, value: Any) -> Change:
    return lambda plan: steps(plan)[name].update({key: value})


def bound(name: str, measurement: str, **bounds: Any) -> Change:
    return lambda plan: steps(plan)[name]["limits"][measurement].update(bounds)


def limit(name: str, measurement: str, value: Any) -> Change:
    return lambda plan: steps(plan)[name]["limits"].update({measurement: value})


def regroup(members: str, new: Any) -> Change:
    def change(plan: dict[str, Any]) -> None:
        for name in members.split():
            steps(plan)[name]["group"] = new

    return change


def insert(place: int, new: dict[str, Any]) -> Change:
    return lambda plan: plan["steps"].insert(place, new)


def remove(name: str) -> Change:
    return lambda plan: plan["steps"].remove(steps(plan)[name])


def together(*changes: Change) -> Change:
    return lambda plan: [change(plan) for change in changes]


IN_BENCH = group("bench", "any_order")

# close | identity, [wifi rear], [attach charge], nfc | open
ONE_CHANGE: dict[str, Change] = {
    "revision 14 -> 15": lambda plan: plan.update(revision=15),
    "title 'Final' -> 'Final test'": lambda plan: plan.update(title="Final test"),
    "process final-test -> rework": lambda plan: plan.update(process="rework"),
    "product: serial A57.* -> A58.*": lambda plan: plan["product"].update(serial="A58.*"),
    "retest: max_runs 3 -> 2": lambda plan: plan["retest"].update(max_runs=2),
    "symptom of charge.current:LOW: bin B -> C": lambda plan: plan["symptoms"][
        "charge.current:LOW"
    ].update(bin="C"),
    "symptom of charge.current:LOW removed: BAT-07 charges too slowly, bin B": lambda plan: plan[
        "symptoms"
    ].clear(),
    "symptom of attach.time:HIGH added: LTE-01 slow, bin C": lambda plan: plan["symptoms"].update(
        {"attach.time:HIGH": {"code": "LTE-01", "words": "slow", "bin": "C"}}
    ),
    "charge.current: low 450 mA -> 440 mA": bound("charge", "current", low="0.44 A"),
    "charge.current: low 450 mA -> none": bound("charge", "current", low=None),
    "charge.current: guard 10 mA -> none": bound("charge", "current", guard=None),
    "charge.current: marginal none -> 20 mA": bound("charge", "current", marginal="0.02 A"),
    "charge.current: 450 mA to 1100 mA, guard 10 mA -> record only": limit(
        "charge", "current", "record only"
    ),
    "wifi.rssi: guard 1 dB -> 2 dB": bound("wifi", "rssi", guard="2 dB"),
    "identity.imei: an IMEI of TAC 86012345 -> an IMEI of TAC 86012345, 86012346": limit(
        "identity", "imei", {"imei": True, "tac": ["86012345", "86012346"]}
    ),
    "attach.rat: one of 'LTE', 'LTE_CA' -> one of 'LTE'": limit(
        "attach", "rat", {"one_of": ["LTE"]}
    ),
    "attach.rat: one of 'LTE', 'LTE_CA' -> matches LTE.*": limit(
        "attach", "rat", {"matches": "LTE.*"}
    ),
    "wifi.on: equals true -> record only, may be unknown": limit(
        "wifi", "on", "record only, may be unknown"
    ),
    "rear.sfr: mask at 0.25 cy/px: low 0.5 -> 0.4": lambda plan: steps(plan)["rear"]["limits"][
        "sfr"
    ]["mask"][1].update(low="0.4 1"),
    "rear.sfr: mask at 0.3 cy/px: no corner -> low 0.4": lambda plan: steps(plan)["rear"]["limits"][
        "sfr"
    ]["mask"].insert(2, {"x": "0.3 cy/px", "low": "0.4 1", "high": None}),
    "rear.sfr: mask of 3 corners from 0 cy/px to 0.5 cy/px -> not offered": limit(
        "rear", "sfr", "not offered"
    ),
    "wifi: timeout 30 s -> 40 s": put("wifi", "timeout", "40 s"),
    "attach: expect none -> 12 s": put("attach", "expect", "12 s"),
    "rear: needs lightbox -> lightbox, turntable": put("rear", "needs", ["lightbox", "turntable"]),
    "rear: needs lightbox -> none": put("rear", "needs", []),
    "nfc: retry 1 more on ERROR -> none": put("nfc", "retry", {"times": 0, "on": []}),
    "nfc: retry 1 more on ERROR -> 2 more on ERROR": put(
        "nfc", "retry", {"times": 2, "on": ["ERROR"]}
    ),
    "nfc: on_fail continue -> stop": put("nfc", "on_fail", "stop"),
    "nfc: step nfc.present -> nfc.read": put("nfc", "use", "nfc.read"),
    "charge: vbus 5 V -> 9 V": lambda plan: steps(plan)["charge"]["with"].update(
        vbus={"quantity": "9 V"}
    ),
    "charge: samples 3 -> true": lambda plan: steps(plan)["charge"]["with"].update(samples=True),
    "charge: samples 3 -> '3'": lambda plan: steps(plan)["charge"]["with"].update(samples="3"),
    "attach: plmn '00101' -> '00102'": lambda plan: steps(plan)["attach"]["with"].update(
        plmn="00102"
    ),
    "step nfc removed (nfc.present)": remove("nfc"),
    "step charge removed (battery.charge)": remove("charge"),
    "step gps added after nfc (gps.fix)": insert(7, step("gps", "gps.fix")),
    "step gps added after group bench (gps.fix)": insert(6, step("gps", "gps.fix")),
    "step gps added first (gps.fix)": insert(1, step("gps", "gps.fix")),
    "step gps added in group bench (any_order) after charge (gps.fix)": insert(
        6, step("gps", "gps.fix", IN_BENCH)
    ),
    "step gps added in setup after close (gps.fix)": insert(
        1, {**step("gps", "gps.fix"), "phase": "setup"}
    ),
    "group wireless moved from after identity to first in steps": reorder(
        "close", "wifi", "rear", "identity", "attach", "charge", "nfc", "open"
    ),
    "group wireless moved from after identity to after nfc": reorder(
        "close", "identity", "attach", "charge", "nfc", "wifi", "rear", "open"
    ),
    "charge moved from after attach to first in group bench": reorder(
        "close", "identity", "wifi", "rear", "charge", "attach", "nfc", "open"
    ),
    "attach moved from group bench (any_order) to steps, after group bench": together(
        reorder("close", "identity", "wifi", "rear", "charge", "attach", "nfc", "open"),
        regroup("attach", None),
    ),
    "attach moved from group bench (any_order) to group wireless (parallel), first": together(
        reorder("close", "identity", "attach", "wifi", "rear", "charge", "nfc", "open"),
        regroup("attach", group("wireless", "parallel")),
    ),
    "identity moved from steps to setup, after close": put("identity", "phase", "setup"),
    "group bench: any_order -> parallel": regroup("attach charge", group("bench", "parallel")),
    "group bench is called tools": regroup("attach charge", group("tools", "any_order")),
    "group bench (any_order) removed from around attach, charge": regroup("attach charge", None),
    "group pair (parallel) added around identity": regroup("identity", group("pair", "parallel")),
    "hue none -> a 1": lambda plan: plan.update(hue={"a": 1}),
    "nfc: hue none -> 7": put("nfc", "hue", 7),
}


@pytest.mark.parametrize(("words", "change"), ONE_CHANGE.items(), ids=list(ONE_CHANGE))
def test_one_change_is_one_sentence(words: str, change: Change) -> None:
    assert told(FORM, changed(change)) == [words]


@pytest.mark.parametrize("change", ONE_CHANGE.values(), ids=list(ONE_CHANGE))
def test_one_change_back_is_one_sentence_too(change: Change) -> None:
    assert len(told(changed(change), FORM)) == 1


def test_two_corners_at_one_x_are_a_step() -> None:
    def stepped(plan: dict[str, Any]) -> None:
        mask = steps(plan)["rear"]["limits"]["sfr"]["mask"]
        mask.insert(2, {"x": "0.25 cy/px", "low": "0.3 1", "high": "0.9 1"})

    assert told(FORM, changed(stepped)) == [
        "rear.sfr: mask at 0.25 cy/px: low 0.5 -> low 0.5, then low 0.3, high 0.9"
    ]


def test_a_measurement_in_another_unit_is_told_apart_from_its_limit() -> None:
    in_amperes = changed(lambda plan: steps(plan)["charge"]["measures"]["current"].update(unit="A"))
    assert told(FORM, in_amperes) == [
        "charge.current: measured as numeric [mA] -> numeric [A]",
    ]
    assert told(in_amperes, changed(bound("charge", "current", low="0.44 A"), in_amperes)) == [
        "charge.current: low 0.45 A -> 0.44 A"
    ]


def test_a_new_measurement_comes_with_its_limit() -> None:
    more = changed(
        lambda plan: (
            steps(plan)
            .__getitem__("nfc")
            .update(
                limited(
                    {"range": ({"is": "Numeric", "unit": "mm"}, {"low": "0.04 m", "high": None})}
                )
            )
        )
    )
    assert told(FORM, more) == [
        "nfc.range: measured as none -> numeric [mm]",
        "nfc.range: no limit -> at least 40 mm",
    ]


def test_a_difference_has_its_parts() -> None:
    (found,) = differences(FORM, changed(bound("charge", "current", low="0.44 A")))
    assert (found.what, found.where) == ("limit", "charge.current.low")
    assert (found.before, found.after, found.variant) == ("0.45 A", "0.44 A", "")


def in_variant(name: str, *changes: Change) -> dict[str, Any]:
    return changed(together(lambda plan: plan.update(variant=name), *changes))


def test_what_all_variants_share_is_told_once() -> None:
    new = [lambda plan: plan.update(revision=15), put("wifi", "timeout", "40 s")]
    before = {name: in_variant(name) for name in ("pk", "ae")}
    after = {
        "pk": in_variant("pk", *new),
        "ae": in_variant("ae", *new, bound("charge", "current", low="0.44 A")),
    }
    found = compare(before, after)
    assert [(d.variant, d.words) for d in found] == [
        ("", "revision 14 -> 15"),
        ("", "wifi: timeout 30 s -> 40 s"),
        ("ae", "charge.current: low 450 mA -> 440 mA"),
    ]
    assert compare(before, before) == []


def test_variants_come_and_go() -> None:
    before = {name: in_variant(name) for name in ("pk", "ae")}
    after = {name: in_variant(name) for name in ("pk", "de")}
    assert [d.words for d in compare(before, after)] == ["variant ae removed", "variant de added"]


def test_a_plan_that_gets_variants_is_compared_with_each() -> None:
    after = {
        "pk": in_variant("pk"),
        "ae": in_variant("ae", put("wifi", "timeout", "40 s")),
    }
    found = [(d.variant, d.words) for d in compare({"": FORM}, after)]
    assert found == [
        ("pk", "variant none -> pk"),
        ("ae", "variant none -> ae"),
        ("ae", "wifi: timeout 30 s -> 40 s"),
    ]


@given(st.lists(st.sampled_from(list(ONE_CHANGE)), max_size=4), st.data())
def test_several_changes_are_told_until_nothing_is_left(names: list[str], data: Any) -> None:
    """Any plan of these: nothing is told of two just when their forms are the same."""

    def made(some: list[str]) -> dict[str, Any]:
        plan = FORM
        for name in some:
            with suppress(KeyError, TypeError, AttributeError):  # its place is gone
                after = changed(ONE_CHANGE[name], plan)
                plan = after if is_valid(after) else plan
        return plan

    one, two = made(names), made(data.draw(st.permutations(names)))
    assert (told(one, two) == []) == (text(one) == text(two))


@given(form(), form())
def test_nothing_is_told_just_when_the_forms_are_the_same(one: Any, two: Any) -> None:
    assert (told(one, two) == []) == (text(one) == text(two))
    assert told(one, copy.deepcopy(one)) == []
    assert all(said.strip() for said in told(one, two))


@given(form(), st.randoms(use_true_random=False))
def test_no_order_of_steps_is_lost(plan: Any, pick: Any) -> None:
    """The steps of each phase in any order, each group still together."""
    after = copy.deepcopy(plan)
    keys = {each["id"]: (each["group"] or {"id": each["id"]})["id"] for each in plan["steps"]}
    every = sorted(set(keys.values()))
    places = dict(zip(every, pick.sample(range(len(every)), len(every)), strict=True))
    pick.shuffle(after["steps"])
    phases = ["setup", "steps", "teardown"]
    after["steps"].sort(key=lambda each: (phases.index(each["phase"]), places[keys[each["id"]]]))
    found = told(plan, after)
    event(f"{len(found)} moves")
    assert (found == []) == (text(plan) == text(after))
    assert all(" moved from " in words for words in found)
    assert len(found) <= max(len(plan["steps"]) - 1, 0)


@given(form(), st.data())
def test_one_step_that_moves_is_one_sentence(plan: Any, data: Any) -> None:
    loose = [each for each in plan["steps"] if each["group"] is None]
    assume(loose)
    moved = data.draw(st.sampled_from(loose))
    rest = [each for each in plan["steps"] if each is not moved]
    gaps = [
        place
        for place in range(len(rest) + 1)
        if _fits(moved, rest[place - 1] if place else None, rest[place] if rest[place:] else None)
    ]
    place = data.draw(st.sampled_from(gaps))
    after = {**plan, "steps": [*rest[:place], moved, *rest[place:]]}
    assert len(told(plan, after)) == (text(plan) != text(after))


def _fits(moved: Any, left: Any, right: Any) -> bool:
    """Whether a step may stand there: in its phase, and in no group."""
    phases = ["setup", "steps", "teardown"]
    order = [phases.index(each["phase"]) for each in (left, moved, right) if each]
    inside = left and right and left["group"] and left["group"] == right["group"]
    return order == sorted(order) and not inside


def is_valid(plan: dict[str, Any]) -> bool:
    """Whether each step stands once, in order of phases, and each group in one place."""
    ids = [each["id"] for each in plan["steps"]]
    phases = [["setup", "steps", "teardown"].index(each["phase"]) for each in plan["steps"]]
    groups = [key for key, _ in groupby(plan["steps"], lambda each: each["group"]) if key]
    once = len(ids) == len(set(ids)) and len(groups) == len({each["id"] for each in groups})
    return once and phases == sorted(phases)


def text(plan: dict[str, Any]) -> str:
    return json.dumps(plan, sort_keys=True)
