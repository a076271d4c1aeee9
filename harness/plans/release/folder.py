"""The folder of installed releases: PROCESS/NUMBER.json, and which of them counts.

A file that is put there by hand counts only for what is signed in it; what cannot be believed is
left out, as if it were not there.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from harness.errors import PlanError
from harness.files.disk import sync
from harness.files.opening import opened
from harness.plans.release.manifest import MOST_BYTES, Release, is_process, read_release
from harness.plans.release.trust import Trust

NEWEST = 10**10
"""A number higher than that of any release."""
_NUMBER = re.compile(r"[1-9][0-9]{0,9}\.json")


@dataclass(frozen=True, slots=True)
class Installed:
    """A file of the folder: its release unless it is none, and why it does not count."""

    path: Path
    release: Release | None
    fault: PlanError | None = None


def load_release(path: Path) -> Release:
    """The release of a file; its signatures are not checked.

    Raises: PlanError(RELEASE-INVALID | RELEASE-FOLDER).
    """
    try:
        with opened(path) as file:
            content = file.read(MOST_BYTES + 1)
        return read_release(content)
    except OSError as error:
        raise _unusable(path, error) from None
    except ValueError as error:
        raise _invalid(path, f"is no release: {_shown(str(error)[:300])}") from None


def processes(folder: Path) -> list[str]:
    """The processes that releases were installed of.

    Raises: PlanError(RELEASE-FOLDER).
    """
    names = (entry.name for entry in _entries(folder) if is_process(entry.name))
    return sorted(name for name in names if _files(folder, name))


def installed(folder: Path, process: str) -> list[Installed]:
    """The releases of a process, ascending; their signatures are not checked.

    Raises: PlanError(RELEASE-FOLDER).
    """
    return [_installed(path, process) for path in _files(folder, process)]


def numbered(folder: Path, process: str, number: int) -> Release | None:
    """The release of this number that is installed, whoever signed it.

    Raises: PlanError(RELEASE-FOLDER).
    """
    named = (path for path in _files(folder, process) if path.stem == str(number))
    return next((_installed(path, process).release for path in named), None)


def newest(folder: Path, process: str) -> Release | None:
    """The release with the highest number that is installed, whoever signed it.

    Raises: PlanError(RELEASE-FOLDER).
    """
    found = [each.release for each in installed(folder, process) if each.release]
    return found[-1] if found else None


def highest(folder: Path, process: str) -> int:
    """The highest number under which a file of the process stands there, whatever it is; else 0.

    Raises: PlanError(RELEASE-FOLDER).
    """
    return max((int(path.stem) for path in _files(folder, process)), default=0)


def judged_releases(folder: Path, process: str, trust: Trust, *, since: int = 0) -> list[Installed]:
    """The releases of a process, ascending; those without a fault count.

    With `since`, no more is read than tells of all from that number on whether they count.

    Raises: PlanError(RELEASE-FOLDER).
    """
    found: list[Installed] = []
    for path in reversed(_files(folder, process)):
        found.insert(0, _installed(path, process))
        release = found[0].release
        if int(path.stem) <= since and release and not _fault_of(release, None, trust):
            break  # it counts alone, whatever stands before it
    before: Release | None = None
    judged = []
    for each in found:
        fault = each.fault
        if each.release:
            fault = _fault_of(each.release, before, trust)
            before = before if fault else each.release
        judged.append(Installed(each.path, each.release, fault))
    return judged


def active(judged: Sequence[Installed]) -> Release | None:
    """The highest release that counts."""
    counting = [each.release for each in judged if each.release and not each.fault]
    return counting[-1] if counting else None


def install(folder: Path, release: Release, trust: Trust) -> Path:
    """Put a release into the folder; it is on disk, whole, when this returns.

    Raises: PlanError(RELEASE-OLD) when one of its number or a higher one counts;
    PlanError(RELEASE-BLOCKED | RELEASE-FOLDER), and what `Trust.check` raises.
    """
    manifest = release.manifest
    judged = judged_releases(folder, manifest.process, trust)
    last = active(judged)
    if last and last.manifest.number >= manifest.number:
        signers = ", ".join(last.signed_by)
        words = f"{last.manifest.name} is installed, signed by {signers}"
        raise PlanError("RELEASE-OLD", f"{manifest.name} is not newer: {words}")
    trust.check(release, last)
    path = folder / manifest.process / f"{manifest.number}.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        free = _write(path, release.to_bytes())
        for parent in (path.parent, folder, folder.parent):
            sync(parent)
    except OSError as error:
        raise _unusable(path, error) from None
    if not free:
        why = "".join(f" ({each.fault})" for each in judged if each.path == path)
        raise PlanError("RELEASE-BLOCKED", f"{path} is there already, and does not count{why}")
    return path


def _files(folder: Path, process: str) -> list[Path]:
    files = (path for path in _entries(folder / process) if _NUMBER.fullmatch(path.name))
    return sorted(files, key=lambda path: int(path.stem))


def _entries(folder: Path) -> list[Path]:
    """What is in a folder; nothing when there is none."""
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise _unusable(folder, error) from None


def _installed(path: Path, process: str) -> Installed:
    try:
        release = load_release(path)
    except PlanError as fault:
        return Installed(path, None, fault)
    manifest = release.manifest
    if (manifest.process, str(manifest.number)) != (process, path.stem):
        return Installed(path, None, _invalid(path, f"is {manifest.name}, not what it is called"))
    return Installed(path, release)


def _fault_of(release: Release, before: Release | None, trust: Trust) -> PlanError | None:
    try:
        trust.check(release, before)
    except PlanError as fault:
        return fault
    return None


def _write(path: Path, content: bytes) -> bool:
    """Make a file, whole from the first moment; False when something has its name already."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        os.link(unfinished, path)
    except FileExistsError:
        return False
    else:
        return True
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


def _shown(text: str) -> str:
    """What was found in a file, as it may be printed."""
    return text if text.isprintable() else text.encode("unicode_escape").decode()


def _unusable(path: Path, error: OSError) -> PlanError:
    return PlanError("RELEASE-FOLDER", f"{path}: {error.strerror}", evidence={"path": str(path)})


def _invalid(path: Path, why: str) -> PlanError:
    return PlanError("RELEASE-INVALID", f"{path} {why}", evidence={"path": str(path)})
