"""How a line carries numbers along: those of the real axis, and a repeating pattern on an axis without ends."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import gcd

from ringcast.arithmetic.line import Line, Number, Source

__all__ = ["LONGEST_PERIOD", "carried", "keeps", "repeated", "shortest"]

LONGEST_PERIOD = 4096
"""Places; a pattern that takes longer to repeat is not looked for."""


def keeps(line: Line) -> bool:
    """Whether every output place is the input place of the same number, as for activations.

    >>> from ringcast.arithmetic.line import identity
    >>> keeps(identity(5))
    True
    """
    same = line.size == line.length and line.advance == (1, 1) and line.bounded is None
    return same and line.unbounded(0) == ((0, 1),)


def carried(line: Line, values: Sequence[Number]) -> tuple[Number, ...]:
    """What a line makes of one number for each of its input places; 0 where an output place takes nothing.

    >>> from ringcast.arithmetic.layers import ConvTranspose2d
    >>> carried(ConvTranspose2d(1, 1, 3, 2).line(axis=0, size=3), [1, 1, 1])
    (1, 1, 2, 1, 2, 1, 1)
    """
    if keeps(line):
        return tuple(values)
    blend = _blend(line)
    return tuple(blend(row, values.__getitem__) for row in line.rows)


def repeated(line: Line, pattern: Sequence[Number]) -> tuple[Number, ...] | None:
    """The shortest pattern that comes out when ``pattern`` repeats for ever along an axis without ends.

    Place 0 comes first on both sides. If p inputs further means q outputs further, a pattern of P places comes back
    after q P / gcd(P, p) places; None if these are more than ``LONGEST_PERIOD``.

    >>> from ringcast.arithmetic.layers import ConvTranspose2d
    >>> repeated(ConvTranspose2d(1, 1, 3, 2).line(axis=0, size=3), [1])
    (2, 1)
    """
    inputs, outputs = line.advance
    period = outputs * (len(pattern) // gcd(len(pattern), inputs))
    if period > LONGEST_PERIOD:
        return None
    blend = _blend(line)
    return shortest([blend(line.unbounded(place), lambda at: pattern[at % len(pattern)]) for place in range(period)])


def shortest(pattern: Sequence[Number]) -> tuple[Number, ...]:
    """The shortest piece whose repetition gives ``pattern``.

    >>> shortest([2, 1, 2, 1])
    (2, 1)
    """
    whole = tuple(pattern)
    for period in range(1, len(whole)):
        if len(whole) % period == 0 and whole[period:] == whole[:-period]:
            return whole[:period]
    return whole


def _blend(line: Line) -> Callable[[Sequence[Source], Callable[[int], Number]], Number]:
    return _largest if line.blend == "largest" else _sum


def _sum(sources: Sequence[Source], value: Callable[[int], Number]) -> Number:
    total: Number = 0
    for source, weight in sources:
        total += weight * value(source)
    return total.numerator if isinstance(total, Fraction) and total.denominator == 1 else total


def _largest(sources: Sequence[Source], value: Callable[[int], Number]) -> Number:
    return max((value(source) for source, _ in sources), default=0)
