from __future__ import annotations

import pytest

from harness.sim.handset import HandsetBehaviour
from harness.sim.unit import SimUnit


@pytest.fixture
def phone() -> HandsetBehaviour:
    return HandsetBehaviour(SimUnit("A57A000001"))


def told(phone: HandsetBehaviour, command: str) -> str:
    return phone.run(command, 0.0).out.decode().strip()


def test_settings_keep_what_is_put(phone: HandsetBehaviour) -> None:
    assert told(phone, "settings get system font_scale") == "null"
    told(phone, "settings put system font_scale 1.5")
    assert told(phone, "settings get system font_scale") == "1.5"
    assert told(phone, "settings get global font_scale") == "null"
    assert told(phone, "settings delete system font_scale") == "Deleted 1 rows"
    assert told(phone, "settings get system font_scale") == "null"


@pytest.mark.parametrize(
    ("name", "command", "before", "after"),
    [
        ("airplane_mode_on", "cmd connectivity airplane-mode enable", "0", "1"),
        ("wifi_on", "svc wifi enable", "0", "1"),
        ("mobile_data", "svc data disable", "1", "0"),
    ],
)
def test_the_switches_of_radios_show(
    phone: HandsetBehaviour, name: str, command: str, before: str, after: str
) -> None:
    assert told(phone, f"settings get global {name}") == before
    told(phone, command)
    assert told(phone, f"settings get global {name}") == after


@pytest.mark.parametrize("command", ["get nowhere x", "get global", "put global x", "delete x"])
def test_words_that_are_no_command(phone: HandsetBehaviour, command: str) -> None:
    assert phone.run(f"settings {command}", 0.0).code == 255
