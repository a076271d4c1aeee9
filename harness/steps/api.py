"""How a step is written.

    @step(measures=[Numeric("voltage", "V")], claims=["vbus"])
    def rail(jig: Jig, measure: Measure, wait: Wait, *, settle: Duration = seconds(0.2)) -> None:
        ...

Positional parameters are ports, found by their annotation; keyword-only ones come from the
plan's `with:`. The step's name is `<module>.<function>`, less a trailing underscore.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from harness.model.ports import PORTS, Agent, CallBox, UnitRegistry, Usb
from harness.model.step import Flag, Measurement, Numeric, Param, Series, StepSpec, Text
from harness.model.units import Unit

Body = Callable[..., None]
MARK = "__step__"
"""The attribute under which a step's function keeps its specification."""
CLAIMS = frozenset(
    {
        *("modem", "wifi", "bluetooth", "location", "nfc"),
        *("screen", "camera", "audio", "vbus", "adb-restart", "agent"),
    }
)
"""The parts of a handset that one step at a time may use."""

_BEHIND_PORTS: Mapping[type, str] = {Agent: "agent", CallBox: "callbox", Usb: "usb"}
"""Ports to which a slot may have nothing, and what plans call what stands behind them."""
_NAME = re.compile("[a-z][a-z0-9_-]*")

_NEVER_RUN_BY_A_CALL = (
    inspect.iscoroutinefunction,
    inspect.isgeneratorfunction,
    inspect.isasyncgenfunction,
)


def step(
    *,
    measures: Sequence[Measurement] = (),
    claims: Sequence[str] = (),
    needs: Sequence[str] = (),
    path_in: str = "",
    identifies: bool = False,
) -> Callable[[Body], Body]:
    """Make a function a step of the catalogue.

    `claims` names the parts of the handset that it uses, of CLAIMS. `needs` names what it uses of
    the slot that its ports do not tell and not every slot has, such as a `lightbox` behind the jig.
    `path_in` names the parameter with the band in which it asks for the loss of the slot's path.
    One that `identifies` calls `UnitRegistry.identified` for every unit that it passes.

    Raises: TypeError when the signature is none that the engine can call, or a claim is unknown.
    """

    def mark(body: Body) -> Body:
        spec = _specify(body, measures, frozenset(claims), frozenset(needs))
        if path_in and (path_in not in spec.params or spec.params[path_in].kind is not int):
            raise TypeError(f"step {spec.name}: {path_in!r} is no parameter with a band")
        if identifies and UnitRegistry not in spec.ports.values():
            raise TypeError(f"step {spec.name} identifies a unit and has no UnitRegistry")
        setattr(body, MARK, replace(spec, path_in=path_in, identifies=identifies))
        return body

    return mark


def _specify(
    body: Body, measures: Sequence[Measurement], claims: frozenset[str], needs: frozenset[str]
) -> StepSpec:
    name = f"{body.__module__.rpartition('.')[2]}.{body.__name__.removesuffix('_')}"
    by_name = {measurement.name: measurement for measurement in measures}
    if len(by_name) < len(measures):
        raise TypeError(f"step {name} declares a measurement twice")
    if unknown := ", ".join(sorted(claims - CLAIMS)):
        raise TypeError(f"step {name} claims {unknown}; there are {', '.join(sorted(CLAIMS))}")
    if odd := sorted(name for name in needs if not _NAME.fullmatch(name)):
        raise TypeError(f"step {name} needs {odd[0]!r}, which is no name of equipment")
    if any(kind(body) for kind in _NEVER_RUN_BY_A_CALL):
        raise TypeError(f"step {name} is a coroutine or a generator: calling it would run nothing")
    if not (body.__doc__ or "").strip():
        raise TypeError(f"step {name} has no docstring")
    ports: dict[str, type] = {}
    params: dict[str, Param] = {}
    hints = get_type_hints(body, include_extras=True)
    for parameter in inspect.signature(body).parameters.values():
        hint = hints.get(parameter.name)
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            params[parameter.name] = _param(name, parameter, hint)
        elif hint in PORTS and parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD:
            ports[parameter.name] = hint
        else:
            raise TypeError(f"step {name}: {parameter.name} is no port")
    doc = inspect.cleandoc(body.__doc__ or "")
    needs |= {_BEHIND_PORTS[port] for port in ports.values() if port in _BEHIND_PORTS}
    return StepSpec(name, body, ports, params, by_name, claims, doc, needs)


def _param(step_name: str, parameter: inspect.Parameter, hint: Any) -> Param:
    required = parameter.default is inspect.Parameter.empty
    default = None if required else parameter.default
    kind: Any = hint
    choices: tuple[str, ...] = ()
    if get_origin(hint) is Annotated and get_args(hint)[0] is float:
        kind = next((extra for extra in get_args(hint)[1:] if isinstance(extra, Unit)), None)
    elif get_origin(hint) is Literal and all(type(choice) is str for choice in get_args(hint)):
        kind, choices = str, get_args(hint)
    if not isinstance(kind, Unit) and kind not in (str, bool, int):
        raise TypeError(f"step {step_name}: parameter {parameter.name} has no type for a plan")
    fits = (int, float) if isinstance(kind, Unit) else (kind,)
    if not required and (type(default) not in fits or (choices and default not in choices)):
        raise TypeError(f"step {step_name}: {parameter.name} = {default!r} is none that it takes")
    return Param(parameter.name, kind, default, required, choices)


__all__ = ["MARK", "Flag", "Numeric", "Series", "Text", "step"]
