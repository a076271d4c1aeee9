"""Kinds of handsets that can be simulated: what differs by maker and chip, not by unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SDK: Mapping[int, int] = {9: 28, 10: 29, 11: 30, 12: 31, 13: 33, 14: 34, 15: 35}
"""The SDK version of each Android version that can be simulated."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A model of a maker. `hardware` is ro.hardware, `board` ro.board.platform."""

    maker: str
    brand: str
    model: str
    device: str
    hardware: str
    board: str
    usb_vendor_id: int
    camera_app: str = "com.android.camera2/com.android.camera.CameraLauncher"
    picture_name: str = "IMG20261120{:06}.jpg"
    asks_permissions: bool = False
    """Whether its camera app asks a person at its first start."""


PROFILES: Mapping[str, Profile] = {
    "oppo-mtk": Profile(
        "OPPO",
        "OPPO",
        "CPH2565",
        "OP5757L1",
        "mt6835",
        "mt6835",
        0x22D9,
        camera_app="com.oplus.camera/.Camera",
        asks_permissions=True,
    ),
    "oppo-qcom": Profile(
        "OPPO",
        "OPPO",
        "CPH2451",
        "OP594DL1",
        "qcom",
        "taro",
        0x22D9,
        camera_app="com.oplus.camera/.Camera",
        asks_permissions=True,
    ),
    "samsung": Profile(
        "samsung",
        "samsung",
        "SM-A556B",
        "a55x",
        "s5e8845",
        "erd8845",
        0x04E8,
        camera_app="com.sec.android.app.camera/.Camera",
        picture_name="20261120_{:06}.jpg",
    ),
    "xiaomi": Profile("Xiaomi", "Redmi", "23053RN02A", "fire", "mt6768", "mt6768", 0x2717),
    "pixel": Profile("Google", "google", "Pixel 8", "shiba", "shiba", "zuma", 0x18D1),
}
