"""The cameras of a simulated handset, and the app that takes pictures with them.

Prints after ActivityManagerShellCommand of AOSP.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.sim.handset.prints.camera_service import LENSES, PROVIDERS, Lens, printed
from harness.sim.handset.state.answer import Answer, Programs, failure, text
from harness.sim.handset.state.exif import TakenBy
from harness.sim.handset.state.exposure import NO_FLASH, NOT_FIRED, Exposure, metered
from harness.sim.handset.state.flaws import as_planted, flash_gain
from harness.sim.handset.state.photo import Seeds, photo
from harness.sim.handset.state.screen import Screen
from harness.sim.profiles import PROFILES, SDK
from harness.sim.unit import SimUnit

FOLDER = "/sdcard/DCIM/Camera"
DWELL_S = 1.2
"""From the camera key to the finished file [s at speed 1]; it grows in the second half of it."""

CAMERA, FINE_LOCATION = "android.permission.CAMERA", "android.permission.ACCESS_FINE_LOCATION"
STILL_IMAGE = "android.media.action.STILL_IMAGE_CAMERA"


@dataclass(frozen=True, slots=True)
class _Shot:
    """A picture on its way to the disk."""

    path: str
    content: bytes
    began_s: float


class Cameras:
    """The state of the cameras. `advance` brings `files` to a time."""

    def __init__(self, unit: SimUnit, files: dict[str, bytes], speed: float) -> None:
        self._profile = PROFILES[unit.profile]
        self.app = self._profile.camera_app
        self.open: str | None = None
        """Where the camera faces that the app has open."""
        self._unit = unit
        self._files = files
        self._dwell_s = DWELL_S / speed
        self.granted: set[str] = set()
        """Runtime permissions of the app; it opens no camera without those that it needs."""
        self._shots: list[_Shot] = []
        self._taken = 0
        if "camera.leftover" in unit.defects:
            name = self._name(235959).replace("2026", "2099")
            files[f"{FOLDER}/{name}"] = self._picture("back")

    @property
    def lenses(self) -> list[Lens]:
        """The cameras that are there, in the order of their ids."""
        lenses, defects = LENSES[self._unit.profile], self._unit.defects
        if "camera.front.missing" in defects:
            lenses = [lens for lens in lenses if lens.facing != "FRONT"]
        if "camera.missing" in defects:
            second = [lens.id for lens in lenses if lens.facing == "BACK"][1]
            lenses = [lens for lens in lenses if lens.id != second]
        return list(lenses)

    @property
    def front_opens(self) -> bool:
        """Whether the app opens the front camera when its intent asks for it."""
        front = any(lens.facing == "FRONT" for lens in self.lenses)
        return front and "camera.app_ignores_facing" not in self._unit.defects

    @property
    def needs(self) -> set[str]:
        """Permissions for which the app asks in a dialog at its first start."""
        return {CAMERA, FINE_LOCATION} if self._profile.asks_permissions else set()

    @property
    def package(self) -> str:
        return self.app.partition("/")[0]

    def dump(self) -> Answer:
        """What the camera service says, if it runs."""
        if "camera.no_service" in self._unit.defects:
            return failure("Can't find service: media.camera", 0)
        provider, sdk = PROVIDERS[self._unit.profile], SDK[self._unit.android]
        return text(printed(self.lenses, provider, sdk, self._client()))

    def _client(self) -> tuple[str, str] | None:
        """The id of the camera that is open, and the package that has it."""
        if self.open is None:
            return None
        lens = next(lens for lens in self.lenses if lens.facing == self.open.upper())
        return lens.id, self.package

    def kill(self) -> None:
        """End the app: what it has not finished writing stays as it is."""
        self.open = None
        self._shots.clear()

    def shutter(self, now_s: float) -> None:
        """The camera key."""
        if self.open is None or "camera.still_fails" in self._unit.defects:
            return
        self._taken += 1
        path = f"{FOLDER}/{self._name(100000 + self._taken)}"
        self._shots.append(_Shot(path, self._picture(self.open), now_s))

    def advance(self, now_s: float) -> None:
        """Write what the shots have written by now."""
        for shot in list(self._shots):
            done = 2 * (now_s - shot.began_s) / self._dwell_s - 1
            unfinished = self._unfinished(shot.path)
            if done >= 1:
                self._files.pop(unfinished, None)
                self._files[shot.path] = shot.content
                self._shots.remove(shot)
            elif done >= 0:
                self._files[unfinished] = shot.content[: int(done * len(shot.content))]

    def _unfinished(self, path: str) -> str:
        """Samsung's app of Android 11 writes through MediaStore, under a hidden name."""
        if self._unit.profile != "samsung" or self._unit.android < 11:
            return path
        folder, _, name = path.rpartition("/")
        return f"{folder}/.pending-1764237600-{name}"

    def _name(self, number: int) -> str:
        return self._profile.picture_name.format(number)

    def _picture(self, facing: str) -> bytes:
        unit, profile = self._unit, self._profile
        camera = as_planted(unit, facing)
        own = f"{unit.seed} {unit.serial} {facing}"
        whole = photo(
            camera,
            unit.sees,
            self._exposure(facing, camera.through),
            Seeds(own, f"{own} {self._taken}"),
            TakenBy(profile.maker, profile.model),
        )
        return whole[: len(whole) // 2] if "camera.cut_file" in unit.defects else whole

    def _exposure(self, facing: str, through: float) -> Exposure:
        """By the light of now; the flash is at the back."""
        light = self._unit.light_pct / 100
        if facing == "front":
            return metered(light, through=through, unfired=NO_FLASH)
        gain = flash_gain(self._unit)
        return metered(light, through=through, flash_gain=gain, unfired=NOT_FIRED)


def programs(cameras: Cameras, screen: Screen) -> Programs:
    """The commands that open the camera app, press keys and ask the camera service."""

    def start(words: list[str], _now_s: float) -> Answer:
        action = words[words.index("-a") + 1] if "-a" in words[:-1] else ""
        if action != STILL_IMAGE:
            said = f"Error: Activity not started, unable to resolve Intent {{ act={action} }}"
            return Answer(out=f"Starting: Intent {{ act={action} }}\n{said}\n".encode(), code=1)
        if screen.awake and not screen.locked and cameras.needs <= cameras.granted:
            front = _extra(words, "android.intent.extras.CAMERA_FACING") == "1"
            cameras.open = "front" if front and cameras.front_opens else "back"
        return text(_started(action, cameras.app))

    def force_stop(words: list[str], _now_s: float) -> Answer:
        if words == [cameras.package]:
            cameras.kill()
        return Answer()

    def keyevent(words: list[str], now_s: float) -> Answer:
        match words:
            case ["3"]:
                cameras.open = None
            case ["27"]:
                cameras.shutter(now_s)
            case ["223"]:
                screen.awake, screen.locked, cameras.open = False, True, None
            case ["224"]:
                screen.awake = True
            case _:
                return failure("Error: Invalid arguments for command: keyevent", 255)
        return Answer()

    def dismiss_keyguard(_words: list[str], _now_s: float) -> Answer:
        screen.locked = not screen.awake
        return Answer()

    return {
        "am start": start,
        "am force-stop": force_stop,
        "input keyevent": keyevent,
        "wm dismiss-keyguard": dismiss_keyguard,
        "dumpsys media.camera": lambda *_: cameras.dump(),
    }


def _extra(words: list[str], name: str) -> str | None:
    return words[words.index(name) + 1] if name in words[:-1] else None


def _started(action: str, app: str) -> str:
    return (
        f"Starting: Intent {{ act={action} (has extras) }}\nStatus: ok\nLaunchState: COLD\n"
        f"Activity: {app}\nTotalTime: 812\nWaitTime: 815\nComplete\n"
    )
