"""How long a simulated camera app exposes a picture, by the light that there is."""

from __future__ import annotations

from dataclasses import dataclass

_FULL_LIGHT_S, _LEAST_ISO, _MOST_ISO = 0.01, 100, 3200
_LONGEST_S = 0.04
"""Four half waves of 50 Hz mains: times in whole ones keep its flicker out of pictures."""
_FLASH_S = 0.02
_FULL = _FULL_LIGHT_S * _LEAST_ISO
MOST = _LONGEST_S * _MOST_ISO / _FULL
"""The longest exposure at the highest sensitivity, over the exposure for full light."""
FLASH_BELOW = 0.02
"""Of full light; with less, automatic flash fires."""

FIRED, NOT_FIRED, NO_FLASH = 0x19, 0x18, 0x20
"""Values of EXIF's Flash, tag 0x9209 (EXIF 2.32, clause 4.6.5): bit 0 it fired, bits 3 and 4 it is
automatic, bit 5 there is none."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """Time [s], sensitivity [ISO] and flash of a picture, as its EXIF says them."""

    time_s: float
    iso: int
    flash: int
    light: float
    """What got through the lens meanwhile, over what does at full light."""

    @property
    def card(self) -> float:
        """How bright a grey card is in the picture, over one that is exposed rightly."""
        return self.light * self.time_s * self.iso / _FULL


def metered(
    light: float, *, through: float = 1.0, flash_gain: float | None = None, unfired: int = NO_FLASH
) -> Exposure:
    """What an app with automatic flash takes at this light [share of the box's full light].

    It exposes for longer first, then more sensitively, up to an end: from there on pictures get
    dark. In the dark the flash lights the scene as `flash_gain` of the box's full light does, for
    a time that a hand can hold; None where no flash fires, which is `unfired` in EXIF. Of all
    light the lens lets `through` a share.
    """
    if light < FLASH_BELOW and flash_gain is not None:
        return Exposure(_FLASH_S, _LEAST_ISO, FIRED, (light + flash_gain) * through)
    seen = light * through
    needed = _FULL * (1 / seen if seen * MOST > 1 else MOST)
    time_s = min(needed / _LEAST_ISO, _LONGEST_S)
    return Exposure(time_s, round(needed / time_s), unfired, seen)
