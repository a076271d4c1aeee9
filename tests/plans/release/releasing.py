"""Releases of small plans, and people who sign them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from harness.model.limits import Range
from harness.model.plan import InputFile, Phase, Plan, PlannedStep, Product, Variants
from harness.model.step import Numeric
from harness.model.units import Quantity
from harness.plans.canonical import canonical_json, canonical_of
from harness.plans.release.keys import PrivateKey
from harness.plans.release.manifest import Manifest, Release, ReleasedFile, new_release
from harness.plans.release.trust import Trust

AT = datetime(2026, 11, 22, 10, 0, 0, 123000, UTC)
STATION: dict[str, Any] = {
    "rules": {"waived": ["contacts"], "golden_every": "12 h"},
    "selftest_every": "24 h",
    "slots": [{"slot": 1, "jig": {"file": "jigs/core.yaml"}}],
}
STATIONS = {"station:ft-01.yaml": STATION}
FILES = {role: f"{role[0]}" * 64 for role in ("plan", "limits", "mask:rear.csv", "jig:core.yaml")}


@dataclass
class Person:
    """Somebody with a key of his own, the same in every test."""

    name: str
    key: Ed25519PrivateKey = field(init=False)

    def __post_init__(self) -> None:
        self.key = Ed25519PrivateKey.from_private_bytes(self.name.encode().ljust(32, b"."))

    @property
    def public(self) -> str:
        form = self.key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        return form.decode()

    def private(self, form: PrivateFormat = PrivateFormat.OpenSSH, passphrase: str = "") -> bytes:
        sealed: KeySerializationEncryption = NoEncryption()
        if passphrase:
            sealed = BestAvailableEncryption(passphrase.encode())
        return self.key.private_bytes(Encoding.PEM, form, sealed)

    def sign(self, release: Release, *, name: str = "") -> Release:
        signature = PrivateKey(self.key).sign(release.manifest, name or self.name, AT)
        return release.with_signature(signature)


ALICE, BOB, MALLORY = Person("alice"), Person("bob"), Person("mallory")


def trust(*people: Person) -> Trust:
    raw = {person.name: PrivateKey(person.key).public for person in people}
    return Trust(InputFile(Path("/etc/harness/trust.yaml"), "7" * 64), raw)


BOTH = trust(ALICE, BOB)


def plans(
    low: str = "0.45 A", *, timeout: str = "10 s", skus: Mapping[str, str] | None = None
) -> Variants:
    """Plans of one variant, or of two, that pass a current from `low` on."""
    given = {variant: sku for sku, variant in (skus or {"": ""}).items()}
    step = PlannedStep(
        "charge",
        "battery.charge",
        Phase.STEPS,
        Quantity.parse(timeout).amount,
        limits={"current": Range(Quantity.parse(low).amount, None)},
    )
    plan = Plan("final", 3, "Final", "final-test", Product("M", "P"), (step,), "")
    return Variants(
        {name: whole(replace(plan, variant=name, sku=given[name])) for name in sorted(given)}
    )


def whole(plan: Plan) -> Plan:
    """The plan with its canonical form; each of its steps measures a current."""
    measures = {step.id: {"current": Numeric("current", "A")} for step in plan.steps}
    return replace(plan, canonical=canonical_of(plan, measures))


def release(
    after: Release | Manifest | None = None,
    low: str = "0.45 A",
    stations: Mapping[str, Any] = STATIONS,
    **more: Any,
) -> Release:
    """An unsigned release of `plans`."""
    files = {role: ReleasedFile(f"files/{role}", sha) for role, sha in FILES.items()}
    before = after.manifest if isinstance(after, Release) else after
    made = plans(low, **more)
    return next_release(made, files, before, stations)


def next_release(
    made: Variants,
    files: Mapping[str, ReleasedFile],
    before: Manifest | None,
    stations: Mapping[str, Any] = STATIONS,
) -> Release:
    number = before.number + 1 if before else 1
    how = {"after": before, "made": AT, "by": "carol", "harness": "0.1.0"}
    return new_release(made, files, stations=stations, number=number, **how)  # type: ignore[arg-type]


def forged(given: Release, forms: Mapping[str, Any] | None = None, /, **change: object) -> Release:
    """A release of other forms, with the hashes that belong to them, or of another manifest."""
    plans = given.plans if forms is None else forms
    hashes = {v: sha256(canonical_json(form).encode()).hexdigest() for v, form in plans.items()}
    manifest = replace(given.manifest, **{"plans": hashes, **change})  # type: ignore[arg-type]
    return Release(manifest, plans)


def signed(given: Release, *people: Person) -> Release:
    for person in people:
        given = person.sign(given)
    return given
