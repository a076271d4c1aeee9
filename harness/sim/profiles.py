"""Kinds of handsets that can be simulated: what differs by maker and chip, not by unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SDK: Mapping[int, int] = {9: 28, 10: 29, 11: 30, 12: 31, 13: 33, 14: 34, 15: 35}
"""The SDK version of each Android version that can be simulated."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """How the driver of the battery prints its current.

    `per_a` is what one ampere prints as: 1_000_000 by the kernel's ABI, 1_000 of drivers that
    print mA. `sign` is that of the current that charges. `own` are keys of its uevent that say
    nothing of the battery, with their values.
    """

    per_a: int = 1_000_000
    sign: int = 1
    own: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """A model of a maker. `hardware` is ro.hardware, `board` ro.board.platform.

    `properties` are those that only this maker or chip has; `pack_mah` is what its battery is
    designed to hold.
    """

    maker: str
    brand: str
    model: str
    device: str
    hardware: str
    board: str
    usb_vendor_id: int
    market_name: str
    baseband: str
    gauge: Gauge
    properties: Mapping[str, str]
    pack_mah: int = 5000
    wifi_chains: int = 2
    """How many of its Wi-Fi's receive chains tell their level apart."""
    camera_app: str = "com.android.camera2/com.android.camera.CameraLauncher"
    picture_name: str = "IMG20261120{:06}.jpg"
    asks_permissions: bool = False
    """Whether its camera app asks a person at its first start."""

    @property
    def mediatek(self) -> bool:
        """Whether its chip is MediaTek's, whose telephony prints more than AOSP's."""
        return self.board.startswith("mt")


_MTK_GAUGE = Gauge(
    own={"TIME_TO_FULL_NOW": "0", "MANUFACTURER": "MTK-PACK", "RESISTANCE": "174500"}
)
_QCOM_GAUGE = Gauge(
    sign=-1,  # as in drivers up to the SM8450's; what they cannot read is -EINVAL
    own={
        "CHARGE_TYPE": "Fast",
        "VOLTAGE_MAX": "4350",
        "VOLTAGE_MAX_DESIGN": "4350000",
        "INPUT_CURRENT_NOW": "-22",
    },
)
_SAMSUNG_GAUGE = Gauge(per_a=1_000, own={"ONLINE": "1", "CHARGE_TYPE": "N/A", "CURRENT_MAX": "500"})
_PIXEL_GAUGE = Gauge(own={"CONSTANT_CHARGE_VOLTAGE": "4450000", "CHARGE_TYPE": "Standard"})

PROFILES: Mapping[str, Profile] = {
    "oppo-mtk": Profile(
        "OPPO",
        "OPPO",
        "CPH2565",
        "OP5757L1",
        "mt6835",
        "mt6835",
        0x22D9,
        market_name="OPPO A57",
        baseband="M_V3_P10",
        gauge=_MTK_GAUGE,
        properties={
            "dalvik.vm.mtk-stack-trace-file": "/data/anr/mtk_traces.txt",
            "ro.boot.prjname": "22363",
            "ro.mediatek.platform": "MT6835",
            "ro.vendor.mediatek.platform": "MT6835",
        },
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
        market_name="OPPO Find X6",
        baseband="Q_V1_P14",
        gauge=_QCOM_GAUGE,
        properties={
            "oplus.video.beauty.com.tencent.mm": '{"fbParam":"40,0,0,0,0","isOpen":"0"}',
            "ro.baseband": "msm",
            "ro.boot.prjname": "22861",
            "ro.oplus.display.screenhole.positon": "112,40:197,125",
        },
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
        market_name="",
        baseband="A556BXXU1AXB5",
        gauge=_SAMSUNG_GAUGE,
        properties={
            "ril.product_code": "SM-A556BZKAEUB",
            "ro.boot.warranty_bit": "0",
            "ro.csc.sales_code": "EUX",
        },
        wifi_chains=0,
        camera_app="com.sec.android.app.camera/.Camera",
        picture_name="20261120_{:06}.jpg",
    ),
    "xiaomi": Profile(
        "Xiaomi",
        "Redmi",
        "23053RN02A",
        "fire",
        "mt6768",
        "mt6768",
        0x2717,
        market_name="Redmi 12",
        baseband="MOLY.LR12A.R3.MP.V269",
        gauge=_MTK_GAUGE,
        properties={
            "ro.miui.ui.version.name": "V140",
            "ro.product.marketname": "Redmi 12",
            "ro.vendor.mediatek.platform": "MT6768",
        },
        wifi_chains=1,
    ),
    "pixel": Profile(
        "Google",
        "google",
        "Pixel 8",
        "shiba",
        "shiba",
        "zuma",
        0x18D1,
        market_name="",
        baseband="g5300i-231218-240202-B-11405587",
        gauge=_PIXEL_GAUGE,
        properties={"ro.boot.hardware.revision": "MP1.0", "ro.hardware.chipname": "zuma"},
        pack_mah=4575,
    ),
}
