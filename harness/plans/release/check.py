"""Whether production may run: what is on disk is what the active release says."""

from __future__ import annotations

import pwd
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.errors import PlanError
from harness.model.plan import InputFile, Plan
from harness.model.refs import ReleaseRef
from harness.plans.release.folder import Installed, active
from harness.plans.release.manifest import Manifest, Release

STATION = "station"


@dataclass(frozen=True, slots=True)
class ToRun:
    """What somebody wants to run in production; `ran` is the newest release that has run.

    `station` is what decides of the station file.
    """

    plan: Plan
    files: Mapping[str, InputFile]
    station: Mapping[str, Any]
    harness: str
    ran: ReleaseRef | None


def station_role(path: Path) -> str:
    """The role of a station file in a release, which holds those of many stations."""
    return f"{STATION}:{path.name}"


def released_roles(files: Mapping[str, InputFile]) -> dict[str, InputFile]:
    """The input files of a run under the roles that they have in a release."""
    return {station_role(f.path) if role == STATION else role: f for role, f in files.items()}


def admit(wanted: ToRun, installed: Sequence[Installed]) -> Release:
    """The active release, if it is what somebody wants to run; `installed` of the plan's process.

    Raises: PlanError(RELEASE-ABSENT | RELEASE-OLD | RELEASE-CHANGED).
    """
    release = active(installed)
    doubts = [
        str(each.fault)
        for each in installed
        if each.fault and (release is None or int(each.path.stem) > release.manifest.number)
    ]
    process = wanted.plan.process
    if release is None:
        words = f"no release of {process} counts on this station, so it makes no production run"
        raise _refusal("RELEASE-ABSENT", [words, *doubts])
    if old := replaced(release, wanted.ran, installed):
        raise _refusal("RELEASE-OLD", [old, *doubts])
    if changes := list(_changes(release, wanted)):
        words = f"this is not what {signed(release)}"
        raise _refusal("RELEASE-CHANGED", [words, *changes, *doubts])
    return release


def signed(release: Release) -> str:
    """Which release it is, and who signed it when."""
    people = " and ".join(f"{s.by} ({s.at:%Y-%m-%d})" for s in release.signatures)
    return f"{release.manifest.name} says, signed by {people or 'nobody'}"


def differing(files: Mapping[str, InputFile], manifest: Manifest) -> Iterator[str]:
    """A line for each file that is not the released one: its role, and who changed it when."""
    for role, file in files.items():
        released = manifest.files.get(role)
        if released is None:
            yield f"{role}: {_shown(file.path)} is not in the release; {last_change(file.path)}"
        elif released.sha256 != file.sha256:
            words = f"{role}: {_shown(file.path)} is another file than was released"
            yield f"{words}; {last_change(file.path)}"


def _shown(path: Path) -> str:
    """Where a file is, resolved; one below this folder from here, as releases made here name it."""
    resolved, here = path.resolve(), Path.cwd()
    return str(resolved.relative_to(here) if resolved.is_relative_to(here) else resolved)


def last_change(path: Path) -> str:
    """Who owns a file, and when it was last written."""
    try:
        found = path.stat()
    except OSError as error:
        return f"it cannot be looked at: {error.strerror}"
    owner = f"uid {found.st_uid}"
    with suppress(KeyError):
        owner = pwd.getpwuid(found.st_uid).pw_name
    at = datetime.fromtimestamp(found.st_mtime, UTC)
    return f"it belongs to {owner} and was last written at {at:%Y-%m-%d %H:%M:%S} UTC"


def replaced(release: Release, ran: ReleaseRef | None, installed: Sequence[Installed]) -> str:
    """Why the active release is older than what has run here, or not its successor; else empty."""
    if ran is None:
        return ""
    by = f"release {ran.number} of {ran.process}, signed by {', '.join(ran.signed_by)}"
    if ran.number > release.manifest.number:
        words = f"{by}, has run on this station, and the newest that counts now is older"
        return f"{words}: {release.manifest.name}, signed by {', '.join(release.signed_by)}"
    same = [i.release for i in installed if i.release and i.release.manifest.number == ran.number]
    if same and same[0].manifest.sha256 != ran.sha256:
        other = f"another one of that number is installed, made by {same[0].manifest.by}"
        return f"{by}, has run on this station, and {other}"
    return ""


def _changes(release: Release, wanted: ToRun) -> Iterator[str]:
    manifest, plan = release.manifest, wanted.plan
    if wanted.harness != manifest.harness:
        yield f"harness: this is {wanted.harness}, released was {manifest.harness}"
    different = list(differing(released_roles(wanted.files), manifest))
    yield from different
    if not different and (role := _misread(manifest, wanted)):
        words = f"{role}: its file is the released one, but what decides in it is not what the"
        yield f"{words} release says: {manifest.by} made it otherwise than `harness release make`"
    if not different and manifest.plans.get(plan.variant) != plan.sha256:
        which = f" {plan.variant}" if plan.variant else ""
        words = f"plan{which}: its files are the released ones, but it resolves to {plan.sha256}"
        yield f"{words}: other steps are installed than on the PC where {manifest.by} made it"


def _misread(manifest: Manifest, wanted: ToRun) -> str:
    """The role of the station file of which the manifest does not say what decides in it."""
    roles = released_roles({STATION: wanted.files[STATION]}) if STATION in wanted.files else ()
    return next((role for role in roles if manifest.stations.get(role) != wanted.station), "")


def _refusal(code: str, lines: Sequence[str]) -> PlanError:
    return PlanError(code, lines[0], evidence={"problems": list(lines)})
