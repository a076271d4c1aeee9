"""`harness plan replay`: old runs under new limits, and the store stays as it is."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from harness.errors import LinkFault
from harness.model.fault import Fault
from harness.model.identity import Unit
from harness.model.reading import Unknown
from harness.plans.resolve import load_plans
from harness.records.recorder import Recorder
from harness.steps import catalogue
from tests.cli.conftest import PLAN, Cli
from tests.model.lived import Life
from tests.records.runs import wait_for

CHARGE = """\
schema: 1
plan: bench
revision: 3
title: Bench
process: bench
product: {model: A57-4G, part: A57-4G}
steps:
  - {id: close, use: jig.close, timeout: 10 s}
  - id: charge
    use: battery.charge
    timeout: 20 s
    with: {vbus: 5.0 V}
    needs: [supply]
    limits:
      current_jig: {low: 450 mA, high: 1100 mA, guard: 10 mA}
      voltage_jig: {low: 4.75 V}
      current_handset: not offered
      current_difference: not offered
      gauge_change: not offered
      efficiency: not offered
      voltage: {low: 3.6 V}
      temperature: record only
      level: record only
"""
GOOD = {
    "current_jig": 0.9,
    "voltage_jig": 5.0,
    "current_handset": Unknown("not printed"),
    "current_difference": Unknown("not printed"),
    "gauge_change": Unknown("not printed"),
    "efficiency": Unknown("not printed"),
    "voltage": 3.9,
    "temperature": 25.0,
    "level": 60.0,
}
LOST = Fault.of(LinkFault("ADB-LOST", "gone"))
LOWER = ("revision: 3", "revision: 4"), ("low: 450 mA", "low: 440 mA")


@pytest.fixture
def bench(cli: Cli) -> Path:
    """The plan's file; the store holds a good run, a weak one, one that faulted, an open one."""
    file = write(cli)
    plan, steps = load_plans(file, catalogue()).any, catalogue()
    cli.store.parent.mkdir()
    runs: dict[str, dict[str, Any]] = {
        "good": {},
        "weak": {"current_jig": 0.455},
        "lost": {"current_jig": 0.455, "fault": LOST},
        "open": {},
    }
    with Recorder(cli.store) as recorder:
        for number, (name, values) in enumerate(runs.items(), start=1):
            unit = Unit(f"A57A00000{number}")
            life = Life(plan, steps, run=f"{number}{name:X<25}", unit=unit)
            life.step("close").step("charge", **{**GOOD, **values})
            record = None if name == "open" else life.end()
            recorder.begin(life.events[0], {plan.sha256: plan.canonical.encode()})
            for event in life.events[1:]:
                recorder.write(event)
            if record:
                recorder.seal(record)
            wait_for(recorder)
    return file


def write(cli: Cli, *changes: tuple[str, str]) -> Path:
    text = CHARGE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = cli.folder / "bench.yaml"
    file.write_text(text)
    return file


def files(store: Path) -> dict[str, str]:
    """What the files of the store hold: the reader's -shm is no part of it (sqlite.org/wal)."""
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in store.parent.iterdir()
        if file.is_file() and not file.name.endswith("-shm") and file.stat().st_size
    }


def replayed(cli: Cli, file: Path, *options: str | Path) -> list[str]:
    ran = cli("plan", "replay", file, *options)
    assert ran.code == 0, ran.err
    assert ran.err == ""
    return ran.out.splitlines()


OPEN = f"4{'open':X<25} not judged: the run 4{'open':X<25} has not ended"


def test_the_same_limits_change_nothing(cli: Cli, bench: Path) -> None:
    before = files(cli.store)
    assert replayed(cli, bench) == [
        OPEN,
        "3 runs judged by bench revision 3, 0 changed",
        "            before   after",
        "PASS             1       1",
        "FAIL             1       1",
        "ERROR            1       1",
    ]
    assert files(cli.store) == before


def test_a_lower_limit_passes_the_weak_one_but_not_the_one_that_faulted(
    cli: Cli, bench: Path
) -> None:
    before = files(cli.store)
    write(cli, *LOWER)
    change = "charge.current_jig 0.455 A: FAIL LOW by 0.46 to 1.09 A -> PASS by 0.45 to 1.09 A"
    assert replayed(cli, bench) == [
        f"3{'lost':X<25} A57A000003 ERROR -> ERROR",
        f"  {change}",
        "  ADB-LOST: gone",
        f"2{'weak':X<25} A57A000002 FAIL -> PASS",
        f"  {change}",
        OPEN,
        "3 runs judged by bench revision 4, 2 changed",
        "            before   after",
        "PASS             1       2",
        "FAIL             1       0",
        "ERROR            1       1",
    ]
    assert files(cli.store) == before


