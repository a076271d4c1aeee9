"""The ports that the engine itself hands to a step's attempt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn

from harness.clock import Lease
from harness.engine.job import Job
from harness.engine.log import RunLog
from harness.errors import DutFault, OperatorStop, StepBug
from harness.model.events import Faulted, Measured, Purpose, UnitIdentified
from harness.model.fault import Fault
from harness.model.identity import Unit
from harness.model.judgement import judge
from harness.model.limits import Matches
from harness.model.outcome import Outcome
from harness.model.plan import PlannedStep
from harness.model.reading import Reading, Unknown, Unreadable
from harness.model.step import Measurement, Numeric, Series, StepSpec, Text
from harness.model.value import Curve, Value, exact


class Measurements:
    """The Measure port of one attempt: judges each value against its limit and records both."""

    def __init__(
        self, log: RunLog, lease: Lease, spec: StepSpec, step: PlannedStep, attempt: int
    ) -> None:
        self._log, self._lease, self._spec = log, lease, spec
        self._step, self._attempt = step, attempt
        self._made: set[str] = set()
        self._broken: StepBug | None = None

    def __call__(self, name: str, value: Reading[Value]) -> None:
        self._lease.check()
        declared = self._spec.measures.get(name)
        if declared is None:
            known = ", ".join(self._spec.measures)
            self._break("MEAS-UNDECLARED", f"{self._spec.name} declares {known}; not {name}")
        if name in self._made:
            self._break("MEAS-TWICE", f"{self._spec.name} measured {name} a second time")
        self._made.add(name)
        self._record(declared, readable(declared, value))

    def _break(self, code: str, message: str) -> NoReturn:
        """Raise, and again at the end: a value was not kept, whatever the step makes of that."""
        self._broken = StepBug(code, message)
        raise self._broken

    def _record(self, declared: Measurement, value: Reading[Value]) -> None:
        limit = self._step.limits[declared.name]
        judged = judge(limit, value)
        seen, raw = seen_and_raw(value)
        self._log.emit(
            Measured(
                step=self._step.id,
                attempt=self._attempt,
                name=declared.name,
                value=seen,
                unit=declared.unit,
                outcome=judged.outcome,
                reason=judged.reason,
                limit=limit.describe(),
                raw=raw,
            )
        )

    def check_complete(self) -> None:
        """Every declared measurement was made, once, and no other.

        Raises: StepBug(MEAS-MISSING | MEAS-TWICE | MEAS-UNDECLARED).
        """
        if self._broken:
            raise self._broken.again()
        if missing := self._spec.measures.keys() - self._made:
            words = ", ".join(sorted(missing))
            raise StepBug("MEAS-MISSING", f"{self._spec.name} did not measure {words}")


def readable(declared: Measurement, value: Reading[Value]) -> Reading[Value]:
    """The value as its declaration keeps it; Unreadable when it is of another kind."""
    if isinstance(value, Unknown | Unreadable):
        return value
    if isinstance(declared, Numeric):
        return _number(value)
    if isinstance(declared, Series):
        return _curve(value, declared.x)
    wanted = str if isinstance(declared, Text) else bool
    if isinstance(value, wanted) and exact(value) is not None:
        return value
    return Unreadable(f"not a {wanted.__name__}", repr(value))


def seen_and_raw(reading: Reading[Value]) -> tuple[Value | None, str]:
    """A reading as a record has it: the value, or None and what came in its place."""
    match reading:
        case Unknown(said):
            return None, said
        case Unreadable(why, text):
            return None, f"{why}: {text!r}"
        case _:
            return reading, ""


def _number(value: object) -> Reading[Value]:
    if type(value) is float and math.isfinite(value):
        return value  # what nearly every measurement is
    if isinstance(value, bool | str | bytes) or not hasattr(value, "__float__"):
        return Unreadable("not a number", repr(value))
    try:
        number = float(value)
    except (ValueError, OverflowError, TypeError) as error:
        return Unreadable(f"not a number: {error}", repr(value))
    return number if math.isfinite(number) else Unreadable("not a finite number", repr(value))


def _curve(value: object, x_unit: str) -> Reading[Value]:
    if not isinstance(value, Curve):
        return Unreadable("not a curve", repr(value))
    return replace(value, x_unit=x_unit)


class Registry:
    """The UnitRegistry port: holds what the handset says against what was announced.

    Only production makes units own their IMEIs: a handset at a bench must not block the line.
    """

    def __init__(self, log: RunLog, job: Job) -> None:
        self._log, self._job = log, job
        self._announced, self._product = job.started.unit, job.plan.product
        self._owns = job.started.purpose is Purpose.PRODUCTION

    @property
    def announced(self) -> Unit:
        return self._announced

    def identified(self, unit: Unit) -> None:
        whole = replace(
            self._announced,
            serial=unit.serial,
            imei=unit.imei,
            part=self._announced.part or self._product.part,
        )
        self._log.emit(UnitIdentified(whole, self._job.attempt_of(whole)))
        try:
            remarks = self._job.admit(whole)
            self._require_announced(unit.serial)
        except OperatorStop as stop:
            self._log.emit(Faulted(Fault.of(stop)))  # the run's, whatever the step makes of it
            raise
        for remark in remarks:
            self._log.emit(remark)

    def claim(self, serial: str, imeis: Sequence[str], *, own: bool) -> None:
        other = self._log.claim(serial, imeis, own=own and self._owns)
        if other:
            message = f"the IMEI {other.imei} of {serial} is that of {other.serial}"
            evidence = {"imei": other.imei, "serial": other.serial, "run": other.run}
            raise DutFault("IMEI-CLAIMED", f"{message}, run {other.run}", evidence=evidence)

    def _require_announced(self, serial: str) -> None:
        if why := self._wrong(serial):
            evidence = {"announced": self._announced.serial, "handset": serial}
            raise OperatorStop("UNIT-WRONG", why, evidence=evidence)

    def _wrong(self, serial: str) -> str:
        """Why this serial is not the one that should be in the slot; empty when it is."""
        wanted, pattern = self._announced.serial, self._product.serial
        if wanted and serial != wanted:
            return f"announced {wanted}, in the slot is {serial}"
        if pattern and Matches(pattern).judge(serial).outcome is not Outcome.PASS:
            return f"{serial} is no serial of {self._product.model}"
        return ""
