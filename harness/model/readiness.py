"""Whether production may use a jig: a fold of the records of its self-tests. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from harness.errors import HarnessError
from harness.model.conclude import final_attempts
from harness.model.entry import Entry
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.model.rules.recalls import recalled_words

GOLDEN = "golden:"
"""In the inputs of a self-test: which golden unit it is followed by, by the plan of that run."""
JIG_FILE = "jig"
"""In the inputs of a self-test: the file of the jig that is tested."""
SCENARIO = "scenario"
"""In the inputs of a run: what is simulated."""
CALIBRATION, DAYS_LEFT = "jig_health.calibration", "left"
"""The step that asks for how long a calibration holds, and its measurement [d]."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a self-test must have been, for production to go by it.

    `plan_sha256` and `jig_sha256` are the resolved plan and the jig file as they are now.
    """

    plan_sha256: str
    jig_sha256: str
    every: timedelta
    station: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class GoldenRun:
    """A run of a golden or known-bad unit, and why it is not as it must be; None when it is.

    One that is not `registered` any more need not be as anything: it speaks for no jig.
    """

    record: Record
    problem: HarnessError | None
    registered: bool = True


@dataclass(frozen=True, slots=True)
class Past:
    """A self-test in short; one that goes on, or was cut off, has not `ended`.

    It `passed` while nobody has recalled that.
    """

    slot: int
    started: datetime
    ended: datetime | None
    passed: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the records say of a jig.

    Its newest self-test, all of them in short, newest first, and the newest run of each golden
    unit on it that was recorded after that self-test, whatever a clock said.
    """

    last: Record | None = None
    past: Sequence[Past] = ()
    golden: Mapping[str, GoldenRun] = field(default_factory=dict)
    against: Sequence[GoldenRun] = ()
    """The newest runs of other golden units on it, of those that were not as they must be."""
    recalled: Entry | None = None
    """What revokes the PASS of its newest self-test."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a jig is open to production; `code` and `words` say why not, since when."""

    jig: str
    code: str = ""
    words: str = ""
    since: datetime | None = None
    run: str = ""
    """The self-test that it goes by."""

    @property
    def open(self) -> bool:
        return not self.code


def readiness(jig: str, evidence: Evidence, demand: Demand, now: datetime) -> Readiness:
    """What its self-tests make of a jig."""
    last = evidence.last
    if last is None:
        words = "no self-test of it is on record here"
        return Readiness(jig, "JIG-UNTESTED", words)
    since = streak_began(evidence.past)
    code, words, at = next(_doubts(last, evidence, demand, now), ("", "", since))
    return Readiness(jig, code, words, at or since, last.run)


_Doubt = tuple[str, str, datetime | None]


def _doubts(last: Record, evidence: Evidence, demand: Demand, now: datetime) -> Iterator[_Doubt]:
    """What stands against a jig: a code, words, and since when if it is not its self-test's."""
    its_test = f"its self-test of {last.started:%Y-%m-%d %H:%M} UTC"
    if last.outcome is not Outcome.PASS:
        yield _failed_code(last), f"{its_test} {_ending(last)}", None
    if evidence.recalled:
        words = f"the PASS of {its_test} {recalled_words(evidence.recalled)}"
        yield "JIG-UNTESTED", f"{words}; no self-test of it has passed since", evidence.recalled.at
    if twin := _twin(last, evidence.past):
        words = f"{its_test} ran on slot {last.slot} while another one of it ran on slot {twin}"
        yield "JIG-TWIN", words, None
    due = calibrated_until(last)
    if due and now.date() > due:
        over = datetime.combine(due, time(), UTC) + timedelta(days=1)
        yield "JIG-UNCALIBRATED", f"its calibration held until {due}", over
    yield from (("JIG-STALE", f"{its_test} {why}", None) for why in _foreign(last, demand))
    if last.started > now:
        yield "JIG-STALE", f"{its_test} lies in the future: the clock has gone back", None
    if now - last.started > demand.every:
        hours = demand.every.total_seconds() / 3600
        yield "JIG-STALE", f"{its_test} is older than {hours:g} h", last.started + demand.every
    for serial in golden_units(last.inputs):
        yield from _golden_doubts(serial, evidence.golden.get(serial), now)
    for ran in evidence.against:
        words = f"{ran.problem}; it has not been shown since"
        yield "JIG-QUARANTINED", words, ran.record.started


