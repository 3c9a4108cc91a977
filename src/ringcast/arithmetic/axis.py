"""One axis of a sliding window: how long the result is, and which input places it never reads.

Symbols: n input size, k kernel, s stride, d dilation, op output padding; ``before`` and ``after`` are the padding at
the two ends (both are p except for ``padding='same'`` with an even reach).
Source: the output sizes stated in the PyTorch manual for Conv2d and ConvTranspose2d.
"""

from typing import NamedTuple

__all__ = ["Window", "conv_size", "cropped_places", "transposed_size", "unread_places"]


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


def unread_places(size: int, window: Window, padding_mode: str) -> int:
    """Count the input places that no output of a convolution reads.

    The floor drops places at the far end, a stride longer than the kernel skips some in between, and padding that
    copies (reflect, replicate, circular) can make up for either.

    >>> unread_places(5, Window(kernel=2, stride=2, before=0, after=0, dilation=1), "zeros")
    1
    """
    steps = conv_size(size, window)
    if window.dilation == 1 and window.stride <= window.kernel:  # no gaps: only the far end can be left out
        left = max(0, size + window.before - (steps - 1) * window.stride - window.kernel)
        if left == 0 or padding_mode == "zeros":
            return left
    read = {
        _source(step * window.stride + tap * window.dilation - window.before, size, padding_mode)
        for step in range(steps)
        for tap in range(window.kernel)
    }
    return size - len(read - {None})


def cropped_places(size: int, window: Window) -> int:
    """Count the input places of a transposed convolution that reach no output: their whole stamp is cropped.

    >>> cropped_places(3, Window(kernel=2, stride=2, before=2, after=2, dilation=1))
    2
    """
    length = transposed_size(size, window)
    reaching = (
        any(0 <= place * window.stride - window.before + tap * window.dilation < length for tap in range(window.kernel))
        for place in range(size)
    )
    return size - sum(reaching)


def _source(place: int, size: int, padding_mode: str) -> int | None:
    """Input place whose value stands at ``place`` of the padded axis (0 = first input place); None for a zero."""
    if 0 <= place < size:
        return place
    match padding_mode:
        case "reflect":
            return -place if place < 0 else 2 * (size - 1) - place
        case "replicate":
            return 0 if place < 0 else size - 1
        case "circular":
            return place % size
        case _:
            return None
