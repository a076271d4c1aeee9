"""Steps that take pictures."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from functools import partial
from typing import Literal

from harness.devices.android import camera as dump
from harness.devices.android.camera import Cameras
from harness.devices.android.files import Files, command, new_files, read_files
from harness.errors import DutFault, HarnessError, PlanError
from harness.imaging.picture import Picture, decode_jpeg
from harness.model.ports import Attach, Handset, Measure, Stopwatch, Wait
from harness.model.reading import Unreadable
from harness.model.units import Duration, seconds
from harness.steps.answers import ask, known, obey, printed
from harness.steps.api import Numeric, Series, step

LOOK_S = 0.2
KEYCODE_CAMERA = 27
_LISTED = 50
_FACING = {"rear": "BACK", "front": "FRONT"}
_OPEN = "am start -W -a android.media.action.STILL_IMAGE_CAMERA"
_EXTRAS = {
    "rear": "--ei android.intent.extras.CAMERA_FACING 0 "
    "--ez android.intent.extra.USE_FRONT_CAMERA false",
    "front": "--ei android.intent.extras.CAMERA_FACING 1 "
    "--ei android.intent.extras.LENS_FACING_FRONT 1 "
    "--ez android.intent.extra.USE_FRONT_CAMERA true",
}
"""Extras that camera apps take. Which camera they opened is read back from the camera service."""


@step(
    measures=[
        Numeric("width", "px"),
        Numeric("height", "px"),
        Numeric("mean_luma", "1"),
        Series("luma_across", "1", x="%"),
    ],
    claims=["camera", "screen"],
)
def still(
    handset: Handset,
    measure: Measure,
    attach: Attach,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    camera: Literal["rear", "front"],
    opens_within: Duration = seconds(8.0),
    settle: Duration = seconds(1.0),
    within: Duration = seconds(10.0),
) -> None:
    """Size [px] and luma [code values, 0 to 255] of one still by the handset's camera app.

    `mean_luma` is of the whole picture; `luma_across` is the mean of each of 32 upright bands
    over the way from the left edge to the right one [%], for a mask that finds a vignette, a half
    that is blocked or a leak of light.

    The app is opened by the still-image intent, must have the right camera open by what the
    camera service says, has `settle` [s] for its exposure, and gets the camera key once. Only a
    file that was not in DCIM before counts, once its size stood still over two looks and as many
    bytes could be pulled. It is attached, and then removed from the handset; no other file is.

    A picture that cannot be decoded is recorded as unreadable (ERROR): whether the camera, the
    app's format or the storage is to blame is not known.

    Raises: DutFault: CAMERA-SERVICE, CAMERA-MISSING, CAMERA-NOT-OPENED, CAMERA-NO-PICTURE;
    PlanError: CAMERA-OTHER when the app opens another camera, HANDSET-UNREADABLE,
    HANDSET-REFUSED.
    """
    looks = partial(_looks, wait, stopwatch)
    _close_apps(handset, looks(opens_within))
    _require(_cameras(handset), camera)
    before = _listing(handset)
    package = _open(handset, camera, looks(opens_within))
    wait(settle)
    _refuse_other(handset, camera)
    obey(handset, f"input keyevent {KEYCODE_CAMERA}")
    path, content = _new_picture(handset, before, looks(within), within)
    _refuse_other(handset, camera)  # an app that changed camera took the other one's picture
    attach(f"{camera}.jpg", content)
    obey(handset, f"rm {shlex.quote(path)}")
    obey(handset, f"am force-stop {package}")
    _measure(measure, decode_jpeg(content))


def _looks(wait: Wait, stopwatch: Stopwatch, limit_s: float) -> Iterator[None]:
    """A turn at once, and one every LOOK_S until the limit is over."""
    until_s = stopwatch() + limit_s
    yield
    while stopwatch() < until_s:
        wait(LOOK_S)
        yield


def _measure(measure: Measure, picture: Picture | Unreadable) -> None:
    if isinstance(picture, Unreadable):
        for name in ("width", "height", "mean_luma", "luma_across"):
            measure(name, picture)
        return
    measure("width", picture.width_px)
    measure("height", picture.height_px)
    measure("mean_luma", picture.mean_luma)
    measure("luma_across", picture.luma_across())


def _cameras(handset: Handset) -> Cameras:
    answer = ask(handset, dump.COMMAND)
    if "Can't find service" in answer.err + answer.out:
        raise DutFault("CAMERA-SERVICE", "no camera service", evidence={"said": answer.err})
    return known(dump.COMMAND, dump.read_cameras(known(dump.COMMAND, printed(answer))))


def _require(cameras: Cameras, camera: str) -> None:
    if not known(dump.COMMAND, cameras.that_face(_FACING[camera])):
        raise DutFault(
            "CAMERA-MISSING",
            f"the camera service knows no {camera} camera",
            evidence={"normal_cameras": repr(cameras.normal_count), "ids": repr(cameras.devices)},
        )


def _close_apps(handset: Handset, looks: Iterator[None]) -> None:
    """End what has a camera open, so that no picture of an earlier key press comes late."""
    for _ in looks:
        clients = known(dump.COMMAND, _cameras(handset).clients)
        if not clients:
            return
        for client in clients:
            obey(handset, f"am force-stop {client.package}")
    raise PlanError(
        "CAMERA-OTHER",
        "an app keeps a camera open",
        evidence={"clients": [client.package for client in clients]},
    )


def _open(handset: Handset, camera: str, looks: Iterator[None]) -> str:
    """Open the app on a camera; its package, once the camera service says that it is open."""
    said = ask(handset, f"{_OPEN} {_EXTRAS[camera]}")
    seen: dict[str, str] = {}
    for _ in looks:
        cameras = _cameras(handset)
        clients = known(dump.COMMAND, cameras.clients)
        seen = {client.camera: repr(cameras.facing(client.camera)) for client in clients}
        right = [c for c in clients if cameras.facing(c.camera) == _FACING[camera]]
        if right and len(clients) == 1:
            return right[0].package
    raise _not_opened(camera, seen, said.out + said.err)


def _refuse_other(handset: Handset, camera: str) -> None:
    """No other camera than this is open (some apps close it once they have the picture)."""
    cameras = _cameras(handset)
    facings = [cameras.facing(c.camera) for c in known(dump.COMMAND, cameras.clients)]
    if any(facing != _FACING[camera] for facing in facings):
        words = f"the camera app has {facings} open, asked for was the {camera} one"
        raise PlanError("CAMERA-OTHER", words, evidence={"open": [repr(f) for f in facings]})


def _not_opened(camera: str, seen: dict[str, str], said: str) -> HarnessError:
    evidence = {"open": seen, "am start": said}
    if seen:
        words = f"the camera app opened {seen}, asked for was the {camera} one"
        return PlanError("CAMERA-OTHER", words, evidence=evidence)
    return DutFault("CAMERA-NOT-OPENED", f"no app opened the {camera} camera", evidence=evidence)


def _listing(handset: Handset) -> Files:
    answer = ask(handset, command("/sdcard", "DCIM"))
    return known("files in DCIM", read_files(answer.out, answer.err, answer.code))


def _new_picture(
    handset: Handset, before: Files, looks: Iterator[None], within_s: float
) -> tuple[str, bytes]:
    """Path and content of the file that came, once it no longer grows."""
    last: Files = {}
    after: Files = {}
    for _ in looks:
        after = _listing(handset)
        came = new_files(before, after)
        if len(pictures := [path for path in came if path.lower().endswith(".jpg")]) > 1:
            evidence = {"new": sorted(pictures)}
            raise PlanError("CAMERA-OTHER", "several new pictures came", evidence=evidence)
        still_ = {path: size for path, size in came.items() if size and last.get(path) == size}
        for path in sorted(still_, key=lambda path: (not path.lower().endswith(".jpg"), path)):
            content = handset.pull(path)
            if len(content) == still_[path]:
                return path, content
        last = came
    listed = [f"{size} {path}" for path, size in sorted(after.items())]
    raise DutFault(
        "CAMERA-NO-PICTURE",
        f"no new picture in DCIM {within_s:g} s after the camera key",
        evidence={"listed": listed[-_LISTED:], "files": len(after), "before": len(before)},
    )
