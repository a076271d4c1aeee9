"""Good units as they differ from the golden one, for reasons that physics or parts lists give.

Normal distributions, unless something cuts or skews them. The standard deviations are of a line
that nobody has measured yet: each says where it comes from. What the simulators themselves draw
for each reading comes on top (reports of RSRP, pings, pixels, the jig's meter).
"""

from __future__ import annotations

import math
import random
from dataclasses import replace

from harness.sim.camera import SimCamera
from harness.sim.scenario import unit_of_serial
from harness.sim.unit import Defects, SimUnit

SKUS = ("A57-PK", "A57-AE")

LENS, COLOUR, EXPOSURE, FALLOFF, PIXEL_NOISE = 0.02, 0.01, 0.02, 0.1, 0.05
"""Shares. Focus after active alignment; white balance as calibrated on the module line; the
calibration of sensitivity; roll-off of the lens with its place over the sensor; read noise."""
FLASH, FLASH_BIN = 0.05, 0.1
"""Shares. Luminous flux of LEDs, which their maker sorts: none is outside of its bin."""
ASTIGMATISM, HAZE, SPOT_PERCENT = 0.01, 0.3, 0.4
"""Shares: of the blur down over that across, by tilt of lens and sensor; of the golden stray light,
by coating. How dark the worst speck is that the clean room lets through [% of the light]."""
COLOUR_SHADING, BANDING, COLUMNS = 0.005, 0.3, 0.2
"""The angle at which light meets the colour filters [share in the corners]; shares: of the golden
ripple of the sensor's supply, and of the golden spread of its column amplifiers."""
BAD_PIXEL, GREY_PIXEL = 0.03, 0.05
"""How many cameras have one that the sensor's own correction left; none has two."""
SHIFT_PX, TURN_DEG = 4.8, 0.5
"""How a unit seats in the fixture: a quarter of what is allowed (2 % of the height, 2 deg)."""
WIFI_DB, LTE_DB, RSRQ_DB, SNR_DB, GNSS_DB = 1.0, 1.0, 0.8, 1.5, 0.8
"""Gain of antenna, switch and receiver in series, after calibration; how the unit seats in its
coupler; for GNSS, the same for an antenna with no switch."""
CURRENT, EFFICIENCY, LOAD = 0.02, 0.01, 0.1
"""Shares. A charger's input current limit (its data sheet says 5 % at the most); what its coil and
switches lose; what Android does in the background."""
LEVEL_PCT, CELL_V, V_PER_PCT = (50, 70), 0.008, 0.006
"""The charge with which packs come, alike likely; the cell's voltage around its curve there."""
FULL_PCT, CYCLES = 1.5, 2
"""The capacity of new packs; how often the plant has charged one at the most."""
AMBIENT_K, PROCESSOR_K = 1.5, 2.0
"""The hall over the day; what the processor has just done."""
ATTACH_LN, PING_LN, DOWNLINK, JITTER_MS = 0.15, 0.15, 0.05, (2.0, 6.0)
"""Log-normal: a search that may have to try again only ever takes longer; so do round trips."""
STORAGE = 0.15
"""Share. What the first boot leaves on the disk."""


def spread(draw: random.Random, serial: str, *, seed: int = 0, defects: Defects = {}) -> SimUnit:  # noqa: B006 a Mapping
    """A good unit unlike any other, and what is planted in it beside.

    One with a defect is of the SKU for which the table of defects speaks.
    """
    golden = unit_of_serial(serial, seed=seed, defects=defects)
    golden.sku = SKUS[0] if defects else draw.choice(SKUS)
    for part in (_power, _radios, _cellular, _inside):
        part(golden, draw)
    golden.rear, golden.front = (_camera(each, draw) for each in (golden.rear, golden.front))
    golden.flash_gain *= 1 + _cut(draw, FLASH, FLASH_BIN)
    return golden


def _power(unit: SimUnit, draw: random.Random) -> None:
    level_pct = draw.randint(*LEVEL_PCT)
    unit.cell_v += V_PER_PCT * (level_pct - unit.level_percent) + draw.gauss(0, CELL_V)
    unit.level_percent = level_pct
    unit.health_pct += draw.gauss(0, FULL_PCT)
    unit.cycle_count = draw.randint(0, CYCLES)
    unit.load_a *= 1 + draw.gauss(0, LOAD)
    unit.sdp_current_a *= 1 + draw.gauss(0, CURRENT)
    unit.dcp_current_a *= 1 + draw.gauss(0, CURRENT)
    unit.charger_efficiency *= 1 + draw.gauss(0, EFFICIENCY)


def _radios(unit: SimUnit, draw: random.Random) -> None:
    unit.wifi_gain_db = draw.gauss(0, WIFI_DB)
    assert unit.gnss_cn0_dbhz is not None, "a good unit receives"
    unit.gnss_cn0_dbhz += draw.gauss(0, GNSS_DB)


def _cellular(unit: SimUnit, draw: random.Random) -> None:
    unit.rsrp_offset_db = draw.gauss(0, LTE_DB)
    unit.rsrq_db += draw.gauss(0, RSRQ_DB)
    unit.snr_db += draw.gauss(0, SNR_DB)
    unit.attach_s *= math.exp(draw.gauss(0, ATTACH_LN))
    unit.ping_ms *= math.exp(draw.gauss(0, PING_LN))
    unit.ping_jitter_ms = draw.uniform(*JITTER_MS)
    unit.downlink_mbps *= 1 + draw.gauss(0, DOWNLINK)


def _inside(unit: SimUnit, draw: random.Random) -> None:
    unit.temperature_c += draw.gauss(0, AMBIENT_K)
    unit.processor_above_c = draw.gauss(0, PROCESSOR_K)
    unit.storage_used *= 1 + draw.gauss(0, STORAGE)


def _camera(golden: SimCamera, draw: random.Random) -> SimCamera:
    pixel = draw.random()
    return replace(
        golden,
        sigma_px=golden.sigma_px * (1 + draw.gauss(0, LENS)),
        red_gain=golden.red_gain * (1 + draw.gauss(0, COLOUR)),
        blue_gain=golden.blue_gain * (1 + draw.gauss(0, COLOUR)),
        exposure=golden.exposure * (1 + draw.gauss(0, EXPOSURE)),
        falloff=golden.falloff * (1 + draw.gauss(0, FALLOFF)),
        noise=golden.noise * (1 + draw.gauss(0, PIXEL_NOISE)),
        blur_ratio=1 + draw.gauss(0, ASTIGMATISM),
        haze=golden.haze * abs(1 + draw.gauss(0, HAZE)),
        colour_shading=golden.colour_shading + draw.gauss(0, COLOUR_SHADING),
        banding=golden.banding * abs(1 + draw.gauss(0, BANDING)),
        column_spread=golden.column_spread * abs(1 + draw.gauss(0, COLUMNS)),
        spot_percent=abs(draw.gauss(0, SPOT_PERCENT)),
        bad_pixels=int(pixel < BAD_PIXEL),
        grey_pixels=int(BAD_PIXEL <= pixel < BAD_PIXEL + GREY_PIXEL),
        chart_shift_px=(draw.gauss(0, SHIFT_PX), draw.gauss(0, SHIFT_PX)),
        chart_turn_deg=draw.gauss(0, TURN_DEG),
    )


def _cut(draw: random.Random, sigma: float, most: float) -> float:
    """Normally distributed, and drawn again where it is more than `most` away."""
    while abs(drawn := draw.gauss(0, sigma)) > most:
        pass
    return drawn
