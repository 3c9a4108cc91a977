"""A whole stack as one kernel: what a single 1 in the seed paints along one axis, far from the ends."""

from collections.abc import Sequence
from dataclasses import dataclass

from ringcast.arithmetic.line import Line, Number

__all__ = ["Composite", "composite"]

_MOST_TAPS = 4096


@dataclass(frozen=True)
class Composite:
    """A stack of ones weights as one transposed convolution along one axis; or the reason why there is none.

    >>> from ringcast.arithmetic.layers import Conv2d, ConvTranspose2d
    >>> found = composite([ConvTranspose2d(1, 1, 4, 2).line(0, 11), Conv2d(1, 1, 3).line(0, 24)])
    >>> found.kernel, found.stride, found.start
    ((1, 2, 3, 3, 2, 1), 2, -2)
    """

    kernel: tuple[Number, ...] | None
    """Taps in the order of the output; None if the stack is no transposed convolution."""
    stride: int = 1
    """Output places between the kernels of neighbouring seed places."""
    start: int = 0
    """Output place of the first tap for seed place 0."""
    reason: str = ""
    """Why there is no kernel."""

    @property
    def phase_sums(self) -> tuple[Number, ...]:
        """Sum of the taps on each output phase; all equal if the stack is even."""
        taps = self.kernel or ()
        return tuple(sum(taps[(phase - self.start) % self.stride :: self.stride]) for phase in range(self.stride))


def composite(lines: Sequence[Line]) -> Composite:
    """Multiply the kernels of all lines of one axis together.

    A line that goes s outputs further for one input further is a transposed convolution of stride s; for two of them,
    tap a of the first lands under tap b of the second at s_2 a + b.
    """
    taps: dict[int, Number] = {0: 1}
    stride = 1
    for number, line in enumerate(lines, start=1):
        reason = _obstacle(line)
        if reason:
            return Composite(None, reason=f"layer {number} {reason}")
        inner, step = _taps(line), line.advance[1]
        joined: dict[int, Number] = {}
        for outer_place, outer in taps.items():
            for inner_place, weight in inner.items():
                place = step * outer_place + inner_place
                joined[place] = joined.get(place, 0) + outer * weight
        taps, stride = joined, stride * step
        if len(taps) > _MOST_TAPS:
            return Composite(None, reason=f"it has more than {_MOST_TAPS} taps after layer {number}")
    first, last = min(taps, default=0), max(taps, default=0)
    return Composite(tuple(taps.get(place, 0) for place in range(first, last + 1)), stride, first)


def _obstacle(line: Line) -> str:
    if line.blend != "sum":
        return "takes the largest of its inputs, which is not linear"
    if line.advance[0] != 1:
        factor = f"{line.advance[1]}/{line.advance[0]}" if line.advance[0] else "infinity"
        return f"scales by {factor}, which is no whole number"
    return "has too many phases" if line.advance[1] > _MOST_TAPS else ""


def _taps(line: Line) -> dict[int, Number]:
    """Weight of input place 0 for every output place it reaches, on an axis without ends."""
    step = line.advance[1]
    taps: dict[int, Number] = {}
    for phase in range(step):
        for source, weight in line.unbounded(phase):
            if weight:
                place = phase - step * source
                taps[place] = taps.get(place, 0) + weight
    return taps
