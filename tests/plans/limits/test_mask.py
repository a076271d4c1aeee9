"""Mask files: corners in the units of a series, and every mistake at its cell."""
# ruff: noqa: E501 (a mistake a line)

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.files.collect import Problems
from harness.files.nodes import Scalar
from harness.files.problems import Place
from harness.model.mask import Mask, MaskPoint
from harness.model.step import Series
from harness.plans.limits.mask import Masks
from tests.plans.limits.beside import LIMITS, MASK, PLAN, Beside, expected
from tests.plans.told import changed

SFR = Series("sfr", x="cy/px")
LEVEL = Series("level", "dBm", x="MHz")


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Beside:
    return Beside(tmp_path_factory.mktemp("mask"))


def read(folder: Path, content: str | bytes, series: Series = SFR) -> tuple[Mask | None, list[str]]:
    path = folder / "mask.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    masks, found = Masks(), Problems("limits")
    mask = masks.read(Scalar(Place(1, 1), "mask.csv", content="mask.csv"), folder / "set", series, found)  # fmt: skip
    told = [str(problem).removeprefix(f"{path}:") for problem in masks.problems()]
    assert not found.sorted()
    assert (mask is None) == bool(told)
    return mask, told


def corners(*points: tuple[str, str | None, str | None]) -> Mask:
    read = (tuple(n if n is None else Decimal(n) for n in point) for point in points)
    return Mask(tuple(MaskPoint(*point) for point in read))  # type: ignore[arg-type]


LOW_ONLY = corners(("0.1", "0.5", None), ("0.2", "0.25", None))
SAME = [
    "x [cy/px],low [1]\n0.1,0.5\n0.2,0.25\n",
    "x [cy/px],low [1]\r\n0.1,0.5\r\n0.2,0.25\r\n",
    "x [cy/px],low [1]\n0.1,0.5\n0.2,0.25",
    "# note\n\nx [cy/px],low [1]\n# 9,9,9,9\n0.1,0.5\n  # inside\n0.2,0.25\n\n",
    "low [1],x [cy/px]\n0.5,0.1\n0.25,0.2\n",
    "x [cy/px],low [1],high [1]\n0.1,0.5,\n0.2,0.25,\n",
    "x [cy/px] , low [1]\n0.1 , 0.50\n +0.2,  0.25\n",
]


@pytest.mark.parametrize("content", SAME)
def test_ways_to_write_a_mask(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content) == (LOW_ONLY, [])


def test_units_are_converted_exactly(tmp_path: Path) -> None:
    content = "x [GHz],high [dBm]\n2.4,-90.5\n2.4835,-90\n"
    assert read(tmp_path, content, LEVEL)[0] == corners(("2400", None, "-90.5"), ("2483.5", None, "-90"))  # fmt: skip


def test_a_step_is_two_corners_at_one_x(tmp_path: Path) -> None:
    content = "x [cy/px],low [1]\n0.1,0.5\n0.2,0.5\n0.2,0.25\n0.3,0.2\n"
    mask, told = read(tmp_path, content)
    assert mask and not told


