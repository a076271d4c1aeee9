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
    blur_ratio: float = 1.0
    """How much wider the blur is down the picture than across it, as astigmatism makes it."""
    haze: float = 0.01
    """Veiling glare: stray light, over that of a grey card, that lies on all of a picture."""
    red_gain: float = 1.0
    blue_gain: float = 1.0
    exposure: float = 1.0
    """How brightly it exposes, over what makes a card of 18 % reflectance code 118."""
    falloff: float = 0.12
    """Share of the light that its corners lack: every lens vignettes a little."""
    colour_shading: float = 0.01
    """By which share its corners are redder than its middle, and as much less blue."""
    banding: float = 0.0005
    """Amplitude of light and dark bands across its pictures [share of the light]."""
    column_spread: float = 0.001
    """Standard deviation of the gains of its sensor's columns [share]."""
    column_light: float = 1.0
    """Share of its light that one column keeps."""
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
    grey_pixels: int = 0
    """Pixels that are half dead, well apart; every second one in a corner, where light is short."""
    grey_light: float = 0.5
    """Share of its light that a half-dead pixel keeps."""


GOLDEN_REAR = SimCamera()
GOLDEN_FRONT = SimCamera(sigma_px=0.9)