def calibrated_until(record: Record) -> date | None:
    """The last day on which the calibration holds that a self-test asked for, if it did."""
    for step in final_attempts(record.steps).values():
        if step.use != CALIBRATION:
            continue
        for made in step.measurements:
            if made.name == DAYS_LEFT and isinstance(made.value, float | int):
                return step.started.date() + timedelta(days=made.value)
    return None


def bad_steps(record: Record) -> list[str]:
    """The steps that ended neither in PASS nor skipped, in their order."""
    fine = (Outcome.PASS, Outcome.SKIPPED)
    return [id_ for id_, s in final_attempts(record.steps).items() if s.outcome not in fine]


def streak_began(past: Iterable[Past]) -> datetime | None:
    """When the first of those in a row began that ended as well, or as badly, as the newest."""
    newest: Past | None = None
    for test in past:
        if newest and test.passed is not newest.passed:
            break
        newest = test
    return newest.started if newest else None


def golden_units(inputs: Mapping[str, str]) -> list[str]:
    """The serials of the golden units that a self-test says to be followed by."""
    return [role.removeprefix(GOLDEN) for role in inputs if role.startswith(GOLDEN)]


def _failed_code(last: Record) -> str:
    calibration = {step.id for step in last.steps if step.use == CALIBRATION}
    bad = bad_steps(last)
    due = calibrated_until(last)
    over = due is not None and due < last.started.date()
    if last.outcome is Outcome.FAIL and over and calibration.issuperset(bad):
        return "JIG-UNCALIBRATED"
    return "JIG-QUARANTINED"


def _ending(last: Record) -> str:
    if last.outcome is None:
        return "has not ended"
    why = f": {last.fault.code}: {last.fault.message}" if last.fault else ""
    return f"ended {last.outcome.name}{why}"


def _foreign(last: Record, demand: Demand) -> Iterator[str]:
    """Why a self-test is not one of this jig as its files have it now."""
    if last.station.name != demand.station:
        yield f"was made at the station {last.station.name}"
    if (SCENARIO in last.inputs) != demand.simulated:
        yield "was made on a simulated jig" if SCENARIO in last.inputs else "was made on a real jig"
    if JIG_FILE not in last.inputs:
        yield "was not made by `harness selftest`"
    elif last.inputs[JIG_FILE] != demand.jig_sha256:
        yield "was made by another revision of its jig file"
    if last.plan.sha256 != demand.plan_sha256:
        yield "was made by another plan, or by other limits"


def _golden_doubts(serial: str, ran: GoldenRun | None, now: datetime) -> Iterator[_Doubt]:
    """What stands against a jig by a golden unit that its self-test is followed by."""
    its_unit = f"the golden unit {serial}"
    if ran is None:
        words = f"{its_unit} has not been tested after its self-test"
        yield "JIG-QUARANTINED", words, None
        return
    if not ran.registered:
        yield "JIG-STALE", f"{its_unit} is registered no more", None
    if ran.problem:
        yield "JIG-QUARANTINED", str(ran.problem), None
    if ran.record.started > now:
        at = f"{ran.record.started:%Y-%m-%d %H:%M} UTC"
        words = f"the run of {its_unit} of {at} lies in the future: the clock has gone back"
        yield "JIG-STALE", words, None


def _twin(last: Record, past: Iterable[Past]) -> int | None:
    """The slot on which a jig of this serial was tested at the same time: there are two of it."""
    if last.ended is None:
        return None
    for test in past:
        began, ended = test.started, test.ended or last.ended
        if test.slot != last.slot and began < last.ended and ended > last.started:
            return test.slot
    return None
