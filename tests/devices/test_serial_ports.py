"""Which ports may lead to a jig."""

from __future__ import annotations

import re
from pathlib import Path

from harness.devices.serial_ports import HANDSET_MAKERS, ports_among, ports_of_this_pc

RULES = Path(__file__).parents[2] / "fixtures" / "udev" / "51-harness.rules"


def test_the_ports_of_this_pc_are_devices() -> None:
    assert all(Path(port).exists() for port in ports_of_this_pc())


def test_ports_are_those_of_patterns_that_are_there_now_and_urls(tmp_path: Path) -> None:
    ports = ports_among([f"{tmp_path}/tty*", "socket://10.0.0.5:4000", f"{tmp_path}/one"])
    assert ports() == ["socket://10.0.0.5:4000"]
    for name in ("tty1", "tty0", "one", "other"):
        (tmp_path / name).touch()
    names = [port.removeprefix(f"{tmp_path}/") for port in ports()]
    assert names == ["tty0", "tty1", "socket://10.0.0.5:4000", "one"]


def test_without_patterns_they_are_those_of_this_pc() -> None:
    assert ports_among([]) is ports_of_this_pc


def test_a_maker_of_handsets_in_the_udev_rules_makes_no_jigs() -> None:
    rules = RULES.read_text()
    of_handsets = {int(vendor, 16) for vendor in re.findall(r'ATTR\{idVendor\}=="(\w+)"', rules)}
    assert of_handsets == HANDSET_MAKERS
    (of_jigs,) = re.findall(r'ATTRS\{idVendor\}=="([^"]+)".*\\\n *TAG\+="uaccess"', rules)
    assert HANDSET_MAKERS.isdisjoint(int(vendor, 16) for vendor in of_jigs.split("|"))
