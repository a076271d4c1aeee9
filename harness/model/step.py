"""What a step declares: its devices, parameters and measurements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from harness.model.units import UNITS, Unit


@dataclass(frozen=True, slots=True)
class Numeric:
    """A number, recorded in one unit."""

    name: str
    unit: str = "1"

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"measurement {self.name}: no unit {self.unit!r}")


@dataclass(frozen=True, slots=True)
class Text:
    """A text, such as a serial number."""

    name: str
    unit: str = field(default="", init=False)


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    name: str
    unit: str = field(default="", init=False)


@dataclass(frozen=True, slots=True)
class Series:
    """A curve: values in one unit over rising values in another."""

    name: str
    unit: str = "1"
    x: str = "1"

    def __post_init__(self) -> None:
        for symbol in (self.unit, self.x):
            if symbol not in UNITS:
                raise ValueError(f"measurement {self.name}: no unit {symbol!r}")


Measurement = Numeric | Text | Flag | Series


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter that the plan may give under `with:`.

    `kind` is a Unit for a quantity, else one of the types str, bool, int.
    """

    name: str
    kind: type[str | bool | int] | Unit
    default: float | str | bool | int | None
    required: bool
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepSpec:
    """One step of the catalogue. `ports` maps the body's positional names to port types.

    `needs` names the equipment that a slot may lack, as plans and stations call it. `path_in` is
    the parameter with the band in which it asks for the loss of the slot's path, if it asks. One
    that `identifies` has the handset say who it is.
    """

    name: str
    body: Callable[..., None]
    ports: Mapping[str, type]
    params: Mapping[str, Param]
    measures: Mapping[str, Measurement]
    claims: frozenset[str]
    doc: str
    needs: frozenset[str] = frozenset()
    path_in: str = ""
    identifies: bool = False


class Catalogue(Mapping[str, StepSpec]):
    """All steps by name."""

    def __init__(self, specs: Iterable[StepSpec]) -> None:
        self._specs: dict[str, StepSpec] = {}
        for spec in specs:
            if spec.name in self._specs:
                raise ValueError(f"two steps are called {spec.name}")
            self._specs[spec.name] = spec

    def __getitem__(self, name: str) -> StepSpec:
        return self._specs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)
