"""Reads the symptoms of a limit set: what a FAIL is called on this line, and its bin."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise

from harness.errors import Blame, all_codes
from harness.errors.link import HANDSET_SIDE
from harness.files.nodes import Node, Scalar
from harness.files.problems import nearest
from harness.model.fault import Symptom
from harness.model.judgement import HIGH, LOW, MISMATCH, REASONS, Limit
from harness.model.limits import NotOffered, Range, RecordOnly
from harness.model.mask import Mask
from harness.plans.limits.limit_set import LimitSet
from harness.plans.values import text


def read_symptoms(
    limit_set: LimitSet, limits: Mapping[str, Limit], known: Collection[str]
) -> dict[str, Symptom]:
    """The symptoms of a variant by their fault codes.

    `limits` are those of the variant, and `known` is every `step.measurement` of the plan in any
    variant. A symptom of what this variant does not measure is left out. Call it after `allot`.
    """
    symptoms: dict[str, Symptom] = {}
    first: dict[str, tuple[Symptom, Scalar]] = {}
    given = limit_set.symptoms
    for key, node in given.items() if given else ():
        symptom = _symptom(node, limit_set)
        if symptom:
            _tell_second_meaning(symptom, node, first, limit_set)
        measured, colon, reason = key.text.rpartition(":")
        if not colon:
            _tell_strange_code(key, known, limit_set)
            occurs = True
        else:
            _tell_strange_reason(key, limits, known, limit_set)
            occurs = measured in limits and reason in reasons(limits[measured])
        if symptom and occurs:
            symptoms[key.text] = symptom
    return symptoms


def reasons(limit: Limit) -> frozenset[str]:
    """Why a measurement can FAIL this limit."""
    match limit:
        case RecordOnly() | NotOffered():
            return frozenset()
        case Range(low, high):
            sides = ((LOW, low is not None), (HIGH, high is not None))
        case Mask(points):
            spans = [(a, b) for a, b in pairwise(points) if a.x < b.x]
            sides = (
                (LOW, any(None not in (a.low, b.low) for a, b in spans)),
                (HIGH, any(None not in (a.high, b.high) for a, b in spans)),
            )
        case _:
            return frozenset({MISMATCH.reason})
    return frozenset(judgement.reason for judgement, there in sides if there)


def _symptom(node: Node, limit_set: LimitSet) -> Symptom | None:
    code, words, bin_ = (text(node.get(name)) for name in ("code", "words", "bin"))
    if not code or not words or not bin_:
        return None  # a problem of shape, already told
    if not words.isprintable() or words != words.strip():
        at = node.get("words") or node
        limit_set.found.error(
            at, f"expected printable words without spaces around; found {words!r:.60}"
        )
        return None
    return Symptom(code, words, bin_)


def _tell_second_meaning(
    symptom: Symptom, node: Node, first: dict[str, tuple[Symptom, Scalar]], limit_set: LimitSet
) -> None:
    at = node.get("code")
    assert isinstance(at, Scalar), "the symptom was read from it"
    same, there = first.setdefault(symptom.code, (symptom, at))
    if same != symptom:
        words = f"{symptom.code} means {same.words!r}, bin {same.bin}, in line {there.place.line}"
        limit_set.found.error(at, f"{words}: one code has one meaning")


def _tell_strange_code(key: Scalar, known: Collection[str], limit_set: LimitSet) -> None:
    blames = {code: blame for code, blame, _ in all_codes()}
    of_unit = [code for code, blame in blames.items() if blame is Blame.DUT or code in HANDSET_SIDE]
    if key.text in of_unit:
        return
    if key.text in blames:
        words = f"{key.text} never blames the unit: it is no symptom"
        limit_set.found.error(key, words)
    elif key.text in known:
        limit_set.found.error(key, f"{key.describe()} needs a reason, such as {key.text}:LOW")
    else:
        words = f"no fault code of a unit, and no step.measurement:REASON: {key.describe()}"
        limit_set.found.error(key, words, nearest(key.text, of_unit))


def _tell_strange_reason(
    key: Scalar, limits: Mapping[str, Limit], known: Collection[str], limit_set: LimitSet
) -> None:
    measured, _, reason = key.text.rpartition(":")
    if measured not in known:
        if {None, measured.partition(".")[0]} & limit_set.unclear:
            return  # the step may measure it
        near = limit_set.hints.nearest(measured, known)
        words = f"no step of the plan measures {measured!r:.60}"
        limit_set.found.error(key, words, f"{near}:{reason}" if near else "")
        return
    in_any = [*limit_set.read(measured), *([limits[measured]] if measured in limits else [])]
    possible = frozenset[str]().union(*map(reasons, in_any))
    if reason in possible or (reason in REASONS and measured not in limits):
        return
    if reason not in REASONS:
        near = nearest(reason, sorted(possible or REASONS))
        words = f"no reason for a FAIL: {reason!r:.60}; there are {_listed(possible or REASONS)}"
    else:
        near = next(iter(possible)) if len(possible) == 1 else ""
        how = f"FAIL {_listed(possible)} only" if possible else "never FAIL"
        words = f"by its limit {measured!r} can {how}"
    limit_set.found.error(key, words, f"{measured}:{near}" if near else "")


def _listed(reasons: Iterable[str]) -> str:
    return ", ".join(sorted(reasons))
