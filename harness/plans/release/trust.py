"""The people whom production believes: a file of public keys that the station cannot write."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import PlanError
from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.schema import read
from harness.files.shapes import VERSION_1, mapping
from harness.model.plan import InputFile
from harness.plans.release.keys import fits, public_key
from harness.plans.release.manifest import Manifest, Release, keeps_limits

DEFAULT_TRUST = Path("/etc/harness/trust.yaml")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
TRUST_SCHEMA = mapping(
    "schema people",
    schema=VERSION_1,
    people={
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {
            "type": "string",
            "description": "a public key such as 'ssh-ed25519 AAAA...'",
        },
    },
)


@dataclass(frozen=True, slots=True)
class Trust:
    """Each person's public key, and the file that says so."""

    file: InputFile
    people: Mapping[str, bytes]

    def check(self, release: Release, before: Release | None) -> None:
        """`release` counts after `before`, the last that counts: enough known people signed it.

        Raises: PlanError(RELEASE-UNSIGNED | RELEASE-STRANGER | RELEASE-FORGED).
        """
        manifest = release.manifest
        if not release.signatures:
            raise PlanError("RELEASE-UNSIGNED", f"nobody has signed {manifest.name}")
        for signature in release.signatures:
            key = self.people.get(signature.by)
            if key is None:
                known = ", ".join(self.people)
                words = f"{signature.by}, who signed {manifest.name}, is not in {self.file.path}"
                raise PlanError("RELEASE-STRANGER", f"{words}, which has {known}")
            if not fits(key, signature.sig, manifest.statement(signature.by, signature.at)):
                words = f"the signature of {signature.by} does not fit {manifest.name}"
                raise PlanError("RELEASE-FORGED", f"{words}, which {manifest.by} made")
        alone = len(release.signatures) < 2
        if alone and not keeps_limits(manifest, before.manifest if before else None):
            words = f"only {release.signed_by[0]} has signed {manifest.name}"
            raise PlanError("RELEASE-UNSIGNED", f"{words}, {_why_two(manifest, before)}")


def _why_two(manifest: Manifest, before: Release | None) -> str:
    if before is None:
        return "and none before it counts here"
    if before.manifest.sha256 != manifest.after:
        return f"which was not made after {before.manifest.name}"
    return f"whose limits differ from {before.manifest.name}"


def read_trust(path: Path) -> Trust:
    """Whom a trust file names.

    Raises: PlanError(RELEASE-TRUST) when it has problems, or whoever runs this could write it.
    """
    if reasons := _within_reach(path):
        raise _fault(path, reasons)
    root, shape, file = read(path, TRUST_SCHEMA)
    found = Problems(str(path), shape)
    people = _people(root, found) if root is not None else {}
    if problems := [str(problem) for problem in found.sorted()]:
        raise _fault(path, problems)
    return Trust(file, people)


def _people(root: Node, found: Problems) -> dict[str, bytes]:
    people: dict[str, bytes] = {}
    entries = root.get("people")
    for name, node in entries.items() if entries else ():
        if not isinstance(node.value, str):
            continue  # a problem of shape, already told
        if not _NAME.fullmatch(name.text):
            found.error(name, "a person's name has letters, digits, '.', - and _, at most 64")
        try:
            key = public_key(node.value)
        except ValueError as error:
            found.error(node, str(error))
            continue
        if twin := next((other for other, known in people.items() if known == key), None):
            found.error(node, f"this is the key of {twin} too: a second person has a second key")
        people[name.text] = key
    return people


def _within_reach(path: Path) -> list[str]:
    """Where whoever runs this could put another file in this one's place."""
    real = Path(os.path.realpath(path))
    reasons = []
    for place in (real, *real.parents):
        try:
            why = _writable(place)
        except OSError as error:
            return [f"{place} cannot be looked at: {error.strerror}"]
        if why:
            reasons.append(f"{place} {why}: the station could change whom it believes")
    return reasons


def _writable(place: Path) -> str:
    """Why a file or folder is within reach; in a sticky folder only its owner can move others'."""
    found = place.stat()
    sticky = stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
    user = os.geteuid()
    if user != 0 and found.st_uid == user:
        return "belongs to the user who runs the harness"
    if sticky:
        return ""
    if user == 0:
        shared = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        return f"can be written by others ({stat.filemode(found.st_mode)})" if shared else ""
    within = os.access(place, os.W_OK, effective_ids=True)
    return "can be written by the user who runs the harness" if within else ""


def _fault(path: Path, reasons: Sequence[str]) -> PlanError:
    return PlanError(
        "RELEASE-TRUST",
        reasons[0],
        evidence={"path": str(path), "problems": list(reasons)},
    )
