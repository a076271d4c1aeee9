"""By which commands which handset is asked for its IMEIs."""

from __future__ import annotations

import pytest

from harness.devices.android.imei import SIMS, Commands, commands
from harness.model.reading import Reading, Unknown, Unreadable

SLOTS = range(SIMS)


def asked(sdk: int, *, root: bool = False, maker: str = "OPPO") -> Commands:
    found = commands(sdk, maker, SLOTS, root=root)
    assert isinstance(found, Commands)
    return found


@pytest.mark.parametrize("sdk", range(28, 37))
def test_the_version_and_the_user_say_how_it_is_asked(sdk: int) -> None:
    code = 3 if sdk < 30 else 4
    plain, by_root = asked(sdk), asked(sdk, root=True)
    assert plain.by_service == tuple(
        f"service call iphonesubinfo {code} i32 {slot} s16 com.android.shell" for slot in SLOTS
    )
    assert by_root.by_service == tuple(f"su 2000 {command}" for command in plain.by_service)
    by_phone = tuple(f"cmd phone get-imei {slot}" for slot in SLOTS)
    assert plain.by_phone == by_root.by_phone == (by_phone if sdk >= 34 else ())
    assert plain.all == plain.by_service + plain.by_phone


def test_the_maker_says_how_it_is_asked() -> None:
    assert asked(28, maker="HUAWEI").by_service != asked(28).by_service


@pytest.mark.parametrize("slots", [[0], [1, 0]])
def test_the_slots_are_asked_in_their_order(slots: list[int]) -> None:
    found = commands(34, "OPPO", slots, root=True)
    assert isinstance(found, Commands)
    assert [int(command[-1]) for command in found.by_phone] == slots
    assert [int(command.split()[-3]) for command in found.by_service] == slots


@pytest.mark.parametrize("lacking", [Unknown("empty"), Unreadable("odd")])
def test_nothing_is_guessed(lacking: Unknown | Unreadable) -> None:
    sdk: Reading[int] = lacking
    assert isinstance(commands(sdk, "OPPO", SLOTS, root=False), Unreadable)
    assert isinstance(commands(34, lacking, SLOTS, root=False), Unreadable)
    assert isinstance(commands(34, "OPPO", SLOTS, root=lacking), Unreadable)
