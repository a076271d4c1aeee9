from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.camera import Cameras, Client, read_cameras
from harness.model.reading import Unknown, Unreadable

CORPUS = Path(__file__).parents[2] / "corpus" / "android"
TEN = (CORPUS / "camera_a10_k30_ten_devices.txt").read_text("utf-8")
USB = (CORPUS / "camera_a13_external_usb.txt").read_text("utf-8")
ZERO = (CORPUS / "camera_a13_mtk_zero.txt").read_text("utf-8")
CLIENT = "Client Package Name: com.android.camera"


def read(text: str) -> Cameras:
    cameras = read_cameras(text)
    assert isinstance(cameras, Cameras), cameras
    return cameras


def test_which_cameras_face_where() -> None:
    cameras = read(TEN)
    assert cameras.that_face("BACK") == ("0",)
    assert cameras.that_face("FRONT") == ("1",)
    assert isinstance(cameras.facing("8"), Unknown)
    assert read(ZERO).that_face("BACK") == ()


def test_apis_that_do_not_agree_are_no_facing() -> None:
    assert isinstance(read(USB).facing("0"), Unreadable)
    assert isinstance(read(USB).that_face("FRONT"), Unreadable)  # it may be the one


def test_a_camera_that_is_not_public_cannot_be_opened_by_an_app() -> None:
    hidden = TEN.replace('    Device 1 maps to "1"\n', "")
    hidden = hidden.replace("normal camera devices: 6", "normal camera devices: 5")
    assert read(hidden).facing("0") == "BACK"
    assert isinstance(read(hidden).that_face("FRONT"), Unknown)  # camera 2 is not described


@pytest.mark.parametrize("instead", ["", "    Device 1 maps to\n", '   Device 1 maps to "1"\n'])
def test_a_camera_whose_line_is_lost_is_not_missing(instead: str) -> None:
    lost = read(TEN.replace('    Device 1 maps to "1"\n', instead))
    assert isinstance(lost.public_ids, Unreadable)
    assert isinstance(lost.that_face("FRONT"), Unreadable)


def test_ids_that_are_not_listed_at_all_are_unknown() -> None:
    none = "".join(line for line in TEN.splitlines(keepends=True) if " maps to " not in line)
    assert isinstance(read(none).public_ids, Unknown)


def test_without_the_second_api_the_first_one_counts() -> None:
    assert read(TEN.replace("        [FRONT ]\n", "")).facing("1") == "FRONT"


@pytest.mark.parametrize("facing", ["Sideways", "back", "Front Back"])
def test_a_facing_that_has_no_meaning_is_unreadable(facing: str) -> None:
    text = TEN.replace("Facing: Front", f"Facing: {facing}").replace("[FRONT ]", f"[{facing} ]")
    assert isinstance(read(text).facing("1"), Unreadable)


def test_a_device_that_is_described_twice_has_no_facing() -> None:
    title = "== Camera HAL device device@3.5/legacy/1 (v3.5) static information: =="
    assert isinstance(read(TEN.replace("legacy/0 (v3.5)", "legacy/1 (v3.5)")).facing("1"), Unknown)
    assert title in TEN


def test_clients_by_their_line() -> None:
    line = (
        "(Camera ID: 1, Cost: 100, PID: 2412, Score: 0, State: 2, User Id: 10, "
        "Client Package Name: com.oplus.camera, Conflicting Client Devices: {})"
    )
    both = TEN.replace("[\n(Camera", f"[\n{line}\n(Camera")
    assert read(both).clients == (
        Client("1", "com.oplus.camera"),
        Client("0", "com.android.camera"),
    )
    assert read(TEN.replace("\n", "\r\n")).clients == (Client("0", "com.android.camera"),)


@pytest.mark.parametrize(
    "text",
    [
        TEN.replace("Active Camera Clients:\n", ""),
        TEN.replace("Active Camera Clients:\n[", "Active Camera Clients:\n"),
        TEN.replace(CLIENT, "Client: com.android.camera"),
        TEN.replace("com.android.camera,", "com.android; rm -rf /,"),
        TEN.replace("Active Camera Clients:", "Active Camera Clients:\n[]\nActive Camera Clients:"),
    ],
)
def test_a_list_of_clients_that_cannot_be_read_is_not_an_empty_one(text: str) -> None:
    assert isinstance(read(text).clients, Unreadable)


