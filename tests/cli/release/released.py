"""A line whose plan is released: its files, the people who sign, and the command line there.

The handset and the jig are simulated at the wire; everything that is run is a process of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from harness.sim.line import SimLine
from tests.cli.conftest import Cli, Ran
from tests.plans.release.releasing import Person

SERIAL, ONE, TWO = "A57A000001", "860123450000012", "860123450000020"
SCAN = f"{SERIAL};{ONE};{TWO}"
AS_ROOT = ["unshare", "--user", "--map-root-user"]
NAMESPACE = [] if os.geteuid() == 0 else AS_ROOT
"""Makes an ordinary user root of a namespace: nobody believes a trust file of his own."""


class AsRoot(Cli):
    """The command line as a user who cannot be told from root."""

    def command(self, *arguments: str | Path) -> list[str]:
        return [*NAMESPACE, *super().command(*arguments)]

    def __call__(self, *arguments: str | Path) -> Ran:
        if not NAMESPACE:
            return super().__call__(*arguments)
        ran = subprocess.run(
            self.command(*arguments), cwd=self.folder, capture_output=True, text=True, check=False
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    def release(self, *arguments: str | Path) -> Ran:
        return self("release", *arguments)

    def sign(self, file: str, person: Person, name: str = "") -> Ran:
        key = self.folder / f"{person.name}.key"
        key.write_bytes(person.private())
        return self.release("sign", file, "--key", key, "--as", name or person.name)

    def make(self, *people: Person, number: int = 1) -> str:
        """A release of the files as they are, signed by these people; the name of its file."""
        name = f"final-test-{number}.json"
        made = self.release("make", "plan.yaml", "--station", "ft-01.yaml", "--by", "carol")
        for ran in (made, *(self.sign(name, person) for person in people)):
            assert ran.code == 0, ran.err
        assert (self.folder / name).exists()
        return name

    def make_and_install(self, number: int, *people: Person) -> None:
        ran = self.release("install", self.make(*people, number=number))
        assert ran.code == 0, ran.err

    def self_test(self) -> Ran:
        return self("selftest", "--station", "ft-01.yaml")

    def produce(self, *more: str | Path) -> Ran:
        """A production run of the plan as it stands, on its station and unit or `more` of one."""
        scan = () if "--label" in more else ("--label", SCAN)
        station = () if {"--station", "--scenario"} & {*more} else ("--station", "ft-01.yaml")
        given = ("plan.yaml", "--purpose", "production", *scan, *station, "--json")
        return self("run", *given, *more)

    def put(self, file: str, number: int) -> None:
        """A release into the folder of those that are installed by hand, past `install`."""
        shutil.copy(self.folder / file, self.installed / f"{number}.json")

    @property
    def installed(self) -> Path:
        return self.folder / "reports" / "releases" / "final-test"

    @property
    def trust(self) -> Path:
        return self.folder / "etc" / "trust.yaml"

    def change(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        assert path.read_text().count(old) == 1
        path.write_text(path.read_text().replace(old, new))


@dataclass(frozen=True)
class Site:
    """A folder with a plan that is released and installed, and the wires of its station."""

    folder: Path
    wires: SimLine

    @property
    def touched(self) -> bool:
        return bool(self.wires.slots[1].behaviour.heard)


def environment_of(folder: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("PYTHONPATH", str(folder / "packages"))
    patch.setenv("HARNESS_TRUST", str(folder / "etc" / "trust.yaml"))
    patch.setenv("XDG_STATE_HOME", str(folder / "state"))


def write_trust(folder: Path, *people: Person) -> None:
    keys = "".join(f"  {person.name}: '{person.public}'\n" for person in people)
    (folder / "etc").mkdir()
    (folder / "etc" / "trust.yaml").write_text(f"schema: 1\npeople:\n{keys}")


def may_be_root() -> bool:
    tried = subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False)
    return tried.returncode == 0


def cannot_run(environment: Mapping[str, str]) -> NoReturn:
    """Without a user whom a trust file is out of reach of; where nobody looks, that is a fault."""
    words = "only root, or a user who may make a namespace, can have a trust file"
    if environment.get("CI"):
        pytest.fail(f"{words}: run the tests as root, or allow `{' '.join(AS_ROOT)}`")
    pytest.skip(words)
