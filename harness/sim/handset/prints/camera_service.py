"""What the camera service of a simulated handset prints: `dumpsys media.camera`.

Layout: CameraService::dump and CameraProviderManager::dump of AOSP (frameworks/av).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.sim.handset.state.scene import HEIGHT_PX, WIDTH_PX

_ORIENTATIONS = {"BACK": 90, "FRONT": 270, "EXTERNAL": 270}
_BLOB, _YUV, _IMPLEMENTATION_DEFINED = 33, 35, 34
_COUNTS_API1, _INSTANCES, _AIDL = 30, 33, 34
"""SDK versions from which the layout says more."""


@dataclass(frozen=True, slots=True)
class Lens:
    """A camera: where it faces, its pixels, and whether apps may open it by itself."""

    id: str
    facing: str = "BACK"
    width: int = WIDTH_PX
    height: int = HEIGHT_PX
    public: bool = True
    level: str = "FULL"

    @property
    def api1_facing(self) -> str:
        """The first camera API knows of no external cameras: it calls them front ones."""
        return "Back" if self.facing == "BACK" else "Front"


_MAIN, _FRONT = Lens("0"), Lens("1", "FRONT", level="LIMITED")
LENSES: Mapping[str, Sequence[Lens]] = {
    "oppo-mtk": (_MAIN, _FRONT, Lens("2", width=1600, height=1200)),
    "oppo-qcom": (
        _MAIN,
        _FRONT,
        Lens("2", width=4080, height=3072),
        Lens("3", width=3264, height=2448),
        Lens("4", public=False),
    ),
    "samsung": (
        _MAIN,
        _FRONT,
        Lens("2", width=4000, height=3000),
        Lens("3", "FRONT", width=3264, height=2448),
        Lens("50", width=2576, height=1932, public=False),
        Lens("52", public=False),
    ),
    "xiaomi": (
        _MAIN,
        _FRONT,
        Lens("2", width=3264, height=2448, public=False),
        Lens("8", width=1600, height=1200),
    ),
    "pixel": (
        _MAIN,
        _FRONT,
        Lens("2", width=4080, height=3072, public=False),
        Lens("3", public=False),
    ),
}
"""The cameras of each model; its app takes pictures with the first that faces there."""
PROVIDERS: Mapping[str, str] = {
    "oppo-mtk": "internal/0",
    "oppo-qcom": "legacy/0",
    "samsung": "legacy/0",
    "xiaomi": "internal/0",
    "pixel": "internal/0",
}


def printed(lenses: Sequence[Lens], provider: str, sdk: int, client: tuple[str, str] | None) -> str:
    """The dump; `client` is the id of the camera that is open, and the package that has it."""
    public = [lens for lens in lenses if lens.public]
    visible = f"Number of public camera devices visible to API1: {len(public)}\n"
    maps = "".join(f'    Device {at} maps to "{lens.id}"\n' for at, lens in enumerate(public))
    return (
        "\n== Service global info: ==\n\n"
        f"Number of camera devices: {len(lenses)}\n"
        f"Number of normal camera devices: {len(public)}\n"
        f"{visible if sdk >= _COUNTS_API1 else ''}{maps}Active Camera Clients:\n{_clients(client)}"
        "Allowed user IDs: 0\n\n"
        "== Camera service events log (most recent at top): ==\n"
        "  11-20 10:00:00 : USER_SWITCH previous allowed user IDs: <None>, "
        "current allowed user IDs: 0\n\n"
        f"{_dynamic(lenses, client)}{_provider(lenses, provider, sdk)}"
        "\n== Vendor tags: ==\n\n"
        "  Dumping vendor tag descriptors for vendor with id 11706189966126095484 \n\n"
        "== Camera error traces (0): ==\n  No camera traces collected.\n"
    )


def _clients(client: tuple[str, str] | None) -> str:
    if client is None:
        return "[]\n"
    camera, package = client
    return (
        f"[\n(Camera ID: {camera}, Cost: 100, PID: 4242, Score: 0, State: 2User Id: 0, "
        f"Client Package Name: {package}, Conflicting Client Devices: {{}})\n]\n"
    )


def _dynamic(lenses: Sequence[Lens], client: tuple[str, str] | None) -> str:
    """What each camera does now. The sizes of a stream are not those of the camera."""
    opened = client and client[0]
    return "".join(
        f"== Camera device {lens.id} dynamic info: ==\n"
        + (
            "  Camera1 API shim is using parameters:\n"
            "        picture-size: 640x480\n        jpeg-quality: 90\n"
            "      Dims: 640 x 480, format 0x23, dataspace 0x8c20000\n"
            if lens.id == opened
            else f"  Device {lens.id} is closed, no client instance\n"
        )
        for lens in lenses
    )


def _provider(lenses: Sequence[Lens], provider: str, sdk: int) -> str:
    name, version = _interface(provider, sdk)
    devices = "".join(_device(lens, provider, sdk) for lens in lenses)
    title = f"{name} ({version}, remote) static info: {len(lenses)} devices:"
    return f"== Camera Provider HAL {title} ==\n{devices}"


def _interface(provider: str, sdk: int) -> tuple[str, str]:
    """The provider's name and version: HIDL, whose instances are numbered later, then AIDL."""
    if sdk >= _AIDL:
        return f"android.hardware.camera.provider.ICameraProvider/{provider}-0", "v2.2"
    versions = {28: "v2.4", 29: "v2.5"}
    return f"{provider}-0" if sdk >= _INSTANCES else provider, versions.get(sdk, "v2.6")


