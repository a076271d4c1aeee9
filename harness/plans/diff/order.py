"""What differs in the order and the groups of the steps of two plans."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harness.plans.diff.difference import Difference
from harness.plans.words import Form

_Entry = tuple[str, str]
"""`("group", id)` or `("step", id)`."""


@dataclass(frozen=True, slots=True)
class _Side:
    """The steps of one plan, with the ids that the groups have in the other."""

    steps: Mapping[str, Form]
    called: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, form: Form, called: Mapping[str, str] | None = None) -> _Side:
        return cls({str(step["id"]): step for step in form["steps"]}, called or {})

    def group(self, step: str) -> str | None:
        group = self.steps[step].get("group")
        return None if group is None else self.called.get(group["id"], group["id"])

    @property
    def kinds(self) -> dict[str, str]:
        """The kind of each group."""
        groups = (step.get("group") for step in self.steps.values())
        return {self.called.get(g["id"], g["id"]): g["kind"] for g in groups if g}

    def phase(self, step: str) -> str:
        return str(self.steps[step]["phase"])

    def members(self, group: str) -> list[str]:
        return [step for step in self.steps if self.group(step) == group]

    def where(self, step: str) -> str:
        """What the step stands in."""
        group = self.group(step)
        return f"group {group} ({self.kinds[group]})" if group else self.phase(step)

    def after(self, step: str) -> str:
        """What the step comes after there."""
        group, phase = self.group(step), self.phase(step)
        previous = ""
        for other in self.steps:
            if other == step:
                break
            if self.phase(other) == phase and group in (None, self.group(other)):
                there = self.group(other)
                previous = f"group {there}" if there and not group else other
        return f"after {previous}" if previous else "first"


def order_differences(before: Form, after: Form) -> Iterator[Difference]:
    """Steps and groups that are added, removed, moved or called otherwise."""
    plain, new = _Side.of(before), _Side.of(after)
    old = _Side.of(before, _renamed(plain, new))
    yield from _removed(old, new)
    yield from _added(old, new)
    yield from _groups(old, new)
    elsewhere = {step for step in _common(old, new) if _is_elsewhere(step, old, new)}
    for step in new.steps:
        if step in elsewhere:
            yield _relocated(step, old, new)
    yield from _moved(old, new, elsewhere)


def _common(old: _Side, new: _Side) -> list[str]:
    return [step for step in new.steps if step in old.steps]


def _renamed(old: _Side, new: _Side) -> dict[str, str]:
    """The groups that are called otherwise: those that went, by the one that has their steps."""
    gone, come = old.kinds.keys() - new.kinds.keys(), new.kinds.keys() - old.kinds.keys()
    called: dict[str, str] = {}
    for group in (group for group in old.kinds if group in gone):
        homes = Counter(new.group(step) for step in old.members(group) if step in new.steps)
        for home, _ in homes.most_common():
            if home in come and home not in called.values():
                called[group] = str(home)
                break
    return called


def _removed(old: _Side, new: _Side) -> Iterator[Difference]:
    for step, form in old.steps.items():
        if step not in new.steps:
            words = f"step {step} removed ({form['use']})"
            yield Difference("", "step", step, form, None, words)


def _added(old: _Side, new: _Side) -> Iterator[Difference]:
    for step, form in new.steps.items():
        if step not in old.steps:
            inside = "" if new.where(step) == "steps" else f" in {new.where(step)}"
            words = f"step {step} added{inside} {new.after(step)} ({form['use']})"
            yield Difference("", "step", step, None, form, words)


def _groups(old: _Side, new: _Side) -> Iterator[Difference]:
    """Groups around steps that stay, that are new, gone, renamed or of another kind."""
    for was, now in old.called.items():
        yield Difference("", "group", now, was, now, f"group {was} is called {now}")
    for group, kind in new.kinds.items():
        if group in old.kinds:
            if kind != old.kinds[group]:
                words = f"group {group}: {old.kinds[group]} -> {kind}"
                yield Difference("", "group", group, old.kinds[group], kind, words)
        elif steps := _loose(group, new, old):
            words = f"group {group} ({kind}) added around {', '.join(steps)}"
            yield Difference("", "group", group, None, steps, words)
    for group, kind in old.kinds.items():
        if group not in new.kinds and (steps := _loose(group, old, new)):
            words = f"group {group} ({kind}) removed from around {', '.join(steps)}"
            yield Difference("", "group", group, steps, None, words)


def _loose(group: str, side: _Side, other: _Side) -> list[str]:
    """The steps of a group that stand in none in the other plan."""
    return [s for s in side.members(group) if s in other.steps and other.group(s) is None]


def _is_elsewhere(step: str, old: _Side, new: _Side) -> bool:
    """Whether it stands in another phase or group, where no group came or went around it."""
    if old.phase(step) != new.phase(step):
        return True
    was, now = old.group(step), new.group(step)
    came = was is None and now not in old.kinds
    went = now is None and was not in new.kinds
    return was != now and not came and not went


def _relocated(step: str, old: _Side, new: _Side) -> Difference:
    was, now = (f"{side.where(step)}, {side.after(step)}" for side in (old, new))
    words = f"{step} moved from {old.where(step)} to {now}"
    return Difference("", "order", step, was, now, words)


def _moved(old: _Side, new: _Side, elsewhere: set[str]) -> Iterator[Difference]:
    """What stands in another order: of the plan's entries, and of the steps of each group."""
    kept = [step for step in _common(old, new) if step not in elsewhere]
    shared = {step for step in kept if old.group(step) == new.group(step)}

    def entry(step: str) -> _Entry:
        group = new.group(step) if step in shared else None
        return ("group", group) if group else ("step", step)

    entries = {entry(step): step for step in reversed(kept)}
    orders = [list(dict.fromkeys(map(entry, _ordered(kept, side)))) for side in (old, new)]
    for moved, was, now in _out_of_order(*orders):
        phase = new.phase(entries[moved])
        ends = [_anchor(at, entries, new, phase) for at in (was, now)]
        yield _reordered(_named(moved), *ends)
    for group in new.kinds:
        members = [step for step in kept if step in shared and new.group(step) == group]
        orders = [[("step", step) for step in _ordered(members, side)] for side in (old, new)]
        for moved, was, now in _out_of_order(*orders):
            ends = [f"after {at[1]}" if at else f"first in group {group}" for at in (was, now)]
            yield _reordered(moved[1], *ends)


