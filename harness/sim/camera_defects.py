"""Every defect of a handset's cameras, and what must be concluded of it."""

from __future__ import annotations

from collections.abc import Mapping

from harness.sim.defect import Defect, error, fails, unseen

_EDGES = ("centre", "top_left", "top_right", "bottom_left", "bottom_right")


def _seen_in_pictures(camera: str) -> dict[str, Defect]:
    """What can be wrong with the pictures of one camera, as its flat field or its chart shows."""
    flaws = {**_spots(camera), "blur": _blur(camera), **_light(camera)}
    return {f"camera.{camera}.{name}": flaw for name, flaw in flaws.items()}


def _spots(camera: str) -> dict[str, Defect]:
    """Pixels, and what lies on the way to them."""
    its, flat = f"its {camera} camera", f"{camera}_flat"
    return {
        "bad_pixels": fails(
            f"{its} has pixels that are white or black always",
            f"{flat}.bad_pixels:HIGH",
            count="how many; 6",
        ),
        "blemish": fails(
            f"a speck is in {its}",
            f"{flat}.blemishes:HIGH",
            contrast_percent="how much darker it is in its middle [%]; 12",
            width_percent="across it, where half of that is left [% of the width]; 2",
        ),
    }


def _blur(camera: str) -> Defect:
    return fails(
        f"its {camera} camera is out of focus",
        *(f"{camera}.mtf50_{edge}:LOW" for edge in _EDGES),
        f"{camera}.sfr:LOW",
        f"{camera}.sfr_down:LOW",
        sigma_px="standard deviation of the blur [px]; 1.6 (a good one 0.8, in front 0.9)",
    )


def _light(camera: str) -> dict[str, Defect]:
    """How much light comes where, and of which colour."""
    its, flat = f"its {camera} camera", f"{camera}_flat"
    return {
        "dark": fails(
            f"{its} sees next to nothing",
            f"{flat}.mean_luma:LOW",
            f"{flat}.luma_across:LOW",
            "CAMERA-EXPOSURE",
            luma="mean luma of its pictures of a grey card; 12",
        ),
        "half_dark": fails(
            f"the right half of the pictures of {its} is darker",
            f"{flat}.luma_across:LOW",
            f"{flat}.uniformity:LOW",
            f"{flat}.blemishes:HIGH",
            light="share of its light that the right half gets; 0.7",
        ),
        "tint": fails(
            f"the pictures of {its} are reddish",
            f"{flat}.red_green:HIGH",
            red_gain="how much more red it gives than green; 1.15",
        ),
        "vignette": fails(
            f"the pictures of {its} get darker to the corners, their mean stays",
            f"{flat}.luma_across:LOW",
            f"{flat}.uniformity:LOW",
            falloff="share of the light that the corners lack; 0.7 (a good one 0.12)",
        ),
    }


CAMERA_DEFECTS: Mapping[str, Defect] = {
    "camera.app_ignores_facing": error(
        "its camera app opens the rear camera, whatever it is asked for", "CAMERA-OTHER"
    ),
    "camera.bad_column": fails(
        "a column of its rear camera tells too little light",
        "rear_flat.lines:HIGH",
        column_light="share of its light that the column keeps; 0.9",
    ),
    "camera.banding": fails(
        "light and dark bands go across the pictures of its rear camera",
        "rear_flat.banding:HIGH",
        amplitude="by which share of the light they differ from what is right; 0.02",
    ),
    "camera.blur_y": fails(
        "its rear camera is blurred up and down, and sharp from left to right",
        *(f"rear.mtf50_{edge}:LOW" for edge in _EDGES),
        "rear.sfr_down:LOW",
        blur_ratio="how much wider the blur is down than across; 1.5",
    ),
    "camera.colour_shading": fails(
        "the corners of the pictures of its rear camera are reddish, their middle is not",
        "rear_flat.colour_shading:HIGH",
        corner_red="share by which the corners have more red and less blue; 0.12",
    ),
    "camera.cut_file": fails("its camera writes half of each picture", "CAMERA-DAMAGED"),
    "camera.flash_dead": fails(
        "its flash does not fire", "rear_flash.fired:MISMATCH", "rear_flash.gain:LOW"
    ),
    "camera.flash_weak": fails(
        "its flash gives too little light",
        "rear_flash.gain:LOW",
        gain="its light over that of the light box; 0.1 (a good one 0.3)",
    ),
    "camera.front.missing": fails(
        "has no front camera", "cameras.ids:MISMATCH", "cameras.front:MISMATCH"
    ),
    **_seen_in_pictures("front"),
    "camera.grey_pixels": fails(
        "its rear camera has half-dead pixels, every second one in a dark corner",
        "rear_flat.bad_pixels:HIGH",
        count="how many; 6",
        grey_light="share of its light that such a pixel keeps; 0.5",
    ),
    "camera.haze": fails(
        "haze or grease on the lens of its rear camera spreads stray light over its pictures",
        "rear.contrast:LOW",
        stray_light="how much of it lies on a picture, over the light of a grey card; 0.12",
    ),
    "camera.leftover": unseen("a picture dated later than any new one stands in DCIM already"),
    "camera.missing": fails(
        "its second rear camera is not there", "cameras.ids:MISMATCH", "cameras.back:MISMATCH"
    ),
    "camera.no_service": fails("its camera service does not run", "CAMERA-SERVICE"),
    "camera.noise": fails(
        "the pictures of its rear camera are noisy",
        "rear_flat.noise:HIGH",
        noise="standard deviation of each colour of a pixel [code values]; 4 (a good one 1.5)",
    ),
    **_seen_in_pictures("rear"),
    "camera.still_fails": fails("its camera key writes no picture", "CAMERA-NO-PICTURE"),
}
