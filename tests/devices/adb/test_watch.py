from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.adb import AdbServer
from harness.devices.adb.watch import Changes, Link
from harness.errors import StationFault
from harness.sim.handset import SimHandsets
from tests.devices.adb.rig import unit
from tests.engine.rig import until
from tests.short import lease

STATES = st.sampled_from(["device", "offline", "unauthorized"])
LISTS = st.lists(st.dictionaries(st.integers(1, 4), STATES, max_size=4), max_size=8)


def frame(states: dict[int, str]) -> bytes:
    rows = "".join(
        f"S{number}  {state} transport_id:{number}\n" for number, state in states.items()
    )
    return f"{len(rows):04x}{rows}".encode()


@given(LISTS, st.integers(1, 40))
def test_counts_how_often_each_link_broke_however_the_bytes_are_cut(
    lists: list[dict[int, str]], size: int
) -> None:
    stream = b"".join(map(frame, lists))
    changes = Changes()
    for at in range(0, len(stream), size):
        changes.feed(stream[at : at + size])
    for number in range(1, 5):
        ready = [states.get(number) == "device" for states in lists]
        breaks = sum(was and not now for was, now in pairwise(ready))
        assert changes.breaks(number) == breaks


@given(st.binary(max_size=80))
def test_any_other_bytes_are_refused_or_waited_for(data: bytes) -> None:
    changes = Changes()
    try:
        changes.feed(data)
    except ValueError:
        return
    assert changes.breaks(1) == 0


def link_of(server: AdbServer, address: str) -> Link:
    server.connect(address, lease())
    (found,) = [device for device in server.devices(lease()) if device.serial == address]
    return server.link(found.transport_id)


def test_the_server_links_an_address_again_by_itself_and_the_link_is_another(
    server: AdbServer, handsets: SimHandsets
) -> None:
    address = handsets.add(unit())
    link = link_of(server, address)
    assert server.link(link.transport_id) == link
    handsets.unplug(address)
    handsets.replug(address)

    def is_back() -> bool:
        states = {device.serial: device.state for device in server.devices(lease())}
        return states[address] == "device" and server.link(link.transport_id) != link

    until(is_back)
    assert server.link(link.transport_id) == Link(link.transport_id, link.breaks + 1)


def test_a_server_that_is_gone_tells_of_no_link(handsets: SimHandsets) -> None:
    with AdbServer() as server:
        link = link_of(server, handsets.add(unit()))
    with pytest.raises(StationFault) as caught:
        server.link(link.transport_id)
    assert caught.value.code == "ADB-SERVER"
