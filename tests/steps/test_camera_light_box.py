"""Pictures of the light box's fields: simulated camera, jig on a pty, the real adb server."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from harness.devices.adb import AdbServer
from harness.devices.jig.dialect import CORE
from harness.devices.jig.jig import SerialJig
from harness.imaging.picture import Picture, decode_jpeg
from harness.model.jig_ports import Jig
from harness.model.outcome import Outcome
from harness.model.plan import OnFail, PlannedStep
from harness.model.reading import Unreadable
from harness.model.record import Record
from harness.model.value import Curve
from harness.plans.resolve import load_plans
from harness.sim.handset import SimHandsets
from harness.sim.handset.state.answer import Answer, Program
from harness.sim.jig import JigBehaviour
from harness.sim.pty import PtyJig
from harness.sim.unit import Defects, SimUnit
from harness.steps import catalogue
from tests.devices.jig.conftest import QUICK
from tests.engine.rig import MemoryJournal
from tests.imaging.edges import codes
from tests.imaging.fields import cos4, noisy
from tests.imaging.squares import Chart
from tests.steps.phone import Phone, step
from tests.steps.plans import TESTPLANS

PREPARE = step("handset.prepare", "prepare")
CORNERS = ("centre", "top_left", "top_right", "bottom_left", "bottom_right")
FINAL = {
    each.id: each
    for each in load_plans(TESTPLANS / "a57-final.yaml", catalogue()).named("pk").steps
}
"""The steps of the final test, so that what is held here are its limits too."""


def planned(step_id: str) -> PlannedStep:
    return replace(FINAL[step_id], group=None, on_fail=OnFail.CONTINUE, needs=())


class Run:
    """Runs steps of the final test on a unit with these defects, in a slot with a light box."""

    def __init__(self, server: AdbServer, handsets: SimHandsets) -> None:
        self._server, self._handsets = server, handsets
        self._exit = ExitStack()
        self.dialect = CORE
        self.files: dict[str, bytes] = {}

    def __call__(self, defects: Defects, *ids: str, picture: bytes = b"") -> Record:
        """`picture` is what the camera writes in place of its own."""
        unit = SimUnit("A57A000001", defects=defects)
        pty = PtyJig(JigBehaviour(unit), speed=10)
        self._exit.callback(pty.close)
        jig = SerialJig(pty.path, self.dialect)
        self._exit.callback(jig.shut)
        journal = MemoryJournal()
        phone = Phone(self._server, self._handsets, unit, journal, {Jig: jig})
        if picture:
            phone.behaviour.programs["input keyevent"] = _writing(phone, picture)
        record = phone.run(PREPARE, *(planned(each) for each in ids))
        self.files = journal.files
        return record

    def pictures(self, record: Record) -> dict[str, Picture | Unreadable]:
        return {
            each.name: decode_jpeg(self.files[each.sha256])
            for each in record.attachments
            if each.name.endswith(".jpg")
        }

    def close(self) -> None:
        self._exit.close()


def _writing(phone: Phone, picture: bytes) -> Program:
    press = phone.behaviour.programs["input keyevent"]

    def program(words: list[str], now_s: float) -> Answer:
        if words != ["27"]:
            return press(words, now_s)
        phone.files["/sdcard/DCIM/Camera/IMG_1.jpg"] = picture
        return Answer()

    return program


@pytest.fixture
def run(server: AdbServer, handsets: SimHandsets) -> Iterator[Run]:
    run = Run(server, handsets)
    yield run
    run.close()


def made(record: Record) -> dict[str, Any]:
    return {f"{s.id}.{m.name}": m.value for s in record.steps for m in s.measurements}


def bad(record: Record) -> set[str]:
    measured = {
        f"{s.id}.{m.name}:{m.reason}"
        for s in record.steps
        for m in s.measurements
        if m.outcome is not Outcome.PASS
    }
    return measured | {s.fault.code for s in record.steps if s.fault}


def test_a_good_unit_passes_all_and_its_numbers_are_those_that_it_was_built_with(
    run: Run,
) -> None:
    record = run({}, "rear_flat", "rear", "front_flat", "front", "rear_flash")
    assert record.outcome is Outcome.PASS, (record.fault, bad(record))
    values = made(record)
    for name in CORNERS:
        assert values[f"rear.mtf50_{name}"] == pytest.approx(0.1874 / 0.8, rel=0.03)
        assert values[f"front.mtf50_{name}"] == pytest.approx(0.1874 / 0.9, rel=0.03)
        ways = [values[f"rear.mtf50_{way}_{name}"] for way in ("across", "down")]
        assert values[f"rear.mtf50_{name}"] == min(ways)
    assert isinstance(curve := values["rear.sfr"], Curve)
    assert (len(curve.x), curve.x[-1], curve.x_unit) == (51, 0.5, "cy/px")
    assert values["rear.contrast"] == pytest.approx(3.9, abs=0.1)
    assert (values["rear_flat.lines"], values["rear_flat.bad_pixels"]) == (0, 0)
    assert values["rear_flat.noise"] == pytest.approx(1.4, abs=0.2)
    assert values["rear_flat.banding"] < 0.15
    assert values["rear_flat.colour_shading"] < 2.5
    assert values["rear_flat.mean_luma"] == pytest.approx(118, abs=0.5)
    assert values["rear_flat.red_green"] == pytest.approx(1, abs=0.002)
    assert values["rear_flat.exposure_time"] == pytest.approx(10.0)
    assert values["rear_flat.iso"] == 100
    assert values["rear_flash.fired"] is True
    assert values["rear_flash.gain"] == pytest.approx(0.3, rel=0.01)
    assert run.pictures(record).keys() == {
        *("rear-flat.jpg", "rear-chart.jpg", "front-flat.jpg", "front-chart.jpg"),
        *("rear-lit.jpg", "rear-flash.jpg"),
    }


def test_a_blurred_camera_fails_by_every_edge_and_a_person_sees_where(run: Run) -> None:
    record = run({"camera.rear.blur": {"sigma_px": 2.0}}, "rear_flat", "rear")
    edges = (f"rear.mtf50_{name}:LOW" for name in CORNERS)
    assert bad(record) == {"rear.sfr:LOW", "rear.sfr_down:LOW", *edges}
    assert made(record)["rear.mtf50_centre"] == pytest.approx(0.1874 / 2.0, rel=0.03)
    pictures = run.pictures(record)
    assert set(pictures) == {"rear-flat.jpg", "rear-chart.jpg", "rear-chart-marked.jpg"}
    plain, marked = pictures["rear-chart.jpg"], pictures["rear-chart-marked.jpg"]
    assert isinstance(plain, Picture)
    assert isinstance(marked, Picture)
    assert (marked.luma != plain.luma).any()


@pytest.mark.parametrize(
    ("defect", "ids", "found"),
    [
        ("camera.rear.tint", ["rear_flat"], {"rear_flat.red_green:HIGH"}),
        ("camera.rear.blemish", ["rear_flat"], {"rear_flat.blemishes:HIGH"}),
        (
            "camera.rear.dark",
            ["rear_flat"],
            {"rear_flat.mean_luma:LOW", "rear_flat.luma_across:LOW", "CAMERA-EXPOSURE"},
        ),
        (
            "camera.flash_dead",
            ["rear_flash"],
            {"rear_flash.fired:MISMATCH", "rear_flash.gain:LOW"},
        ),
        ("camera.flash_weak", ["rear_flash"], {"rear_flash.gain:LOW"}),
    ],
)
def test_a_flaw_fails_by_its_own_measurement_alone(
    run: Run, defect: str, ids: list[str], found: set[str]
) -> None:
    record = run({defect: {}}, *ids)
    assert bad(record) == found
    assert record.outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("on", "ids"),
    [("CHAR", ["rear"]), ("FLAT", ["front", "rear_flat"]), ("FLAT", ["front", "rear_flash"])],
)
def test_a_field_that_is_not_there_is_the_stations_fault(run: Run, on: str, ids: list[str]) -> None:
    record = run({"jig.wrong_field": {"on": f"LIGH:FIEL {on}"}}, *ids)
    *_, last = record.steps
    assert last.fault
    assert (last.id, last.fault.code) == (ids[-1], "LIGHTBOX-FIELD")
    assert bad(record) == {"LIGHTBOX-FIELD"}
    assert last.measurements == ()
    assert (record.outcome, record.dut_failed) == (Outcome.ERROR, False)


def test_a_carriage_that_sticks_takes_no_picture(run: Run) -> None:
    run.dialect = QUICK
    record = run({"jig.stuck_carriage": {}}, "rear_flat")
    assert bad(record) == {"JIG-STUCK"}
    assert run.pictures(record) == {}


@pytest.mark.parametrize("step_id", ["rear_flat", "rear", "rear_flash"])
def test_a_picture_that_is_cut_off_is_a_bad_units(run: Run, step_id: str) -> None:
    record = run({"camera.cut_file": {}}, step_id)
    assert bad(record) == {"CAMERA-DAMAGED"}
    assert record.outcome is Outcome.FAIL
    assert [each.measurements for each in record.steps if each.id == step_id] == [()]


def saved(image: Image.Image, **more: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=92, **more)
    return file.getvalue()


FLAT = Image.fromarray(np.repeat(noisy(cos4(0.9), 1, 1.0)[..., None], 3, -1))
TURNED = Image.Exif()
TURNED[0x0112] = 6
ODD = {
    "2 x 2 px": (saved(FLAT.resize((2, 2))), "CAMERA-SHAPE"),
    "1 px high": (saved(FLAT.resize((1280, 1))), "CAMERA-SHAPE"),
    "1 px wide": (saved(FLAT.resize((1, 960))), "CAMERA-SHAPE"),
    "truncated": (saved(FLAT)[:-999], "CAMERA-DAMAGED"),
    "no picture": (b"no picture", "CAMERA-DAMAGED"),
    "grey": (saved(FLAT.convert("L")), "CAMERA-GREY"),
    "CMYK": (saved(FLAT.convert("CMYK")), "CAMERA-GREY"),
    "RGB": (saved(FLAT, keep_rgb=True), "CAMERA-GREY"),
    "progressive": (saved(FLAT, progressive=True), ""),
    "turned by its Exif": (saved(FLAT, exif=TURNED), ""),
}


@pytest.mark.parametrize(("picture", "code"), ODD.values(), ids=ODD)
def test_an_odd_picture_is_measured_rightly_or_a_clear_fault_of_the_unit(
    run: Run, picture: bytes, code: str
) -> None:
    record = run({}, "rear_flat", picture=picture)
    assert bad(record) == ({code} if code else set())
    assert record.outcome is (Outcome.FAIL if code else Outcome.PASS)
    if not code:
        assert (made(record)["rear_flat.width"], made(record)["rear_flat.height"]) == (1280, 960)


@pytest.mark.parametrize("size", [(2, 2), (960, 1280), (960, 960)])
def test_a_chart_has_no_place_in_a_picture_of_another_shape(
    run: Run, size: tuple[int, int]
) -> None:
    record = run({}, "rear", picture=saved(FLAT.resize(size)))
    assert bad(record) == {"CAMERA-SHAPE"}
    assert record.outcome is Outcome.FAIL


def test_another_mode_of_the_sensor_is_a_bad_unit(run: Run) -> None:
    record = run({}, "rear_flat", picture=saved(FLAT.resize((2560, 1920))))
    assert {"rear_flat.width:MISMATCH", "rear_flat.height:MISMATCH"} <= bad(record)
    assert record.outcome is Outcome.FAIL


def jpeg(chart: Chart) -> bytes:
    return saved(Image.fromarray(codes(chart.image())))


def test_a_camera_so_blurred_that_no_edge_can_be_measured_is_a_bad_unit(run: Run) -> None:
    record = run({}, "rear", picture=jpeg(Chart(30.0)))
    assert "CAMERA-BLURRED" in bad(record)
    assert record.outcome is Outcome.FAIL
    assert not any("mtf50" in name for name in made(record))


def test_a_chart_that_lies_elsewhere_is_unreadable_and_no_bad_unit(run: Run) -> None:
    record = run({}, "rear", picture=jpeg(Chart(moved_px=(0.0, 40.0))))
    assert bad(record) >= {f"rear.mtf50_{name}:UNREADABLE" for name in CORNERS}
    assert record.outcome is Outcome.ERROR
    assert "CAMERA-BLURRED" not in bad(record)


def test_what_the_app_does_not_write_of_the_shot_is_unknown(run: Run) -> None:
    record = run({}, "rear_flat", "rear_flash", picture=saved(FLAT))
    first, last = record.steps[-2:]
    assert first.outcome is Outcome.PASS
    assert made(record)["rear_flat.iso"] is None
    assert {m.reason for m in last.measurements} == {"UNKNOWN"}
    assert last.outcome is Outcome.ERROR