X = "x [cy/px],low [1],high [1]\n"
MISTAKES = [
    ("»", "an empty mask: it starts with a line such as x [cy/px],low [1],high [1]"),
    ("»\n# only a comment\n", "an empty mask: it starts with a line such as x [cy/px],low [1],high [1]"),
    (f"»{X}", "a mask has 2 to 1000 corners; found 0"),
    (f"»{X}1,2,3\n", "a mask has 2 to 1000 corners; found 1"),
    ("»x [cy/px];low [1]\n", "the cells of a mask stand between commas, not semicolons"),
    ("»x [cy/px]\n1\n2\n", "a mask has x, and low or high or both; found x"),
    ("»low [1],high [1]\n1,2\n", "a mask has x, and low or high or both; found low, high"),
    ("x [cy/px],low [1],high [1],»mid [1]\n", "a mask has the columns x, low, high; found 4 columns"),
    ("x [cy/px],»lwo [1]\n", "expected x, low or high with its unit; found 'lwo [1]' (did you mean 'low'?)"),
    ("»X [cy/px],low [1]\n", "expected x, low or high with its unit; found 'X [cy/px]' (did you mean 'x'?)"),
    ("»0.1,0.2\n0.3,0.4\n", "expected x, low or high with its unit; found '0.1'"),
    ("»'x [cy/px]',low [1]\n", 'expected x, low or high with its unit; found "\'x [cy/px]\'"'),
    ("x [cy/px],»\n", "expected x, low or high with its unit; found ''"),
    ("x [cy/px],»low\n", "the column 'low' has no unit: add it, such as low [1]"),
    ("x [cy/px],»low [dBx]\n", "no unit 'dBx' (did you mean 'dB'?)"),
    ("»x [cy/pxl],low [1]\n", "no unit 'cy/pxl' (did you mean 'cy/px'?)"),
    ("x [cy/px],low [1],»low [1]\n", "a second column 'low'"),
    ("»x [MHz],low [1]\n1,1\n2,1\n", "MHz measures frequency; the x of 'sfr' is in cy/px"),
    ("x [cy/px],»low [dB]\n1,1\n2,1\n", "dB measures level difference; the value of 'sfr' is in 1"),
    (f"{X}1,2,3\n»2;2;3\n3,2,3\n", "expected 3 cells (x, low, high); found 1: they stand between commas, not semicolons"),
    (f"{X}1,2,3\n»2,2\n3,2,3\n", "expected 3 cells (x, low, high); found 2: an empty cell keeps its comma"),
    (f"{X}1,2,3\n»2,2,5,3\n3,2,3\n", "expected 3 cells (x, low, high); found 4: a decimal mark is a point"),
    (f"{X}1,2,3\n»,2,3\n3,2,3\n", "every corner has an x"),
    (f"{X}1,2,3\n2,»nan,3\n3,2,3\n", "expected a plain decimal such as -0.25; found 'nan'"),
    (f"{X}1,2,3\n2,»inf,3\n3,2,3\n", "expected a plain decimal such as -0.25; found 'inf'"),
    (f"{X}1,2,3\n2,»1e3,3\n3,2,3\n", "expected a plain decimal such as -0.25; found '1e3'"),
    (f"{X}1,2,3\n2,»2.,3\n3,2,3\n", "expected a plain decimal such as -0.25; found '2.'"),
    (f"{X}1,2,3\n2,».5,3\n3,2,3\n", "expected a plain decimal such as -0.25; found '.5'"),
    (f"{X}1,2,3\n2,»2 dB,3\n3,2,3\n", "expected a plain decimal such as -0.25; found '2 dB'"),
    (f"{X}1,2,3\n2,»\u0662,3\n3,2,3\n", "expected a plain decimal such as -0.25; found '\u0662'"),
    (f'{X}1,2,3\n2,»"2",3\n3,2,3\n', "expected a plain decimal such as -0.25, without quotes; found '\"2\"'"),
    (f"{X}1,2,3\n2,»{'9' * 33},3\n3,2,3\n", f"expected a plain decimal such as -0.25; found '{'9' * 33}'"),
    (f"{X}1,2,3\n2,»4,3\n3,2,3\n", "low 4 is above high 3"),
    (f"{X}2,2,3\n»1,2,3\n3,2,3\n", "the x of a mask rise from corner to corner: 1 after 2"),
    (f"{X}1,2,3\n»1,2,3\n3,2,3\n", "two corners at one x are a step, with a corner before and after it"),
    (f"{X}1,2,3\n3,2,3\n»3,2,3\n", "two corners at one x are a step, with a corner before and after it"),
    (f"{X}1,2,3\n2,2,3\n2,2,3\n»2,2,3\n3,2,3\n", "two corners at one x are a step, with a corner before and after it"),
    (f"{X}1,2,\n»2,,3\n3,2,3\n", "no bound runs from 1 to 2: both corners need low or high"),
    (f"»\ufeff{X}1,2,3\n2,2,3\n", "a byte order mark: save the file without it"),
    (f"{X}1,2,3\n»\x002,2,3\n", "the character U+0000: leave it out"),
    (f"{X}1,2,3\n2,»\t2,3\n", "a tab: use spaces"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "message"), MISTAKES, ids=[m[0][-30:] for m in MISTAKES])
def test_a_mistake_is_told_once_at_its_cell(beside: Beside, content: str, message: str) -> None:
    assert beside.told(mask=content) == expected(message, mask=content)


def test_further_mistakes_do_not_hide(tmp_path: Path) -> None:
    _, told = read(tmp_path, f"{X}1,2,3\n2,x,3\n3,9,3\n2.5,2,3\n4,2\n")
    assert [words.split(": ")[0] for words in told] == ["3:3", "4:3", "5:1", "6:1"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (X.encode("utf-16"), "1:1: not UTF-8: save the file in UTF-8"),
        (X.encode() + b"1,\xe4,2\n", "2:3: not UTF-8: save the file in UTF-8"),
        (b"#" * ((1 << 20) + 1), "1:1: larger than 1 MiB"),
        (b",".join([b"x [1]"] * 100_000), "1:19: a mask has the columns x, low, high; found 100000 columns"),
        (b"\r".join([b"x [cy/px],low [1]", b"1,2", b"2,2"]), "1:18: the character U+000D: leave it out"),
    ],
)  # fmt: skip
def test_other_files_are_one_problem(tmp_path: Path, content: bytes, words: str) -> None:
    assert read(tmp_path, content) == (None, [words])


def test_a_mask_has_at_most_1000_corners(tmp_path: Path) -> None:
    rows = [f"{number},1,2\n" for number in range(1001)]
    assert read(tmp_path, X + "".join(rows[:1000]))[0]
    assert read(tmp_path, X + "".join(rows))[1] == ["1002:1: a mask has at most 1000 corners"]


