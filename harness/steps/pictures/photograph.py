"""One picture by the handset's camera app: the right camera, a new file, and no trace left."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from harness.devices.android import camera as dump
from harness.devices.android.camera import Cameras
from harness.devices.android.files import Files, command, new_files, read_files
from harness.errors import DutFault, HarnessError, PlanError
from harness.model.ports import Attach, Handset, Stopwatch, Wait
from harness.steps.asking.answers import ask, known, obey, printed
from harness.steps.asking.turns import turns

STANDS_STILL_S = 0.2
"""For so long a file has one size before it is taken for whole [s]: apps write in bursts."""
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


@dataclass(frozen=True, slots=True)
class Photographer:
    """Takes pictures with one camera of a handset, each by a fresh start of its app.

    The app has `opens_within_s` to open the camera, `settle_s` for its exposure, and the picture
    `within_s` to be there after the key [s].
    """

    handset: Handset
    attach: Attach
    wait: Wait
    stopwatch: Stopwatch
    camera: str
    opens_within_s: float
    settle_s: float
    within_s: float

    def take(self, name: str) -> bytes:
        """The file of one picture, attached under `name`.

        The app is opened by the still-image intent, must have the right camera open by what the
        camera service says, and gets the camera key once. Only a file that was not in DCIM before
        counts, once its size stood still over two looks and as many bytes could be pulled. It is
        removed from the handset; no other file is.

        Raises: DutFault: CAMERA-SERVICE, CAMERA-MISSING, CAMERA-NOT-OPENED, CAMERA-NO-PICTURE;
        PlanError: CAMERA-OTHER when the app opens another camera, CAMERA-BUSY when an app keeps one
        open, CAMERA-SEVERAL when more than one picture came, HANDSET-UNREADABLE, HANDSET-REFUSED.
        """
        self._close_apps()
        _require(cameras_of(self.handset), self.camera)
        before = _listing(self.handset)
        package = self._open()
        self.wait(self.settle_s)
        self._refuse_other()
        obey(self.handset, f"input keyevent {KEYCODE_CAMERA}")
        path, content = self._new_picture(before)
        self._refuse_other()  # an app that changed camera took the other one's picture
        self.attach(name, content)
        obey(self.handset, f"rm {shlex.quote(path)}")
        obey(self.handset, f"am force-stop {package}")
        return content

    def _close_apps(self) -> None:
        """End what has a camera open, so that no picture of an earlier key press comes late."""
        for _ in turns(self.opens_within_s, self.wait, self.stopwatch):
            clients = known(dump.COMMAND, cameras_of(self.handset).clients)
            if not clients:
                return
            for client in clients:
                obey(self.handset, f"am force-stop {client.package}")
        raise PlanError(
            "CAMERA-BUSY",
            f"an app that was ended keeps a camera open for {self.opens_within_s:g} s",
            evidence={"clients": [client.package for client in clients]},
        )

    def _open(self) -> str:
        """Open the app; its package, once the camera service says that the camera is open."""
        said = ask(self.handset, f"{_OPEN} {_EXTRAS[self.camera]}")
        seen: dict[str, str] = {}
        for _ in turns(self.opens_within_s, self.wait, self.stopwatch):
            cameras = cameras_of(self.handset)
            clients = known(dump.COMMAND, cameras.clients)
            seen = {client.camera: repr(cameras.facing(client.camera)) for client in clients}
            right = [c for c in clients if cameras.facing(c.camera) == _FACING[self.camera]]
            if right and len(clients) == 1:
                return right[0].package
        raise _not_opened(self.camera, seen, said.out + said.err)

    def _refuse_other(self) -> None:
        """No other camera than this is open (some apps close it once they have the picture)."""
        cameras = cameras_of(self.handset)
        facings = [cameras.facing(c.camera) for c in known(dump.COMMAND, cameras.clients)]
        if any(facing != _FACING[self.camera] for facing in facings):
            words = f"the camera app has {facings} open, asked for was the {self.camera} one"
            raise PlanError("CAMERA-OTHER", words, evidence={"open": [repr(f) for f in facings]})

    def _new_picture(self, before: Files) -> tuple[str, bytes]:
        """Path and content of the file that came, once it no longer grows."""
        last: Files = {}
        after: Files = {}
        for _ in turns(self.within_s, self.wait, self.stopwatch, STANDS_STILL_S):
            after = _listing(self.handset)
            came = new_files(before, after)
            _refuse_several(came)
            stable = {path: size for path, size in came.items() if size and last.get(path) == size}
            for path in sorted(stable, key=lambda path: (not _is_jpeg(path), path)):
                content = self.handset.pull(path)
                if len(content) == stable[path]:
                    return path, content
            last = came
        listed = [f"{size} {path}" for path, size in sorted(after.items())]
        raise DutFault(
            "CAMERA-NO-PICTURE",
            f"no new picture in DCIM {self.within_s:g} s after the camera key",
            evidence={"listed": listed[-_LISTED:], "files": len(after), "before": len(before)},
        )


def cameras_of(handset: Handset) -> Cameras:
    """What the camera service says.

    Raises: DutFault(CAMERA-SERVICE); PlanError(HANDSET-UNREADABLE).
    """
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


def _not_opened(camera: str, seen: dict[str, str], said: str) -> HarnessError:
    evidence = {"open": seen, "am start": said}
    if seen:
        words = f"the camera app opened {seen}, asked for was the {camera} one"
        return PlanError("CAMERA-OTHER", words, evidence=evidence)
    return DutFault("CAMERA-NOT-OPENED", f"no app opened the {camera} camera", evidence=evidence)


def _listing(handset: Handset) -> Files:
    answer = ask(handset, command("/sdcard", "DCIM"))
    return known("files in DCIM", read_files(answer.out, answer.err, answer.code))


def _refuse_several(came: Files) -> None:
    if len(pictures := [path for path in came if _is_jpeg(path)]) > 1:
        evidence = {"new": sorted(pictures)}
        words = f"{len(pictures)} new pictures came for one press of the camera key"
        raise PlanError("CAMERA-SEVERAL", words, evidence=evidence)


def _is_jpeg(path: str) -> bool:
    return path.lower().endswith(".jpg")
