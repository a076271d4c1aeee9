"""Cameras as the planted defects leave them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from harness.sim.camera import SimCamera
from harness.sim.handset.state.exposure import MOST
from harness.sim.handset.state.scene import over_card
from harness.sim.unit import SimUnit

_PLANTED: Mapping[str, Mapping[str, tuple[str, float]]] = {
    "bad_pixels": {"count": ("bad_pixels", 6)},
    "blemish": {
        "contrast_percent": ("spot_percent", 12.0),
        "width_percent": ("spot_width_percent", 2.0),
    },
    "blur": {"sigma_px": ("sigma_px", 1.6)},
    "half_dark": {"light": ("right_half", 0.7)},
    "tint": {"red_gain": ("red_gain", 1.15)},
    "vignette": {"falloff": ("falloff", 0.7)},
}
"""By the end of a defect's name: its settings, the fields that they set, and what they are else."""
_PLANTED_REAR: Mapping[str, Mapping[str, tuple[str, float]]] = {
    "camera.bad_column": {"column_light": ("column_light", 0.9)},
    "camera.banding": {"amplitude": ("banding", 0.02)},
    "camera.blur_y": {"blur_ratio": ("blur_ratio", 1.5)},
    "camera.colour_shading": {"corner_red": ("colour_shading", 0.12)},
    "camera.grey_pixels": {
        "count": ("grey_pixels", 6),
        "grey_light": ("grey_light", 0.5),
    },
    "camera.haze": {"stray_light": ("haze", 0.12)},
    "camera.noise": {"noise": ("noise", 4.0)},
}
"""The same of defects that only the rear camera can have, by their whole names."""
_DARK_LUMA = 12.0


def as_planted(unit: SimUnit, facing: str) -> SimCamera:
    """The camera that faces `back` or `front`, with what is planted in it."""
    name, camera = ("rear", unit.rear) if facing == "back" else ("front", unit.front)
    can_have = {f"camera.{name}.{kind}": fields for kind, fields in _PLANTED.items()}
    if facing == "back":
        can_have |= _PLANTED_REAR
    changes: dict[str, Any] = {}
    for defect, fields in can_have.items():
        if (given := unit.defects.get(defect)) is not None:
            changes |= {to: given.get(key, default) for key, (to, default) in fields.items()}
    if (dark := unit.defects.get(f"camera.{name}.dark")) is not None:
        # a card at full light gets this luma by the longest exposure
        changes["through"] = over_card(dark.get("luma", _DARK_LUMA)) / MOST
    return replace(camera, **changes)


def flash_gain(unit: SimUnit) -> float | None:
    """What the unit's flash gives, over the light box at full light; None when it never fires."""
    if "camera.flash_dead" in unit.defects:
        return None
    weak = unit.defects.get("camera.flash_weak")
    return unit.flash_gain if weak is None else float(weak.get("gain", 0.1))
