"""The simulated cameras, their app and their files, at times that the test gives."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, ImageStat

from harness.sim.handset import HandsetBehaviour
from harness.sim.handset.prints.camera import DWELL_S, FOLDER
from harness.sim.handset.prints.camera_service import LENSES
from harness.sim.handset.state.scene import FIELD, HEIGHT_PX, WIDTH_PX, linear
from harness.sim.unit import SimUnit

FIND = "find /sdcard/DCIM -type f -exec stat -c '%s %n' {} +"
OPEN = "am start -W -a android.media.action.STILL_IMAGE_CAMERA"
FRONT = f"{OPEN} --ei android.intent.extras.CAMERA_FACING 1"
KEY = "input keyevent 27"


def phone(*defects: str, speed: float = 1.0, **more: Any) -> HandsetBehaviour:
    planted: dict[str, dict[str, Any]] = {name: {} for name in defects}
    awake = HandsetBehaviour(SimUnit("A57A000001", defects=planted, **more), speed=speed)
    awake.run("input keyevent 224; wm dismiss-keyguard", 0.0)
    for permission in ("CAMERA", "ACCESS_FINE_LOCATION"):
        awake.run(f"pm grant {awake.cameras.package} android.permission.{permission}", 0.0)
    return awake


def listed(handset: HandsetBehaviour, now_s: float) -> dict[str, int]:
    lines = handset.run(FIND, now_s).out.decode().splitlines()
    return {path: int(size) for size, _, path in (line.partition(" ") for line in lines)}


def shot(handset: HandsetBehaviour, command: str = OPEN, now_s: float = 10.0) -> bytes:
    handset.run(f"{command}; {KEY}", now_s)
    (path,) = listed(handset, now_s + 60)
    return handset.files[path]


def luma(content: bytes) -> float:
    return float(ImageStat.Stat(Image.open(io.BytesIO(content)).convert("L")).mean[0])


@pytest.mark.parametrize("speed", [1.0, 10.0])
def test_a_picture_grows_until_it_is_whole(speed: float) -> None:
    handset = phone(speed=speed)
    assert b"Status: ok" in handset.run(OPEN, 1.0).out
    handset.run(KEY, 2.0)
    sizes = [
        sum(listed(handset, 2.0 + part * DWELL_S / speed).values()) for part in (0, 0.4, 0.6, 0.9)
    ]
    whole = sum(listed(handset, 2.0 + DWELL_S / speed + 1e-9).values())
    assert sizes[:2] == [0, 0]
    assert 0 < sizes[2] < sizes[3] < whole


def test_samsung_hides_a_picture_until_it_is_whole() -> None:
    handset = phone(profile="samsung", android=11)
    handset.run(f"{OPEN}; {KEY}", 0.0)
    (hidden,) = listed(handset, 0.8 * DWELL_S)
    (path,) = listed(handset, 2 * DWELL_S)
    assert hidden == path.replace("/Camera/", "/Camera/.pending-1764237600-")


@pytest.mark.parametrize(("command", "facing"), [(OPEN, "0"), (FRONT, "1")])
def test_the_service_says_which_camera_is_open(command: str, facing: str) -> None:
    handset = phone()
    assert b"Clients:\n[]" in handset.run("dumpsys media.camera", 0.0).out
    handset.run(command, 0.0)
    said = handset.run("dumpsys media.camera", 0.0).out.decode()
    assert f"(Camera ID: {facing}, " in said
    assert "Client Package Name: com.oplus.camera," in said
    handset.run("am force-stop com.oplus.camera", 0.0)
    assert b"Clients:\n[]" in handset.run("dumpsys media.camera", 0.0).out


def test_pictures_are_those_of_a_grey_card() -> None:
    content = shot(phone())
    assert Image.open(io.BytesIO(content)).size == (WIDTH_PX, HEIGHT_PX)
    assert luma(content) == pytest.approx(FIELD, abs=0.5)
    assert content == shot(phone())
    assert content != shot(phone(seed=1))
    assert content != shot(phone(), FRONT)


def columns(content: bytes) -> list[float]:
    """Mean luma of the two outer tenths of a picture, and of the one in its middle."""
    image = Image.open(io.BytesIO(content)).convert("L")
    spans = ((0, 128), (576, 704), (1152, 1280))
    return [ImageStat.Stat(image.crop((a, 0, b, HEIGHT_PX))).mean[0] for a, b in spans]


def test_every_lens_vignettes_a_little() -> None:
    left, middle, right = columns(shot(phone()))
    assert left == pytest.approx(right, abs=0.5)
    assert 1 < middle - left < 5


@pytest.mark.parametrize(("camera", "command"), [("rear", OPEN), ("front", FRONT)])
def test_a_vignette_keeps_the_mean_and_darkens_the_edges(camera: str, command: str) -> None:
    handset = phone(f"camera.{camera}.vignette")
    content = shot(handset, command)
    left, middle, right = columns(content)
    assert luma(content) == pytest.approx(FIELD, abs=1)
    assert left == pytest.approx(right, abs=0.5)
    assert middle - left > 20
    other = columns(shot(phone(f"camera.{camera}.vignette"), FRONT if command == OPEN else OPEN))
    assert other[0] == pytest.approx(116.5, abs=1)


@pytest.mark.parametrize(("settings", "share"), [({}, 0.7), ({"light": 0.3}, 0.3)])
def test_a_dark_half_is_dark_by_its_share(settings: dict[str, float], share: float) -> None:
    handset = phone()
    handset.unit.defects = {"camera.rear.half_dark": settings}
    left, _, right = columns(shot(handset))
    assert linear(right) == pytest.approx(share * linear(left), rel=0.01)


def test_defects_of_cameras() -> None:
    assert luma(shot(phone("camera.rear.dark"))) == pytest.approx(12, abs=0.5)
    assert luma(shot(phone("camera.front.dark"), FRONT)) == pytest.approx(12, abs=0.5)
    assert luma(shot(phone("camera.rear.dark"), FRONT)) == pytest.approx(FIELD, abs=0.5)
    missing = phone("camera.front.missing")
    assert b"Facing: Front" not in missing.run("dumpsys media.camera", 0.0).out
    for profile in LENSES:
        one_less = phone("camera.missing", profile=profile)
        assert [lens for lens in LENSES[profile] if lens not in one_less.cameras.lenses] == [
            next(lens for lens in LENSES[profile][1:] if lens.facing == "BACK")
        ]
    silent = phone("camera.still_fails")
    silent.run(f"{OPEN}; {KEY}", 0.0)
    assert listed(silent, 60.0) == {}
    assert list(listed(phone("camera.leftover"), 0.0)) == [f"{FOLDER}/IMG20991120235959.jpg"]
    assert not shot(phone("camera.cut_file")).endswith(b"\xff\xd9")


def test_a_camera_app_asks_before_it_opens_a_camera() -> None:
    handset = phone()
    handset.run("pm revoke com.oplus.camera android.permission.CAMERA", 0.0)
    described = handset.run("dumpsys package com.oplus.camera", 0.0).out
    assert b"        android.permission.CAMERA: granted=false" in described
    handset.run(OPEN, 0.0)
    assert handset.cameras.open is None
    assert handset.run("pm grant com.evil android.permission.CAMERA", 0.0).code == 255


def test_without_a_camera_open_the_key_does_nothing() -> None:
    handset = phone()
    handset.run(KEY, 0.0)
    handset.run(f"{OPEN}; input keyevent 3; {KEY}", 1.0)
    handset.run(f"input keyevent 223; {OPEN}; {KEY}", 2.0)
    assert listed(handset, 60.0) == {}
    assert b"unable to resolve" in handset.run("am start -a android.intent.action.NONE", 0.0).out


def test_files_by_the_shell() -> None:
    handset = phone()
    nowhere = handset.run(FIND.replace("DCIM", "none"), 0.0)
    assert nowhere.err == b"find: /sdcard/none: No such file or directory\n"
    handset.files["/sdcard/DCIM/a b.jpg"] = b"123"
    assert listed(handset, 0.0) == {"/sdcard/DCIM/a b.jpg": 3}
    assert handset.run("test -d /sdcard/. && mv '/sdcard/DCIM/a b.jpg' /sdcard/c", 0.0).code == 0
    assert handset.run("rm /sdcard/c", 0.0).code == 0
    assert handset.run("rm /sdcard/c", 0.0).code == 1
    assert handset.run("rm -f /sdcard/c", 0.0).code == 0
    assert handset.run("mv /sdcard/c /sdcard/d", 0.0).code == 1
    assert handset.run("test -d /nowhere/.", 0.0).code == 1
    assert handset.files == {}
