"""The lines of interpolation: which input places an output place takes, with exact weights.

Output place o lies at (o + 1/2) step - 1/2 of the input, or at o step where corners are aligned. Source of the rules:
the behaviour of PyTorch 2.13, which the tests use as oracle; cubic kernel: Keys 1981, doi 10.1109/TASSP.1981.1163711,
with a = -3/4, and -1/2 where antialiasing.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from math import ceil, floor
from struct import pack, unpack
from typing import NamedTuple

from ringcast.arithmetic.line import Line, Source

__all__ = ["Resampling", "nearest_line", "smooth_line"]

_Kernel = Callable[[Fraction], Fraction]
"""Weight by distance, in input pixels."""


class Resampling(NamedTuple):
    """Where the output places of one axis lie on its input."""

    size: int
    """Input places."""
    length: int
    """Output places."""
    step: Fraction
    """Input pixels from one output place to the next."""
    centred: bool
    """Whether pixels are taken for squares, so that their centres lie at halves; else first places coincide."""

    @property
    def advance(self) -> tuple[int, int]:
        """(inputs, outputs) after which places lie alike."""
        return self.step.numerator, self.step.denominator

    @property
    def parts(self) -> int:
        """Places lie at multiples of one part in this many of an input pixel."""
        return self.step.denominator * (2 if self.centred else 1)

    def place(self, output: int) -> tuple[int, int]:
        """Input place at or before an output place, and how many parts of a pixel it lies behind.

        >>> halves = Resampling(4, 8, Fraction(1, 2), centred=True)
        >>> halves.place(2), halves.parts
        ((0, 3), 4)
        """
        if not self.centred:
            return divmod(self.step.numerator * output, self.parts)
        return divmod(self.step.numerator * (2 * output + 1) - self.step.denominator, self.parts)


def nearest_line(resampling: Resampling, scale: float | None) -> Line:
    """The nearest place at or before (``nearest``), or to the centre (``nearest-exact``, which is ``centred``).

    PyTorch computes places in single precision, which may round down a place that is whole, and takes a result as
    large as its input, or twice as large, for a scale of 1 or 2: there the real axis follows PyTorch, and the axis
    without ends the exact fraction. PyTorch has two kernels that differ in this; followed is the one for results whose
    height and width add up to at most 128. The other takes no scale for 1 or 2, and rounds centres otherwise.
    """

    def exact(place: int) -> int:
        before, behind = resampling.place(place)
        return before + (resampling.centred and 2 * behind >= resampling.parts)

    def sources(place: int) -> tuple[Source, ...]:
        return ((exact(place), 1),)

    def bounded(place: int) -> tuple[Source, ...]:
        return ((min(rounded[place], resampling.size - 1), 1),)

    rounded = _single_precision(resampling, scale)
    size, length = resampling.size, resampling.length
    alike = all(exact(place) == rounded[place] < size for place in range(length))
    return Line(size, length, sources, resampling.advance, border="replicate", bounded=None if alike else bounded)


def _single_precision(resampling: Resampling, scale: float | None) -> list[int]:
    """Places as PyTorch's CPU kernel for small float32 images computes them, step by step; not cut at the last one."""
    step = _single(1 / scale if scale is not None else resampling.size / resampling.length)
    if not resampling.centred and resampling.length in (resampling.size, 2 * resampling.size):
        return [place * resampling.size // resampling.length for place in range(resampling.length)]
    if not resampling.centred:
        return [floor(_single(step * place)) for place in range(resampling.length)]
    centres = (max(_single(_single(step * (place + 0.5)) - 0.5), 0.0) for place in range(resampling.length))
    return [floor(_single(centre + 0.5)) for centre in centres]


def _single(value: float) -> float:
    """The nearest number of single precision; products and quotients of two such come out as computed in it."""
    return float(unpack("f", pack("f", value))[0])


def smooth_line(resampling: Resampling, *, cubic: bool, antialias: bool) -> Line:
    """Linear or cubic weights, which reach further where ``antialias`` meets a step above 1.

    Places beyond the ends are copies of the end; antialiasing leaves them out and scales the rest up. As in PyTorch, a
    result as large as its input is a copy of it, whatever the scale says; only cubic weights without antialiasing are
    not.
    """
    a = Fraction(-1, 2) if antialias else Fraction(-3, 4)
    kernel: _Kernel = (lambda distance: _cubic(distance, a)) if cubic else _linear
    reach = 2 if cubic else 1
    if antialias:
        return _antialiased_line(resampling, kernel, reach)

    @cache
    def taps(behind: int) -> tuple[Source, ...]:
        place = Fraction(behind, resampling.parts)
        return _nonzero({shift: kernel(place - shift) for shift in range(1 - reach, reach + 1)})

    def sources(place: int) -> tuple[Source, ...]:
        before, behind = resampling.place(place)
        return tuple((before + shift, weight) for shift, weight in taps(behind))

    copied = resampling.length == resampling.size and not cubic
    return Line(
        resampling.size,
        resampling.length,
        sources,
        resampling.advance,
        border="replicate",
        bounded=_copied if copied else None,
    )


def _antialiased_line(resampling: Resampling, kernel: _Kernel, reach: int) -> Line:
    spread = max(resampling.step, Fraction(1))
    support = ceil(reach * spread)
    # PyTorch puts pixels at their centres here even where corners are aligned; only the step differs then.
    pixels = resampling._replace(centred=True)

    @cache
    def weights(behind: int) -> dict[int, Fraction]:
        place = Fraction(behind, pixels.parts)
        return {shift: kernel((place - shift) / spread) for shift in range(-support, support + 2)}

    @cache
    def taps(behind: int) -> tuple[Source, ...]:
        return _shares(weights(behind))

    def sources(place: int) -> tuple[Source, ...]:
        before, behind = pixels.place(place)
        return tuple((before + shift, weight) for shift, weight in taps(behind))

    def bounded(place: int) -> tuple[Source, ...]:
        before, behind = pixels.place(place)
        if support <= before < resampling.size - support - 1:
            return sources(place)
        inside = {before + shift: weight for shift, weight in weights(behind).items()}
        return _shares({source: weight for source, weight in inside.items() if 0 <= source < resampling.size})

    copied = resampling.length == resampling.size
    advance = resampling.advance
    return Line(resampling.size, resampling.length, sources, advance, bounded=_copied if copied else bounded)


def _copied(place: int) -> tuple[Source, ...]:
    return ((place, 1),)


def _shares(weights: dict[int, Fraction]) -> tuple[Source, ...]:
    total = sum(weights.values())
    return _nonzero({source: weight / total for source, weight in weights.items()} if total else weights)


def _nonzero(weights: dict[int, Fraction]) -> tuple[Source, ...]:
    return tuple((source, weight) for source, weight in weights.items() if weight)


def _linear(distance: Fraction) -> Fraction:
    """1 - |x| within 1."""
    return max(1 - abs(distance), Fraction(0))


def _cubic(distance: Fraction, a: Fraction) -> Fraction:
    """(a + 2)|x|^3 - (a + 3)|x|^2 + 1 within 1; a(|x|^3 - 5|x|^2 + 8|x| - 4) within 2."""
    x = abs(distance)
    if x <= 1:
        return ((a + 2) * x - (a + 3)) * x * x + 1
    return a * (((x - 5) * x + 8) * x - 4) if x < 2 else Fraction(0)
