"""A released line on simulated wires, which the tests here share, and a copy of it for each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.sim.line import SimLine
from harness.sim.scenario import Scenario
from harness.sim.unit import SimUnit
from tests.cli.release.line_files import STATION, write_line
from tests.cli.release.released import (
    ONE,
    SERIAL,
    TWO,
    AsRoot,
    Site,
    cannot_run,
    environment_of,
    may_be_root,
    write_trust,
)
from tests.plans.release.releasing import ALICE, BOB


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if not may_be_root():
        cannot_run(os.environ)
    folder = tmp_path_factory.mktemp("site")
    write_line(folder)
    write_trust(folder, ALICE, BOB)
    unit = SimUnit(SERIAL, (ONE, TWO))
    with SimLine(Scenario((unit,), speed=10), 1) as wires:
        address = wires.insert(1, unit)
        (folder / "ft-01.yaml").write_text(
            STATION.format(handset=address, port=wires.slots[1].port)
        )
        with pytest.MonkeyPatch.context() as patch:
            environment_of(folder, patch)
            AsRoot(folder).make_and_install(1, ALICE, BOB)
        yield Site(folder, wires)


@pytest.fixture
def line(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsRoot:
    """The command line in a copy of the site; nothing has touched the jig yet."""
    folder = tmp_path / "line"
    shutil.copytree(site.folder, folder)
    environment_of(folder, monkeypatch)
    site.wires.slots[1].behaviour.heard.clear()
    return AsRoot(folder)
