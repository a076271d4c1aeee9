"""`harness plan`: check says every problem, show says what runs."""

from __future__ import annotations

import hashlib
import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from harness.model.judgement import Limit
from harness.model.limits import (
    Equals,
    ImeiRule,
    Matches,
    NotOffered,
    OneOf,
    Range,
    RecordOnly,
)
from harness.model.mask import Mask, MaskPoint
from harness.model.plan import Phase, Plan, PlannedStep, Product
from harness.model.step import Catalogue, Flag, Measurement, Numeric, Series, StepSpec, Text
from harness.plans.canonical import canonical
from harness.plans.words import limit_words
from tests.cli.conftest import PLAN, ROOT, Cli


def test_check_says_the_problems_of_each_file_and_the_hash_of_each_plan(cli: Cli) -> None:
    bad = cli.folder / "bad.yaml"
    bad.write_text(PLAN.read_text().replace("jig.close", "jig.colse").replace("450 mA", "450"))
    ran = cli("plan", "check", PLAN, bad)
    assert ran.code == 2
    lines = ran.out.splitlines()
    assert lines[0].startswith(f"{PLAN}: skeleton revision 2 ")
    assert [line.split(": ")[0] for line in lines[1:]] == [f"{bad}:9:22", f"{bad}:24:26"]


def test_check_tells_a_plan_that_asks_no_handset_who_it_is(cli: Cli) -> None:
    text = PLAN.read_text()
    head, _, rest = text.partition("  - id: identity\n")
    charge = rest[rest.index("  - id: charge\n") :]
    asks_nobody = cli.folder / "charge.yaml"
    asks_nobody.write_text(head + charge)
    ran = cli("plan", "check", asks_nobody, PLAN)
    assert ran.code == 0
    told, *hashes = ran.out.splitlines()
    assert told.startswith(f"{asks_nobody}:11:3: no step asks the handset who it is")
    assert "UNIT-UNKNOWN (PLAN-ANONYMOUS): For production, plan `identity.match_label`" in told
    assert len(hashes) == 2


MISTAKES = Path(__file__).with_name("ten-mistakes.yaml")
OF_SHAPE = {
    "5:11": "expected a whole number from 1 to 2147483647; found 0",
    "6:8": "expected a text; found 57",
    "12:9": "expected an id that starts with a small letter",
    "14:14": "expected a time with its unit, such as 10 s; found 10",
    "22:5": "unknown key 'on_fial' (did you mean 'on_fail'?)",
}
OF_MEANING = {
    "10:22": "no step 'jig.colse' (did you mean 'jig.close'?)",
    "19:5": "step battery.charge needs a limit for its measurement 'voltage'",
    "23:18": "5.0 A: A measures current, V measures voltage",
    "23:25": "step battery.charge has no parameter 'setle' (did you mean 'settle'?)",
    "25:26": "low 0.450 is above high 0.4 [A]",
}


def test_check_says_mistakes_of_shape_and_of_meaning_at_once_in_their_order(cli: Cli) -> None:
    ran = cli("plan", "check", MISTAKES)
    assert ran.code == 2
    told = [line.split(": ", 1) for line in ran.out.splitlines()]
    wanted = OF_SHAPE | OF_MEANING
    places = sorted(wanted, key=lambda place: [int(part) for part in place.split(":")])
    assert [place for place, _ in told] == [f"{MISTAKES}:{place}" for place in places]
    for (_, words), place in zip(told, places, strict=True):
        assert words.startswith(wanted[place])
    assert not cli.store.exists()


def test_check_finds_the_mistake_in_the_limit_set(cli: Cli) -> None:
    plan = final_in(cli.folder)
    limits = plan.parent / "limits/a57.yaml"
    limits.write_text(limits.read_text().replace("identity.imei1", "identity.imie1"))
    ran = cli("plan", "check", plan)
    assert ran.code == 2
    lines = ran.out.splitlines()
    assert all(line.startswith(f"{limits}:") for line in lines)
    assert lines[0].endswith("'identity.imie1' (did you mean 'identity.imei1'?)")


@pytest.mark.parametrize("part", ["testplans/limits/a57.yaml", "fixtures/labels/a57.yaml"])
def test_check_says_that_a_part_of_a_plan_is_no_plan(cli: Cli, part: str) -> None:
    ran = cli("plan", "check", ROOT / part)
    assert ran.code == 2
    assert "no plan: it is checked with each plan that names it" in ran.out


