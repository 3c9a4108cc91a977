"""The rule that tells from a layer's parameters whether it paints a checkerboard, and its reason in words.

A transposed convolution with kernel k, stride s and dilation d gives output phase f as many taps as there are
t < k with d t = f (mod s): the same for all phases if and only if gcd(d, s) = 1 and s divides k. The usual rule "s
divides k" forgets the dilation (checked by counting for k <= 12, s <= 6, d <= 5 in the tests).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd

from ringcast.arithmetic.layers import ConvTranspose2d, Layer
from ringcast.arithmetic.line import Number

__all__ = ["Evenness", "evenness"]


@dataclass(frozen=True)
class Evenness:
    """Whether one layer alone, along one axis and far from the ends, treats all output places alike.

    >>> evenness(ConvTranspose2d(1, 1, 3, 2), 0, (2, 1))
    Evenness(even=False, holes=False, reason='stride 2 does not divide kernel 3: pixels take 1 or 2 taps')
    """

    even: bool | None
    """None if no pattern was found."""
    holes: bool | None
    """Whether some places take nothing."""
    reason: str


def evenness(layer: Layer, axis: int, pattern: Sequence[Number] | None) -> Evenness:
    """Judge one layer along one axis by the pattern it makes of a constant input, and say why.

    >>> evenness(ConvTranspose2d(1, 1, 2, 2, dilation=2), 0, (2, 0)).reason
    'stride 2 and dilation 2 share the factor 2: only every 2nd pixel can take taps'
    """
    if pattern is None:
        return Evenness(None, None, "its pattern takes too long to repeat")
    even, holes = len(pattern) == 1 and pattern[0] != 0, 0 in pattern
    if isinstance(layer, ConvTranspose2d):
        window = layer.window(axis)
        return Evenness(even, holes, _transposed_reason(window.kernel, window.stride, window.dilation))
    if even:
        return Evenness(even, holes, f"every pixel takes {pattern[0]}")
    if holes:
        return Evenness(even, holes, f"{pattern.count(0)} of {len(pattern)} pixels take nothing")
    return Evenness(even, holes, f"pixels take {min(pattern)} to {max(pattern)}")


def _transposed_reason(kernel: int, stride: int, dilation: int) -> str:
    shared = gcd(dilation, stride)
    if stride == 1:
        return f"at stride 1 every pixel takes {_taps(kernel)}"
    if shared > 1:
        return (
            f"stride {stride} and dilation {dilation} share the factor {shared}: "
            f"only every {_ordinal(shared)} pixel can take taps"
        )
    if kernel < stride:
        return f"kernel {kernel} is smaller than stride {stride}: {stride - kernel} of {stride} pixels take nothing"
    if kernel % stride:
        return (
            f"stride {stride} does not divide kernel {kernel}: "
            f"pixels take {kernel // stride} or {_taps(kernel // stride + 1)}"
        )
    return f"stride {stride} divides kernel {kernel}: every pixel takes {_taps(kernel // stride)}"


def _taps(count: int) -> str:
    return f"{count} tap" if count == 1 else f"{count} taps"


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
