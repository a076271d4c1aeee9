"""The hash of a plan names what runs: not how it is written, but every value of it."""

import json
import random
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.files.parse import parse
from harness.model.units import UNITS, Quantity, plain_decimal
from tests.plans.catalogue import PLAN
from tests.plans.told import changed, resolved

DEFAULTS = {
    "most": {"quantity": "1.1 A"},
    "settle": {"quantity": "0.5 s"},
    "samples": 3,
    "fast": False,
}


@pytest.fixture(scope="module")
def sha256(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    path: Path = tmp_path_factory.mktemp("plans") / "plan.yaml"

    def of(text: str) -> str:
        plan, problems = resolved(path, text)
        assert plan, [str(problem) for problem in problems]
        return plan.sha256

    return of


def test_the_canonical_form_is_pinned(sha256: Callable[[str], str]) -> None:
    """A change here changes the name of every plan ever recorded: it must be meant."""
    assert sha256(PLAN) == "abc2769498fcb76e4cece9d18ab9dd154e1f7939b3a14c784d3be7f09313939c"


def test_the_canonical_form_is_sorted_json_in_base_units(path: Path) -> None:
    plan, _ = resolved(path, PLAN)
    assert plan
    form = json.loads(plan.canonical)
    assert plan.canonical == json.dumps(form, sort_keys=True, separators=(",", ":"))
    charge = form["steps"][1]
    assert charge["limits"]["current"] == {
        "low": "0.45 A",
        "high": "1.1 A",
        "guard": "0.01 A",
        "marginal": None,
    }
    assert charge["with"] == {"vbus": {"quantity": "5 V"}, **DEFAULTS}
    assert charge["measures"]["current"] == {"is": "Numeric", "unit": "A"}
    assert charge["on_fail"] == "stop"
    assert form["steps"][3]["timeout"] == "0.5 s"
    assert form["retest"] == {"max_runs": 3, "other_slot_after": 1, "then": "rework"}
    assert (form["variant"], form["symptoms"]) == ("", {})


SAME = [
    ("450 mA", "0.45 A"),
    ("450 mA", "'450.000 mA'"),
    ("timeout: 500 ms", "timeout: 0.5 s"),
    ("revision: 14", "revision: 14 # note"),
    ("guard: 10 mA", "guard: 10000 uA"),
    ("{low: 20 %}", "{guard: 0 %, low: 20.0 %}"),
    ("one_of: [1, 2]", "one_of: [2, 1.0]"),
    ("revision: 14", "revision: 14.0"),
    ("    on_fail: continue\n", "    'on_fail': \"continue\"\n"),
    ("{vbus: 5.0 V}", "{vbus: 5.0 V, settle: 500 ms, fast: false, samples: 3, most: 1100 mA}"),
    ("timeout: 10 s}", "timeout: 10 s, on_fail: stop, with: {}, limits: {}}"),
    ("guard: 1 dB", "guard: 1.0 dB"),
]


@pytest.mark.parametrize(("old", "new"), SAME, ids=[new.strip() for _, new in SAME])
def test_spelling_does_not_change_the_hash(
    sha256: Callable[[str], str], old: str, new: str
) -> None:
    assert sha256(changed(old, new)) == sha256(PLAN)


OTHER = [
    ("plan: a57-final", "plan: a57"),
    ("revision: 14", "revision: 15"),
    ("title: A57 4G final test", "title: A57 4G Final test"),
    ("process: final-test", "process: final"),
    ("model: A57-4G", "model: A57-5G"),
    ("part: A57-4G", "part: A57"),
    ("[0-9]{6}", "[0-9]{7}"),
    (", serial: 'A57[A-Z][0-9]{6}'", ""),
    ("id: shut", "id: shut_it"),
    ("use: catalogue.close", "use: catalogue.blink"),
    ("timeout: 10 s", "timeout: 10.001 s"),
    ("5.0 V", "5.1 V"),
    ("5.0 V", "5.0 V, settle: 0.4 s"),
    ("5.0 V", "5.0 V, samples: 4"),
    ("5.0 V", "5.0 V, fast: true"),
    ("ssid: REF-5G", "ssid: REF-2G"),
    ("ssid: REF-5G", "ssid: REF-5G, band: low"),
    ("450 mA", "451 mA"),
    ("high: 1100 mA, ", ""),
    ("1100 mA", "1101 mA"),
    (", guard: 10 mA", ""),
    ("{low: 20 %}", "{high: 20 %}"),
    ("{low: 20 %}", "record only"),
    ("{low: 20 %}", "{equals: 20 %}"),
    ("{low: 20 %}", "{one_of: [20 %]}"),
    ("one_of: [1, 2]", "one_of: [1]"),
    ("equals: true", "equals: false"),
    ("tac: ['86012345']", "tac: ['86012345', '86012346']"),
    (", tac: ['86012345']", ""),
    ("{imei: true, tac: ['86012345']}", "{matches: '86012345'}"),
    ("{imei: true, tac: ['86012345']}", "{equals: '86012345'}"),
    ("times: 1", "times: 2"),
    ("on: [error]", "on: [error, fail]"),
    ("    retry: {times: 1, on: [error]}\n", ""),
    ("    on_fail: continue\n", ""),
    ("  - {id: off, use: catalogue.blink, timeout: 500 ms}\n", "  []\n"),
    ("teardown:\n  - {id: off", "  - {id: off"),
    ("steps:\n", "steps:\n  - {id: more, use: catalogue.blink, timeout: 1 s}\n"),
]


def test_every_value_changes_the_hash(sha256: Callable[[str], str]) -> None:
    hashes = {sha256(changed(old, new)) for old, new in OTHER}
    assert len({sha256(PLAN), *hashes}) == len(OTHER) + 1


def test_the_order_of_the_steps_changes_the_hash(sha256: Callable[[str], str]) -> None:
    first = "  - {id: a, use: catalogue.blink, timeout: 1 s}\n"
    second = "  - {id: b, use: catalogue.blink, timeout: 1 s}\n"
    assert sha256(PLAN + first + second) != sha256(PLAN + second + first)


def respelt(text: str, pick: random.Random) -> str:
    """A quantity in another unit of its kind, if it has one that is exact."""
    if text.partition(" ")[2] not in UNITS:
        return text
    given = Quantity.parse(text)
    spellings = []
    for unit in UNITS.values():
        with suppress(ValueError):  # another kind of quantity, or no exact number of this unit
            spellings.append(f"{plain_decimal(given.to(unit).amount)} {unit.symbol}")
    return pick.choice(spellings)


def rewritten(tree: object, pick: random.Random) -> object:
    """The same plan with its keys in another order and its quantities spelt in other units."""
    match tree:
        case dict():
            items = list(tree.items())
            pick.shuffle(items)
            return {key: rewritten(value, pick) for key, value in items}
        case list():
            return [rewritten(value, pick) for value in tree]
        case str():
            return respelt(tree, pick)
        case _:
            return tree


@settings(deadline=None)
@given(st.integers(0, 2**32), st.booleans())
def test_order_of_keys_and_spelling_of_units_do_not_change_the_hash(
    sha256: Callable[[str], str], seed: int, in_flow: bool
) -> None:
    root, _ = parse(PLAN, "plan")
    assert root
    text = yaml.safe_dump(
        rewritten(root.plain(), random.Random(seed)),
        sort_keys=False,
        default_flow_style=in_flow,
        default_style=None,
    )
    text = text.replace("serial: A57[A-Z][0-9]{6}", "serial: 'A57[A-Z][0-9]{6}'")
    assert sha256(text) == sha256(PLAN)


@settings(deadline=None)
@given(st.decimals(min_value=Decimal("0.001"), max_value=1000, places=3))
def test_a_bound_changes_the_hash_exactly_when_its_value_does(
    sha256: Callable[[str], str], low_ma: Decimal
) -> None:
    text = changed("{low: 450 mA, high: 1100 mA, guard: 10 mA}", f"{{low: {low_ma} mA}}")
    again = changed("{low: 450 mA, high: 1100 mA, guard: 10 mA}", f"{{low: {low_ma * 1000} uA}}")
    next_one = changed(
        "{low: 450 mA, high: 1100 mA, guard: 10 mA}", f"{{low: {low_ma + Decimal('0.001')} mA}}"
    )
    assert sha256(text) == sha256(again) != sha256(next_one)
