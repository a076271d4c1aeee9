"""A release: which files, plans and limits production may run, and the people who signed that.

Pure: nothing here reads a file or a clock. A release file is read back only if it is, byte for
byte, what this module writes; so there is one file for one release.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from harness.model.codec import decode, encode
from harness.model.plan import Variants
from harness.model.refs import ReleaseRef
from harness.plans.canonical import canonical_json
from harness.plans.read_canonical import read_canonical

SCHEMA = 2
MOST_BYTES = 16 << 20
"""No release is larger [B]; one of 500 steps in two variants has about 1 MB."""

_DOMAIN = b"harness release signature 1\n"
_PROCESS = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_PERSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
PERSON_WORDS = "a person's name has letters, digits, '.', - and _, at most 64"
_LONGEST = 4096
"""No text in a release is longer; a path may be that long."""
_DECISIVE_OF_PLAN = ("sku", "ships", "product", "symptoms", "retest")
_DECISIVE_OF_STEP = ("id", "phase", "use", "with", "measures", "limits", "retry", "on_fail")
_BY_FORM = ("plan", "limits", "mask", "station")
"""Kinds of files of which what decides stands in the forms of plans and stations."""
_MOST_NUMBER = 10**9


@dataclass(frozen=True, slots=True)
class ReleasedFile:
    """A file by its content; `path` says where it was found, from the folder of the release."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What people sign. `plans` holds the SHA-256 of the canonical form of each variant.

    `after` is the SHA-256 of the manifest that this one was made after; `stations` has of each
    station file, by its role, what decides; `decisive` is one SHA-256 of all that decides between
    good and bad.
    """

    process: str
    number: int
    after: str | None
    made: datetime
    by: str
    harness: str
    plan: str
    revision: int
    plans: Mapping[str, str]
    decisive: str
    files: Mapping[str, ReleasedFile]
    stations: Mapping[str, Any] = field(default_factory=dict)
    schema: int = SCHEMA

    @property
    def canonical(self) -> bytes:
        return canonical_json(encode(self)).encode()

    @property
    def sha256(self) -> str:
        return _sha256(self.canonical)

    @property
    def name(self) -> str:
        return f"release {self.number} of {self.process}"

    def statement(self, by: str, at: datetime) -> bytes:
        """What a person signs: this manifest, his name, and when."""
        said = {"at": encode(at), "by": by, "manifest": encode(self)}
        return _DOMAIN + canonical_json(said).encode()


@dataclass(frozen=True, slots=True)
class Signature:
    """`sig` is Ed25519 (RFC 8032) over the manifest's statement, in hexadecimal digits."""

    by: str
    at: datetime
    sig: str


@dataclass(frozen=True, slots=True)
class Release:
    """A manifest, the plans that it names, so that changes can be told in words, and signatures."""

    manifest: Manifest
    plans: Mapping[str, Any]
    signatures: tuple[Signature, ...] = field(default=())

    @property
    def signed_by(self) -> tuple[str, ...]:
        return tuple(signature.by for signature in self.signatures)

    @property
    def ref(self) -> ReleaseRef:
        manifest = self.manifest
        return ReleaseRef(manifest.process, manifest.number, manifest.sha256, self.signed_by)

    def with_signature(self, signature: Signature) -> Release:
        return replace(self, signatures=(*self.signatures, signature))

    def to_bytes(self) -> bytes:
        """The release file: a line for the manifest, one for the plans, one for the signatures."""
        lines = [f'"{name}":{canonical_json(part)}' for name, part in encode(self).items()]
        return ("{" + ",\n".join(lines) + "}\n").encode()


def is_process(name: str) -> bool:
    """Whether a process can be called this, and so the folder of its releases."""
    return bool(_PROCESS.fullmatch(name))


def is_person(name: str) -> bool:
    """Whether somebody can be called this, in the trust file and in a release."""
    return bool(_PERSON.fullmatch(name))


