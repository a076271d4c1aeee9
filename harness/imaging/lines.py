"""Columns and rows of a flat field that stand out, and bands that come again and again.

Each column and each row has a mean. One that stands out from those beside it is a line: its
driver or its converter is bad, or a whole row of pixels is. What repeats over the whole picture,
such as a ripple of a supply, is banding: no line stands out then, but a frequency does. No standard
of pictures defines either for a picture that a camera app has processed: the methods are ours, and
docs/images.md says what they find.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.imaging.smooth import polynomials
from harness.model.reading import Reading, Unreadable

if TYPE_CHECKING:
    from numpy import float64, floating
    from numpy.typing import NDArray

    Profile = NDArray[float64]

LINE_PERCENT = 1.5
"""By how much a line differs at the least: weak ones count, a few hot pixels make none."""
LEAST_LINES = 24
"""Rows and columns that a picture needs."""
_BESIDE = 5  # lines on either side
_STANDS_OUT = 6.0
"""By how many standard deviations of all lines a line differs at the least besides, so that
neither noise nor bands make lines."""
_MAD_OF_SIGMA = 0.6745  # of a Gaussian, the median of what it is off
_PARTS = 5
"""Of a way across the picture, each half over the next one: a step or a spot is in one or two."""
_SMOOTH_ORDER = 3
_LEAST_LIGHT = 1e-6  # of full light: nothing is held against less


def bad_lines(light: NDArray[floating]) -> Reading[float]:
    """How many rows and columns differ by 1.5 % or more from the median of those beside them.

    Unreadable for a picture without light, or with under 24 rows or columns.
    """
    profiles = _profiles(light)
    if isinstance(profiles, Unreadable):
        return profiles
    return float(sum(map(_standing_out, profiles)))


def banding_percent(light: NDArray[floating]) -> Reading[float]:
    """The amplitude of the strongest ripple across the picture, up or aside [% of the light].

    With a period of 4 px to an eighth of the picture; of faster ones up to twice the amplitude. It
    is the median over parts of the picture, so that what does not repeat is none. Unreadable as for
    `bad_lines`.
    """
    profiles = _profiles(light)
    if isinstance(profiles, Unreadable):
        return profiles
    return 100 * max(map(_strongest_ripple, profiles))


def _profiles(light: NDArray[floating]) -> tuple[Profile, Profile] | Unreadable:
    """The mean of each column, and of each row."""
    if min(light.shape) < LEAST_LINES:
        rows, columns = light.shape
        return Unreadable(f"{columns} x {rows} px, needed are {LEAST_LINES} each way")
    columns, rows = (light.mean(axis=axis, dtype="float64") for axis in (0, 1))
    return (columns, rows) if columns.any() else Unreadable("the picture has no light")


def _standing_out(profile: Profile) -> int:
    import numpy as np

    padded = np.pad(profile, _BESIDE, "reflect")
    beside = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * _BESIDE + 1), axis=1)
    off = np.abs(profile / np.maximum(beside, _LEAST_LIGHT) - 1)
    usual = float(np.median(off)) / _MAD_OF_SIGMA
    return int(np.count_nonzero(off >= max(LINE_PERCENT / 100, _STANDS_OUT * usual)))


def _strongest_ripple(profile: Profile) -> float:
    """Its amplitude as a share of the light about it, in the middle one of the parts."""
    import numpy as np

    size = 2 * len(profile) // (_PARTS + 1)
    smooth, window = polynomials(size, _SMOOTH_ORDER), np.hanning(size)
    spectra = []
    for start in np.linspace(0, len(profile) - size, _PARTS).astype(int):
        part = profile[start : start + size]
        shading = smooth @ (smooth.T @ part)
        ripple = part / np.maximum(shading, _LEAST_LIGHT) - 1
        spectra.append(2 * np.abs(np.fft.rfft(ripple * window)) / window.sum())
    return float(np.median(spectra, axis=0).max())
