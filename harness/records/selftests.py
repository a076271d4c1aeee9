"""Rows of self-tests, read from the JSON of their records: a tenth of the time of whole ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from harness.model.outcome import Outcome
from harness.model.readiness import JIG_FILE, SCENARIO
from harness.model.selftest import Number, SelfTestRow


def selftest_row(text: bytes) -> SelfTestRow:
    """The row of a self-test whose record this is, in the native JSON.

    Raises: ValueError when it is no such record.
    """
    try:
        return _row(orjson.loads(text))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no record of a self-test: {type(error).__name__} {error}") from None


def _row(plain: Any) -> SelfTestRow:
    plan, jig, inputs = plain["plan"], plain["jig"], plain["inputs"]
    final = {step["id"]: step for step in plain["steps"]}
    return SelfTestRow(
        run=plain["run"],
        started=datetime.fromisoformat(plain["started"]),
        plan=plan["id"],
        revision=plan["revision"],
        plan_sha256=plan["sha256"],
        jig_sha256=inputs.get(JIG_FILE),
        firmware=jig["firmware"] if jig else None,
        simulated=SCENARIO in inputs,
        numbers=tuple(number for step in final.values() for number in _numbers(step)),
    )


def _numbers(step: Any) -> Iterator[Number]:
    at = datetime.fromisoformat(step["started"])
    for made in step["measurements"]:
        if type(made["value"]) in (int, float):  # a flag is no number
            yield Number(
                step=step["id"],
                use=step["use"],
                name=made["name"],
                unit=made["unit"],
                at=at,
                value=float(made["value"]),
                failed=made["outcome"] == Outcome.FAIL.name,
                limit=made["limit"],
            )