@pytest.mark.parametrize(
    ("number", "kind"), [("", Unknown), ("-1", Unreadable), ("x", Unreadable), ("5", Unreadable)]
)
def test_public_ids_must_fit_their_number(number: str, kind: type) -> None:
    text = TEN.replace("normal camera devices: 6", f"normal camera devices: {number}")
    assert isinstance(read(text).public_ids, kind)


@pytest.mark.parametrize("text", ["", "Can't find service: media.camera\n", TEN + TEN])
def test_no_answer_of_the_service_is_unreadable(text: str) -> None:
    assert isinstance(read_cameras(text), Unreadable)


def test_the_largest_jpeg_is_of_whole_tables_only() -> None:
    (camera,) = read(USB).devices
    assert (camera.jpeg_max, camera.hardware_level) == ((1280, 720), "EXTERNAL")
    cut = USB[: USB.index("        [35 1280 720 OUTPUT ]")]
    assert isinstance(read(cut).devices[0].jpeg_max, Unknown)
    odd = USB.replace("[33 640 480 OUTPUT ]", "[33 640 480 ]")
    assert isinstance(read(odd).devices[0].jpeg_max, Unreadable)
    wrapped = USB.replace("[33 640 480 OUTPUT ]\n", "[33 640 ]\n        [480 OUTPUT ]\n")
    assert read(wrapped).devices[0].jpeg_max == (1280, 720)


def test_metadata_of_hidden_physical_cameras_is_not_the_cameras() -> None:
    title = "== Camera HAL device device@3.5/legacy/1 (v3.5) static information: =="
    physical = (
        "  API2 camera characteristics for physical camera 20:\n"
        "      android.sensor.info.pixelArraySize (f0006): int32[2]\n        [800 600 ]\n"
    )
    first = read(TEN.replace(title, physical + title)).devices[0]
    assert first.pixel_array == (4624, 3472)


def test_the_provider_is_that_of_the_title_above() -> None:
    aidl = USB.replace(
        "Provider HAL external/0-0 (v2.5, remote)",
        "Provider HAL android.hardware.camera.provider.ICameraProvider/internal/0-0 (v2.0, remote)",
    )
    assert [camera.provider for camera in read(aidl).devices] == ["internal/0"]
    assert [camera.provider for camera in read(TEN).devices] == ["legacy/0", "legacy/0"]


def test_public_ids_without_an_end_are_unreadable() -> None:
    cut = TEN[: TEN.index('    Device 3 maps to "3"')]
    assert isinstance(read(cut).public_ids, Unreadable)


@given(st.text() | st.text().map(lambda tail: TEN + tail) | st.text().map(lambda head: head + USB))
def test_total_on_any_text(text: str) -> None:
    cameras = read_cameras(text)
    if isinstance(cameras, Cameras):
        cameras.that_face("BACK")


@pytest.mark.parametrize(
    "unit", ["== ", "(Camera ID: 0, ", "Facing: ", "    Facing: Back\n", "      android.", " " * 8]
)
def test_linear_in_the_length(unit: str) -> None:
    def took_s(size: int) -> float:
        text = TEN + unit * (size // len(unit))
        began = time.perf_counter()
        read_cameras(text)
        return time.perf_counter() - began

    assert min(took_s(1 << 21) for _ in range(3)) < 5


def test_a_stray_line_within_a_table_gives_no_smaller_picture() -> None:
    sample = (CORPUS / "camera_a13_external_usb.txt").read_text("utf-8")
    row = "        [33 640 480 OUTPUT ]\n"
    assert row in sample
    for stray in ("WARNING: linker: unsupported flags\n", "\n"):
        cameras = read_cameras(sample.replace(row, row + stray))
        assert isinstance(cameras, Cameras)
        assert all(isinstance(camera.jpeg_max, Unreadable) for camera in cameras.devices)
