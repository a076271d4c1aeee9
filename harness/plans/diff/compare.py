"""What differs between two plans, in the words of an engineer. Works on canonical forms.

Complete: two plans without a difference have the same canonical form, so the same hash.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from harness.plans.diff.difference import Difference, fields, unlike
from harness.plans.diff.limits import limit_differences
from harness.plans.diff.order import order_differences
from harness.plans.words import (
    Form,
    argument_words,
    measure_words,
    plain_words,
    quantity_words,
    retry_words,
    symptom_words,
)

_FREE_TEXT = ("title",)
_OF_ORDER = ("id", "phase", "group")


def read_form(text: str | bytes) -> Form:
    """The canonical form that a store holds, also one of an earlier harness.

    Raises: ValueError when it is no plan.
    """
    try:
        form = json.loads(text)
        whole = all({"id", "use", "phase"} <= step.keys() for step in form["steps"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        whole = False
    if not whole or "plan" not in form:
        raise ValueError("no canonical form of a plan")
    return cast("Form", form)


def compare(before: Mapping[str, Form], after: Mapping[str, Form]) -> list[Difference]:
    """The differences of two plans, each by its variants; what all variants share stands once.

    A plan without variants is compared with each variant of the other.
    """
    pairs = {
        name: (before[name if name in before else ""], after[name if name in after else ""])
        for name in dict.fromkeys([*before, *after])
        if (name in before or "" in before) and (name in after or "" in after)
    }
    found = {name: list(differences(*pair)) for name, pair in pairs.items()}
    first = next(iter(found.values()), [])
    shared = [each for each in first if all(each in others for others in found.values())]
    own = [
        replace(each, variant=name)
        for name, others in found.items()
        for each in others
        if each not in shared
    ]
    return [*_variants(before, after), *shared, *own]


def _variants(before: Mapping[str, Form], after: Mapping[str, Form]) -> Iterator[Difference]:
    for name, form in before.items():
        if name and name not in after and "" not in after:
            words = f"variant {name} removed"
            yield Difference(name, "variant", name, form, None, words)
    for name, form in after.items():
        if name and name not in before and "" not in before:
            yield Difference(name, "variant", name, None, form, f"variant {name} added")


def differences(before: Form, after: Form) -> Iterator[Difference]:
    """A sentence for each difference between two canonical forms."""
    head_before, head_after = (
        {k: v for k, v in f.items() if k != "steps"} for f in (before, after)
    )
    for key, was, now in unlike(head_before, head_after):
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from _symptoms(was, now) if key == "symptoms" else fields(key, key, was, now)
        else:
            say = repr if key in _FREE_TEXT else plain_words
            yield Difference("", "plan", key, was, now, f"{key} {say(was)} -> {say(now)}")
    yield from order_differences(before, after)
    old = {step["id"]: step for step in before["steps"]}
    for step in after["steps"]:
        if step["id"] in old:
            yield from _step(old[step["id"]], step)


def _symptoms(before: Form, after: Form) -> Iterator[Difference]:
    for code, was, now in unlike(before, after):
        where = f"symptom of {code}"
        if was and now:
            yield from fields("symptom", where, was, now)
        else:
            said, happened = (now, "added") if now else (was, "removed")
            means = symptom_words(said["code"], said["words"], said["bin"])
            words = f"{where} {happened}: {means}"
            yield Difference("", "symptom", where, was, now, words)


def _step(before: Form, after: Form) -> Iterator[Difference]:
    name = after["id"]
    for key, was, now in unlike(before, after):
        if key in _OF_ORDER:
            continue
        if key in _NAMED:
            yield from _NAMED[key](name, was or {}, now or {}, {**before, **after})
        else:
            say = _WORDS.get(key, plain_words)
            words = f"{name}: {_CALLED.get(key, key)} {say(was)} -> {say(now)}"
            yield Difference("", "step", f"{name}.{key}", was, now, words)


def _amount(amount: str | None) -> str:
    return quantity_words(amount, {})


_CALLED = {"use": "step"}
_WORDS: Mapping[str, Callable[[Any], str]] = {
    "timeout": _amount,
    "expect": _amount,
    "retry": retry_words,
}


def _arguments(step: str, before: Form, after: Form, _: Form) -> Iterator[Difference]:
    yield from fields("parameter", step, before, after, argument_words)


def _limits(step: str, before: Form, after: Form, whole: Form) -> Iterator[Difference]:
    for name, was, now in unlike(before, after):
        measure = whole.get("measures", {}).get(name, {})
        yield from limit_differences(f"{step}.{name}", was, now, measure)


def _measures(step: str, before: Form, after: Form, _: Form) -> Iterator[Difference]:
    for name, was, now in unlike(before, after):
        words = f"{step}.{name}: measured as {measure_words(was)} -> {measure_words(now)}"
        yield Difference("", "measurement", f"{step}.{name}", was, now, words)


_NAMED: Mapping[str, Callable[[str, Form, Form, Form], Iterator[Difference]]] = {
    "with": _arguments,
    "limits": _limits,
    "measures": _measures,
}
