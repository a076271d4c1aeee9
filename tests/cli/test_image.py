"""A saved picture, measured at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import Cli
from tests.imaging.edges import codes, of_mtf50


def chart(folder: Path) -> Path:
    """A picture of 600 x 400 px, grey but for one edge of 0.2 cycles a pixel at 300, 100."""
    picture = np.full((400, 600), 120, np.uint8)
    picture[100:300, 300:500] = codes(of_mtf50(0.2).image(200))
    path = folder / "chart.jpg"
    Image.fromarray(picture).save(path, "JPEG", quality=95)
    return path


def test_the_edge_of_a_region_is_measured(cli: Cli) -> None:
    ran = cli("image", "sfr", chart(cli.folder), "--region", "300,100,200,200", "--json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert found["mtf50"] == pytest.approx(0.2, rel=0.03)
    assert found["angle_deg"] == pytest.approx(5, abs=0.1)
    at = found["curve"]["frequency"].index(0.25)
    gaussian = np.exp(-np.log(2) * (0.25 / 0.2) ** 2)
    assert found["curve"]["mtf"][at] == pytest.approx(gaussian, abs=0.02)


def test_for_a_person_it_is_one_line(cli: Cli) -> None:
    ran = cli("image", "sfr", chart(cli.folder), "--region", "300,100,200,200")
    assert ran.out.startswith("MTF50 0.2")
    assert "edge +5.0" in ran.out


def test_a_region_without_an_edge_is_told_and_is_no_number(cli: Cli) -> None:
    ran = cli("image", "sfr", chart(cli.folder), "--region", "0,0,100,90", "--json")
    assert ran.code == 3
    assert "MEAS-UNREADABLE" in ran.err
    found = json.loads(ran.out)
    assert found["code"] == "MEAS-UNREADABLE"
    assert "a step of" in found["unreadable"]


def test_a_file_that_is_no_picture_is_told(cli: Cli) -> None:
    path = cli.folder / "no.jpg"
    path.write_bytes(b"\xff\xd8 and no more")
    ran = cli("image", "sfr", path)
    assert (ran.code, ran.out) == (3, "")
    assert "no whole JPEG" in ran.err


@pytest.mark.parametrize("region", ["1,2,3", "a,b,c,d", "-1,0,100,100", "500,0,200,100"])
def test_a_region_that_is_none_of_the_picture_is_wrong_usage(cli: Cli, region: str) -> None:
    ran = cli("image", "sfr", chart(cli.folder), "--region", region)
    assert ran.code == 2
    assert "whole pixels" in ran.err or "600 x 400 px" in ran.err
