"""The sliding window of a layer along one axis: how long the result is, and which input places it takes.

Symbols: n input size, k kernel, s stride, d dilation, op output padding; ``before`` and ``after`` are the padding at
the two ends (both are p except for ``padding='same'`` with an even reach).
Source: the output sizes stated in the PyTorch manual for Conv2d and ConvTranspose2d.
"""

from typing import NamedTuple

from ringcast.arithmetic.line import Border, Line, Source

__all__ = ["Window", "conv_line", "conv_size", "transposed_line", "transposed_size"]


class Window(NamedTuple):
    """What one layer does along one axis; all in pixels.

    A transposed layer takes ``before`` and ``after`` away from its result, a convolution adds them to its input.

    >>> Window(kernel=3, stride=1, before=0, after=0, dilation=2).reach
    5
    """

    kernel: int
    stride: int
    before: int
    after: int
    dilation: int
    output_padding: int = 0

    @property
    def reach(self) -> int:
        """Pixels from the first to the last tap, d (k - 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1


def conv_size(size: int, window: Window) -> int:
    """Output size of a convolution: floor((n + before + after - d (k - 1) - 1) / s) + 1; below 1 it does not fit.

    >>> conv_size(24, Window(kernel=3, stride=1, before=0, after=0, dilation=1))
    22
    """
    room = size + window.before + window.after - window.reach
    return room // window.stride + 1 if room >= 0 else 0


def transposed_size(size: int, window: Window) -> int:
    """Output size of a transposed convolution: (n - 1) s - before - after + d (k - 1) + op + 1; may fall below 1.

    >>> transposed_size(11, Window(kernel=4, stride=2, before=0, after=0, dilation=1))
    24
    """
    cropped = window.before + window.after
    return (size - 1) * window.stride - cropped + window.reach + window.output_padding


def conv_line(size: int, window: Window, border: Border = "zeros") -> Line:
    """Output place o takes the places s o - before + d t of its padded input, t = 0 ... k - 1.

    >>> conv_line(5, Window(kernel=2, stride=2, before=0, after=0, dilation=1)).unread
    1
    """

    def sources(place: int) -> tuple[Source, ...]:
        first = place * window.stride - window.before
        return tuple((first + tap * window.dilation, 1) for tap in range(window.kernel))

    return Line(size, conv_size(size, window), sources, advance=(window.stride, 1), border=border)


def transposed_line(size: int, window: Window) -> Line:
    """Output place o takes every input place i with s i - before + d t = o for a tap t = 0 ... k - 1.

    >>> transposed_line(3, Window(kernel=2, stride=2, before=2, after=2, dilation=1)).unread
    2
    """

    def sources(place: int) -> tuple[Source, ...]:
        starts = (place + window.before - tap * window.dilation for tap in range(window.kernel))
        return tuple((start // window.stride, 1) for start in starts if start % window.stride == 0)

    return Line(size, transposed_size(size, window), sources, advance=(1, window.stride))
