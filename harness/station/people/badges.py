"""The badges of a line: who may sign in, as what, until when, and by which secret."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from harness.errors import StationFault
from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.parse import parse, read_bytes
from harness.files.reach import WithinReachError, out_of_reach
from harness.files.schema import check
from harness.files.shapes import DATE, SERIAL, VERSION, listing, mapping
from harness.model.entry import Role
from harness.plans.release.manifest import PERSON_WORDS, is_person
from harness.plans.values import day, quoted, text

BADGES_SCHEMA = mapping(
    "schema badges",
    schema=VERSION,
    badges=listing(
        mapping(
            "badge name role until hash",
            badge=SERIAL,
            name={"type": "string"},
            role={"enum": [role.value for role in Role]},
            until=DATE,
            hash={},  # told without its value: somebody may have written the secret itself
        ),
        least=1,
    ),
)
SHORTEST, LONGEST = 6, 128
"""How many characters a password has."""
_MEMORY_KIB, _PASSES, _LANES = 19456, 6, 1
"""Three times the work that OWASP's Password Storage Cheat Sheet asks of Argon2id at least."""
_MOST_MEMORY_KIB, _LEAST_WORK, _MOST_WORK = 2**18, 35_000, 2**20
"""What is taken of other tools: memory, and memory times passes [KiB]; more would stop a desk."""
_HASH = re.compile(
    r"\$argon2id\$v=19\$m=([1-9][0-9]{0,6}),t=([1-9][0-9]{0,3}),p=[1-4]"
    r"\$[A-Za-z0-9+/]{21}[AQgw]\$[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]"
)
"""Salt and hash are of 16 and 32 bytes: the bits that are left over in base64 are 0."""
_NOBODYS = (
    "$argon2id$v=19$m=19456,t=6,p=1"
    "$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
"""Checked for a badge that nobody has, so that it takes as long."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge of a person, which counts until the end of the day `until` (UTC)."""

    id: str
    name: str
    role: Role
    until: date
    hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Badges:
    """The badges of a file, by what a scanner reads off them."""

    sha256: str
    by_id: Mapping[str, Badge]


def hash_of(secret: str) -> str:
    """The Argon2id hash of a secret, as the file holds it (RFC 9106; PHC string format)."""
    from argon2 import PasswordHasher

    hasher = PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=_LANES)
    return hasher.hash(secret.encode("utf-8", "surrogatepass"))


def is_secret(secret: str, badge: Badge | None) -> bool:
    """Whether it is the secret of a badge; of no badge it never is, and takes as long.

    Raises: StationFault(BADGE-FILE) when that cannot be found out.
    """
    from argon2 import PasswordHasher
    from argon2.exceptions import VerificationError, VerifyMismatchError

    try:
        said = secret.encode("utf-8", "surrogatepass")
        PasswordHasher().verify(badge.hash if badge else _NOBODYS, said)
    except VerifyMismatchError:
        return False
    except VerificationError as error:
        raise StationFault("BADGE-FILE", f"a password cannot be checked: {error}") from None
    return badge is not None


def read_badges(path: Path, *, guarded: bool) -> Badges:
    """The badges of a file; one that is `guarded` must be out of reach, and shown to few.

    Raises: StationFault(BADGE-FILE) with every problem as evidence.
    """
    content = _guarded(path) if guarded else _content(path)
    root, problems = parse(content, str(path))
    found = Problems(str(path), problems)
    if root is not None:
        check(root, BADGES_SCHEMA, found)
        _tell_meaning(root, found)
    if words := [str(problem) for problem in found.sorted()]:
        raise _fault(path, words)
    assert root is not None, "what cannot be read is a problem"
    plain: Any = root.plain()
    badges = [_badge(entry) for entry in plain["badges"]]
    sha256 = hashlib.sha256(content).hexdigest()
    return Badges(sha256, {badge.id: badge for badge in badges})


def _badge(entry: Mapping[str, str]) -> Badge:
    until = date.fromisoformat(entry["until"])
    return Badge(entry["badge"], entry["name"], Role(entry["role"]), until, entry["hash"])


def _content(path: Path) -> bytes:
    content, problem = read_bytes(path)
    if problem:
        raise _fault(path, [str(problem)])
    return content


def _guarded(path: Path) -> bytes:
    try:
        content = out_of_reach(path)
        mode = path.stat().st_mode
    except WithinReachError as error:
        raise _fault(path, error.reasons) from None
    except OSError as error:
        raise _fault(path, [f"{path} cannot be looked at: {error.strerror}"]) from None
    if mode & stat.S_IROTH:
        mode_ = stat.filemode(mode)
        words = f"{path} can be read by everybody ({mode_}): passwords could be guessed"
        raise _fault(path, [words])
    return content


def _tell_meaning(root: Node, found: Problems) -> None:
    seen: set[tuple[str, str]] = set()
    for entry in root.get("badges") or ():
        day(entry.get("until"), found)
        _tell_hash(entry.get("hash"), found)
        for key in ("badge", "name"):
            if (node := entry.get(key)) is None or (written := text(node)) is None:
                continue
            if key == "badge":
                quoted(node, found)
            elif not is_person(written):
                found.error(node, PERSON_WORDS)
            if (key, written) in seen:
                found.error(node, f"{key} {node.describe()} is written twice")
            seen.add((key, written))


def _tell_hash(node: Node | None, found: Problems) -> None:
    if node is None:
        return
    match = _HASH.fullmatch(text(node) or "")
    memory, passes = (int(match[1]), int(match[2])) if match else (0, 0)
    work = memory * passes
    if memory > _MOST_MEMORY_KIB or not _LEAST_WORK <= work <= _MOST_WORK:
        found.error(node, "expected an Argon2id hash as `harness badge new` prints it")


def _fault(path: Path, reasons: list[str]) -> StationFault:
    evidence = {"path": str(path), "problems": reasons}
    return StationFault("BADGE-FILE", reasons[0], evidence=evidence)
