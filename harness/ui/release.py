"""A release in words: what it is, and what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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


def head_line(found: Release) -> str:
    """Which release it is, who made it, and who signed it."""
    manifest = found.manifest
    people = ", ".join(f"{s.by} {s.at:%Y-%m-%d %H:%M} UTC" for s in found.signatures)
    made = f"made by {manifest.by} {manifest.made:%Y-%m-%d %H:%M} UTC"
    return f"{manifest.name}, {made}, signed by {people or 'nobody'}"
