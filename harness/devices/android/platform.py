"""Whose chip a handset has, by its properties: different chips want different commands."""

from __future__ import annotations

import re

from harness.devices.android.fields import Fields
from harness.model.reading import Reading, Unknown, Unreadable

_SAID_IN = (
    "ro.board.platform",
    "ro.boot.hardware",
    "ro.boot.hardware.platform",
    "ro.hardware",
    "ro.hardware.chipname",
    "ro.soc.manufacturer",
    "ro.soc.model",
)
# Names of boards and chips as their makers' trees of AOSP have them.
_NAMES = {
    "mtk": re.compile(r"mt[0-9]{4}.*|mediatek.*"),
    "qcom": re.compile(
        r"qcom|qti|qualcomm.*|(msm|apq|sdm|sda|sm|qcs|qcm)[0-9]{4}.*|(sdm|sm|sda)[0-9]{3}.*"
        r"|kona|lito|lahaina|taro|kalama|pineapple|sun|bengal|trinket|atoll|holi|parrot|crow"
        r"|blair|khaje|volcano|cliffs|canoe|msmnile|shima|yupik|ravelin|monaco|pitti|tuna"
    ),
    "exynos": re.compile(r"(exynos|universal|s5e|erd)[0-9]{3,5}.*|exynos5"),
    "tensor": re.compile(r"gs[0-9]{3}|zuma(pro)?|laguna|tensor.*"),
    "unisoc": re.compile(r"(ums|sp|ud)[0-9]{3,4}.*|unisoc.*|spreadtrum.*|sprd.*"),
    "kirin": re.compile(r"(kirin|hi)[0-9]{3,4}.*|hisilicon.*"),
}
_OF_MEDIATEK = ("ro.mediatek.", "ro.vendor.mediatek.")
_BASEBANDS = {"msm": "qcom", "mdm": "qcom"}


def platform_of(found: Fields) -> Reading[str]:
    """mtk, qcom, exynos, tensor, unisoc or kirin; Unreadable when properties speak of two."""
    said = {str(found[name]).lower() for name in _SAID_IN if isinstance(found.get(name), str)}
    makers = {maker for maker, names in _NAMES.items() for word in said if names.fullmatch(word)}
    if any(name.startswith(_OF_MEDIATEK) for name in found):
        makers.add("mtk")
    baseband = found.get("ro.baseband")
    if isinstance(baseband, str) and baseband in _BASEBANDS:
        makers.add(_BASEBANDS[baseband])
    if len(makers) > 1:
        return Unreadable("properties of more than one platform", ", ".join(sorted(makers)))
    return makers.pop() if makers else Unknown("no property that names the platform")
