"""A saved picture, measured at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from harness.imaging.blemish import CONTRAST_PERCENT, STEP
from tests.cli.conftest import Cli
from tests.imaging.edges import codes, of_mtf50
from tests.imaging.fields import cos4, flat, noisy, spotted
from tests.imaging.squares import Chart


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


@pytest.mark.parametrize(
    ("region", "told"),
    [
        ("500,0,200,100", "region 500,0,200,100 is not within a picture of 600 x 400 px"),
        ("1,2,3", "such as 0,0,200,200"),
        ("0,0,0,9", "0,0,0,9 holds no pixel"),
        ("9999999,0,9,9", "whole pixels"),
    ],
)
def test_a_wrong_region_is_told_in_the_words_that_one_types(
    cli: Cli, region: str, told: str
) -> None:
    ran = cli("image", "sfr", chart(cli.folder), "--region", region)
    assert ran.code == 2
    assert told in " ".join(ran.err.split())


def test_where_no_edge_is_it_says_where_and_what_to_do(cli: Cli) -> None:
    ran = cli("image", "sfr", chart(cli.folder), "--region", "0,0,100,90")
    assert "region 0,0,100,90: a step of" in ran.err
    assert "slanted by 2 to 10 degrees" in ran.err
    assert "the whole picture: " in cli("image", "sfr", chart(cli.folder)).err


def test_a_picture_without_light_has_no_lines(cli: Cli) -> None:
    ran = cli("image", "blemish", saved(cli.folder, np.zeros((96, 128), np.uint8)))
    assert ran.code == 3
    assert "no light" in ran.err


def saved(folder: Path, picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Path:
    path = folder / "picture.jpg"
    Image.fromarray(picture).save(path, "JPEG", quality=95)
    return path


def test_uniformity(cli: Cli) -> None:
    path = saved(cli.folder, codes(cos4(0.7)))
    ran = cli("image", "uniformity", path, "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["uniformity_percent"] == pytest.approx(74.2, abs=0.5)
    inner = cli("image", "uniformity", path, "--region", "600,440,80,80")
    assert inner.out.startswith(("uniformity 100", "uniformity 99"))


def test_blemishes_and_bad_pixels(cli: Cli) -> None:
    picture = noisy(spotted(flat(), 0.25, 0.75, 24, -0.2), seed=1)
    picture[100, 1000] = 255
    path = saved(cli.folder, picture)
    ran = cli("image", "blemish", path, "--json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    (spot,) = found["blemishes"]
    assert (spot["x"], spot["y"]) == pytest.approx((0.25, 0.75), abs=0.01)
    assert found["bad_pixels"] >= 1
    ran = cli("image", "blemish", path, "--step", "9", "--contrast", "50")
    assert ran.out.startswith("0 blemishes, 0 bad pixels, 0 lines\n")
    assert "noise 3." in ran.out
    assert cli("image", "blemish", path, "--region", "0,0,2,2").code == 2


def test_defaults_are_those_of_the_camera_steps(cli: Cli) -> None:
    ran = cli("image", "blemish", "--help")
    assert f"default: {CONTRAST_PERCENT}" in ran.out
    assert f"default: {STEP}" in ran.out


def test_colour_is_of_the_inner_half_as_in_the_camera_steps(cli: Cli) -> None:
    picture = np.full((480, 640, 3), (175, 54, 60), np.uint8)
    picture[112:368, 152:488] = 118
    found = json.loads(cli("image", "colour", saved(cli.folder, picture), "--json").out)
    assert (found["red_green"], found["blue_green"]) == pytest.approx((1, 1), abs=0.01)


def test_colour_of_a_region_and_of_the_chart(cli: Cli) -> None:
    path = saved(cli.folder, codes(Chart(moved_px=(12.0, -9.0), turned_deg=1.0).image()))
    ran = cli("image", "colour", path, "--region", "0,0,80,60", "--json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert found["red_green"] == pytest.approx(1, abs=0.02)
    assert found["lab"] == pytest.approx([49.6, 0, 0], abs=0.7)
    ran = cli("image", "colour", path, "--chart", "--json")
    found = json.loads(ran.out)
    assert found["delta_e_max"] <= 1.2
    assert set(found["patches"]) == {"white", "neutral_5", "red", "green", "blue", "yellow"}
    assert found["framing"]["right_px"] == pytest.approx(12, abs=0.4)
    assert "yellow" in cli("image", "colour", path, "--chart").out
    assert cli("image", "colour", path, "--chart", "--region", "0,0,9,9").code == 2


@pytest.mark.parametrize(
    ("command", "why"),
    [(["uniformity"], "no light"), (["colour"], "no green"), (["colour", "--chart"], "squares")],
)
def test_what_cannot_be_measured_is_no_number(cli: Cli, command: list[str], why: str) -> None:
    path = saved(cli.folder, np.zeros((960, 1280, 3), np.uint8))
    ran = cli("image", *command, path, "--json")
    assert ran.code == 3
    assert "MEAS-UNREADABLE" in ran.err
    assert why in ran.err
    assert json.loads(ran.out)["code"] == "MEAS-UNREADABLE"