@pytest.mark.parametrize("plan", sorted((ROOT / "testplans").glob("*.yaml")), ids=lambda p: p.stem)
def test_every_plan_of_the_house_is_right_and_can_be_shown(cli: Cli, plan: Path) -> None:
    assert cli("plan", "check", plan).code == 0
    forms = cli("plan", "show", plan, "--json").records()
    for form in forms:
        shown = cli(
            "plan", "show", plan, *(["--variant", form["variant"]] if form["variant"] else [])
        )
        assert shown.code == 0, shown.err
        for step in form["resolved"]["steps"]:
            assert f"  {step['id']:12} {step['use']}, at most " in shown.out
            for name in (*step["with"], *step["limits"]):
                assert f" {name} " in shown.out


def test_what_is_resolved_is_what_is_hashed(cli: Cli) -> None:
    canonical = cli("plan", "show", PLAN, "--resolved").out
    sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    form = json.loads(cli("plan", "show", PLAN, "--json").out)
    assert form["sha256"] == sha256
    assert form["resolved"] == json.loads(canonical)
    assert f"sha256  {sha256}" in cli("plan", "show", PLAN).out
    assert sha256 in cli("plan", "check", PLAN).out


def test_a_step_is_shown_with_its_defaults_units_needs_and_what_follows(cli: Cli) -> None:
    plan = cli.folder / "plan.yaml"
    text = PLAN.read_text().replace(
        "with: {vbus: 5.0 V, settle: 500 ms}",
        "with: {vbus: 5100 mV}\n    retry: {times: 2, on: [error]}\n    on_fail: continue",
    )
    plan.write_text(text)
    shown = cli("plan", "show", plan).out
    start = shown.index("  charge ")
    assert shown[start : shown.index("\n\nteardown")].splitlines() == [
        "  charge       battery.charge, at most 20 s, 2 more on ERROR, goes on after FAIL",
        "    needs   handset, jig, supply",
        "    with    vbus                 5.1 V",
        "    with    settle               0.5 s (default)",
        "    with    average              0.2 s (default)",
        "    with    gauge_unit           unsaid (default)",
        "    with    gauge_charges        unsaid (default)",
        "    limit   current_jig          0.45 A to 1.1 A, guard 0.01 A",
        "    limit   voltage_jig          4.75 V to 5.25 V, guard 0.01 V",
        "    limit   current_handset      record only, may be unknown",
        "    limit   current_difference   record only, may be unknown",
        "    limit   gauge_change         record only, may be unknown",
        "    limit   efficiency           record only, may be unknown",
        "    limit   voltage              3.6 V to 4.4 V",
        "    limit   temperature          15 degC to 40 degC",
        "    limit   level                10 % to 100 %",
    ]


def test_the_limit_set_and_the_label_are_shown(cli: Cli) -> None:
    form = cli("plan", "show", ROOT / "testplans/a57-final.yaml", "--json").records()[0]
    shown = cli("plan", "show", ROOT / "testplans/a57-final.yaml").out
    assert f"limits  a57 revision {form['limits']['revision']} {form['limits']['sha256']}" in shown
    label = form["label"]
    assert f"label   a57 revision {label['revision']}: {label['forms'][0]['words']}" in shown
    assert form["label"]["id"] == "a57"


def test_show_of_a_plan_with_problems_says_them(cli: Cli) -> None:
    plan = cli.folder / "bad.yaml"
    plan.write_text("schema: 1\n")
    for option in ((), ("--resolved",), ("--json",)):
        ran = cli("plan", "show", plan, *option)
        assert ran.code == 2
        assert ran.out == ""
        assert f"{plan}:1:1: missing key 'plan'" in ran.err


def test_resolved_and_json_are_two_things(cli: Cli) -> None:
    assert cli("plan", "show", PLAN, "--resolved", "--json").code == 2


