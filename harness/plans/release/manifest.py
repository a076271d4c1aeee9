"""A release: which files, plans and limits production may run, and the people who signed that.

Pure: nothing here reads a file or a clock. A release file is read back only if it is, byte for
byte, what this module writes; so there is one file for one release.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from harness.model.codec import decode, encode
from harness.model.events import ReleaseRef
from harness.model.plan import Variants

SCHEMA = 1
MOST_BYTES = 16 << 20
"""No release is larger [B]; one of 500 steps in two variants has about 1 MB."""

_DOMAIN = b"harness release signature 1\n"
_PROCESS = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_MOST_NUMBER = 10**9


@dataclass(frozen=True, slots=True)
class ReleasedFile:
    """A file by its content; `path` says where it was found, from the folder of the release."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What people sign. `plans` holds the SHA-256 of the canonical form of each variant.

    `after` is the SHA-256 of the manifest that this one was made after; `limits` is one SHA-256
    of all limits and symptoms, and of which SKU gets which.
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
    limits: str
    files: Mapping[str, ReleasedFile]
    schema: int = SCHEMA

    @property
    def canonical(self) -> bytes:
        return _compact(encode(self))

    @property
    def sha256(self) -> str:
        return _sha256(self.canonical)

    @property
    def name(self) -> str:
        return f"release {self.number} of {self.process}"

    def statement(self, by: str, at: datetime) -> bytes:
        """What a person signs: this manifest, his name, and when."""
        said = {"at": encode(Stated(at))["at"], "by": by, "manifest": encode(self)}
        return _DOMAIN + _compact(said)


@dataclass(frozen=True, slots=True)
class Stated:
    """A time in the form in which it is signed: UTC, to the millisecond."""

    at: datetime


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

    def form(self, variant: str) -> str:
        """The canonical form of a variant's plan."""
        return _compact(self.plans[variant]).decode()

    def to_bytes(self) -> bytes:
        """The release file: a line for the manifest, one for the plans, one for the signatures."""
        lines = [b'"%b":%b' % (name.encode(), _compact(p)) for name, p in encode(self).items()]
        return b"{%b}\n" % b",\n".join(lines)


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
    after: Manifest | None,
    made: datetime,
    by: str,
    harness: str,
) -> Release:
    """The next release of these plans, not signed yet."""
    plan = plans.any
    forms = {variant: json.loads(each.canonical) for variant, each in plans.plans.items()}
    manifest = Manifest(
        process=plan.process,
        number=after.number + 1 if after else 1,
        after=after.sha256 if after else None,
        made=made.replace(microsecond=made.microsecond // 1000 * 1000),
        by=by,
        harness=harness,
        plan=plan.id,
        revision=plan.revision,
        plans={variant: each.sha256 for variant, each in plans.plans.items()},
        limits=limits_sha256(forms),
        files=files,
    )
    return Release(manifest, forms)


def limits_sha256(forms: Mapping[str, Any]) -> str:
    """One SHA-256 of what decides between good and bad, for all variants.

    Raises: ValueError when a form is none of a plan.
    """
    try:
        limits = {
            variant: {
                "sku": form["sku"],
                "limits": {step["id"]: step["limits"] for step in form["steps"]},
                "symptoms": form["symptoms"],
            }
            for variant, form in forms.items()
        }
    except (KeyError, TypeError) as error:
        raise ValueError(f"no canonical form of a plan: {error!r}") from None
    return _sha256(_compact(limits))


def keeps_limits(manifest: Manifest, before: Manifest | None) -> bool:
    """Whether the limits are those of the release that this one was made after.

    It has to be the very one, else whoever may sign alone could choose what to compare with.
    """
    return (
        before is not None
        and manifest.after == before.sha256
        and manifest.number == before.number + 1
        and manifest.limits == before.limits
    )


def _check(release: Release) -> None:
    manifest = release.manifest
    if manifest.schema != SCHEMA:
        raise ValueError(f"its schema is {manifest.schema}, this harness knows {SCHEMA}")
    if not _PROCESS.fullmatch(manifest.process):
        raise ValueError(f"no name of a process: {manifest.process!r:.80}")
    if not 1 <= manifest.number <= _MOST_NUMBER:
        raise ValueError(f"no number of a release: {manifest.number!r:.40}")
    if {v: _sha256(_compact(form)) for v, form in release.plans.items()} != manifest.plans:
        raise ValueError("its plans are not those that its manifest names")
    if limits_sha256(release.plans) != manifest.limits:
        raise ValueError("its limits are not those that its manifest names")
    if len(set(release.signed_by)) < len(release.signed_by):
        raise ValueError("somebody has signed it twice")


def _compact(plain: Any) -> bytes:
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
