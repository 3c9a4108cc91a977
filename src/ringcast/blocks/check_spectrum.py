"""Checkerboards in pictures: how much of their energy stands out at the frequencies of the strides.

A network of overall stride S paints its pattern at the frequencies (j / S, i / S), (j, i) != (0, 0), cycles per pixel.
A picture may have energy there for good reasons, but then at the neighbouring frequencies too: only what stands out
above its neighbours counts.

**The share of a picture**, row by row of the computation:

1. The picture is cut to whole periods S about its middle and multiplied by a Hann window, with its windowed mean taken
   away. The window keeps the edges from leaking along the axes, and spreads a pure pattern over 3 x 3 frequencies.
2. At every checkerboard frequency, the power of these 3 x 3 is summed, less 9 times the mean power of the frame round
   them (9 x 9 without the inner 5 x 5).
3. The sum of all of them, over the power of all frequencies, is the share. It can be negative by chance.

For white noise its mean is 0, and its standard error, to which ``error`` is an estimate, follows from the power in the
frames: power at one frequency scatters by as much as its mean. A pattern a cos(2 pi (j y + i x) / S) added to noise of
variance v has the share (a^2 / 2) / (a^2 / 2 + v). Unlike the index, the mean of the picture does not count.
"""

from dataclasses import dataclass
from functools import cache
from math import sqrt

import torch
from jaxtyping import Float
from torch import Tensor

from ringcast.errors import ArgumentError

__all__ = ["PictureShare", "picture_share"]

_REACH = 4
"""Frequencies from the middle to the rim of the frame."""
_FEWEST_PERIODS = _REACH + 2
"""So that a frame stays clear of the next checkerboard frequency."""


@dataclass(frozen=True)
class PictureShare:
    """Energy of pictures at the checkerboard frequencies, above their neighbours."""

    share: float
    """Over the energy of all frequencies but the mean; all pictures together."""
    error: float
    """Standard error that the share would have without any pattern, in a picture that is noise near the frequencies."""
    by_frequency: Float[Tensor, "row col"]
    """The share at frequency (row / S, col / S); 0 at (0, 0)."""
    pictures: int

    @property
    def stands_out(self) -> bool:
        """Whether the share is more than 4 errors above 0."""
        return self.share > 4 * self.error and self.share > 1e-9


def picture_share(pictures: Float[Tensor, "*batch row col"], period: tuple[int, int]) -> PictureShare:
    """Measure the checkerboard in pictures of a network whose strides multiply to ``period``, (vertical, horizontal).

    Args:
        pictures: any number of them; their energies are added, so that a brighter one counts more.
        period: of the pattern looked for; 1 along an axis that the network does not enlarge.

    Raises:
        ArgumentError: no picture, a period of (1, 1), fewer than 6 periods along an axis, or values not finite.

    >>> row = torch.arange(64.0)
    >>> pattern = torch.cos(torch.pi * row) + torch.zeros(64, 1)
    >>> found = picture_share(pattern + 3, period=(2, 2))
    >>> round(found.share, 6), round(float(found.by_frequency[0, 1]), 6)
    (1.0, 1.0)
    """
    images = _cut(pictures, period)
    window = _hann(images.shape[-2], images)[:, None] * _hann(images.shape[-1], images)
    mean = (images * window).sum((-2, -1), keepdim=True) / window.sum()
    power = torch.fft.fft2((images - mean) * window).abs().square().sum(0)
    whole = float(power.sum())
    if whole == 0:
        return PictureShare(0.0, 0.0, torch.zeros(period, dtype=images.dtype), len(images))
    near = _near(power, period)
    frame = (near * _frame(images)).sum((-2, -1))
    excess = (near * _line(images)).sum((-2, -1)) - 9 * frame
    excess[0, 0] = frame[0, 0] = 0
    # power at f and -f is the same number, so that every variance counts twice; pictures scatter independently
    error = sqrt(2 * _scatter() * float(frame.square().sum()) / len(images)) / whole
    return PictureShare(float(excess.sum()) / whole, error, excess / whole, len(images))


def _cut(pictures: Tensor, period: tuple[int, int]) -> Float[Tensor, "picture row col"]:
    if pictures.ndim < 2 or not pictures.numel():
        raise ArgumentError(f"pictures have shape {tuple(pictures.shape)}; expected (row, col) after any others")
    if max(period) < 2:
        raise ArgumentError(
            "the period is 1 x 1: the network enlarges nothing, so there is no checkerboard to look for"
        )
    if not bool(pictures.isfinite().all()):
        raise ArgumentError("pictures have values that are not finite; leave those pictures out")
    images = pictures.detach().flatten(0, -3) if pictures.ndim > 2 else pictures.detach()[None]
    for axis, name in ((-2, "high"), (-1, "wide")):
        size, length = images.shape[axis], period[axis]
        whole = size // length
        if whole < _FEWEST_PERIODS or size < 2 * _REACH + 1:
            raise ArgumentError(
                f"pictures are {size} pixels {name}, {whole} periods of {length}; expected at least {_FEWEST_PERIODS} "
                f"periods and {2 * _REACH + 1} pixels"
            )
        images = images.narrow(axis, (size - whole * length) // 2, whole * length)
    return images.double()


def _hann(size: int, like: Tensor) -> Tensor:
    return torch.hann_window(size, periodic=True, dtype=like.dtype, device=like.device)


def _near(power: Tensor, period: tuple[int, int]) -> Float[Tensor, "row col 9 9"]:
    """The power at every checkerboard frequency and at those round it; frequencies go round."""
    padded = torch.nn.functional.pad(power[None, None], (_REACH,) * 4, mode="circular")[0, 0]
    steps = [size // length for size, length in zip(power.shape, period, strict=True)]
    return padded.unfold(0, 2 * _REACH + 1, steps[0]).unfold(1, 2 * _REACH + 1, steps[1])


def _line(like: Tensor) -> Tensor:
    weights = like.new_zeros(2 * _REACH + 1, 2 * _REACH + 1)
    weights[_REACH - 1 : _REACH + 2, _REACH - 1 : _REACH + 2] = 1
    return weights


def _frame(like: Tensor) -> Tensor:
    """The mean over the frame."""
    weights = like.new_ones(2 * _REACH + 1, 2 * _REACH + 1)
    weights[_REACH - 2 : _REACH + 3, _REACH - 2 : _REACH + 3] = 0
    return weights / weights.sum()


@cache
def _scatter() -> float:
    """Variance of (line - 9 frame) for white noise of mean power 1 under the window.

    The power at two frequencies that are (m, n) apart has the covariance r_m^2 r_n^2 with r = 1, 2/3, 1/6, 0 ..., the
    Fourier coefficients of the squared Hann window; so it is the sum over pairs of weights times it.
    """
    like = torch.zeros(0, dtype=torch.float64)
    weights = _line(like) - 9 * _frame(like)
    apart = torch.arange(2 * _REACH + 1)
    steps = (apart[:, None] - apart).abs().clamp(max=3)
    near = torch.tensor([1.0, 4 / 9, 1 / 36, 0.0], dtype=torch.float64)[steps]
    return float((weights * (near @ weights @ near)).sum())