def test_the_file_is_an_input_by_the_name_that_it_is_given(beside: Beside) -> None:
    plan = beside.plans().named("ae")
    assert plan.files["mask:masks/sfr.csv"].path.read_text() == MASK


def test_another_mask_is_another_plan_and_a_comment_is_not(beside: Beside) -> None:
    one = beside.plans().named("ae")
    other = beside.plans(mask=changed("0.25,0.2", "0.25,0.21", MASK)).named("ae")
    noted = beside.plans(mask=MASK + "# seen\n").named("ae")
    assert one.sha256 != other.sha256
    assert one.sha256 == noted.sha256
    assert one.files != noted.files


def test_a_mask_that_is_not_there_is_told_where_it_is_named(beside: Beside) -> None:
    limits = changed("masks/sfr.csv", "masks/srf.csv", LIMITS)
    (words,) = beside.told(limits=limits)
    assert words.startswith("limits/a57.yaml:12:20: no file '")
    assert words.endswith("srf.csv' (did you mean 'masks/sfr.csv'?)")


UNDER_THE_STEP = changed(
    "use: beside.lens, timeout: 20 s,",
    "use: beside.lens, timeout: 20 s, limits: {sfr: {mask: limits/masks/sfr.csv}},",
    PLAN,
)


def test_a_mask_under_a_step_is_beside_the_plan(beside: Beside) -> None:
    limits = changed("  lens.sfr: {mask: masks/sfr.csv}\n", "", LIMITS)
    plan = beside.plans(plan=UNDER_THE_STEP, limits=limits).named("ae")
    assert plan.sha256 == beside.plans().named("ae").sha256
    assert "mask:limits/masks/sfr.csv" in plan.files


def test_a_mask_under_a_step_of_a_plan_without_a_set(beside: Beside) -> None:
    plan = """\
schema: 1
plan: lens
revision: 1
title: Lens
process: lens
product: {model: A57-4G, part: A57-4G}
steps:
  - id: lens
    use: beside.lens
    timeout: 20 s
    limits: {sfr: {mask: limits/masks/sfr.csv}, level: record only}
"""
    found = beside.plans(plan=plan).any
    assert set(found.files) == {"plan", "mask:limits/masks/sfr.csv"}
    assert found.limits is None
    wrong = changed("0.1,0.5,1", "0.1,»5,1", MASK)
    assert beside.told(plan=plan, mask=wrong) == expected("low 5 is above high 1", mask=wrong)


def test_one_name_is_one_mask(beside: Beside) -> None:
    (beside.folder / "masks").mkdir(exist_ok=True)
    (beside.folder / "masks/sfr.csv").write_text(MASK)
    plan = changed("limits/masks/sfr.csv", "»masks/sfr.csv", UNDER_THE_STEP)
    limits = changed(
        "lens.sfr: {", "lens.level: {", changed("  lens.level: record only\n", "", LIMITS)
    )
    limits = limits.replace("lens.sfr:LOW", "IMEI-TWICE")
    mask = "x [MHz],low [dBm]\n1,-90\n2,-90\n"
    told = beside.told(plan=plan, limits=limits, mask=mask)
    (words,) = told
    assert words == "limits/a57.yaml:12:22: 'masks/sfr.csv' is another file than masks/sfr.csv"


def test_masks_of_several_limits_are_read_once(tmp_path: Path) -> None:
    path = tmp_path / "mask.csv"
    path.write_text("x [1],low [1]\n1,1\n2,1\n")
    masks, found = Masks(), Problems("limits")
    node = Scalar(Place(1, 1), "mask.csv", content="mask.csv")
    one = masks.read(node, tmp_path / "set", Series("a"), found)
    path.write_text("changed meanwhile")
    assert one is masks.read(node, tmp_path / "set", Series("b"), found)
    assert one is not None


CELLS = st.sampled_from(["", "0", "1", "2", "2.5", "3", "-1"])


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=2, max_size=6))
def test_exactly_what_is_no_mask_is_told(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    """The rules of Mask and those that are told at their cells are the same."""
    folder = tmp_path_factory.getbasetemp()
    told = read(folder, X + "".join(",".join(row) + "\n" for row in rows))[1]
    try:
        corners(*((x, low or None, high or None) for x, low, high in rows if x))
        is_mask = all(x for x, _, _ in rows)
    except ValueError:
        is_mask = False
    assert bool(told) != is_mask


@settings(deadline=None)
@given(st.integers(0, len(MASK)), st.integers(0, 9), st.text(max_size=6) | st.binary(max_size=6))
def test_any_file_is_a_mask_or_has_problems(
    tmp_path_factory: pytest.TempPathFactory, at: int, cut: int, insert: str | bytes
) -> None:
    written = insert if isinstance(insert, bytes) else insert.encode("utf-8", "replace")
    content = MASK.encode()
    _, told = read(tmp_path_factory.getbasetemp(), content[:at] + written + content[at + cut :])
    assert all(words[0].isdigit() for words in told)