MASK = Mask((MaskPoint(Decimal(0), Decimal(1), None), MaskPoint(Decimal("0.5"), Decimal(0), None)))
WORDS: list[tuple[Limit, Measurement, str]] = [
    (Range(Decimal(-7), guard=Decimal(1)), Numeric("p", "dBm"), "at least -7 dBm, guard 1 dB"),
    (
        Range(Decimal(450), Decimal(900), marginal=Decimal(20)),
        Numeric("c", "mA"),
        "450 mA to 900 mA, marginal 20 mA",
    ),
    (Range(high=Decimal(3)), Numeric("n"), "at most 3"),
    (Range(Decimal(0), Decimal(3)), Numeric("n"), "0 to 3"),
    (Equals(Decimal(5180)), Numeric("f", "MHz"), "equals 5180 MHz"),
    (Equals(value=False), Flag("f"), "equals false"),
    (Equals("user"), Text("t"), "equals 'user'"),
    (OneOf(("LTE", "NR")), Text("t"), "one of 'LTE', 'NR'"),
    (Matches("a+"), Text("t"), "matches a+"),
    (ImeiRule(), Text("t"), "an IMEI"),
    (ImeiRule(("86012345",)), Text("t"), "an IMEI of TAC 86012345"),
    (RecordOnly(), Text("t"), "record only"),
    (RecordOnly(may_be_unknown=True), Text("t"), "record only, may be unknown"),
    (NotOffered(), Text("t"), "not offered"),
    (MASK, Series("s", "1", "cy/px"), "mask of 2 corners from 0 cy/px to 0.5 cy/px"),
]


@pytest.mark.parametrize(("limit", "measurement", "words"), WORDS, ids=[w[2] for w in WORDS])
def test_each_limit_has_its_words(limit: Limit, measurement: Measurement, words: str) -> None:
    name = measurement.name
    spec = StepSpec("s", lambda: None, {}, {}, {name: measurement}, frozenset(), "")
    step = PlannedStep("s", "s", Phase.STEPS, Decimal(1), limits={name: limit})
    plan = Plan("p", 1, "", "p", Product("M", "P"), (step,), canonical="")
    (form,) = json.loads(canonical(plan, Catalogue([spec])))["steps"]
    assert limit_words(form["limits"][name], form["measures"][name]) == words


TESTED = """\
schema: 1
plan: house
revision: 3
title: House
process: house
product: {model: A57-4G, part: A57-4G}
limits: limits.yaml
variants: {pk: {sku: A57-PK}, ae: {sku: A57-AE}}
retest: {max_runs: 2, other_slot_after: 1, then: rework}
setup:
  - {id: close, use: jig.close, timeout: 10 s}
steps:
  - id: bench
    any_order:
      - {id: charge, use: battery.charge, timeout: 20 s, expect: 5 s, needs: [supply]}
      - {id: wifi, use: radio.wifi, timeout: 30 s, with: {ssid: REF}, only: {variant: [ae]}}
teardown:
  - {id: open, use: jig.open, timeout: 10 s}
"""
LIMITS = """\
schema: 1
limits: house
revision: 4
golden: golden.yaml
values:
  charge.current_jig: {near: golden, within: 50 mA, marginal: 5 mA}
  charge.voltage_jig: {low: 4.75 V}
  charge.current_handset: not offered
  charge.current_difference: not offered
  charge.gauge_change: not offered
  charge.efficiency: not offered
  charge.voltage: {low: 3.6 V}
  charge.temperature: record only
  charge.level: record only, may be unknown
  wifi.on: {equals: true}
  wifi.rssi: {low: -52 dBm}
  wifi.frequency: {equals: 5180 MHz}
  wifi.channel: {equals: 36}
symptoms:
  charge.current_jig:LOW: {code: BAT-07, words: charges too slowly, bin: B}
variants:
  ae: {values: {charge.voltage_jig: {low: 4.8 V}}}
"""
GOLDEN = """\
schema: 1
golden: house
revision: 2
measured: {by: A. Engineer, on: 2020-01-01, until: 2020-02-01}
values: {charge.current_jig: 900 mA}
"""


@pytest.fixture
def house(cli: Cli) -> Path:
    """A plan with variants, a group, golden values that have expired, and symptoms."""
    for name, text in (("plan", TESTED), ("limits", LIMITS), ("golden", GOLDEN)):
        (cli.folder / f"{name}.yaml").write_text(text)
    return cli.folder / "plan.yaml"


