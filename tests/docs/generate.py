"""The pages of docs/ that are generated from the code: `python -m tests.docs.generate`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from harness.errors import FAULTS, HarnessError

DOCS = Path(__file__).parents[2] / "docs"

_HEAD = """\
# Fault codes

Generated from `harness/errors/` by `python -m tests.docs.generate`.

A fault blames the unit (DUT), the link to it (LINK), the station, the plan, or a person
(OPERATOR). Blame of the DUT makes a step FAIL, of the OPERATOR ABORTED, any other ERROR: we do
not know whether the unit is good.

A measurement outside its limit has a code of its own, made of its place and the direction:
`step.measurement:LOW`, `step.measurement:HIGH` or `step.measurement:MISMATCH` (FAIL, DUT).
"""


def codes_page() -> str:
    """Every fault code with its blame, meaning and remedy, by class."""
    return "\n".join([_HEAD, *(line for fault in FAULTS for line in _section(fault))])


def _section(fault: type[HarnessError]) -> Iterator[str]:
    yield f"## {fault.__name__}"
    yield ""
    yield (fault.__doc__ or "").strip()
    yield ""
    yield "| code | blame | meaning | remedy |"
    yield "| --- | --- | --- | --- |"
    for name, code in fault.codes.items():
        yield f"| `{name}` | {fault.blame} | {_cell(code.meaning)} | {_cell(code.remedy)} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


PAGES: Mapping[str, Callable[[], str]] = {"codes.md": codes_page}

if __name__ == "__main__":
    for page, text in PAGES.items():
        (DOCS / page).write_text(text(), encoding="utf-8")
