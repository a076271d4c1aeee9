"""Stills by the camera app of a simulated handset, over the real adb server."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

import pytest

from harness.devices.adb import AdbServer
from harness.model.judgement import PASS
from harness.model.limits import Range
from harness.model.mask import Mask, MaskPoint
from harness.model.outcome import Outcome
from harness.model.record import Attachment, Record
from harness.sim.handset import SimHandsets
from harness.sim.handset.prints.camera import FOLDER
from harness.sim.handset.state.answer import Answer
from harness.sim.handset.state.scene import FIELD, HEIGHT_PX, WIDTH_PX
from harness.sim.unit import SimUnit
from tests.steps.phone import Phone, fault, measured, step

LOWER_BOUNDS = ((2, 104), (20, 106), (80, 106), (98, 104))
PREPARE = step("handset.prepare", "prepare")
LUMA = Range(Decimal(103), Decimal(133), guard=Decimal(2))
MASK = Mask(tuple(MaskPoint(Decimal(x), Decimal(low), Decimal(136)) for x, low in LOWER_BOUNDS))


def still(camera: str = "rear", **given: Any) -> Any:
    arguments: dict[str, Any] = {"settle": 0.1, "mean_luma": LUMA} | given
    return step("camera.still", camera, camera=camera, **arguments)


@pytest.fixture
def phone_with(server: AdbServer, handsets: SimHandsets) -> Any:
    def make(*defects: str, **more: Any) -> Phone:
        planted: dict[str, dict[str, Any]] = {name: {} for name in defects}
        return Phone(server, handsets, SimUnit("A57A000001", defects=planted, **more))

    return make


def pictures(phone: Phone) -> list[str]:
    return [path for path in phone.files if path.startswith(FOLDER)]


def kept(record: Record) -> list[Attachment]:
    """The pictures that were kept; `prepare` keeps its note beside them."""
    return [each for each in record.attachments if each.step != PREPARE.id]


def left_after_prepare(phone: Phone) -> str:
    """A picture that came between `prepare`, which empties DCIM, and the camera step."""
    (left,) = pictures(phone)
    content = phone.files[left]
    assert phone.run(PREPARE).outcome is Outcome.PASS
    assert pictures(phone) == []
    phone.files[left] = content
    return left


@pytest.mark.parametrize(("profile", "android"), [("oppo-mtk", 13), ("samsung", 11)])
@pytest.mark.parametrize("camera", ["rear", "front"])
def test_a_still_is_measured_kept_and_taken_away(
    phone_with: Any, camera: str, profile: str, android: int
) -> None:
    phone = phone_with(profile=profile, android=android)
    record = phone.run(PREPARE, still(camera))
    assert record.outcome is Outcome.PASS, record.fault
    values = measured(record)
    assert (values["width"], values["height"]) == (WIDTH_PX, HEIGHT_PX)
    assert values["mean_luma"] == pytest.approx(FIELD, abs=0.5)
    assert values["luma_across"].x_unit == "%"
    assert MASK.judge(values["luma_across"]) == PASS
    (picture,) = kept(record)
    assert (picture.name, picture.step) == (f"{camera}.jpg", camera)
    content = phone.journal.files[picture.sha256]
    assert len(content) == picture.bytes
    assert hashlib.sha256(content).hexdigest() == picture.sha256
    assert pictures(phone) == []
    assert phone.behaviour.cameras.open is None


def test_one_after_the_other_each_its_own_camera(phone_with: Any) -> None:
    phone = phone_with()
    record = phone.run(PREPARE, still("rear"), still("front"))
    assert record.outcome is Outcome.PASS
    first, second = kept(record)
    assert first.sha256 != second.sha256


def test_a_dark_camera_fails_by_its_measurement(phone_with: Any) -> None:
    record = phone_with("camera.rear.dark").run(PREPARE, still("rear"))
    assert record.outcome is Outcome.FAIL
    assert fault(record).code == "rear.mean_luma:LOW"
    assert measured(record)["mean_luma"] == pytest.approx(12, abs=0.5)
    assert len(kept(record)) == 1


@pytest.mark.parametrize(
    ("defect", "dark_at"), [("camera.rear.vignette", 2.0), ("camera.rear.half_dark", 51.0)]
)
def test_what_is_dark_in_places_passes_by_its_mean_and_fails_by_its_mask(
    phone_with: Any, defect: str, dark_at: float
) -> None:
    record = phone_with(defect).run(PREPARE, still("rear", luma_across=MASK))
    values = measured(record)
    assert LUMA.judge(values["mean_luma"]) == PASS
    assert record.outcome is Outcome.FAIL
    assert fault(record).code == "rear.luma_across:LOW"
    misfit = MASK.misfit(values["luma_across"])
    assert misfit
    assert misfit.x == pytest.approx(dark_at, abs=2)
    front = phone_with(defect).run(PREPARE, still("front", luma_across=MASK))
    assert front.outcome is Outcome.PASS


def test_a_dark_rear_camera_says_nothing_of_the_front_one(phone_with: Any) -> None:
    assert phone_with("camera.rear.dark").run(PREPARE, still("front")).outcome is Outcome.PASS


@pytest.mark.parametrize("profile", ["oppo-mtk", "samsung"])
def test_a_picture_left_over_does_not_count(phone_with: Any, profile: str) -> None:
    phone = phone_with("camera.leftover", "camera.still_fails", profile=profile, android=11)
    left = left_after_prepare(phone)
    record = phone.run(still(within=1.0))
    assert record.outcome is Outcome.FAIL
    assert fault(record).code == "CAMERA-NO-PICTURE"
    assert any(left in line for line in fault(record).evidence["listed"])
    assert pictures(phone) == [left]
    assert kept(record) == []


def test_the_new_picture_is_taken_although_an_old_one_looks_newer(phone_with: Any) -> None:
    phone = phone_with("camera.leftover", "camera.rear.dark")
    left = left_after_prepare(phone)
    record = phone.run(still("rear"))
    assert fault(record).code == "rear.mean_luma:LOW"
    assert pictures(phone) == [left]


def test_a_picture_of_an_earlier_key_press_does_not_come_late(server: AdbServer) -> None:
    """The app is ended before the listing that decides what is new."""
    with SimHandsets(speed=0.5) as slow:
        phone = Phone(server, slow, SimUnit("A57A000001", defects={"camera.rear.dark": {}}))
        record = phone.run(PREPARE, still("rear", within=0.05))
        assert fault(record).code == "CAMERA-NO-PICTURE"
        record = phone.run(still("front"))
    assert record.outcome is Outcome.PASS, record.fault
    assert measured(record)["mean_luma"] == pytest.approx(FIELD, abs=0.5)


def test_a_file_that_grows_is_waited_for(server: AdbServer) -> None:
    with SimHandsets(speed=0.5) as slow:
        record = Phone(server, slow, SimUnit("A57A000001")).run(PREPARE, still())
    assert record.outcome is Outcome.PASS
    assert measured(record)["mean_luma"] == pytest.approx(FIELD, abs=0.5)


def test_a_picture_that_is_cut_off_is_a_bad_units_and_is_kept(phone_with: Any) -> None:
    record = phone_with("camera.cut_file").run(PREPARE, still())
    assert record.outcome is Outcome.FAIL
    assert fault(record).code == "CAMERA-DAMAGED"
    assert measured(record) == {}
    assert len(kept(record)) == 1


def test_a_pull_that_is_cut_off_is_the_links(server: AdbServer, handsets: SimHandsets) -> None:
    unit = SimUnit("A57A000001", defects={"adb.drop": {"on": "pull /sdcard"}})
    record = Phone(server, handsets, unit).run(PREPARE, still())
    assert record.outcome is Outcome.ERROR
    assert fault(record).code == "ADB-LOST"
    assert measured(record) == {}


def test_a_camera_that_is_not_there_has_its_own_code(phone_with: Any) -> None:
    record = phone_with("camera.front.missing").run(PREPARE, still("rear"), still("front"))
    assert [each.outcome for each in record.steps] == [Outcome.PASS, Outcome.PASS, Outcome.FAIL]
    assert fault(record).code == "CAMERA-MISSING"


def test_a_screen_that_is_off_opens_no_camera(phone_with: Any) -> None:
    record = phone_with().run(still(opens_within=0.5))
    assert fault(record).code == "CAMERA-NOT-OPENED"
    assert record.outcome is Outcome.FAIL


def test_a_dialog_of_the_first_start_opens_no_camera(phone_with: Any) -> None:
    phone = phone_with()
    phone.behaviour.run("input keyevent 224; wm dismiss-keyguard", 0.0)
    assert fault(phone.run(still(opens_within=0.5))).code == "CAMERA-NOT-OPENED"


def test_no_camera_service(phone_with: Any) -> None:
    record = phone_with("camera.no_service").run(PREPARE, still())
    assert fault(record).code == "CAMERA-SERVICE"
    assert record.outcome is Outcome.FAIL


def test_an_app_that_opens_another_camera_is_found_out(phone_with: Any) -> None:
    record = phone_with("camera.app_ignores_facing").run(PREPARE, still("front", opens_within=0.5))
    assert fault(record).code == "CAMERA-OTHER"
    assert record.outcome is Outcome.ERROR
    assert record.dut_failed is False


def test_an_app_that_keeps_a_camera_open_is_named(phone_with: Any) -> None:
    phone = phone_with()
    phone.behaviour.cameras.open = "back"
    phone.behaviour.programs["am force-stop"] = lambda words, now_s: Answer()
    record = phone.run(still(opens_within=0.5))
    assert (record.outcome, fault(record).code) == (Outcome.ERROR, "CAMERA-BUSY")
    assert fault(record).evidence["clients"] == [phone.behaviour.cameras.package]


def test_several_pictures_for_one_press_of_the_key_are_told(phone_with: Any) -> None:
    phone = phone_with()
    press = phone.behaviour.programs["input keyevent"]

    def burst(words: list[str], now_s: float) -> Any:
        if words == ["27"]:
            for number in range(2):
                phone.files[f"{FOLDER}/IMG_BURST_{number}.jpg"] = b"a picture"
        return press(words, now_s)

    phone.behaviour.programs["input keyevent"] = burst
    record = phone.run(PREPARE, still())
    assert (record.outcome, fault(record).code) == (Outcome.ERROR, "CAMERA-SEVERAL")
    assert "burst" in fault(record).remedy
    assert len(fault(record).evidence["new"]) >= 2
    assert measured(record) == {}


def test_the_same_seed_gives_the_same_picture(phone_with: Any) -> None:
    def picture(seed: int) -> str:
        record: Record = phone_with(seed=seed).run(PREPARE, still())
        return kept(record)[0].sha256

    assert picture(1) == picture(1)
    assert picture(1) != picture(2)


def test_an_app_that_changes_camera_on_the_key_does_not_lend_the_other_ones_picture(
    phone_with: Any,
) -> None:
    phone = phone_with("camera.rear.dark")
    press = phone.behaviour.programs["input keyevent"]

    def switching(words: list[str], now_s: float) -> Any:
        if words[-1] == "27":
            phone.behaviour.cameras.open = "front"
        return press(words, now_s)

    phone.behaviour.programs["input keyevent"] = switching
    record = phone.run(PREPARE, still("rear"))
    assert record.outcome is Outcome.ERROR
    assert fault(record).code == "CAMERA-OTHER"
