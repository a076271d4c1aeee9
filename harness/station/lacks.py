"""What the steps of a plan need and a slot has not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.engine.bench import OF_THE_RUN
from harness.errors import PlanError
from harness.files.problems import nearest
from harness.model.jig_ports import JigHealth
from harness.model.plan import Plan, PlannedStep
from harness.model.refs import PlanRef
from harness.model.step import Catalogue

_IN_STATION: Mapping[str, tuple[str, str]] = {
    "agent": ("an agent", "write 'handset: SERIAL' at the slot, which is to carry the test app"),
    "callbox": (
        "a callbox",
        "put '{name: callbox, port: PORT, file: FILE}' among the 'instruments' of slot or station",
    ),
    "dcp": (
        "a charger without data (dcp)",
        "give 'dcp' the number of its relay among the 'channels' of the jig's file",
    ),
    "handset": ("a handset", "write 'handset: SERIAL' at the slot"),
    "jig": ("a jig", "write 'jig: {port: PORT}' at the slot"),
    "usb": ("a USB socket", "write 'usb: SOCKET' at the slot; `harness usb` lists them"),
}
"""What is no mere name among instruments: what it is, and what to write where for it."""


@dataclass(frozen=True, slots=True)
class Lack:
    """A thing that a step needs and its slot has not; `near` is what was meant perhaps."""

    step: str
    use: str
    thing: str
    near: str = ""

    def __str__(self) -> str:
        what, _ = _IN_STATION.get(self.thing, (f"the instrument {self.thing}", ""))
        hint = f" (did you mean {self.near!r}?)" if self.near else ""
        return f"step {self.step} ({self.use}) needs {what}{hint}"

    @property
    def remedy(self) -> str:
        """What to write where."""
        listed = f"put '{self.thing}' among the 'instruments' of slot or station"
        return _IN_STATION.get(self.thing, ("", listed))[1]


def lacks_of(
    plan: Plan,
    catalogue: Catalogue,
    devices: Collection[type],
    instruments: Collection[str],
    only: Sequence[str] = (),
) -> list[Lack]:
    """What the steps that will run need, and is neither among the devices nor the instruments."""
    chosen = PlanRef.of(plan, catalogue, tuple(only))
    steps = [step for step in plan.steps if not chosen.leaves_out(step.id, step.phase)]
    return [
        Lack(step.id, step.use, thing, nearest(thing, instruments))
        for step in steps
        for thing in dict.fromkeys(_lacking(step, catalogue, devices, instruments))
    ]


def _lacking(
    step: PlannedStep,
    catalogue: Catalogue,
    devices: Collection[type],
    instruments: Collection[str],
) -> Iterator[str]:
    ports = catalogue[step.use].ports.values()
    missing = [kind for kind in ports if kind not in OF_THE_RUN and kind not in devices]
    yield from ("jig" if kind is JigHealth else kind.__name__.lower() for kind in missing)
    yield from (name for name in step.needs if name not in instruments)


def require_devices(
    plan: Plan,
    catalogue: Catalogue,
    slot: int,
    devices: Collection[type],
    instruments: Collection[str],
    only: Sequence[str] = (),
) -> None:
    """A slot with these devices and instruments has what the steps that will run need.

    Raises: PlanError(PLAN-DEVICE) that says what to write where.
    """
    lacks = lacks_of(plan, catalogue, devices, instruments, only)
    if lacks:
        there = ", ".join(sorted(instruments)) or "no instruments"
        words = f"{'; '.join(map(str, lacks))} (the slot has {there})"
        raise PlanError("PLAN-DEVICE", f"slot {slot}: {words}: {_remedies(lacks)}")


def _remedies(lacks: Iterable[Lack]) -> str:
    return "; ".join(dict.fromkeys(lack.remedy for lack in lacks))
