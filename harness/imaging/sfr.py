"""Spatial frequency response of a slanted edge (e-SFR, ISO 12233:2023).

The lines across a slanted edge sample one blurred step at slightly different places. Laid over
one another by a fit of where the edge lies in each, they make a profile four times finer than
the pixels; its derivative is the line spread, whose Fourier transform is the response.

Where this leaves the standard: the window that keeps the noise of the plateaus out is flat over
the line spread (a Hamming window over the whole region makes a blurred edge look up to 3 %
sharper), and besides the derivative's response that of the bins is taken out, too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.model.reading import Reading, Unreadable

if TYPE_CHECKING:
    from numpy import float64, floating
    from numpy.typing import NDArray

    Lines = NDArray[float64]

BINS_PER_PX = 4
LEAST_SIDE_PX = 24
ANGLES_DEG = (1.0, 15.0)
"""Slants that are measured: below, too few phases of the pixels are seen; the standard advises
2 to 10 degrees, a chart in a jig is a little off."""

_LEAST_STEP_TO_NOISE = 6.0
_MOST_SCATTER_PX = 1.0
_NARROWEST_SIGMA_PX = 0.3
_QUARTILES_OF_SIGMA = 1.349  # from the lower to the upper quartile of a Gaussian
_FLAT_SIGMAS, _TAPER_SIGMAS = 2.5, 2.5
_MARGIN_PX = 1.0
_TRANSFORM = 4096
_HIGHEST = 1.0  # cycles a pixel


@dataclass(frozen=True, slots=True)
class Sfr:
    """The response `mtf` (1 at rest) over `frequencies` [cycles a pixel] along the edge's normal.

    `angle_deg` is the slant to the rows or columns that the edge follows; it grows with the
    turn from a row towards lower columns. `step` is the difference of the plateaus, in the unit
    of the region.
    """

    frequencies: NDArray[float64]
    mtf: NDArray[float64]
    angle_deg: float
    step: float

    @property
    def mtf50(self) -> Reading[float]:
        """The lowest frequency at which half of the contrast is left [cycles a pixel]."""
        import numpy as np

        below = np.flatnonzero(self.mtf < 0.5)
        if not below.size:
            return Unreadable(f"more than half of the contrast is left at {_HIGHEST:g} cycles/px")
        at = slice(int(below[0]) - 1, int(below[0]) + 1)
        return float(np.interp(-0.5, -self.mtf[at], self.frequencies[at]))

    def at(self, frequency: float) -> float:
        """The response at a frequency [cycles a pixel], from 0 to 1."""
        import numpy as np

        return float(np.interp(frequency, self.frequencies, self.mtf))


def measure(region: NDArray[floating]) -> Sfr | Unreadable:
    """The response of the one edge in a region of linear light, of any unit.

    Unreadable when there is no usable edge: a region under 24 px, a step that is lost in noise
    or not finite, an edge that is not straight, that leaves the region or is not slanted by 1 to
    15 degrees, a blur wider than the region.
    """
    import numpy as np

    lines = np.asarray(region, dtype=np.float64)
    if lines.ndim != 2 or min(lines.shape) < LEAST_SIDE_PX:
        return Unreadable(f"a region of {lines.shape}, needed are {LEAST_SIDE_PX} px each way")
    if not np.isfinite(lines).all():
        return Unreadable("not every pixel is a number")
    lines = _upright(lines)
    step = _step(lines)
    if isinstance(step, Unreadable):
        return step
    edge = _fit(lines)
    if isinstance(edge, Unreadable):
        return edge
    slope, place = edge
    profile = _profile(lines, slope, place)
    mtf = _transform(profile)
    if isinstance(mtf, Unreadable):
        return mtf
    frequencies, response = mtf
    return Sfr(frequencies, response, math.degrees(math.atan(slope)), step)


def mean(one: Sfr, other: Sfr) -> Sfr:
    """The mean of two responses, of their steps and of the size of their slants."""
    return Sfr(
        one.frequencies,
        (one.mtf + other.mtf) / 2,
        (abs(one.angle_deg) + abs(other.angle_deg)) / 2,
        (one.step + other.step) / 2,
    )


def _upright(lines: Lines) -> Lines:
    """The region turned so that its edge runs down it, dark on the left."""
    across, down = (_halves_differ(lines.mean(axis)) for axis in (0, 1))
    turned = lines.T if down > across else lines
    side = turned.shape[1] // 8
    return -turned if turned[:, -side:].mean() < turned[:, :side].mean() else turned


def _halves_differ(profile: Lines) -> float:
    half = len(profile) // 2
    return abs(float(profile[:half].mean() - profile[-half:].mean()))


def _step(lines: Lines) -> float | Unreadable:
    """How much the plateaus on both sides differ."""
    side = lines.shape[1] // 8
    dark, bright = lines[:, :side], lines[:, -side:]
    step = float(bright.mean() - dark.mean())
    noise = max(_spread(dark), _spread(bright))
    if step <= _LEAST_STEP_TO_NOISE * noise or step == 0:
        return Unreadable(f"a step of {step:.3g} with {noise:.3g} of noise beside it")
    return step


def _spread(plateau: Lines) -> float:
    """The standard deviation of a plateau, of its middle 68 %: a white pixel in it is no noise."""
    import numpy as np

    low, high = np.percentile(plateau, (15.87, 84.13))
    return float(high - low) / 2


def _fit(lines: Lines) -> tuple[float, float] | Unreadable:
    """Slope of the edge [px a line], and where it crosses the first line [px]."""
    import numpy as np

    rows, columns = lines.shape
    numbers = np.arange(rows, dtype=np.float64)
    side = columns // 8
    dark, bright = lines[:, :side].mean(), lines[:, -side:].mean()
    share = ((bright - lines) / (bright - dark)).clip(-0.5, 1.5)
    slope, place = np.polyfit(numbers, share.sum(axis=1) - 0.5, 1)
    for half in (columns / 3, columns / 4):
        places = _centroids(lines, slope * numbers + place, half)
        off = np.abs(places - slope * numbers - place)
        near = off <= 4 * np.median(off) + 0.1  # a line with a speck of dust is left out
        slope, place = np.polyfit(numbers[near], places[near], 1)
    scatter = float(np.median(np.abs(places - slope * numbers - place)))
    if not scatter < _MOST_SCATTER_PX:
        return Unreadable(f"the edge is not straight: its lines scatter by {scatter:.2g} px")
    angle = abs(math.degrees(math.atan(slope)))
    if not ANGLES_DEG[0] <= angle <= ANGLES_DEG[1]:
        return Unreadable(f"an edge slanted by {angle:.2g} degrees, needed are 1 to 15")
    ends = (place, place + slope * (rows - 1))
    if min(ends) < side or max(ends) > columns - 1 - side:
        return Unreadable(f"the edge leaves the region: from column {ends[0]:.0f} to {ends[1]:.0f}")
    return float(slope), float(place)


def _centroids(lines: Lines, centres: Lines, half_px: float) -> Lines:
    """Per line, the centroid of its derivative under a Hann window about a centre [px]."""
    import numpy as np

    derivative = (lines[:, 2:] - lines[:, :-2]) / 2
    columns = np.arange(1, lines.shape[1] - 1)
    way = np.clip((columns - centres[:, None]) / half_px, -1, 1)
    weights = derivative * (1 + np.cos(np.pi * way)) / 2
    whole = weights.sum(axis=1)
    whole[whole == 0] = np.nan
    places: Lines = np.nan_to_num((weights * columns).sum(axis=1) / whole, nan=-1.0)
    return places


def _profile(lines: Lines, slope: float, place: float) -> Lines:
    """The edge's profile along its normal, in bins of a quarter pixel, the edge in the middle.

    As many lines are taken as make whole turns of the pixels' phase.
    """
    import numpy as np

    turns = int(len(lines) * abs(slope))
    lines = lines[: round(turns / abs(slope))] if turns else lines
    rows = np.arange(len(lines))[:, None]
    way = (np.arange(lines.shape[1]) - slope * rows - place) * math.cos(math.atan(slope))
    half = int(min(-way[:, 0].max(), way[:, -1].min()) * BINS_PER_PX)
    bins = np.floor(way * BINS_PER_PX).astype(np.intp) + half
    inside = (bins >= 0) & (bins < 2 * half)
    counts = np.bincount(bins[inside], minlength=2 * half)
    sums = np.bincount(bins[inside], lines[inside], minlength=2 * half)
    filled = np.flatnonzero(counts)
    return np.interp(np.arange(2 * half), filled, sums[filled] / counts[filled])


def _transform(profile: Lines) -> tuple[Lines, Lines] | Unreadable:
    """Frequencies [cycles a pixel] and the response there."""
    import numpy as np

    sigma_px = _sigma_px(profile)
    if isinstance(sigma_px, Unreadable):
        return sigma_px
    spread = np.diff(profile)
    way_px = np.abs(np.arange(1, len(profile)) - len(profile) / 2) / BINS_PER_PX
    flat = _FLAT_SIGMAS * sigma_px + _MARGIN_PX
    taper = np.clip((way_px - flat) / (_TAPER_SIGMAS * sigma_px + _MARGIN_PX), 0, 1)
    if way_px[0] < flat:
        return Unreadable(f"a blur of {sigma_px:.3g} px (sigma) is too wide for the region")
    spectrum = np.abs(np.fft.rfft(spread * (1 + np.cos(np.pi * taper)) / 2, _TRANSFORM))
    frequencies = np.arange(spectrum.size) * BINS_PER_PX / _TRANSFORM
    known = frequencies <= _HIGHEST
    # np.sinc(x) is sin(pi x)/(pi x): once for the difference of bins, once for their width
    ours = np.sinc(frequencies[known] / BINS_PER_PX) ** 2
    return frequencies[known], spectrum[known] / spectrum[0] / ours


def _sigma_px(profile: Lines) -> float | Unreadable:
    """The width of a Gaussian whose step rises from quartile to quartile as this profile does."""
    import numpy as np

    smooth = np.convolve(np.pad(profile, 2, "edge"), np.full(5, 0.2), "valid")
    plateau = max(len(profile) // 8, 1)
    dark, bright = np.median(smooth[:plateau]), np.median(smooth[-plateau:])
    lower, upper = (_crossing(smooth, dark + (bright - dark) * share) for share in (0.25, 0.75))
    if lower is None or upper is None or upper < lower:
        return Unreadable("the edge does not rise from one plateau to the other")
    return max((upper - lower) / _QUARTILES_OF_SIGMA / BINS_PER_PX, _NARROWEST_SIGMA_PX)


def _crossing(profile: Lines, level: float) -> float | None:
    """Where the profile rises through a level, nearest to its middle [bins]."""
    import numpy as np

    rises = np.flatnonzero((profile[:-1] < level) & (profile[1:] >= level))
    if not rises.size:
        return None
    at = int(rises[np.argmin(np.abs(rises + 1 - len(profile) / 2))])
    return at + float((level - profile[at]) / (profile[at + 1] - profile[at]))
