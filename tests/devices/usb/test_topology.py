from __future__ import annotations

from pathlib import Path

import pytest

from harness.devices.usb.topology import Place, Topology
from harness.errors import StationFault
from tests.devices.usb.sysfs import Sysfs, port, twins

XHCI = "pci0000:00/0000:00:14.0"
SECOND = "pci0000:00/0000:00:1c.0/0000:03:00.0"


def two_controllers(root: Path, buses: tuple[int, int, int, int]) -> Topology:
    """Two xHCI controllers, each with a USB 2 and a USB 3 root hub, and a hub of two halves.

    The USB 3 ports of the first are numbered otherwise than their twins, as on real boards.
    """
    sysfs = Sysfs(root)
    first, second = sysfs.controller(XHCI, "pci"), sysfs.controller(SECOND, "pci")
    b1, b2, b3, b4 = buses
    high = sysfs.root_hub(first, b1, "480", 16)
    fast = sysfs.root_hub(first, b2, "10000", 6)
    twins(port(high, 4), port(fast, 2))
    hub_2 = sysfs.hub(high, f"{b1}-4", 4)
    hub_3 = sysfs.hub(fast, f"{b2}-2", 4)
    for number in range(1, 5):
        twins(port(hub_2, number), port(hub_3, number))
    twins(
        port(sysfs.root_hub(second, b3, "480", 2), 1),
        port(sysfs.root_hub(second, b4, "5000", 2), 1),
    )
    return Topology(sysfs.devices)


@pytest.mark.parametrize("buses", [(1, 2, 3, 4), (3, 4, 1, 2), (5, 6, 11, 12)])
def test_a_socket_keeps_its_name_when_the_buses_are_numbered_anew(
    tmp_path: Path, buses: tuple[int, int, int, int]
) -> None:
    found = two_controllers(tmp_path, buses)
    assert found.socket(Place(buses[0], (7,))) == "pci-0000:00:14.0/1-7"
    assert found.socket(Place(buses[0], (4, 2))) == "pci-0000:00:14.0/1-4.2"
    assert found.socket(Place(buses[2], (1,))) == "pci-0000:03:00.0/1-1"
    assert found.places("pci-0000:00:14.0/1-4.2")[0] == Place(buses[0], (4, 2))


def test_both_halves_of_a_socket_have_one_name(tmp_path: Path) -> None:
    found = two_controllers(tmp_path, (1, 2, 3, 4))
    assert found.socket(Place(2, (2, 3))) == "pci-0000:00:14.0/1-4.3"
    assert found.socket(Place(2, (2,))) == "pci-0000:00:14.0/1-4"
    assert found.places("pci-0000:00:14.0/1-4.3") == (Place(1, (4, 3)), Place(2, (2, 3)))


def test_a_usb_3_half_without_a_known_twin_keeps_a_name_of_its_own(tmp_path: Path) -> None:
    found = two_controllers(tmp_path, (1, 2, 3, 4))
    assert found.socket(Place(2, (5,))) == "pci-0000:00:14.0/2-5"
    assert found.places("pci-0000:00:14.0/2-5") == (Place(2, (5,)),)


def test_a_usb_2_socket_has_one_half(tmp_path: Path) -> None:
    assert two_controllers(tmp_path, (1, 2, 3, 4)).places("pci-0000:00:14.0/1-9") == (
        Place(1, (9,)),
    )


def test_a_half_is_to_be_named_by_its_usb_2_twin(tmp_path: Path) -> None:
    with pytest.raises(StationFault, match=r"USB 3 half of pci-0000:00:14\.0/1-4\.1") as caught:
        two_controllers(tmp_path, (1, 2, 3, 4)).places("pci-0000:00:14.0/2-2.1")
    assert caught.value.code == "USB-PORT-MISSING"


@pytest.mark.parametrize(
    ("socket", "why"),
    [
        ("pci-0000:00:15.0/1-4", "no such half of a controller"),
        ("pci-0000:00:14.0/1-17", "no port 17 on usb1"),
        ("pci-0000:00:14.0/1-4.9", "no port 9 on 1-4"),
        ("pci-0000:00:14.0/1-5.1", "no port 1 on 1-5"),
        ("1-4.2", "written like"),
        ("pci-0000:00:14.0/3-4", "written like"),
        ("pci-0000:00:14.0/1-0", "written like"),
    ],
)
def test_a_socket_that_is_not_there(tmp_path: Path, socket: str, why: str) -> None:
    with pytest.raises(StationFault, match=why) as caught:
        two_controllers(tmp_path, (1, 2, 3, 4)).places(socket)
    assert caught.value.code == "USB-PORT-MISSING"
    assert caught.value.evidence["buses"]