def test_json_says_the_same(cli: Cli, bench: Path) -> None:
    write(cli, *LOWER)
    ran = cli("plan", "replay", bench, "--json")
    lost, weak, counts = ran.records()
    assert weak["serial"] == "A57A000002"
    assert weak["before"]["outcome"] == "FAIL"
    assert weak["before"]["fault"]["code"] == "charge.current_jig:LOW"
    assert weak["after"] == {"outcome": "PASS", "fault": None, "dut_failed": False}
    (change,) = weak["changes"]
    assert (change["step"], change["before"]["limit"]["low"]) == ("charge", 0.45)
    assert (change["after"]["value"], change["after"]["limit"]["low"]) == (0.455, 0.44)
    assert lost["after"]["fault"]["code"] == "ADB-LOST"
    assert counts["judged"] == 3
    assert counts["before"] == {"PASS": 1, "FAIL": 1, "ERROR": 1}
    assert counts["after"] == {"PASS": 2, "ERROR": 1}
    assert list(counts["left_out"]) == [f"4{'open':X<25}"]


def test_what_the_runs_lack_is_an_error(cli: Cli, bench: Path) -> None:
    more = "  - {id: end, use: jig.open, timeout: 10 s}\n  - id: charge"
    write(cli, ("  - id: charge", more))
    ran = cli("plan", "replay", bench, "--run", "1good")
    assert ran.out.splitlines()[:2] == [
        f"1{'good':X<25} A57A000001 PASS -> ERROR",
        "  RUN-INCOMPLETE: step end was not run",
    ]
    assert ran.err.splitlines()[1:] == ["  step end added after close (jig.open)"]


def test_runs_that_were_made_otherwise_are_said(cli: Cli, bench: Path) -> None:
    write(cli, ("vbus: 5.0 V", "vbus: 9.0 V"), ("low: 4.75 V", "low: 4.8 V"))
    ran = cli("plan", "replay", bench)
    note, line = ran.err.splitlines()
    assert note.startswith("note: runs of bench revision 3 (")
    assert note.endswith(") were made otherwise, and only their limits are replaced:")
    assert line == "  charge: vbus 5 V -> 9 V"


def test_other_limits_may_stand_in_a_set(cli: Cli, bench: Path) -> None:
    limits = cli.folder / "limits.yaml"
    text = CHARGE[CHARGE.index("      current_jig") :]
    entries = "\n".join(f"  charge.{line.strip()}" for line in text.splitlines())
    (cli.folder / "set.yaml").write_text(f"schema: 1\nlimits: one\nrevision: 1\nvalues:\n{entries}")
    limits.write_text(
        (cli.folder / "set.yaml").read_text().replace("450 mA", "440 mA").replace("one", "two")
    )
    cut = CHARGE[: CHARGE.index("    limits:")].replace("steps:", "limits: set.yaml\nsteps:")
    bench.write_text(cut)
    assert "3 runs judged by bench revision 3, limits one revision 1, 0 changed" in replayed(
        cli, bench
    )
    lines = replayed(cli, bench, "--limits", limits, "--last", "3")
    assert "2 runs judged by bench revision 3, limits two revision 1, 2 changed" in lines


def test_only_the_runs_of_the_process_are_judged(cli: Cli, bench: Path) -> None:
    write(cli, ("process: bench", "process: other"))
    assert replayed(cli, bench) == ["0 runs judged by bench revision 3, 0 changed"]
    assert "3 runs judged by bench revision 3, 0 changed" in replayed(
        cli, bench, "--process", "bench"
    )


VARIANTS = ("process: bench", "process: bench\nvariants: {pk: {sku: PK}, ae: {sku: AE}}")


def test_a_run_is_judged_by_its_own_variant_or_by_the_one_that_is_named(
    cli: Cli, bench: Path
) -> None:
    write(cli, VARIANTS)
    (line, *_) = replayed(cli, bench, "--run", "1good")
    assert line == (
        f"1{'good':X<25} not judged: the label says no SKU; the plan bench has PK (pk), AE (ae)"
    )
    assert "1 run judged by bench revision 3, 0 changed" in replayed(
        cli, bench, "--run", "1good", "--variant", "ae"
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--run", "1good", "--last", "3"], "--run names the runs"),
        (["--variant", "de"], "has no variants, so none called de"),
        (["--run", "9"], "no such run: '9'"),
        (["--records", "none.db"], "STORE-ABSENT"),
    ],
)
def test_what_cannot_be_replayed_is_said(
    cli: Cli, bench: Path, options: list[str], words: str
) -> None:
    ran = cli("plan", "replay", bench, *options)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err


def test_a_run_of_the_simulated_station_is_judged_as_the_engine_did(cli: Cli) -> None:
    weak = "units: [{serial: A57A000001, defects: [battery.weak_charge]}]\n"
    assert cli("run", PLAN).code == 0
    assert cli("run", PLAN, "--scenario", cli.scenario(weak)).code == 1
    lines = replayed(cli, PLAN)
    assert lines[0] == "2 runs judged by skeleton revision 2, 0 changed"
    assert lines[2:] == ["PASS             1       1", "FAIL             1       1"]
