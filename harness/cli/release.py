"""`harness release`: what production may run, made by one person and signed by others."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import click

import harness
from harness.cli import EXIT_USAGE
from harness.cli.ending import operator
from harness.clock import SystemClock
from harness.errors import PlanError
from harness.files.parse import read_bytes
from harness.model.plan import InputFile, Variants
from harness.plans.release.check import differing, released_roles
from harness.plans.release.folder import (
    DEFAULT_RELEASES,
    active,
    load_release,
    newest,
    processes,
    standing,
)
from harness.plans.release.folder import install as put
from harness.plans.release.keys import PrivateKey
from harness.plans.release.manifest import Release, ReleasedFile, keeps_limits, new_release
from harness.plans.release.trust import DEFAULT_TRUST, Trust, read_trust
from harness.plans.resolve import load_plans
from harness.station.config import load_station
from harness.steps import catalogue

TRUST_VARIABLE = "HARNESS_TRUST"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
RELEASES = click.option(
    "--releases",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_RELEASES,
    show_default=True,
    help="The folder of installed releases.",
)


def trusted() -> Trust:
    """The people whom this station believes.

    Raises: PlanError(RELEASE-TRUST).
    """
    return read_trust(Path(os.environ.get(TRUST_VARIABLE) or DEFAULT_TRUST))


@click.group()
def release() -> None:
    """Make, sign, install and show releases: what production may run.

    Example: harness release make testplans/a57-final.yaml --station fixtures/stations/bench.yaml
    """


@release.command()
@click.argument("plan_file", metavar="PLAN", type=_FILE)
@click.option("--station", "stations", type=_FILE, multiple=True, required=True, help="Each one.")
@click.option("--by", default=operator, help="Who makes it, if not the user of this PC.")
@click.option("--out", type=click.Path(path_type=Path), help="Default: PROCESS-NUMBER.json.")
@RELEASES
def make(
    plan_file: Path, stations: tuple[Path, ...], by: str, out: Path | None, releases: Path
) -> None:
    """Make the next release of a plan for these stations; it counts once people have signed it.

    Example: harness release make testplans/a57-final.yaml --station fixtures/stations/bench.yaml
    """
    now = SystemClock().utc()
    plans = load_plans(plan_file, catalogue())
    for plan in plans.plans.values():
        if why := plan.expired(now.date()):
            raise PlanError("PLAN-EXPIRED", f"{plan_file}: {why}")
    before = newest(releases, plans.any.process)
    made = new_release(
        plans,
        _released(_files_of(plans, stations)),
        after=before.manifest if before else None,
        made=now,
        by=by,
        harness=harness.__version__,
    )
    out = out or Path(f"{made.manifest.process}-{made.manifest.number}.json")
    try:
        with out.open("xb") as file:
            file.write(made.to_bytes())
    except OSError as error:
        raise click.UsageError(f"cannot write {out}: {error.strerror}") from None
    click.echo("\n".join(_told(made, before)))
    click.echo(f"written to {out}")


@release.command()
@click.argument("file", type=_FILE)
@click.option("--key", "key_file", type=_FILE, required=True, help="Your private Ed25519 key.")
@click.option("--as", "name", required=True, help="Your name in the trust file.")
@RELEASES
def sign(file: Path, key_file: Path, name: str, releases: Path) -> None:
    """Sign a release after showing what it changes; asks for the passphrase of the key.

    Example: harness release sign final-test-3.json --key ~/.ssh/id_ed25519 --as alice
    """
    found = load_release(file)
    click.echo("\n".join(_told(found, _before(found, releases))))
    key = PrivateKey.read(key_file, lambda: _passphrase(key_file))
    if name in found.signed_by:
        raise PlanError("RELEASE-SIGNED", f"{name} has signed {found.manifest.name} already")
    if twin := key.signed(found):
        words = f"the key {key_file} has signed {found.manifest.name} already, as {twin.by}"
        raise PlanError("RELEASE-SIGNED", words)
    signature = key.sign(found.manifest, name, SystemClock().utc())
    _replace(file, found.with_signature(signature).to_bytes())
    click.echo(f"signed by {' and '.join((*found.signed_by, name))}")


@release.command()
@click.argument("file", type=_FILE)
@RELEASES
def install(file: Path, releases: Path) -> None:
    """Put a signed release where production looks for it, after checking all of it.

    Example: harness release install final-test-3.json
    """
    found = load_release(file)
    path = put(releases, found, trusted())
    click.echo(f"{found.manifest.name} is installed and active: {path}")


@release.command()
@click.argument("file", type=_FILE, required=False)
@RELEASES
def show(file: Path | None, releases: Path) -> None:
    """Show installed releases, or one file: who signed, and whether the files here are as released.

    Paths are those of the folder in which the release was made. Exits 2 when a file differs.

    Example: harness release show
    """
    if file:
        found = load_release(file)
        click.echo("\n".join(_told(found, _before(found, releases))))
        sys.exit(_show_files(found))
    known = processes(releases)
    people = trusted() if known else None
    code = 0
    for process in known:
        assert people, "read for the first of them"
        judged = standing(releases, process, people)
        counting = active(judged)
        for each in judged:
            mark = "active" if each.release and each.release is counting else "      "
            said = _head(each.release) if each.release else str(each.path)
            click.echo(f"{mark} {said}")
            if each.fault:
                click.echo(f"       does not count: {each.fault}")
        if counting:
            code = max(code, _show_files(counting))
    if not known:
        click.echo(f"no release is installed in {releases}")
    sys.exit(code)


def _files_of(plans: Variants, stations: Iterable[Path]) -> dict[str, InputFile]:
    """Every file that a run of these plans on these stations is made by, under its role."""
    named: dict[str, InputFile] = {}
    of_plans = [plan.files for plan in plans.plans.values()]
    of_stations = [load_station(path).files for path in stations]
    for role, file in (
        entry for files in (*of_plans, *map(released_roles, of_stations)) for entry in files.items()
    ):
        twin = named.setdefault(role, file)
        if twin.sha256 != file.sha256:
            words = (
                f"{twin.path} and {file.path} differ, and both are {role}: give one another name"
            )
            raise click.UsageError(words)
    return named


def _released(files: Mapping[str, InputFile]) -> dict[str, ReleasedFile]:
    return {
        role: ReleasedFile(os.path.relpath(file.path), file.sha256) for role, file in files.items()
    }


def _before(found: Release, releases: Path) -> Release | None:
    """The release that this one was made after, if it is installed here."""
    manifest = found.manifest
    path = releases / manifest.process / f"{manifest.number - 1}.json"
    before = load_release(path) if path.exists() else None
    return before if before and before.manifest.sha256 == manifest.after else None


def _told(found: Release, before: Release | None) -> Iterator[str]:
    """What a release is, and what it changes."""
    from harness.plans.diff.compare import compare

    manifest = found.manifest
    yield _head(found)
    yield f"  plan {manifest.plan} revision {manifest.revision}, harness {manifest.harness}"
    if before is None:
        yield "  the release before it is not here: everything is new, two people must sign"
        for role, file in sorted(manifest.files.items()):
            yield f"  file {role}: {file.path}"
        return
    yield f"  compared with {_head(before)}:"
    if manifest.harness != before.manifest.harness:
        yield f"  harness {before.manifest.harness} -> {manifest.harness}"
    for change in compare(before.plans, found.plans):
        yield f"  {change.variant}: {change.words}" if change.variant else f"  {change.words}"
    for role in sorted(manifest.files.keys() | before.manifest.files.keys()):
        was, now = before.manifest.files.get(role), manifest.files.get(role)
        if was is None or now is None or was.sha256 != now.sha256:
            how = "is new" if was is None else "is left out" if now is None else "has changed"
            yield f"  file {role} {how}: {(now or was).path}"  # type: ignore[union-attr]
    kept = keeps_limits(manifest, before.manifest)
    yield "  limits are the same" if kept else "  LIMITS HAVE CHANGED: two people must sign"


def _head(found: Release) -> str:
    manifest = found.manifest
    people = ", ".join(f"{s.by} {s.at:%Y-%m-%d %H:%M} UTC" for s in found.signatures)
    made = f"made by {manifest.by} {manifest.made:%Y-%m-%d %H:%M} UTC"
    return f"{manifest.name}, {made}, signed by {people or 'nobody'}"


def _show_files(found: Release) -> int:
    """Say which files of this folder are not as released; the exit code."""
    files = {role: _read(Path(file.path)) for role, file in found.manifest.files.items()}
    lines = list(differing(files, found.manifest))
    for line in lines:
        click.echo(f"       {line}")
    click.echo(f"       {len(files) - len(lines)} of {len(files)} files here are as released")
    return EXIT_USAGE if lines else 0


def _read(path: Path) -> InputFile:
    """The file as it is here; one that cannot be read has no SHA-256."""
    from hashlib import sha256

    content, problem = read_bytes(path)
    return InputFile(path, "" if problem else sha256(content).hexdigest())


def _passphrase(key_file: Path) -> str:
    said: str = click.prompt(f"Passphrase of {key_file}", hide_input=True, err=True)
    return said


def _replace(path: Path, content: bytes) -> None:
    """Write a file anew: it is the old or the new one, whatever happens."""
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_bytes(content)
        new.replace(path)
    except OSError as error:
        raise click.UsageError(f"cannot write {path}: {error.strerror}") from None