def test_a_plan_with_variants_is_shown_once_and_where_they_differ(cli: Cli, house: Path) -> None:
    ran = cli("plan", "show", house)
    assert ran.code == 0, ran.err
    by_variant = {name: cli("plan", "show", house, "--variant", name).out for name in ("pk", "ae")}
    lines = ran.out.splitlines()
    assert "variant pk (SKU A57-PK)" in lines
    assert "golden  house revision 2, until 2020-02-01" in lines
    assert "retest  at most 2 runs, on another slot after 1, then rework" in lines
    start = lines.index("steps")
    assert lines[start + 1 : start + 12] == [
        "  bench, in any order",
        "    charge       battery.charge, at most 20 s, expected 5 s",
        "      needs   handset, jig, supply",
        "      with    vbus                 5 V (default)",
        "      with    settle               0.5 s (default)",
        "      with    average              0.2 s (default)",
        "      with    gauge_unit           unsaid (default)",
        "      with    gauge_charges        unsaid (default)",
        "      limit   current_jig          0.85 A to 0.95 A, marginal 0.005 A",
        "      limit   voltage_jig          at least 4.75 V",
        "      limit   current_handset      not offered",
    ]
    assert "  charge.current_jig:LOW: BAT-07 charges too slowly, bin B" in lines
    sha256 = hashlib.sha256(
        cli("plan", "show", house, "--variant", "ae", "--resolved").out.encode()
    ).hexdigest()
    start = lines.index(f"variant ae (SKU A57-AE) {sha256}, unlike pk:")
    assert lines[start + 1 :] == [
        "  step wifi added in group bench (any_order) after charge (radio.wifi)",
        "  charge.voltage_jig: low 4.75 V -> 4.8 V",
        "  --variant ae shows it whole",
    ]
    assert "wifi" in by_variant["ae"]
    assert "wifi" not in by_variant["pk"]


def test_check_says_the_hash_of_each_variant_and_that_golden_values_expired(
    cli: Cli, house: Path
) -> None:
    ran = cli("plan", "check", house)
    assert ran.code == 0, ran.out
    warning, pk, ae = [line for line in ran.out.splitlines() if "PLAN-ANONYMOUS" not in line]
    assert warning.startswith(
        f"{house}: warning: the golden values house revision 2 held until 2020"
    )
    assert pk.startswith(f"{house}: house revision 3 variant pk ")
    assert ae.startswith(f"{house}: house revision 3 variant ae ")
    forms = cli("plan", "show", house, "--json").records()
    assert [form["sha256"] for form in forms] == [line.split()[-1] for line in (pk, ae)]
    assert forms[0]["golden"] == {"id": "house", "revision": 2, "until": "2020-02-01"}


def test_a_variant_has_to_be_named_where_one_is_meant(cli: Cli, house: Path) -> None:
    for options in (["--resolved"], ["--variant", "de"], ["--variant", "de", "--json"]):
        ran = cli("plan", "show", house, *options)
        assert (ran.code, ran.out) == (2, "")
        assert "the plan house has the variants pk, ae" in ran.err


def final_in(folder: Path) -> Path:
    """The final test's plan with what it names, in a folder of its own."""
    for part in ("testplans", "fixtures/labels"):
        shutil.copytree(ROOT / part, folder / part)
    return folder / "testplans/a57-final.yaml"


def test_check_holds_a_plan_against_a_station(cli: Cli, tmp_path: Path) -> None:
    station = tmp_path / "bench.yaml"
    (tmp_path / "loss.yaml").write_text(
        "schema: 1\npath_loss: bench\nrevision: 1\n"
        "measured: {by: me, on: 2026-01-01, until: 2999-01-01}\n"
        "values: [{slot: 1, cable: C-0012, band: 3, loss: 42.0 dB}]\n"
    )
    station.write_text(
        "schema: 1\nstation: bench\npath_loss: loss.yaml\n"
        "instruments: [{name: callbox, port: p, "
        f"file: {ROOT}/fixtures/instruments/callbox.yaml}}]\n"
        "slots: [{slot: 1, handset: A57A000001, rf_cable: C-0012, instruments: [supply]}]\n"
    )
    text = (ROOT / "testplans/lte-attach.yaml").read_text()
    plan = tmp_path / "plan.yaml"
    plan.write_text(text.replace("needs: [callbox]", "needs: [callbox, suply]", 1))
    assert cli("plan", "check", plan).code == 0
    found = cli("plan", "check", plan, "--station", station)
    assert found.code == 2
    line = 1 + plan.read_text().splitlines().index("    needs: [callbox, suply]")
    assert (
        f"{plan}:{line}:22: slot 1: step attach (lte.attach) needs the instrument suply (did you "
        "mean 'supply'?): put 'suply' among the 'instruments' of slot or station"
    ) in found.out.splitlines()
    plan.write_text(plan.read_text().replace("suply", "supply"))
    assert cli("plan", "check", plan, "--station", station).code == 0
    station.write_text(
        "schema: 1\nstation: bench\ninstruments: [callbox, supply]\n"
        "slots: [{slot: 1, handset: A57A000001}]\n"
    )
    found = cli("plan", "check", plan, "--station", station)
    assert found.code == 2
    assert "slot 1: step attach (lte.attach) needs a callbox" in found.out  # it has only a name
