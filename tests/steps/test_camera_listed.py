"""Which cameras a handset lists: of dumps, and over the real adb server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.devices.adb import AdbServer
from harness.devices.android.camera import Cameras, read_cameras
from harness.model.outcome import Outcome
from harness.model.reading import Unknown, Unreadable
from harness.sim.handset import SimHandsets
from harness.sim.handset.prints.camera_service import LENSES, PROVIDERS, Lens, printed
from harness.sim.profiles import SDK
from harness.sim.unit import SimUnit
from harness.steps.pictures.listed import Listed, listed_cameras
from tests.steps.phone import Phone, fault, measured, step

CORPUS = Path(__file__).parents[1] / "corpus" / "android"
THREE = printed(LENSES["oppo-mtk"], "internal/0", 33, None)


def listed(dump: str) -> Listed:
    cameras = read_cameras(dump)
    assert isinstance(cameras, Cameras), cameras
    return listed_cameras(cameras)


def corpus(name: str) -> Listed:
    return listed((CORPUS / f"camera_{name}.txt").read_text("utf-8"))


@pytest.mark.parametrize("sdk", SDK.values())
@pytest.mark.parametrize("profile", LENSES)
def test_all_lenses_are_counted_hidden_ones_too(profile: str, sdk: int) -> None:
    lenses = LENSES[profile]
    of = listed(printed(lenses, PROVIDERS[profile], sdk, None))
    assert of.ids == tuple(lens.id for lens in lenses)
    assert of.back == sum(lens.facing == "BACK" for lens in lenses)
    assert of.front == sum(lens.facing == "FRONT" for lens in lenses)


def test_a_hidden_lens_that_is_gone_is_missed() -> None:
    lenses = (Lens("0"), Lens("1", "FRONT"), Lens("2", public=False))
    assert listed(printed(lenses, "internal/0", 33, None)) == (("0", "1", "2"), 2, 1)
    assert listed(printed(lenses[:2], "internal/0", 33, None)) == (("0", "1"), 1, 1)


def test_no_camera_at_all_is_an_answer() -> None:
    assert corpus("a13_mtk_zero") == ((), 0, 0)


def test_a_dump_without_all_descriptions_lists_nothing() -> None:
    cut = corpus("a10_k30_ten_devices")  # of ten cameras two are described
    assert all(isinstance(each, Unreadable) for each in cut)
    other = listed(THREE.replace("internal/2 (v", "internal/7 (v"))
    assert isinstance(other.ids, Unreadable)
    assert "of which apps may open 0, 1, 2" in other.ids.why


def test_a_count_that_is_not_there_lists_nothing() -> None:
    none = listed(THREE.replace("Number of camera devices: 3\n", ""))
    assert all(isinstance(each, Unknown) for each in none)


def test_one_camera_of_unclear_facing_leaves_the_counts_open() -> None:
    """It might be one that is counted, or the one that is missed."""
    of = listed(THREE.replace("        [BACK ]\n", "        [FRONT ]\n", 1))
    assert of.ids == ("0", "1", "2")
    assert isinstance(of.back, Unreadable)
    assert isinstance(of.front, Unreadable)
    assert isinstance(corpus("a13_external_usb").front, Unreadable)


@pytest.mark.parametrize(
    ("defects", "seen"),
    [
        ([], {"ids": "0, 1, 2", "back": 2, "front": 1}),
        (["camera.missing"], {"ids": "0, 1", "back": 1, "front": 1}),
        (["camera.front.missing"], {"ids": "0, 2", "back": 2, "front": 0}),
    ],
)
def test_what_a_handset_lists_is_measured(
    server: AdbServer, handsets: SimHandsets, defects: list[str], seen: dict[str, Any]
) -> None:
    unit = SimUnit("A57A000001", defects={name: {} for name in defects})
    record = Phone(server, handsets, unit).run(step("camera.listed", "cameras"))
    assert record.outcome is Outcome.PASS, record.fault
    assert measured(record) == seen


def test_a_handset_without_a_camera_service_is_bad(
    server: AdbServer, handsets: SimHandsets
) -> None:
    unit = SimUnit("A57A000001", defects={"camera.no_service": {}})
    record = Phone(server, handsets, unit).run(step("camera.listed", "cameras"))
    assert (record.outcome, fault(record).code) == (Outcome.FAIL, "CAMERA-SERVICE")
