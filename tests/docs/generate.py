"""What of docs/ is generated from the code: `python -m tests.docs.generate`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from harness.errors import FAULTS, HarnessError
from harness.model.outcome import Outcome
from harness.model.slot_state import TRANSITIONS, SlotEvent
from harness.sim.defect import Defect
from harness.sim.defects import DEFECTS, IN_RUNS, is_of_call_box, is_of_jig, is_of_modem
from harness.sim.jig_defects import IN_JIG_ONLY, SELF_TEST

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


_DEFECTS = """\
# Defects

Generated from `harness/sim/defects.py` by `python -m tests.docs.generate`.

What can be planted in a simulated unit, its jig or its call box, and what the final test of the A57
(`testplans/a57-final.yaml`) must conclude of it, with default settings: exactly these failed
measurements and fault codes. `harness sim defects [NAME]...` plants each and compares; a test
does so with all. With `--plan FILE` it compares what is known of another plan: that no unit with a
defect passes it. How a scenario file names them: [station.md](station.md).
"""
_OF_JIGS = """\
Planted in a unit, or in a jig of a scenario; no unit brings one with †. Beside what the final test
must conclude stands what the self-test of a core jig (`testplans/selftest/core.yaml`) must: it is
there for what no final test sees. `harness sim jig --defect NAME` plants them in a jig by itself.
"""
_OF_MODEMS = """\
No plan talks to a modem: `harness sim handset --at --defect NAME` plants these, and
`harness handset --at PORT` concludes them ([handset.md](handset.md#a-modem)).
"""


def defects_page() -> str:
    """Every defect with its settings and what must be concluded of it."""
    of_units = [name for name in IN_RUNS if not (is_of_jig(name) or is_of_call_box(name))]
    of_modems = [_OF_MODEMS, *_table(filter(is_of_modem, DEFECTS))]
    of_jigs = [_OF_JIGS, *_jig_table(filter(is_of_jig, DEFECTS))]
    sections = {
        "Units": _table(of_units),
        "Modems": of_modems,
        "Jigs": of_jigs,
        "Call boxes": _table(filter(is_of_call_box, DEFECTS)),
    }
    told = (line for title, lines in sections.items() for line in (f"## {title}", "", *lines))
    return "\n".join([_DEFECTS, *told])


def _table(names: Iterable[str]) -> Iterator[str]:
    yield "| defect | what it does | settings; their defaults | must be concluded |"
    yield "| --- | --- | --- | --- |"
    for name in names:
        defect = DEFECTS[name]
        yield f"| `{name}` | {_told(defect)} | {_must(defect.outcome, defect.concluded)} |"
    yield ""


def _jig_table(names: Iterable[str]) -> Iterator[str]:
    yield "| defect | what it does | settings; their defaults | final test | self-test |"
    yield "| --- | --- | --- | --- | --- |"
    for name in names:
        defect, own = DEFECTS[name], SELF_TEST[name]
        mark = " †" if name in IN_JIG_ONLY else ""
        final = _must(defect.outcome, defect.concluded)
        must = f"{final} | {_must(own.outcome, own.concluded)}"
        yield f"| `{name}`{mark} | {_told(defect)} | {must} |"
    yield ""


def _told(defect: Defect) -> str:
    settings = "<br>".join(f"`{key}`: {words}" for key, words in defect.settings.items())
    return f"{_cell(defect.doc)} | {_cell(settings)}"


def _must(outcome: Outcome, concluded: Iterable[str]) -> str:
    return "<br>".join([outcome.name, *(f"`{code}`" for code in sorted(concluded))])


_STATES = "<!-- states of a slot, from harness/model/slot_state.py -->\n", "<!-- until here -->\n"


def station_page() -> str:
    """The page as it is, with the table of the states of a slot drawn anew."""
    begin, end = _STATES
    before, _, rest = (DOCS / "station.md").read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}{states_table()}{end}{after}"


def states_table() -> str:
    """What each event leads to from each state; a dash where it is refused."""
    events = [event for event in SlotEvent if event is not SlotEvent.QUARANTINE]
    rows = [["from", *(f"*{event}*" for event in events)], ["---"] * (1 + len(events))]
    for state, to in TRANSITIONS.items():
        rows.append(
            [f"**{state}**", *(to[event].value if event in to else "-" for event in events)]
        )
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


PAGES: Mapping[str, Callable[[], str]] = {
    "codes.md": codes_page,
    "defects.md": defects_page,
    "station.md": station_page,
}

if __name__ == "__main__":
    for page, text in PAGES.items():
        (DOCS / page).write_text(text(), encoding="utf-8")
