"""Unevenness of numbers in a row: their spread, and how much of each checkerboard frequency is in them."""

from cmath import exp, pi
from collections.abc import Sequence
from fractions import Fraction

from ringcast.arithmetic.line import Number

__all__ = ["amplitudes", "outer_variation", "variation_squared"]


def variation_squared(values: Sequence[Number]) -> Fraction | None:
    """Square of the coefficient of variation, n sum(x^2) / sum(x)^2 - 1; None if the mean is 0.

    >>> variation_squared([2, 1])
    Fraction(1, 9)
    """
    total = sum(values)
    if not total:
        return None
    return Fraction(len(values) * sum(value * value for value in values), total * total) - 1


def outer_variation(height: Sequence[Number], width: Sequence[Number]) -> float | None:
    """Coefficient of variation of the outer product of two rows of numbers, CV^2 = (1 + CV_H^2)(1 + CV_W^2) - 1.

    >>> outer_variation([2, 1], [1])
    0.3333333333333333
    """
    rows, columns = variation_squared(height), variation_squared(width)
    if rows is None or columns is None:
        return None
    return float((1 + rows) * (1 + columns) - 1) ** 0.5


def amplitudes(pattern: Sequence[Number]) -> tuple[float, ...]:
    """Amplitude relative to the mean at the frequencies j / P, j = 1 ... P // 2, of a pattern of P places.

    It is |sum_o x_o exp(-2 pi i j o / P)| / |sum_o x_o|; empty for a constant pattern or one of mean 0.

    >>> round(amplitudes([2, 1])[0], 6)
    0.333333
    """
    period, total = len(pattern), float(sum(pattern))
    if not total:
        return ()
    turn = [exp(-2j * pi * place / period) for place in range(period)]
    return tuple(
        abs(sum(float(value) * turn[j * place % period] for place, value in enumerate(pattern)) / total)
        for j in range(1, period // 2 + 1)
    )
