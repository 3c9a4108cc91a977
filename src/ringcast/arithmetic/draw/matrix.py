"""Small matrices of exact numbers: read from text, filled in when not given, written into cells."""

from decimal import Decimal, InvalidOperation
from fractions import Fraction

from ringcast.arithmetic.line import Number
from ringcast.errors import ArgumentError

__all__ = [
    "Matrix",
    "counted",
    "flipped",
    "is_rounded",
    "matrix_of",
    "number_text",
    "share_text",
    "size_text",
    "small_kernel",
    "texts_of",
]

Matrix = tuple[tuple[Number, ...], ...]
_FEW = 4
_SHORT = 99
"""Largest denominator that is written as a fraction."""


def matrix_of(name: str, text: str) -> Matrix:
    """Read rows parted by semicolons, numbers parted by spaces or commas; decimals and fractions are exact.

    Raises:
        ArgumentError: something that is no number, or rows of different lengths.

    >>> matrix_of("input", "1 2; 0.5 -4")
    ((1, 2), (Fraction(1, 2), -4))
    """
    rows = [[_number(name, word) for word in row.replace(",", " ").split()] for row in text.strip(" ;").split(";")]
    if not rows[0] or len({len(row) for row in rows}) != 1:
        raise ArgumentError(f'{name} is {text!r}; expected rows of equal length parted by ";", such as "1 2; 3 4"')
    return tuple(tuple(row) for row in rows)


def _number(name: str, word: str) -> Number:
    try:
        value = Fraction(word) if "/" in word else Fraction(Decimal(word))
    except (ValueError, InvalidOperation, ZeroDivisionError, OverflowError):
        raise ArgumentError(f'{name} has {word!r}, which is no number; write for example "1 2; 3 4"') from None
    return int(value) if value.denominator == 1 else value


def counted(height: int, width: int) -> Matrix:
    """1, 2, 3 ... row by row.

    >>> counted(2, 3)
    ((1, 2, 3), (4, 5, 6))
    """
    return tuple(tuple(row * width + column + 1 for column in range(width)) for row in range(height))


def small_kernel(height: int, width: int) -> Matrix:
    """A kernel whose sums stay short and that is not its own mirror image: counted up to four taps, else 1, 2 and 3.

    >>> small_kernel(2, 2), small_kernel(3, 3)
    (((1, 2), (3, 4)), ((1, 2, 3), (2, 3, 1), (3, 1, 2)))
    """
    if height * width <= _FEW:
        return counted(height, width)
    return tuple(tuple((row + column) % 3 + 1 for column in range(width)) for row in range(height))


def flipped(matrix: Matrix) -> Matrix:
    """Turned by half a circle.

    >>> flipped(((1, 2), (3, 4)))
    ((4, 3), (2, 1))
    """
    return tuple(row[::-1] for row in matrix[::-1])


def number_text(value: Number) -> str:
    """A number as a cell has it: whole, or with up to two decimals.

    >>> number_text(12), number_text(Fraction(25, 2)), number_text(-3), number_text(Fraction(1, 3))
    ('12', '12.5', '−3', '0.33')
    """
    text = str(value) if isinstance(value, int) else f"{float(value):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")


def share_text(weight: Number) -> str:
    """A weight as a formula has it: a fraction if it is a short one.

    >>> share_text(Fraction(9, 16)), share_text(Fraction(1, 1234)), share_text(2)
    ('9/16', '0', '2')
    """
    if isinstance(weight, Fraction) and 1 < weight.denominator <= _SHORT:
        return f"{weight.numerator}/{weight.denominator}".replace("-", "−")
    return number_text(weight)


def is_rounded(value: Number) -> bool:
    """Whether two decimals are not enough for the number.

    >>> is_rounded(Fraction(1, 4)), is_rounded(Fraction(1, 3))
    (False, True)
    """
    return (value * 100).denominator != 1


def size_text(matrix: Matrix) -> str:
    """Height and width.

    >>> size_text(((1, 2, 3), (4, 5, 6)))
    '2 x 3'
    """
    return f"{len(matrix)} x {len(matrix[0])}"


def texts_of(matrix: Matrix) -> tuple[tuple[str, ...], ...]:
    """The numbers as the cells have them.

    >>> texts_of(((1, -2),))
    (('1', '−2'),)
    """
    return tuple(tuple(number_text(value) for value in row) for row in matrix)
