"""The people whom production believes: a file of public keys that the station cannot write."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import PlanError
from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.parse import parse
from harness.files.problems import nearest
from harness.files.reach import WithinReachError, out_of_reach
from harness.files.schema import check as check_shape
from harness.files.shapes import VERSION, mapping
from harness.model.plan import InputFile
from harness.plans.release.keys import public_key, verifies
from harness.plans.release.manifest import (
    PERSON_WORDS,
    Manifest,
    Release,
    decides_alike,
    is_person,
)

DEFAULT_TRUST = Path("/etc/harness/trust.yaml")
TRUST_SCHEMA = mapping(
    "schema people",
    schema=VERSION,
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
                words = f"{signature.by}, who signed {manifest.name},"
                raise PlanError("RELEASE-STRANGER", f"{words} {self._lacks(signature.by)}")
            if not verifies(key, signature.sig, manifest.statement(signature.by, signature.at)):
                words = f"the signature of {signature.by} does not fit {manifest.name}"
                raise PlanError("RELEASE-FORGED", f"{words}, which {manifest.by} made")
        alone = len(release.signatures) < 2
        if alone and not decides_alike(manifest, before.manifest if before else None):
            words = f"only {release.signed_by[0]} has signed {manifest.name}"
            raise PlanError("RELEASE-UNSIGNED", f"{words}, {_why_two(manifest, before)}")

    def check_name(self, name: str) -> None:
        """Somebody of this name may sign.

        Raises: PlanError(RELEASE-STRANGER).
        """
        if name not in self.people:
            raise PlanError("RELEASE-STRANGER", f"{name} {self._lacks(name)}")

    def check_key(self, name: str, public: bytes) -> None:
        """What is signed with the key of this public half, in this name, will be believed.

        Raises: PlanError(RELEASE-STRANGER).
        """
        self.check_name(name)
        if self.people[name] != public:
            owner = next((other for other, key in self.people.items() if key == public), "")
            whose = f": it is that of {owner}" if owner else ""
            words = f"this is not the key that {name} has in {self.file.path}{whose}"
            raise PlanError("RELEASE-STRANGER", words)

    def _lacks(self, name: str) -> str:
        meant = nearest(name, self.people)
        hint = f" (did you mean {meant!r}?)" if meant else ""
        return f"is not in {self.file.path}, which has {', '.join(self.people)}{hint}"


def _why_two(manifest: Manifest, before: Release | None) -> str:
    if before is None:
        return "and none before it counts here"
    if before.manifest.sha256 != manifest.after:
        return f"which was not made after {before.manifest.name}"
    return f"and what decides between good and bad differs from {before.manifest.name}"


def read_trust(path: Path) -> Trust:
    """Whom a trust file names.

    Raises: PlanError(RELEASE-TRUST) when it has problems, or whoever runs this could write it.
    """
    try:
        content = out_of_reach(path)
    except WithinReachError as error:
        raise _fault(path, error.reasons) from None
    root, problems = parse(content, str(path))
    found = Problems(str(path), problems)
    people: Mapping[str, bytes] = {}
    if root is not None:
        check_shape(root, TRUST_SCHEMA, found)
        people = _people(root, found)
    if words := [str(problem) for problem in found.sorted()]:
        raise _fault(path, words)
    return Trust(InputFile(path, hashlib.sha256(content).hexdigest()), people)


def _people(root: Node, found: Problems) -> dict[str, bytes]:
    people: dict[str, bytes] = {}
    entries = root.get("people")
    for name, node in entries.items() if entries else ():
        if not isinstance(node.value, str):
            continue  # a problem of shape, already told
        if not is_person(name.text):
            found.error(name, PERSON_WORDS)
        try:
            key = public_key(node.value)
        except ValueError as error:
            found.error(node, str(error))
            continue
        if twin := next((other for other, known in people.items() if known == key), None):
            found.error(node, f"this is the key of {twin} too: a second person has a second key")
        people[name.text] = key
    return people


def _fault(path: Path, reasons: Sequence[str]) -> PlanError:
    return PlanError(
        "RELEASE-TRUST",
        reasons[0],
        evidence={"path": str(path), "problems": list(reasons)},
    )