def to_ms(at: datetime) -> datetime:
    """A time as a release holds it."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def read_release(content: bytes) -> Release:
    """The release of a file; its signatures are not checked.

    Raises: ValueError saying why it is none.
    """
    if len(content) > MOST_BYTES:
        raise ValueError(f"it is larger than {MOST_BYTES >> 20} MiB")
    try:
        release = decode(Release, json.loads(content.decode()))
        _check(release)
        same = release.to_bytes() == content
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    if not same:
        raise ValueError("it is not written as releases are: somebody has edited it")
    return release


def new_release(
    plans: Variants,
    files: Mapping[str, ReleasedFile],
    *,
    stations: Mapping[str, Any],
    number: int,
    after: Manifest | None,
    made: datetime,
    by: str,
    harness: str,
) -> Release:
    """A release of these plans for `stations`: what decides of each file, by its role. Not signed.

    Raises: ValueError saying why it could not be read again.
    """
    plan = plans.any
    forms = {variant: json.loads(each.canonical) for variant, each in plans.plans.items()}
    manifest = Manifest(
        process=plan.process,
        number=number,
        after=after.sha256 if after else None,
        made=to_ms(made),
        by=by,
        harness=harness,
        plan=plan.id,
        revision=plan.revision,
        plans={variant: each.sha256 for variant, each in plans.plans.items()},
        decisive=decisive_sha256(forms, files, stations),
        files=files,
        stations=stations,
    )
    release = Release(manifest, forms)
    _check(release)
    return release


def decisive_sha256(
    forms: Mapping[str, Any], files: Mapping[str, ReleasedFile], stations: Mapping[str, Any]
) -> str:
    """One SHA-256 of all that decides between good and bad: of each variant and all its steps.

    Of stations it is what decides whether their line may run. Files that have no form, such as
    the label, the golden values, the registry of golden units and how a jig is spoken to and
    tested, decide as they are. The forms are those of whole plans.
    """
    decisive = {
        "plans": {
            variant: {name: form[name] for name in _DECISIVE_OF_PLAN if name in form}
            | {"steps": sorted(map(_decisive_step, form["steps"]), key=canonical_json)}
            for variant, form in forms.items()
        },
        "files": {
            role: file.sha256
            for role, file in files.items()
            if role.partition(":")[0] not in _BY_FORM
        },
        "stations": stations,
    }
    return _sha256(canonical_json(decisive).encode())


def _decisive_step(form: Mapping[str, Any]) -> dict[str, Any]:
    return {name: form[name] for name in _DECISIVE_OF_STEP}


def decides_alike(manifest: Manifest, before: Manifest | None) -> bool:
    """Whether this decides between good and bad as the release that it was made after.

    It has to be the very one, else whoever may sign alone could choose what to compare with.
    """
    return (
        before is not None
        and manifest.after == before.sha256
        and manifest.number == before.number + 1
        and manifest.decisive == before.decisive
    )


def _check(release: Release) -> None:
    manifest = release.manifest
    if manifest.schema != SCHEMA:
        words = f"its schema is {manifest.schema}, this harness knows {SCHEMA}: make it anew"
        raise ValueError(words)
    if not is_process(manifest.process):
        raise ValueError(f"no name of a process: {manifest.process!r:.80}")
    if not 1 <= manifest.number <= _MOST_NUMBER:
        raise ValueError(f"no number of a release: {manifest.number!r:.40}")
    for name in (manifest.by, *release.signed_by):
        if not is_person(name):
            raise ValueError(f"{name!r:.80}: {PERSON_WORDS}")
    for text in _texts(encode(release)):
        # what is printed before somebody signs must not move the cursor, nor hide in length
        if not text.isprintable() or len(text) > _LONGEST:
            raise ValueError(f"a text that cannot be shown: {text!r:.80}")
    _check_plans(release)
    if decisive_sha256(release.plans, manifest.files, manifest.stations) != manifest.decisive:
        raise ValueError("its manifest names another hash of what decides between good and bad")
    if len(set(release.signed_by)) < len(release.signed_by):
        raise ValueError("somebody has signed it twice")


def _check_plans(release: Release) -> None:
    """The forms are those of whole plans, the very ones that the manifest names."""
    manifest = release.manifest
    forms = {variant: canonical_json(form) for variant, form in release.plans.items()}
    if {v: _sha256(form.encode()) for v, form in forms.items()} != manifest.plans:
        raise ValueError("its plans are not those that its manifest names")
    for variant, form in forms.items():
        plan = read_canonical(form)
        said = (plan.variant, plan.id, plan.revision, plan.process)
        if said != (variant, manifest.plan, manifest.revision, manifest.process):
            raise ValueError("its plans are called other than its manifest says")


def _texts(plain: Any) -> Iterator[str]:
    """Every text in JSON values, the keys too."""
    if isinstance(plain, str):
        yield plain
    elif isinstance(plain, Mapping):
        for name, value in plain.items():
            yield name
            yield from _texts(value)
    elif isinstance(plain, list):
        for value in plain:
            yield from _texts(value)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
