"""One camera of a simulated handset, as it was built: pure values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SimCamera:
    """What light, lens and sensor of a camera make of its pictures.

    The defaults are those of the golden unit; no two good ones have quite the same. Gains and
    shares are of linear light.
    """

    sigma_px: float = 0.8
    """Blur of its pictures: a Gaussian, pixel aperture and all [px]; MTF50 is 0.1874/sigma."""
    red_gain: float = 1.0
    blue_gain: float = 1.0
    exposure: float = 1.0
    """How brightly it exposes, over what makes a card of 18 % reflectance code 118."""
    falloff: float = 0.12
    """Share of the light that its corners lack: every lens vignettes a little."""
    noise: float = 1.5
    """Standard deviation of its pixels, in each colour by itself [code values]."""
    chart_shift_px: tuple[float, float] = (0.0, 0.0)
    """How far right and down of its middle the camera sees the chart."""
    chart_turn_deg: float = 0.0
    """By how much it sees the chart turned counter-clockwise."""
    through: float = 1.0
    """Share of the light that gets to the lens at all."""
    right_half: float = 1.0
    """Share of its light that the right half of a picture gets."""
    spot_percent: float = 0.0
    """By how much a soft spot is darker in its middle than what is around it [% of the light]."""
    spot_width_percent: float = 2.0
    """Across the spot, where half of that is left [% of the picture's width]."""
    bad_pixels: int = 0
    """Pixels that are white or black whatever they see, well apart from one another."""


GOLDEN_REAR = SimCamera()
GOLDEN_FRONT = SimCamera(sigma_px=0.9)
