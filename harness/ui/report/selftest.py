"""The self-test of a station's jigs on one page, for the morning after the night."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from harness import __version__
from harness.model.outcome import Outcome
from harness.model.readiness import SCENARIO
from harness.model.refs import StationRef
from harness.ui.drift import drift_summary, is_told
from harness.ui.findings import concluded
from harness.ui.report.chart import legend
from harness.ui.report.jig import JigReport, jig_section
from harness.ui.report.markup import Markup, el
from harness.ui.report.page import Row, lines, mark, outcome_mark, page, table

_COLUMNS = {
    "Jig": 13,
    "Slot": 6,
    "Self-test": 12,
    "Production": 24,
    "What failed": 29,
    "Drift": 16,
}
_VERSIONS = {"What": 18, "Version": 22, "SHA-256": 42, "Jigs": 18}


@dataclass(frozen=True, slots=True)
class SelfTestReport:
    """What the self-test of a station found; times in UTC."""

    station: StationRef
    began: datetime
    ended: datetime
    jigs: tuple[JigReport, ...]

    @property
    def open(self) -> int:
        """How many jigs are open to production."""
        return sum(jig.readiness.open for jig in self.jigs)


def selftest_page(found: SelfTestReport) -> str:
    """The page, as the text of an HTML file in UTF-8."""
    jigs = [(jig, f"jig-{number}") for number, jig in enumerate(found.jigs, start=1)]
    station = found.station.name
    return page(
        f"{_verdict(found)}: self-test of {station}, {found.began:%Y-%m-%d}",
        el(
            "header",
            el("h1", f"Self-test of the jigs of {station}"),
            el("p", _verdict_mark(found), class_="verdict"),
            el("p", ", ".join(_where_and_when(found))),
        ),
        el(
            "main",
            table("The jigs", _COLUMNS, (_row(jig, place) for jig, place in jigs)),
            legend(),
            *(jig_section(jig, place) for jig, place in jigs),
            _made_with(found),
        ),
    )


def _verdict(found: SelfTestReport) -> str:
    return f"{found.open} of {len(found.jigs)} jigs open"


def _verdict_mark(found: SelfTestReport) -> Markup:
    good = found.jigs and found.open == len(found.jigs)
    words = f"{_verdict(found)} to production"
    return mark("✓", words, "pass") if good else mark("✗", words, "fail")


def _where_and_when(found: SelfTestReport) -> Iterator[str]:
    if found.station.location:
        yield found.station.location
    took_s = (found.ended - found.began).total_seconds()
    yield f"{found.began:%Y-%m-%d %H:%M:%S} UTC, took {took_s:.0f} s"
    yield f"harness {__version__}"
    if any(jig.record and SCENARIO in jig.record.inputs for jig in found.jigs):
        yield "SIMULATED: no real jig was tested"


def _row(jig: JigReport, place: str) -> Row:
    state = mark("✓", "open", "pass")
    if not jig.readiness.open:
        since = f" since {jig.readiness.since:%Y-%m-%d %H:%M} UTC" if jig.readiness.since else ""
        state = mark("✗", f"closed{since}: {jig.readiness.code}", "fail")
    cells = (
        str(jig.tested.slot),
        outcome_mark(jig.outcome),
        state,
        lines(*_what_failed(jig)),
        drift_summary(jig.drifts),
    )
    return Row(el("a", jig.name, href=f"#{place}"), cells, _look(jig))


def _what_failed(jig: JigReport) -> list[str]:
    failed = sorted(concluded(jig.record)) if jig.record else []
    return [*failed, *map(str, jig.faults)] or ["-"]


def _look(jig: JigReport) -> str:
    if jig.outcome is not Outcome.PASS:
        return "bad"
    return "warned" if any(map(is_told, jig.drifts)) else "fine"


def _made_with(found: SelfTestReport) -> Markup:
    """Each version and each hash once, with the jigs that it was used for."""
    used: dict[tuple[str, str, str], list[str]] = {}
    for jig in found.jigs:
        for version in _versions(jig):
            used.setdefault(version, []).append(jig.name)
    rows = [
        Row(what, (version, el("code", sha256), _whose(names, found)))
        for (what, version, sha256), names in used.items()
    ]
    heading = el("h2", "Versions and hashes")
    return el("section", heading, table("What the jigs were tested by", _VERSIONS, rows))


def _versions(jig: JigReport) -> Iterator[tuple[str, str, str]]:
    if not jig.record:
        return
    plan, limits = jig.record.plan, jig.record.limits
    yield "plan", f"{plan.id} revision {plan.revision}", plan.sha256
    if limits:
        yield "limits", f"{limits.id} revision {limits.revision}", limits.sha256
    for role, sha256 in sorted(jig.record.inputs.items()):
        yield f"file {role}", "-", sha256


def _whose(names: list[str], found: SelfTestReport) -> str:
    return "all" if len(names) == len(found.jigs) else ", ".join(names)
