"""Label files: what a scan holds, and every mistake at its place in its own file."""
# ruff: noqa: E501 (a mistake a line)

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.files.problems import errors
from harness.model.identity import Unit
from harness.model.plan import Plan
from harness.plans.resolve import resolve
from tests.plans.catalogue import CATALOGUE, PLAN
from tests.plans.told import MARK, changed, places

WITH_LABEL = changed("process: final-test\n", "process: final-test\nlabel: labels/a57.yaml\n", PLAN)
LABEL = """\
schema: 1
label: a57
revision: 3
scan:
  fields: [serial, imei1, imei2, part]
  separator: ';'
"""
BY_PATTERN = """\
schema: 1
label: a57
revision: 3
scan: {matches: 'SN(?P<serial>[A-Z0-9]+)'}
"""

BY_GS1 = """\
schema: 1
label: a57
revision: 3
scan: {gs1: {serial: '21', imei1: '8002'}, identifiers: [']C1', ']d2']}
"""
BY_KEYS = """\
schema: 1
label: a57
revision: 3
scan: {keys: {serial: SN, imei1: IMEI1}, separator: ';', sign: ':'}
"""
OF_SEVERAL = """\
schema: 1
label: a57
revision: 3
scans:
  - {gs1: {serial: '21', part: '240'}}
  - {matches: '(?P<imei1>[0-9]{15})'}
"""

Resolve = Callable[[str, str], tuple[Plan | None, list[str]]]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Resolve:
    """Writes a plan and its label; gives the plan, and what is told without the folder."""
    folder = tmp_path_factory.mktemp("pair")
    (folder / "labels").mkdir()

    def of(plan: str, label: str) -> tuple[Plan | None, list[str]]:
        (folder / "plan.yaml").write_text(plan.replace(MARK, ""))
        (folder / "labels/a57.yaml").write_text(label.replace(MARK, ""))
        found, problems = resolve(folder / "plan.yaml", CATALOGUE)
        assert (found is None) == bool(errors(problems))
        resolved = found.named("") if found else None
        return resolved, [str(problem).replace(f"{folder}/", "") for problem in problems]

    return of


def test_a_plan_reads_scans_of_its_label(pair: Resolve) -> None:
    plan, told = pair(WITH_LABEL, LABEL)
    assert not told
    assert plan
    assert plan.label
    assert (plan.label.id, plan.label.revision) == ("a57", 3)
    assert plan.files["label"].path.name == "a57.yaml"
    unit = plan.unit_of("A57A000001;860123450000012;860123450000020;A57-4G")
    assert unit == Unit("A57A000001", ("860123450000012", "860123450000020"), "A57-4G")


def test_an_expression_reads_scans_too(pair: Resolve) -> None:
    plan, _ = pair(WITH_LABEL, BY_PATTERN)
    assert plan
    assert plan.unit_of("SNA57A000001") == Unit("A57A000001")


@pytest.mark.parametrize(
    ("label", "scans"),
    [
        (BY_GS1, ["]C121A57A000001\x1d8002860123450000012"]),
        (BY_GS1, ["(21)A57A000001(8002)860123450000012"]),
        (BY_KEYS, ["IMEI1:860123450000012;SN:A57A000001"]),
        (OF_SEVERAL, ["860123450000012", "21A57A000001\x1d240A57-4G"]),
    ],
)
def test_other_forms_read_scans_too(pair: Resolve, label: str, scans: list[str]) -> None:
    plan, told = pair(WITH_LABEL, label)
    assert not told
    assert plan
    unit = plan.unit_of(*scans)
    assert (unit.serial, unit.imei) == ("A57A000001", ("860123450000012",))


def test_the_label_is_no_part_of_what_runs(pair: Resolve) -> None:
    with_label, without = pair(WITH_LABEL, LABEL)[0], pair(PLAN, LABEL)[0]
    assert with_label
    assert without
    assert with_label.sha256 == without.sha256
    assert without.label is None
    assert "label" not in without.files


