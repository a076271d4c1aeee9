"""Faults: `base` says what one is, the other modules hold the codes by who has to act."""

from __future__ import annotations

from collections.abc import Iterator

from harness.errors.base import Blame, Code, HarnessError, unexpected
from harness.errors.commands import CommandRefused, refused_by
from harness.errors.dut import DutFault
from harness.errors.link import LinkFault
from harness.errors.operator import OperatorStop
from harness.errors.plan import PlanError, StepBug
from harness.errors.scanner import ScannerFault
from harness.errors.station import InstrumentFault, JigFault, StationFault

__all__ = [
    "FAULTS",
    "Blame",
    "Code",
    "CommandRefused",
    "DutFault",
    "HarnessError",
    "InstrumentFault",
    "JigFault",
    "LinkFault",
    "OperatorStop",
    "PlanError",
    "ScannerFault",
    "StationFault",
    "StepBug",
    "all_codes",
    "refused_by",
    "unexpected",
]

FAULTS: tuple[type[HarnessError], ...] = (
    DutFault,
    LinkFault,
    JigFault,
    InstrumentFault,
    ScannerFault,
    StationFault,
    PlanError,
    StepBug,
    OperatorStop,
    CommandRefused,
)


def all_codes() -> Iterator[tuple[str, Blame, Code]]:
    """Every code with its blame, in the order of the tables."""
    for fault in FAULTS:
        for name, code in fault.codes.items():
            yield name, fault.blame, code