def test_a_platform_controller(tmp_path: Path) -> None:
    sysfs = Sysfs(tmp_path)
    controller = sysfs.controller("platform/soc/11200000.usb/xhci-hcd.0.auto", "platform")
    sysfs.root_hub(controller, 1, "480", 1)
    assert Topology(sysfs.devices).socket(Place(1, (1,))) == "platform-xhci-hcd.0.auto/1-1"


def test_a_device_whose_bus_or_hub_has_gone_is_nowhere(tmp_path: Path) -> None:
    found = two_controllers(tmp_path, (1, 2, 3, 4))
    assert found.socket(Place(9, (1,))) is None
    assert found.socket(Place(2, (3, 1))) is None


def test_no_bus_at_all(tmp_path: Path) -> None:
    with pytest.raises(StationFault) as caught:
        Topology(tmp_path / "none").places("pci-0000:00:14.0/1-4")
    assert caught.value.code == "USB-NO-BUS"


def test_twins_across_controllers_are_none(tmp_path: Path) -> None:
    sysfs = Sysfs(tmp_path)
    one = sysfs.root_hub(sysfs.controller(XHCI, "pci"), 1, "480", 1)
    other = sysfs.root_hub(sysfs.controller(SECOND, "pci"), 2, "5000", 1)
    twins(port(one, 1), port(other, 1))
    assert Topology(sysfs.devices).socket(Place(2, (1,))) == "pci-0000:03:00.0/2-1"


def test_a_peer_link_to_nothing_is_no_twin(tmp_path: Path) -> None:
    sysfs = Sysfs(tmp_path)
    controller = sysfs.controller(XHCI, "pci")
    sysfs.root_hub(controller, 1, "480", 1)
    fast = sysfs.root_hub(controller, 2, "5000", 1)
    (port(fast, 1) / "peer").symlink_to("../../../usb1/1-0:1.0/usb1-port7")
    assert Topology(sysfs.devices).socket(Place(2, (1,))) == "pci-0000:00:14.0/2-1"


def test_a_bus_that_does_not_tell_its_controller(tmp_path: Path) -> None:
    sysfs = Sysfs(tmp_path)
    controller = sysfs.controller(XHCI, "pci")
    sysfs.root_hub(controller, 1, "480", 1)
    (controller / "subsystem").unlink()
    with pytest.raises(StationFault) as caught:
        Topology(sysfs.devices)
    assert caught.value.code == "USB-NO-TOPOLOGY"


def test_two_buses_that_say_they_are_one_half(tmp_path: Path) -> None:
    sysfs = Sysfs(tmp_path)
    controller = sysfs.controller(XHCI, "pci")
    sysfs.root_hub(controller, 1, "480", 1)
    sysfs.root_hub(controller, 2, "480", 1)
    with pytest.raises(StationFault, match="buses 1 and 2") as caught:
        Topology(sysfs.devices)
    assert caught.value.code == "USB-NO-TOPOLOGY"


def test_a_root_hub_that_goes_away_meanwhile_is_not_there(tmp_path: Path) -> None:
    sysfs = Sysfs(tmp_path)
    controller = sysfs.controller(XHCI, "pci")
    sysfs.root_hub(controller, 1, "480", 1)
    (sysfs.devices / "usb2").symlink_to("../../../devices/gone/usb2")
    assert list(Topology(sysfs.devices).root_hubs) == [1]


def test_a_hub_whose_configuration_has_another_number(tmp_path: Path) -> None:
    sysfs = Sysfs(tmp_path)
    root = sysfs.root_hub(sysfs.controller(XHCI, "pci"), 1, "480", 4)
    (sysfs.hub(root, "1-4", 4) / "1-4:1.0").rename(root / "1-4" / "1-4:2.0")
    assert Topology(sysfs.devices).places("pci-0000:00:14.0/1-4.2") == (Place(1, (4, 2)),)
