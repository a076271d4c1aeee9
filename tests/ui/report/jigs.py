"""A station's self-test as a page gets it: good, drifting, failed and untested jigs."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import orjson

from harness.errors import JigFault, StationFault
from harness.model.codec import encode
from harness.model.judgement import Limit
from harness.model.limits import Equals, Matches, Range, RecordOnly
from harness.model.readiness import Readiness
from harness.model.record import Record
from harness.model.refs import JigRef, StationRef
from harness.model.selftest import SelfTestRow
from harness.model.value import Value
from harness.quality.drift import drifts
from harness.records.selftests import selftest_row
from harness.station.readiness.selftest import Tested
from harness.station.slot import RunResult
from harness.ui.report.jig import JigReport
from harness.ui.report.selftest import SelfTestReport
from tests.quality.nights import CENT, FIRST, Night, silent

NIGHTS = 40
LIMITS: dict[str, Limit] = {
    "identity.serial": Matches(".+"),
    "interlock.refuses_power": Equals(value=True),
    "calibration.since": RecordOnly(),
    "calibration.left": Range(Decimal(0), None, marginal=Decimal(14)),
    "cycles.used": Range(None, Decimal(100)),
    "rail.error": CENT,
    "rail.voltage": RecordOnly(),
    "contact.resistance": Range(Decimal(0), Decimal("0.1")),
    "light.full": Range(Decimal(900), Decimal(1100)),
}
UNITS = {"rail.voltage": "V"}
INPUTS = {"jig": "1a" * 32, "station": "2b" * 32}


def values(chance: random.Random, night: int, serial: str) -> dict[str, Value]:
    """What a good jig measures in a night."""
    error = round(0.1 + chance.gauss(0, 0.02), 3)
    return {
        "identity.serial": serial,
        "interlock.refuses_power": True,
        "calibration.since": float(100 + night),
        "calibration.left": float(265 - night),
        "cycles.used": 40 + 0.3 * night,
        "rail.error": error,
        "rail.voltage": round(5 * (1 + error / 100), 4),
        "contact.resistance": round(0.03 + chance.gauss(0, 0.002), 4),
        "light.full": round(1000 + chance.gauss(0, 4), 1),
    }


def lived(serial: str, last: Mapping[str, Value], creep: float = 0.0) -> list[Record]:
    """All nights of a jig; the `last` one otherwise, with a contact that wears by `creep` [Ohm]."""
    chance = random.Random(serial)
    runs = []
    for night in range(NIGHTS):
        made = values(chance, night, serial)
        worn = made["contact.resistance"]
        assert isinstance(worn, float)
        made["contact.resistance"] = round(worn + creep * night, 4)
        if night == NIGHTS - 1:
            made |= last
        fault = silent() if night == NIGHTS - 1 and "light.full" in last else None
        one = Night(night, made, LIMITS, inputs=INPUTS, serial=serial, fault=fault, units=UNITS)
        runs.append(one.record())
    return runs


def rows(runs: list[Record]) -> list[SelfTestRow]:
    """As the store gives them."""
    return [selftest_row(orjson.dumps(encode(run))) for run in runs]


def jig_of(slot: int, runs: list[Record], code: str = "", words: str = "") -> JigReport:
    """A jig whose newest night has just been; closed if there is a `code`."""
    since = runs[-1].started if code else None
    serial = runs[-1].unit.serial
    result = RunResult(runs[-1], None)
    state = Readiness(serial, code, words, since, runs[-1].run)
    return JigReport(
        Tested(slot, JigRef(serial, "1.4"), result), state, drifts(runs[-1].run, rows(runs))
    )


def untested(slot: int, name: str) -> JigReport:
    """A jig that nobody could test."""
    failure = JigFault("JIG-ABSENT", f"no jig with serial {name} answers on any port")
    state = Readiness(name, "JIG-UNTESTED", "no self-test of it is on record here")
    return JigReport(Tested(slot, JigRef(name), RunResult(None, failure)), state)


def shown_golden(slot: int, serial: str) -> JigReport:
    """A jig that has passed, and whose golden unit has not."""
    runs = lived(serial, {})
    inputs = {**INPUTS, "golden:A57G000001": "3c" * 32}
    made = values(random.Random(1), NIGHTS, serial)
    last = Night(NIGHTS, made, LIMITS, inputs=inputs, serial=serial, units=UNITS)
    runs.append(last.record())
    golden = Night(NIGHTS + 1, {"charge.current": 0.1}, {"charge.current": Range(Decimal("0.4"))})
    bad = RunResult(golden.record(), None)
    words = "golden unit A57G000001: must end PASS, has ended FAIL (charge.current:LOW)"
    problem = StationFault("GOLDEN-DIFFERS", words)
    told = Tested(slot, JigRef(serial, "1.4"), RunResult(runs[-1], None), bad, problem)
    state = Readiness(serial, "JIG-QUARANTINED", str(problem), runs[-1].started, runs[-1].run)
    return JigReport(told, state, drifts(runs[-1].run, rows(runs)))


def report(*jigs: JigReport) -> SelfTestReport:
    began = FIRST + timedelta(days=NIGHTS - 1)
    station = StationRef("ft-03", "the-uuid", "hall-2")
    return SelfTestReport(station, began, began + timedelta(seconds=74), jigs)


def every_kind() -> SelfTestReport:
    """Good, drifting, out of control, failed, silent, absent, and with a bad golden unit."""
    failed = "rail.error:LOW: -3.1 % is below the acceptance limit -1 %"
    return report(
        jig_of(1, lived("JIG-0001", {})),
        jig_of(2, lived("JIG-0002", {}, creep=0.001)),
        jig_of(3, lived("JIG-0003", {"rail.error": 0.31})),
        jig_of(4, lived("JIG-0004", {"rail.error": -3.1}), "JIG-QUARANTINED", failed),
        jig_of(5, lived("JIG-0005", {"light.full": 950.0}), "JIG-QUARANTINED", "ended ERROR"),
        shown_golden(6, "JIG-0006"),
        untested(7, "JIG-0007"),
    )
