"""A fault as it stands in events and records."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.errors import Blame, HarnessError


@dataclass(frozen=True, slots=True)
class Fault:
    """Code, blame, what happened, the evidence, and what to do."""

    code: str
    blame: Blame
    message: str
    remedy: str
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, error: HarnessError) -> Fault:
        message, evidence = _recordable(error.message), _recordable(error.evidence)
        return cls(error.code, error.blame, message, error.remedy, evidence)


@dataclass(frozen=True, slots=True)
class Symptom:
    """What a fault means on this line: its short code, words for a person, and the bin."""

    code: str
    words: str
    bin: str


_INT64 = 2**63


def _recordable(value: object) -> Any:
    """The value as JSON can hold it: no evidence, however odd, may cost a record."""
    match value:
        case None | bool():
            return value
        case str():
            return value.encode("utf-8", "backslashreplace").decode()
        case int() if -_INT64 <= value < _INT64:
            return int(value)
        case float() if math.isfinite(value):
            return float(value)
        case Mapping():
            return {_recordable(str(name)): _recordable(entry) for name, entry in value.items()}
        case list() | tuple():
            return [_recordable(entry) for entry in value]
        case _:
            return _recordable(repr(value))
