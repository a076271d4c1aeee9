"""`harness steps`: the catalogue."""

from __future__ import annotations

import click
from rich.text import Text

from harness.files.problems import nearest
from harness.model.step import Param, StepSpec
from harness.model.units import Unit
from harness.steps import catalogue
from harness.ui.text import Terminal, say

_LISTED = ("needs ", "with ", "measures ")
_HANG = 10
"""Where the entries of such a line stand."""


@click.command()
@click.argument("name", required=False)
def steps(name: str | None) -> None:
    """List the steps, or say what one needs, takes and measures.

    Example: harness steps battery.charge
    """
    known = catalogue()
    console = Terminal()
    if name is None:
        for spec in known.values():
            say(console, Text(f"{spec.name:20} {spec.doc.splitlines()[0]}"), hang=21)
        return
    if name not in known:
        hint = nearest(name, known)
        raise click.UsageError(f"no step {name!r}" + (f"; did you mean {hint!r}?" if hint else ""))
    for line in describe(known[name]).splitlines():
        say(console, Text(line), hang=_HANG if line.startswith(_LISTED) else 0)


def describe(spec: StepSpec) -> str:
    """One step in full: devices, parameters, measurements with their units, its docstring."""
    lines = [spec.name, ""]
    for paragraph in spec.doc.split("\n\n"):
        lines += [" ".join(paragraph.split()), ""]
    ports = [kind.__name__ for kind in spec.ports.values()]
    lines.append("needs     " + (", ".join([*ports, *sorted(spec.needs)]) or "-"))
    lines += [f"with      {_param(param)}" for param in spec.params.values()]
    for made in spec.measures.values():
        kind = type(made).__name__.lower()
        lines.append(f"measures  {made.name} ({kind}{', ' + made.unit if made.unit else ''})")
    return "\n".join(lines)


def _param(param: Param) -> str:
    kind = " or ".join(param.choices) or _kind(param.kind)
    default = "required" if param.required else f"default {param.default}"
    return f"{param.name} ({kind}; {default})"


def _kind(kind: type | Unit) -> str:
    return kind.symbol if isinstance(kind, Unit) else kind.__name__
