"""What the plugin does in a session that has a station."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from harness.errors import HarnessError
from harness.pytest_plugin.bench import Bench
from harness.pytest_plugin.items import PlanFile, StepItem
from harness.pytest_plugin.lent import BenchSlot
from harness.pytest_plugin.measured import BenchMeasure
from harness.ui.text import fault_lines

LIMIT_S = 60.0
"""The whole time of a test on a slot, unless its mark `limit_s` says another [s]."""

_PLANS = (".yaml", ".yml")
_MEASURE = pytest.StashKey[BenchMeasure]()


def activate(config: pytest.Config, given: Mapping[str, Any]) -> Active:
    """The plugin for a session with these options. Nothing is touched yet.

    Raises: UsageError.
    """
    _refuse(config)
    try:
        bench = Bench(given, config.invocation_params.dir)
    except HarnessError as error:
        raise pytest.UsageError("\n".join(fault_lines(error))) from None
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None
    config.add_cleanup(bench.close)
    paths = (config.invocation_params.dir / arg.partition("::")[0] for arg in config.args)
    return Active(bench, frozenset(path.resolve() for path in paths if path.suffix in _PLANS))


def _refuse(config: pytest.Config) -> None:
    if config.getoption("numprocesses", None) or config.getoption("tx", None):
        words = "a slot is worked on by one process: leave out -n and --tx, or say -n 0"
        raise pytest.UsageError(words)
    if config.getoption("setuponly") or config.getoption("setupplan"):
        words = "setting up a plan runs it: to see its steps without, use --collect-only"
        raise pytest.UsageError(words)


class Active:
    """The hooks of a session, on one slot."""

    def __init__(self, bench: Bench, named: frozenset[Path]) -> None:
        self._bench = bench
        self._named = named
        """The plans of the command line."""
        self._collected: set[Path] = set()
        self._runs: list[str] = []
        self._values: list[str] = []
        self._unrecorded = False

    def pytest_report_header(self) -> str:
        place = self._bench.place
        where = f"station {self._bench.name}, slot {place.number} ({place.unit.serial or 'any'})"
        return f"harness: {where}, for engineering: what runs here does not count"

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> PlanFile | None:
        if file_path.resolve() not in self._named:
            return None  # a plan may wipe the unit: nobody runs one by naming its folder
        self._collected.add(file_path.resolve())
        return PlanFile.from_parent(parent, path=file_path, bench=self._bench, told=self._runs)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None]:
        """Keep the items of a plan together, in its order, whoever has shuffled them."""
        yield
        items[:] = _together(items)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Raises: UsageError for a plan that was named and would not run as it was meant."""
        if lost := self._named - self._collected:
            raise pytest.UsageError(f"named, and not collected: {', '.join(map(str, lost))}")
        for file, items in _by_file(session.items).items():
            file.choose(items)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """A test whose values are bad fails once it has come to its end."""
        try:
            result = yield
        except pytest.skip.Exception:
            _require_good(item)
            raise
        _require_good(item)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        measure = item.stash.get(_MEASURE, None) if call.when == "call" else None
        if measure:
            measure.ended = True
            item.user_properties += measure.properties()
        report = yield
        error = call.excinfo.value if call.excinfo else None
        if isinstance(item, StepItem):
            item.tell(report, error)
            return report
        if isinstance(error, HarnessError):
            report.sections.append(("what to do", "\n".join(fault_lines(error))))
        if measure:
            report.sections.append(("measured", "\n".join(measure.lines())))
            self._values += [item.nodeid, *measure.summary()]
        return report

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        lines = [*self._runs, *self._bench.warnings, *self._values]
        if self._runs:
            lines.append(f"on record in {self._bench.store}")
        if self._unrecorded:
            lines.append("no record is made of tests that use the slot: their values stand here")
        if lines:
            terminalreporter.section("harness")
            for line in lines:
                terminalreporter.write_line(line)

    @contextmanager
    def slot_for(self, item: pytest.Item) -> Iterator[BenchSlot]:
        """The slot for a test."""
        self._unrecorded = True
        lent = self._bench.lend(_limit_s(item))
        try:
            yield lent
        finally:
            faults = self._bench.take_back(lent)
            if faults:
                words = (f"{fault.code}: {fault.message}\n  -> {fault.remedy}" for fault in faults)
                pytest.fail("\n".join(words), pytrace=False)

    def measure_for(self, item: pytest.Item) -> BenchMeasure:
        """What takes down the values of a test."""
        self._unrecorded = True
        return item.stash.setdefault(_MEASURE, BenchMeasure())


def _require_good(item: pytest.Item) -> None:
    """Raises: pytest's Failed when values are bad."""
    measure = item.stash.get(_MEASURE, None)
    if measure and measure.bad:
        names = ", ".join(dict.fromkeys(made.name for made in measure.bad))
        words = f"{len(measure.bad)} of {len(measure.made)} values are bad: {names}"
        pytest.fail(words, pytrace=False)


def _limit_s(item: pytest.Item) -> float:
    match item.get_closest_marker("limit_s"):
        case None:
            return LIMIT_S
        case pytest.Mark(args=(int() | float() as limit_s,)):
            return limit_s
        case _:
            pytest.fail("the mark limit_s takes seconds, such as limit_s(120)", pytrace=False)


def _by_file(items: list[pytest.Item]) -> dict[PlanFile, list[StepItem]]:
    files: dict[PlanFile, list[StepItem]] = {}
    for item in items:
        if isinstance(item, StepItem):
            files.setdefault(item.parent, []).append(item)
    return files


def _together(items: list[pytest.Item]) -> list[pytest.Item]:
    """The items, those of a plan where the first of them stands."""
    left = _by_file(items)
    ordered: list[pytest.Item] = []
    for item in items:
        if isinstance(item, StepItem):
            steps = left.pop(item.parent, [])
            steps.sort(key=lambda step: step.place)
            ordered += steps
        else:
            ordered.append(item)
    return ordered
