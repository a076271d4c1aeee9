"""The package manager of a simulated handset, as far as its camera app goes.

Prints after PackageManagerShellCommand and Settings.dumpLPr of AOSP.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.sim.handset.answer import Answer, Programs, failure, text
from harness.sim.handset.camera import CAMERA, FINE_LOCATION, STILL_IMAGE, Cameras


def programs(cameras: Cameras) -> Programs:
    """The commands that name and describe apps, and grant them permissions."""

    def package(words: list[str], _now_s: float) -> Answer:
        if words[:1] != ["resolve-activity"]:
            return Answer(out=b"Package manager (package) commands:\n", code=255)
        if words[-1] != STILL_IMAGE:
            return text("No activity found\n")
        return text(f"priority=0 preferredOrder=0 match=0x108000 isDefault=true\n{cameras.app}\n")

    def dump(words: list[str], _now_s: float) -> Answer:
        if words != [cameras.package]:
            return text(f"Unable to find package: {' '.join(words)}\n")
        return text(_description(cameras))

    return {
        "cmd package": package,
        "dumpsys package": dump,
        "pm grant": lambda words, _: _permit(cameras, words, cameras.granted.add),
        "pm revoke": lambda words, _: _permit(cameras, words, cameras.granted.discard),
    }


def _permit(cameras: Cameras, words: list[str], change: Callable[[str], None]) -> Answer:
    if len(words) != 2 or words[0] != cameras.package or words[1] not in (CAMERA, FINE_LOCATION):
        return failure(f"java.lang.IllegalArgumentException: {' '.join(words)}", 255)
    change(words[1])
    return Answer()


def _description(cameras: Cameras) -> str:
    granted = {name: str(name in cameras.granted).lower() for name in sorted(cameras.needs)}
    return (
        "Packages:\n"
        f"  Package [{cameras.package}] (3a5f2b1):\n"
        "    requested permissions:\n"
        f"      {CAMERA}\n"
        "      android.permission.INTERNET\n"
        f"      {FINE_LOCATION}\n"
        "    install permissions:\n"
        "      android.permission.INTERNET: granted=true\n"
        "    User 0: ceDataInode=131 installed=true hidden=false suspended=false\n"
        "      runtime permissions:\n"
        + "".join(
            f"        {name}: granted={granted.get(name, 'true')}, flags=[ USER_SENSITIVE]\n"
            for name in (CAMERA, FINE_LOCATION)
        )
    )
