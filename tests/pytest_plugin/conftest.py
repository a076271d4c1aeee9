"""Runs pytest with the plugin as a person does: in a process of its own, in a fresh folder."""

from __future__ import annotations

from pathlib import Path

import pytest

import harness.pytest_plugin.active  # noqa: F401 (else pytester loads and unloads it each time)
from harness.model.record import Record
from harness.records.query import Reader

ROOT = Path(__file__).parents[2]
OFF = ("-p", "no:cacheprovider", "-p", "no:xdist", "-W", "error")


class Session:
    """A folder with the skeleton plan, a simulated station, and what pytest makes of them."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester, self.folder = pytester, pytester.path
        self.store = self.folder / "records.db"
        self.skeleton = (ROOT / "testplans" / "skeleton.yaml").read_text()
        self.write("skeleton.yaml", self.skeleton)
        self.scenario("units: [{serial: A57A000001}]")

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def scenario(self, text: str) -> None:
        self.write("scenario.yaml", f"schema: 1\n{text}\n")

    def arguments(self, *more: str) -> list[str]:
        return [*OFF, "--scenario", "scenario.yaml", "--records", str(self.store), *more]

    def __call__(self, *more: str) -> pytest.RunResult:
        return self.pytester.runpytest_subprocess(*self.arguments(*more))

    def quick(self, *more: str) -> pytest.RunResult:
        """In this process: for what opens no station."""
        return self.pytester.runpytest_inprocess(*OFF, *more)

    def records(self) -> list[Record]:
        """All records, in the order of their runs."""
        with Reader(self.store) as reader:
            return [reader.record(head.run) for head in reversed(reader.runs())]


@pytest.fixture
def session(pytester: pytest.Pytester) -> Session:
    return Session(pytester)