def _device(lens: Lens, provider: str, sdk: int) -> str:
    version = {28: "3.4", 29: "3.5"}.get(sdk, "1.2" if sdk >= _AIDL else "3.6")
    name = f"device@{version}/{provider.partition('/')[0]}/{lens.id}"
    return (
        f"== Camera HAL device {name} (v{version}) static information: ==\n"
        "  Resource cost: 100\n  Conflicting devices: None\n  API1 info:\n"
        f"    Has a flash unit: {str(lens.id == '0').lower()}\n"
        f"    Facing: {lens.api1_facing}\n"
        f"    Orientation: {_ORIENTATIONS[lens.facing]}\n"
        f"{_characteristics(lens)}"
        f"== Camera HAL device {name} (v{version}) dumpState: ==\n"
        "No active camera device session instance\n"
    )


def _characteristics(lens: Lens) -> str:
    """camera_metadata's dump: a tag, its rows of values; rows of 64-bit values hold two."""
    size = f"{lens.width} {lens.height}"
    return (
        "  API2 camera characteristics:\n"
        "    Dumping camera metadata array: 6 / 6 entries, 192 / 192 bytes of extra data.\n"
        "      Version: 1, Flags: 00000000\n"
        "      android.control.aeAvailableTargetFpsRanges (10014): int32[4]\n"
        "        [15 15 14 20 ]\n"
        "      android.info.supportedHardwareLevel (150000): byte[1]\n"
        f"        [{lens.level} ]\n"
        "      android.lens.facing (80005): byte[1]\n"
        f"        [{lens.facing} ]\n"
        "      android.scaler.availableStreamConfigurations (d000a): int32[16]\n"
        f"        [{_IMPLEMENTATION_DEFINED} {size} OUTPUT ]\n"
        f"        [{_BLOB} 640 480 OUTPUT ]\n"
        f"        [{_BLOB} {size} OUTPUT ]\n"
        f"        [{_YUV} {size} INPUT ]\n"
        "      android.scaler.availableMinFrameDurations (d000b): int64[4]\n"
        f"        [{_BLOB} {lens.width} ]\n"
        f"        [{lens.height} 33333333 ]\n"
        "      android.sensor.info.pixelArraySize (f0006): int32[2]\n"
        f"        [{size} ]\n"
    )
