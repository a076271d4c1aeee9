"""Path-loss tables: what cable, coupler and shield box of each slot lose in each band."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from harness.errors import StationFault
from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.problems import Problem
from harness.files.schema import read
from harness.files.shapes import MEASURED, NAME, REVISION, SERIAL, VERSION, listing, mapping
from harness.model.cell import PathLoss
from harness.model.plan import InputFile
from harness.model.units import UNITS
from harness.plans.values import days, quantity

MOST_DB = 150
"""No handset hears a call box over a path that loses more [dB]."""
SCHEMA = mapping(
    "schema path_loss revision measured values",
    schema=VERSION,
    path_loss=NAME,
    revision=REVISION,
    measured=MEASURED,
    values=listing(
        mapping(
            "slot cable band loss",
            slot={"type": "integer", "minimum": 1},
            cable=SERIAL,
            band={"type": "integer", "minimum": 1, "maximum": 256},
            loss={"type": "string", "description": "a loss with its unit, such as 42.0 dB"},
        ),
        least=1,
    ),
)
_KEY = ("slot", "cable", "band")


@dataclass(frozen=True, slots=True)
class PathLossTable:
    """The losses of a station by slot, cable and band."""

    name: str
    revision: int
    rows: Mapping[tuple[int, str, int], PathLoss]

    def require(self, slot: int, cable: str) -> None:
        """Raises: StationFault(PATH-LOSS-ABSENT) when the path has no row of any band."""
        if not any(key[:2] == (slot, cable) for key in self.rows):
            raise self._absent(f"slot {slot}, cable {cable}")

    def of(self, slot: int, cable: str, band: int, today: date) -> PathLoss:
        """What is lost on one path.

        Raises: StationFault(PATH-LOSS-ABSENT) when nobody has measured it, PATH-LOSS-STALE when
        that is too long ago.
        """
        row = self.rows.get((slot, cable, band))
        if row is None:
            raise self._absent(f"slot {slot}, cable {cable}, band {band}")
        if today > row.until:
            raise StationFault(
                "PATH-LOSS-STALE",
                f"the path losses of table {self.name} held until {row.until}, today is {today}",
                evidence={"table": self.name, "until": str(row.until), "today": str(today)},
            )
        return row

    def _absent(self, path: str) -> StationFault:
        known = sorted(
            f"slot {slot}, cable {cable}, band {band}" for slot, cable, band in self.rows
        )
        return StationFault(
            "PATH-LOSS-ABSENT",
            f"path-loss table {self.name} has no row for {path}",
            evidence={"table": self.name, "revision": self.revision, "rows": known},
        )


def losses_of(
    table: PathLossTable | None, slot: int, cable: str | None, today: Callable[[], date]
) -> Callable[[int], PathLoss]:
    """What is lost on the path to a slot, by band, on the day when it is asked.

    Raises, when it is asked: StationFault(PATH-LOSS-ABSENT, PATH-LOSS-STALE).
    """

    def of_band(band: int) -> PathLoss:
        losses, named = named_path(table, slot, cable)
        return losses.of(slot, named, band, today())

    return of_band


def named_path(
    table: PathLossTable | None, slot: int, cable: str | None
) -> tuple[PathLossTable, str]:
    """The table and the slot's cable, once the station file names both.

    Raises: StationFault(PATH-LOSS-ABSENT).
    """
    if table is None:
        raise StationFault(
            "PATH-LOSS-ABSENT",
            "the station file names no path_loss",
            remedy="Name a path-loss file in the station file: `path_loss: FILE`.",
        )
    if cable is None:
        raise StationFault(
            "PATH-LOSS-ABSENT",
            f"the station file names no rf_cable of slot {slot}",
            remedy=f"Write what is on its cable into slot {slot} of the station file: `rf_cable:`.",
        )
    return table, cable


def read_path_loss(path: Path) -> tuple[InputFile, PathLossTable | None, list[Problem]]:
    """The file, its table unless there are problems, and the problems."""
    root, shape, file = read(path, SCHEMA)
    found = Problems(str(path), shape)
    if root is None:
        return file, None, found.sorted()
    on, until = days(root.get("measured"), found)
    losses = [_loss_db(row.get("loss"), found) for row in root.get("values") or ()]
    _tell_twins(root, found)
    problems = found.sorted()
    if problems or on is None or until is None:
        return file, None, problems
    data: Any = root.plain()
    rows = {
        (row["slot"], row["cable"], row["band"]): PathLoss(
            loss, row["cable"], row["band"], on, until, data["measured"]["by"]
        )
        for row, loss in zip(data["values"], losses, strict=True)
        if loss is not None
    }
    return file, PathLossTable(data["path_loss"], data["revision"], rows), []


def _loss_db(node: Node | None, found: Problems) -> float | None:
    given = quantity(node, UNITS["dB"], found) if node else None
    if node is None or given is None:
        return None
    if given.amount < 0:
        found.error(node, f"{given} would be a gain: a loss is written without a sign")
    elif given.amount > MOST_DB:
        found.error(node, f"{given} is no loss of a path: at most {MOST_DB} dB")
    return float(given.amount)


def _tell_twins(root: Node, found: Problems) -> None:
    seen: set[tuple[object, ...]] = set()
    for row in root.get("values") or ():
        nodes = [row.get(name) for name in _KEY]
        key = tuple(node.value if node else None for node in nodes)
        if None in key:
            continue
        if key in seen:
            slot, cable, band = key
            found.error(row, f"slot {slot}, cable {cable}, band {band} is written twice")
        seen.add(key)
