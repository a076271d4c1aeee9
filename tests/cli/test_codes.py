"""`harness codes` as a process."""

from __future__ import annotations

import re

import pytest

from tests.cli.conftest import Cli

SIMULATED = "schema: 1\nstation: s-01\nsimulated: line.yaml\nsimulated_slots: 3\n"


def captions(cli: Cli) -> list[str]:
    page = (cli.folder / "codes.html").read_text(encoding="utf-8")
    return re.findall(r"<figcaption><b>(.*?)</b>", page)


@pytest.fixture(autouse=True)
def station(cli: Cli) -> None:
    (cli.folder / "line.yaml").write_text("schema: 1\nseed: 3\n")
    (cli.folder / "station.yaml").write_text(f"{SIMULATED}screen: {{language: zh}}\n")


def test_the_slots_of_the_station_and_the_badges_are_on_the_page(cli: Cli) -> None:
    asked = ("codes", "--station", "station.yaml", "--out", "codes.html")
    ran = cli(*asked, "--badge", "B-0042", "--badge", "B-0042")
    assert ran.code == 0, ran.err
    assert "100 %" in ran.err
    found = captions(cli)
    assert found[:3] == ["工位 1", "工位 2", "工位 3"]
    assert found.count("工牌 B-0042") == 1
    assert cli(*asked, "--language", "en", "--size", "50").code == 0
    assert captions(cli)[:4] == ["Slot 1", "Slot 2", "Slot 3", "Yes"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--out", "codes.html", "--badge", "two words"), "is no id of a badge"),
        (("--out", "codes.html", "--badge", ""), "is no id of a badge"),
        (("--out", "codes.html", "--size", "9"), "--size"),
        (("--out", "none/codes.html"), "cannot be written"),
    ],
)
def test_what_cannot_be_printed_is_told(cli: Cli, more: tuple[str, ...], words: str) -> None:
    ran = cli("codes", "--station", "station.yaml", *more)
    assert ran.code == 2
    assert words in ran.err
    assert not (cli.folder / "codes.html").exists()
