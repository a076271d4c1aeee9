"""What differs between two limits of one measurement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from harness.plans.diff.difference import Difference, unlike
from harness.plans.words import Form, limit_words, quantity_words


def limit_differences(where: str, before: Any, after: Any, measure: Form) -> Iterator[Difference]:
    """A sentence for each bound that differs, or one for limits of different kinds."""
    match before, after:
        case ({"low": _}, {"low": _}):
            yield from _range(where, before, after, measure)
        case ({"mask": corners}, {"mask": others}):
            yield from _mask(where, corners, others, measure)
        case _:
            words = f"{where}: {_said(before, measure)} -> {_said(after, measure)}"
            yield Difference("", "limit", where, before, after, words)


def _said(limit: Any, measure: Form) -> str:
    return "no limit" if limit is None else limit_words(limit, measure)


def _range(where: str, before: Form, after: Form, measure: Form) -> Iterator[Difference]:
    for bound, was, now in unlike(before, after):
        words = f"{where}: {bound} {quantity_words(was, measure)} -> {quantity_words(now, measure)}"
        yield Difference("", "limit", f"{where}.{bound}", was, now, words)


def _mask(
    where: str, before: Sequence[Form], after: Sequence[Form], measure: Form
) -> Iterator[Difference]:
    """By the x of the corners; the two corners of a step stand at one x."""
    was, now = _by_x(before), _by_x(after)
    for x, old, new in unlike(was, now):
        at = f"mask at {quantity_words(x, {})}"
        if old and new and len(old) == len(new) == 1:
            for bound, low, high in unlike(old[0], new[0]):
                words = f"{quantity_words(low, measure)} -> {quantity_words(high, measure)}"
                said = f"{where}: {at}: {bound} {words}"
                yield Difference("", "limit", f"{where}.mask.{x}.{bound}", low, high, said)
        else:
            words = f"{where}: {at}: {_corners(old, measure)} -> {_corners(new, measure)}"
            yield Difference("", "limit", f"{where}.mask.{x}", old, new, words)


def _by_x(corners: Sequence[Form]) -> dict[str, list[Form]]:
    return {x: list(there) for x, there in groupby(corners, key=lambda corner: str(corner["x"]))}


def _corners(corners: Sequence[Form] | None, measure: Form) -> str:
    """Corners at one x, such as `low 0.5, then low 0.3`."""
    said = (
        ", ".join(f"{b} {quantity_words(corner[b], measure)}" for b in ("low", "high") if corner[b])
        for corner in corners or ()
    )
    return ", then ".join(said) or "no corner"
