"""The package manager of a simulated handset, as far as its camera app and setup wizard go.

Prints after PackageManagerShellCommand and Settings.dumpLPr of AOSP.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.sim.handset.prints.camera import CAMERA, FINE_LOCATION, STILL_IMAGE, Cameras
from harness.sim.handset.state.answer import Answer, Programs, failure, text
from harness.sim.unit import SimUnit

WIZARD = "com.google.android.setupwizard"
SETUP_WIZARD = "android.intent.category.SETUP_WIZARD"
_ENABLED, _DISABLED_BY_USER = 1, 3


class Packages:
    """The apps: permissions of the camera app, and how the setup wizard is enabled (0 to 3)."""

    def __init__(self, unit: SimUnit, cameras: Cameras) -> None:
        self._unit = unit
        self._cameras = cameras
        self.wizard = 0

    def programs(self) -> Programs:
        """The commands that name and describe apps, enable them and grant permissions."""
        granted = self._cameras.granted
        return {
            "cmd package": self._package,
            "dumpsys package": self._dump,
            "pm default-state": lambda words, _: self._enable(words, 0),
            "pm enable": lambda words, _: self._enable(words, _ENABLED),
            "pm disable-user": lambda words, _: self._enable(words, _DISABLED_BY_USER),
            "pm grant": lambda words, _: self._permit(words, granted.add),
            "pm revoke": lambda words, _: self._permit(words, granted.discard),
        }

    def _package(self, words: list[str], _now_s: float) -> Answer:
        if words[:1] != ["resolve-activity"]:
            return Answer(out=b"Package manager (package) commands:\n", code=255)
        apps = {STILL_IMAGE: self._cameras.app}
        if self.wizard in (0, _ENABLED):
            apps[SETUP_WIZARD] = f"{WIZARD}/.SetupWizardActivity"
        if words[-1] not in apps:
            return text("No activity found\n")
        head = "priority=0 preferredOrder=0 match=0x108000 isDefault=true"
        return text(f"{head}\n{apps[words[-1]]}\n")

    def _dump(self, words: list[str], _now_s: float) -> Answer:
        if words == [WIZARD]:
            return text(_head(WIZARD, [], self.wizard))
        if words == [self._unit.test_app]:
            return text(_head(self._unit.test_app, [], 0))
        if words != [self._cameras.package]:
            return text(f"Unable to find package: {' '.join(words)}\n")
        return text(_description(self._cameras))

    def _enable(self, words: list[str], state: int) -> Answer:
        if words != ["--user", "0", WIZARD]:
            return failure(f"java.lang.IllegalArgumentException: {' '.join(words)}", 255)
        self.wizard = state
        return text(f"Package {WIZARD} new state: {state}\n")

    def _permit(self, words: list[str], change: Callable[[str], None]) -> Answer:
        known = words[1:] in ([CAMERA], [FINE_LOCATION])
        if words[:1] != [self._cameras.package] or not known:
            return failure(f"java.lang.IllegalArgumentException: {' '.join(words)}", 255)
        change(words[1])
        return Answer()


def _description(cameras: Cameras) -> str:
    granted = {name: str(name in cameras.granted).lower() for name in sorted(cameras.needs)}
    return _head(cameras.package, [CAMERA, FINE_LOCATION], 0) + "".join(
        f"        {name}: granted={granted.get(name, 'true')}, flags=[ USER_SENSITIVE]\n"
        for name in (CAMERA, FINE_LOCATION)
    )


def _head(package: str, asked_for: list[str], enabled: int) -> str:
    requested = sorted([*asked_for, "android.permission.INTERNET"])
    return (
        "Packages:\n"
        f"  Package [{package}] (3a5f2b1):\n"
        "    requested permissions:\n"
        + "".join(f"      {name}\n" for name in requested)
        + "    install permissions:\n"
        "      android.permission.INTERNET: granted=true\n"
        "    User 0: ceDataInode=131 installed=true hidden=false suspended=false "
        f"stopped=false notLaunched=false enabled={enabled} instant=false virtual=false\n"
        "      runtime permissions:\n"
    )
