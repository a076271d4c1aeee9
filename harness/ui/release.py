"""A release in words: what it is, and what it changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from harness.plans.diff.compare import compare
from harness.plans.release.manifest import Release, ReleasedFile, decides_alike


def release_lines(found: Release, before: Release | None) -> Iterator[str]:
    """What a release is, and what it changes."""
    manifest = found.manifest
    yield head_line(found)
    yield f"  plan {manifest.plan} revision {manifest.revision}, harness {manifest.harness}"
    if before is None:
        yield "  the release before it is not here: everything is new, two people must sign"
        for role, file in sorted(manifest.files.items()):
            yield f"  file {role}: {file.path}"
        return
    yield f"  compared with {head_line(before)}:"
    if manifest.harness != before.manifest.harness:
        yield f"  harness {before.manifest.harness} -> {manifest.harness}"
    for change in compare(before.plans, found.plans):
        yield f"  {change.variant}: {change.words}" if change.variant else f"  {change.words}"
    yield from _changed_files(before.manifest.files, manifest.files)
    yield from _changed_stations(before.manifest.stations, manifest.stations)
    if decides_alike(manifest, before.manifest):
        yield "  what decides between good and bad is the same"
    else:
        yield "  WHAT DECIDES BETWEEN GOOD AND BAD HAS CHANGED: two people sign"


def _changed_files(
    before: Mapping[str, ReleasedFile], after: Mapping[str, ReleasedFile]
) -> Iterator[str]:
    for role in sorted(before.keys() | after.keys()):
        if role not in before:
            yield f"  file {role} is new: {after[role].path}"
        elif role not in after:
            yield f"  file {role} is left out: {before[role].path}"
        elif before[role].sha256 != after[role].sha256:
            yield f"  file {role} has changed: {after[role].path}"


def _changed_stations(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """What decides in station files that are in both."""
    for role in sorted(before.keys() & after.keys()):
        old, new = dict(_leaves(before[role])), dict(_leaves(after[role]))
        for key in sorted(old.keys() | new.keys()):
            if old.get(key) != new.get(key):
                yield f"  {role}: {key} {old.get(key, 'not said')} -> {new.get(key, 'not said')}"


def _leaves(form: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """What is not a mapping, or a list of them, under its keys: `slots.1.rf_cable`."""
    entries: Iterable[tuple[object, Any]] = ()
    if isinstance(form, Mapping):
        entries = form.items()
    elif isinstance(form, list) and any(isinstance(each, Mapping) for each in form):
        entries = enumerate(form, 1)
    else:
        yield place, ", ".join(map(str, form)) if isinstance(form, list) else str(form)
    for key, value in entries:
        yield from _leaves(value, f"{place}.{key}" if place else str(key))


def head_line(found: Release) -> str:
    """Which release it is, who made it, and who signed it."""
    manifest = found.manifest
    people = ", ".join(f"{s.by} {s.at:%Y-%m-%d %H:%M} UTC" for s in found.signatures)
    made = f"made by {manifest.by} {manifest.made:%Y-%m-%d %H:%M} UTC"
    return f"{manifest.name}, {made}, signed by {people or 'nobody'}"
