"""The pytest plugin: plans as test files, and a slot as fixtures for bench work (docs/pytest.md).

Without `--station` or `--scenario` it does nothing. pytest loads it into every session on this PC,
so what it needs is imported when it is asked for.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.model.jig_ports import Jig
    from harness.model.ports import Handset
    from harness.pytest_plugin.active import Active
    from harness.pytest_plugin.lent import BenchSlot
    from harness.pytest_plugin.measured import BenchMeasure

_ACTIVE = "harness-active"

_PATHS = {
    "station": "Station file: plans named on the command line are run on a slot of it.",
    "scenario": "A simulated station in its place: how its handsets and jigs behave.",
    "limits": "Engineering: another limit set for the plans.",
    "records": "The record store (default: reports/records.db).",
}
_WORDS = {
    "serial": "The unit that is announced, for a slot that takes any.",
    "variant": "Engineering: the variant of the plans, where no SKU says it.",
}


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add our options where a station is asked for: another project may have some so called."""
    if not _asked_for(_config_of(pluginmanager)):
        return
    group = parser.getgroup("harness", "phone test harness: plans, and a slot as fixtures")
    for name, words in _PATHS.items():
        group.addoption(f"--{name}", dest=_dest(name), type=Path, metavar="FILE", help=words)
    for name, words in _WORDS.items():
        group.addoption(f"--{name}", dest=_dest(name), metavar=name.upper(), help=words)
    slot = "The slot to test on (default: the first)."
    group.addoption("--slot", dest=_dest("slot"), type=int, metavar="N", help=slot)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "limit_s(seconds): the whole time of a test on a slot [s]")
    given = {
        name: value
        for name in ("slot", *_PATHS, *_WORDS)
        if (value := config.getoption(_dest(name), None)) is not None
    }
    if given:
        from harness.pytest_plugin.active import activate

        config.pluginmanager.register(activate(config, given), _ACTIVE)


@pytest.fixture
def slot(request: pytest.FixtureRequest) -> Iterator[BenchSlot]:
    """The slot of `--station`, under a lease that ends with the test; then its jig is made safe."""
    with _active(request).slot_for(request.node) as slot:
        yield slot


@pytest.fixture
def handset(slot: BenchSlot) -> Handset:
    """The handset of the slot."""
    return slot.handset


@pytest.fixture
def jig(slot: BenchSlot) -> Jig:
    """The jig of the slot."""
    return slot.jig


@pytest.fixture
def measure(request: pytest.FixtureRequest) -> BenchMeasure:
    """Takes down values; one outside of its limits fails the test at its end."""
    return _active(request).measure_for(request.node)


def _active(request: pytest.FixtureRequest) -> Active:
    active: Active | None = request.config.pluginmanager.get_plugin(_ACTIVE)
    if active is None:
        words = f"the fixture {request.fixturename!r} needs --station FILE (or --scenario FILE)"
        pytest.fail(words, pytrace=False)
    return active


def _config_of(pluginmanager: pytest.PytestPluginManager) -> pytest.Config:
    config = pluginmanager.get_plugin("pytestconfig")
    assert isinstance(config, pytest.Config)
    return config


def _asked_for(config: pytest.Config) -> bool:
    """Whether a station is named on the command line, or in what pytest puts before it."""
    arguments: list[str] = [
        *shlex.split(os.environ.get("PYTEST_ADDOPTS", "")),
        *config.getini("addopts"),
        *config.invocation_params.args,
    ]
    wanted = ("--station", "--scenario", "--help", "-h")
    return any(word.partition("=")[0] in wanted for word in arguments)


def _dest(name: str) -> str:
    return f"harness_{name}"