MISTAKES = [
    (LABEL, "schema: 1", "schema: »2", "expected schema 1, the only one that this version reads; found 2"),
    (LABEL, "revision: 3", "revision: »x", "expected a whole number from 1 to 2147483647; found 'x'"),
    (LABEL, "label: a57", "»labl: a57", "unknown key 'labl' (did you mean 'label'?)"),
    (LABEL, "imei1,", "»imie1,", "a label has no field 'imie1': there are serial, imei1, imei2, part, sku, other (did you mean 'imei1'?)"),
    (LABEL, "[serial, imei1, imei2, part]", "»[serial, serial]", "the field 'serial' stands twice"),
    (LABEL, "[serial, imei1, imei2, part]", "»[imei1, part]", "a label says the serial: no field is called 'serial'"),
    (LABEL, "[serial, imei1, imei2, part]", "»[serial, imei2]", "a label with imei2 has imei1 too"),
    (LABEL, "[serial, imei1, imei2, part]", "»[]", "expected at least 1 in the list; found an empty list"),
    (LABEL, "';'", "»';;'", "expected one punctuation mark in quotes; found ';;'"),
    (LABEL, "';'", "»A", "expected one punctuation mark in quotes; found 'A'"),
    (LABEL, "  separator: ';'\n", "", "missing key 'separator'"),
    (BY_PATTERN, "'SN(?P<serial>[A-Z0-9]+)'", "»'SN(?P<serial>[A-Z0-9]+'", "'SN(?P<serial>[A-Z0-9]+': not a regular expression: missing ), unterminated subpattern at position 2"),
    (BY_PATTERN, "'SN(?P<serial>[A-Z0-9]+)'", "»'SN(?P<serail>.+)'", "a label has no field 'serail': there are serial, imei1, imei2, part, sku"),
    (BY_PATTERN, "'SN(?P<serial>[A-Z0-9]+)'", "»'SN.*'", "a label says the serial: no field is called 'serial'"),
    (BY_PATTERN, "'SN(?P<serial>[A-Z0-9]+)'", "»7", "expected a regular expression in quotes; found 7"),
    (BY_PATTERN, "'SN(?P<serial>[A-Z0-9]+)'", "»'SN(?P<serial>([A-Z0-9]+)+)'", "'SN(?P<serial>([A-Z0-9]+)+)': this expression may take for ever on some texts: too many repeats inside or after one another; say how often, or use a possessive repeat such as [a-z]++"),
    (BY_PATTERN, "{matches", "»{fields: [serial], matches", "expected matches, fields and separator, gs1, or keys; found a mapping with fields, matches"),
    (BY_GS1, "{serial: '21'", "»{serial: '00'", "(00) says nothing of a unit: there are 01, 10, 21, 22, 240, 241, 250, 8002, 90 to 99"),
    (BY_GS1, "'21'", "»'2'", "expected an application identifier of GS1 in quotes, such as '21'; found '2'"),
    (BY_GS1, "'21'", "»21", "expected an application identifier of GS1 in quotes, such as '21'; found 21"),
    (BY_GS1, "{serial", "{»serail", "unknown key 'serail' (did you mean 'serial'?)"),
    (BY_GS1, "{serial: '21', imei1: '8002'}", "»{serial: '21', imei1: '21'}", "(21) stands twice"),
    (BY_GS1, "{serial: '21', imei1: '8002'}", "»{imei1: '8002'}", "a label says the serial: no field is called 'serial'"),
    (BY_GS1, "']d2'", "»'d2'", "expected a symbology identifier in quotes, such as ']C1'; found 'd2'"),
    (BY_KEYS, "{serial: SN, imei1: IMEI1}", "»{serial: SN, imei1: SN}", "the key 'SN' stands twice"),
    (BY_KEYS, "sign: ':'", "sign: »'::'", "expected one punctuation mark in quotes; found '::'"),
    (OF_SEVERAL, "scans:\n  - {gs1: {serial: '21', part: '240'}}\n", "scans:\n", "expected at least 2 in the list; found a list"),
    (OF_SEVERAL, "{serial: '21', part: '240'}", "{imei1: '8002'}", "a label says the serial: no field is called 'serial'"),
    (LABEL, "scan:\n  fields: [serial, imei1, imei2, part]\n  separator: ';'\n", "", "missing key 'scan', or 'scans' for a label of several codes"),
    (LABEL, "scan:", "scans: [{gs1: {serial: '21'}}, {gs1: {serial: '21'}}]\nscan:", "there is a scan already: put all of them under scans"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "old", "new", "message"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_told_once_at_its_place_in_the_label(
    pair: Resolve, label: str, old: str, new: str, message: str
) -> None:
    text = changed(old, new, label)
    plan, told = pair(WITH_LABEL, text)
    assert plan is None
    (words,) = told
    assert words.endswith(f": {message}")
    assert words.startswith("labels/a57.yaml:")
    if marks := places(text):
        assert words.startswith(f"labels/a57.yaml:{marks[0]}: ")


def test_a_label_that_is_not_there_is_told_where_it_is_named(pair: Resolve) -> None:
    _, told = pair(changed("labels/a57.yaml", "labels/a57.yml", WITH_LABEL), LABEL)
    (words,) = told
    assert words.startswith("plan.yaml:6:8: no file '")
    assert words.endswith("a57.yml' (did you mean 'labels/a57.yaml'?)")


def test_a_label_is_no_plan(pair: Resolve) -> None:
    assert pair(LABEL, LABEL)[1] == [
        "plan.yaml:1:1: a label, no plan: it is checked with each plan that names it"
    ]


INSERTS = st.text(max_size=6) | st.sampled_from(["null", "{}", "[]", "0", "serial", "(?P<imei1>"])


@settings(deadline=None)
@given(
    st.sampled_from([LABEL, BY_PATTERN, BY_GS1, BY_KEYS, OF_SEVERAL]),
    st.integers(0, 100),
    st.integers(0, 12),
    INSERTS,
)
def test_a_mutated_label(pair: Resolve, label: str, at: int, cut: int, insert: str) -> None:
    plan, _ = pair(WITH_LABEL, label[:at] + insert + label[at + cut :])
    assert plan is None or plan.label is not None
