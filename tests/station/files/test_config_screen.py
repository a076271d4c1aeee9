"""What a station file says of its screen: taken, or refused at its place with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import StationFault
from harness.model.own_codes import BADGE, CHECK, COMMAND, SLOT, Command
from harness.model.pattern import matches
from harness.station.files.config import load_station
from harness.station.files.config_screen import ScreenConfig

FIXED = "slots: [{slot: 1, handset: A57A000001, jig: {port: /dev/ttyUSB0}}]\n"
SOUGHT = "slots: [{slot: 1, handset: A57A000001, jig: {serial: J-1}}]\n"
BOX = Path(__file__).parents[3] / "fixtures" / "instruments" / "callbox.yaml"


def written(folder: Path, screen: str, more: str = FIXED) -> Path:
    path = folder / "station.yaml"
    path.write_text(f"schema: 1\nstation: s-01\nscreen: {screen}\n{more}")
    return path


def told(path: Path) -> list[str]:
    """The problems of a file, each from its line on."""
    with pytest.raises(StationFault) as caught:
        load_station(path)
    assert caught.value.code == "STATION-FILE"
    return [each.partition("/station.yaml:")[2] for each in caught.value.evidence["problems"]]


def test_all_that_can_be_said_is_taken(tmp_path: Path) -> None:
    said = (
        "{scanner: /dev/serial/by-id/usb-1, badge: '[A-Z]{2}[0-9]{6}', language: zh, palette: mono}"
    )
    config = load_station(written(tmp_path, said))
    screen = ScreenConfig("/dev/serial/by-id/usb-1", "[A-Z]{2}[0-9]{6}", "zh", "mono")
    assert config.screen == screen


def test_each_of_it_may_be_left_out(tmp_path: Path) -> None:
    assert load_station(written(tmp_path, "{}")).screen == ScreenConfig()
    (tmp_path / "station.yaml").write_text(f"schema: 1\nstation: s-01\n{FIXED}")
    assert load_station(tmp_path / "station.yaml").screen == ScreenConfig()


def test_a_simulated_station_has_a_screen_too(tmp_path: Path) -> None:
    (tmp_path / "line.yaml").write_text("schema: 1\nseed: 3\n")
    path = written(tmp_path, "{language: zh}", "simulated: line.yaml\n")
    assert load_station(path).screen.language == "zh"


@pytest.mark.parametrize(
    ("screen", "place", "words"),
    [
        ("{langage: zh}", "3:10", "langage"),
        ("{language: fr}", "3:20", "'fr'"),
        ("{language: ur}", "3:20", "runs from right to left, which terminals cannot show"),
        ("{palette: pink}", "3:19", "'pink'"),
        ("{scanner: ''}", "3:19", "''"),
        ("{badge: 42}", "3:17", "42"),
        ("{badge: '[0-9'}", "3:17", "not a regular expression"),
        ("{badge: '(a*)*b'}", "3:17", "may take for ever"),
        ("{badge: '.+'}", "3:17", "such as HARNESS:"),
        ("zh", "3:9", "'zh'"),
    ],
)
def test_what_no_screen_is_is_told_at_its_place(
    tmp_path: Path, screen: str, place: str, words: str
) -> None:
    (problem,) = told(written(tmp_path, screen))
    assert problem.startswith(f"{place}: ")
    assert words in problem


@pytest.mark.parametrize(
    "pattern", ["[!-~]{6,80}", "[A-Z:]+", "HARNESS:BADGE:B-[0-9]{4}", ".{3,}[0-9]", "H.*|B-[0-9]++"]
)
def test_a_pattern_that_codes_of_the_harness_fit_is_no_form_of_badges(
    tmp_path: Path, pattern: str
) -> None:
    (problem,) = told(written(tmp_path, f"{{badge: '{pattern}'}}"))
    assert "could be codes of the harness (HARNESS:...)" in problem
    codes = (CHECK, f"{SLOT}1", f"{BADGE}B-0042", *(f"{COMMAND}{each}" for each in Command))
    assert any(matches(pattern, code) for code in codes)


def test_the_usual_form_of_badges_is_one_that_a_file_may_say(tmp_path: Path) -> None:
    assert load_station(written(tmp_path, f"{{badge: '{ScreenConfig().badge}'}}"))


@pytest.mark.parametrize(
    "ports", ["/dev/ttyUSB1", "'/dev/ttyUSB*'", "'socket://10.0.0.1:1', '/dev/ttyUSB[0-9]'"]
)
def test_no_jig_is_looked_for_at_the_scanner(tmp_path: Path, ports: str) -> None:
    more = f"jig_ports: [{ports}]\n{SOUGHT}"
    (problem,) = told(written(tmp_path, "{scanner: /dev/ttyUSB1}", more))
    assert problem.startswith("3:19: jigs are looked for at /dev/ttyUSB1")
    assert load_station(written(tmp_path, "{scanner: /dev/ttyACM0}", more)).screen.scanner


def test_where_jigs_are_looked_for_everywhere_their_ports_must_be_listed(tmp_path: Path) -> None:
    (problem,) = told(written(tmp_path, "{scanner: /dev/ttyUSB1}", SOUGHT))
    assert "list the ports of the jigs as `jig_ports`" in problem
    assert load_station(written(tmp_path, "{language: zh}", SOUGHT))


def test_the_port_of_a_jig_or_of_the_call_box_is_not_the_scanners(tmp_path: Path) -> None:
    (problem,) = told(written(tmp_path, "{scanner: /dev/ttyUSB0}"))
    assert problem.startswith("3:19: port '/dev/ttyUSB0' is written twice")
    box = f"instruments: [{{name: callbox, port: /dev/ttyS0, file: {BOX}}}]\n"
    (problem,) = told(written(tmp_path, "{scanner: /dev/ttyS0}", box + FIXED))
    assert problem.startswith("3:19: port '/dev/ttyS0' is written twice")