def _ordered(steps: Sequence[str], side: _Side) -> list[str]:
    wanted = set(steps)
    return [step for step in side.steps if step in wanted]


def _named(entry: _Entry) -> str:
    return f"group {entry[1]}" if entry[0] == "group" else entry[1]


def _anchor(entry: _Entry | None, entries: Mapping[_Entry, str], side: _Side, phase: str) -> str:
    if entry is None or side.phase(entries[entry]) != phase:
        return f"first in {phase}"
    return f"after {_named(entry)}"


def _reordered(name: str, was: str, now: str) -> Difference:
    return Difference("", "order", name, was, now, f"{name} moved from {was} to {now}")


def _out_of_order(
    before: Sequence[_Entry], after: Sequence[_Entry]
) -> Iterator[tuple[_Entry, _Entry | None, _Entry | None]]:
    """The fewest entries whose moves make one order of the other, with what each came after.

    That is the last entry before it that stays.
    """
    places = {entry: place for place, entry in enumerate(before)}
    stay = {before[place] for place in _longest_rise([places[entry] for entry in after])}
    was, now = _behind(before, stay), _behind(after, stay)
    for entry in after:
        if entry not in stay:
            yield entry, was[entry], now[entry]


def _behind(order: Sequence[_Entry], stay: set[_Entry]) -> dict[_Entry, _Entry | None]:
    last: _Entry | None = None
    behind = {}
    for entry in order:
        behind[entry] = last
        last = entry if entry in stay else last
    return behind


def _longest_rise(numbers: Sequence[int]) -> list[int]:
    """A longest rising subsequence of different numbers (patience sorting)."""
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        pile = bisect_left(ends, number)
        before[number] = ends[pile - 1] if pile else None
        ends[pile : pile + 1] = [number]
    rise: list[int] = []
    at = ends[-1] if ends else None
    while at is not None:
        rise.append(at)
        at = before[at]
    return rise
