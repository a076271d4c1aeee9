"""`harness run` whose limits depend: on the variant, on a file on trial, on golden values."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import PLAN, Cli
from tests.cli.stations import bare

VARIANTS = """
variants:
  pk: {sku: A57-PK}
  ae: {sku: A57-AE}
"""


GOLDEN = """\
schema: 1
golden: skeleton
revision: 1
measured: {by: 'R. Khan', on: 2020-10-01, until: 2021-04-01}
values: {charge.voltage_jig: 5.0 V}
"""


@pytest.fixture
def variants(cli: Cli) -> Path:
    """The skeleton plan for two variants; they differ in the current that passes."""
    text = PLAN.read_text()
    inline = "      current_jig: {low: 450 mA, high: 1100 mA, guard: 10 mA}\n"
    assert inline in text
    head, _, rest = text.partition("setup:")
    path = cli.folder / "plan.yaml"
    path.write_text(f"{head}limits: limits.yaml{VARIANTS}setup:{rest.replace(inline, '')}")
    write_limits(cli, "limits.yaml", low_ae="950 mA")
    return path


def write_limits(cli: Cli, name: str, *, low_ae: str) -> Path:
    path = cli.folder / name
    path.write_text(
        "schema: 1\nlimits: skeleton\nrevision: 1\n"
        "values: {charge.current_jig: {low: 450 mA}}\n"
        f"variants: {{ae: {{values: {{charge.current_jig: {{low: {low_ae}}}}}}}}}\n"
    )
    return path


@pytest.mark.parametrize(("sku", "variant", "code"), [("A57-PK", "pk", 0), ("A57-AE", "ae", 1)])
def test_the_sku_of_the_label_picks_the_variant(
    cli: Cli, variants: Path, sku: str, variant: str, code: int
) -> None:
    scenario = cli.scenario(f"units: [{{serial: A57A000001, sku: {sku}}}]\n")
    ran = cli("run", variants, "--scenario", scenario, "--json")
    assert ran.code == code, ran.err
    (record,) = ran.records()
    assert (record["scanned"]["sku"], record["unit"]["variant"]) == (sku, variant)


def test_a_variant_may_be_chosen_where_no_label_was_scanned(cli: Cli, variants: Path) -> None:
    ran = cli("run", variants, "--variant", "ae", "--json")
    assert ran.code == 1, ran.err
    (record,) = ran.records()
    assert record["unit"]["variant"] == "ae"
    assert (record["scanned"]["sku"], record["fault"]["code"]) == ("", "charge.current_jig:LOW")


def test_a_sku_or_variant_that_the_plan_has_not_is_wrong_usage(cli: Cli, variants: Path) -> None:
    scenario = cli.scenario("units: [{serial: A57A000001, sku: A57-XX}]\n")
    ran = cli("run", variants, "--scenario", scenario)
    assert ran.code == 2
    assert "A57-PK (pk), A57-AE (ae)" in " ".join(ran.err.split())
    ran = cli("run", variants, "--variant", "aee")
    assert ran.code == 2
    assert "has the variants pk, ae" in " ".join(ran.err.split())
    assert not cli.store.exists()


def test_a_variant_that_the_scanned_label_speaks_against_is_wrong_usage(
    cli: Cli, variants: Path
) -> None:
    label = "schema: 1\nlabel: l\nrevision: 1\nscan: {fields: [serial, sku], separator: ';'}\n"
    (cli.folder / "label.yaml").write_text(label)
    variants.write_text(variants.read_text().replace("limits: l", "label: label.yaml\nlimits: l"))
    scan = ("--label", "A57A000001;A57-PK")
    ran = cli("run", variants, *scan, "--variant", "ae")
    assert ran.code == 2
    said = " ".join(ran.err.split())
    assert "the label of A57A000001 says SKU A57-PK, which is variant pk" in said
    assert not cli.store.exists()
    assert cli("run", variants, *scan, "--variant", "pk").code == 0
    assert cli("run", variants, "--label", "A57A000001;A57-AE").code == 1


def test_another_limit_set_may_be_tried(cli: Cli, variants: Path) -> None:
    other = write_limits(cli, "other.yaml", low_ae="100 mA")
    ran = cli("run", variants, "--variant", "ae", "--limits", other, "--json")
    assert ran.code == 0, ran.err
    assert ran.records()[0]["purpose"] == "engineering"


def test_expired_golden_values_are_told_to_engineers_and_refused_elsewhere(cli: Cli) -> None:
    text = PLAN.read_text()
    inline = "      voltage_jig: {low: 4.75 V, high: 5.25 V, guard: 10 mV}\n"
    assert inline in text
    plan = cli.folder / "plan.yaml"
    plan.write_text(text.replace(inline, "").replace("setup:", "limits: limits.yaml\nsetup:", 1))
    (cli.folder / "golden.yaml").write_text(GOLDEN)
    (cli.folder / "limits.yaml").write_text(
        "schema: 1\nlimits: skeleton\nrevision: 1\ngolden: golden.yaml\n"
        "values: {charge.voltage_jig: {near: golden, within: 250 mV}}\n"
    )
    ran = cli("run", plan)
    assert ran.code == 0, ran.err
    expired = "the golden values skeleton revision 1 held until 2021-04-01"
    assert f"warning: {expired}" in ran.err
    station = bare(cli)
    before = cli.store.read_bytes()
    for command in (
        ("run", plan, "--purpose", "production", "--station", station),
        ("release", "make", plan, "--station", station),
    ):
        ran = cli(*command)
        assert ran.code == 2
        assert "PLAN-EXPIRED" in ran.err
        assert expired in " ".join(ran.err.split())
    assert cli.store.read_bytes() == before
