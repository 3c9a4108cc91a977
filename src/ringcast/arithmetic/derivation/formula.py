"""A formula as a value, and its two notations: plain text and LaTeX.

A term is a number, a name, or an expression over terms. The same functions build the general formula of a layer from
names and the formula of one axis from numbers, so that the two cannot drift apart.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

__all__ = [
    "LATEX",
    "TEXT",
    "Expression",
    "Notation",
    "Term",
    "ceil",
    "floor",
    "minus",
    "power",
    "product",
    "ratio",
    "total",
    "write",
]

Operation = Literal["sum", "minus", "product", "ratio", "power", "floor", "ceil"]


@dataclass(frozen=True)
class Expression:
    """An operation on terms; ``minus`` has one term and stands in a sum.

    >>> print(floor(ratio(total(24, minus(2)), 3)))
    ⌊(24−2)/3⌋
    """

    operation: Operation
    terms: tuple["Term", ...]

    def __str__(self) -> str:
        return write(self, TEXT)


Term = int | float | str | Expression


class Notation(NamedTuple):
    """How the operations are written."""

    times: str
    minus: str
    floor: tuple[str, str]
    ceil: tuple[str, str]
    power: Callable[[str, str], str]
    fraction: Callable[[str, str], str] | None
    """None if the two stand on one line, and sums need brackets."""
    name: Callable[[str], str]


_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
TEXT = Notation(
    times="·",
    minus="−",
    floor=("⌊", "⌋"),
    ceil=("⌈", "⌉"),
    power=lambda base, exponent: base + exponent.translate(_SUPERSCRIPTS),
    fraction=None,
    name=lambda name: name,
)
LATEX = Notation(
    times=r" \cdot ",
    minus="-",
    floor=(r"\left\lfloor ", r" \right\rfloor"),
    ceil=(r"\left\lceil ", r" \right\rceil"),
    power=lambda base, exponent: f"{base}^{{{exponent}}}",
    fraction=lambda above, below: rf"\frac{{{above}}}{{{below}}}",
    name=lambda name: rf"\mathrm{{{name.replace('_', chr(92) + ' ')}}}",
)
"""Without ``_``, ``*``, ``|`` and backslashes before punctuation, which Markdown would take for its own."""


def total(*terms: Term) -> Expression:
    """The sum of terms, of which some may be ``minus(term)``."""
    return Expression("sum", terms)


def minus(term: Term) -> Expression:
    """A term that a sum takes away."""
    return Expression("minus", (term,))


def product(*terms: Term) -> Expression:
    """The product of terms."""
    return Expression("product", terms)


def ratio(above: Term, below: Term) -> Expression:
    """One term divided by another."""
    return Expression("ratio", (above, below))


def power(base: Term, exponent: int) -> Expression:
    """A term to a whole power."""
    return Expression("power", (base, exponent))


def floor(term: Term) -> Expression:
    """The largest whole number that is not above a term."""
    return Expression("floor", (term,))


def ceil(term: Term) -> Expression:
    """The smallest whole number that is not below a term."""
    return Expression("ceil", (term,))


def write(term: Term, notation: Notation) -> str:
    r"""A term in a notation.

    >>> size = floor(ratio(total("in", minus(product("dilation", total("kernel", minus(1))))), 2))
    >>> print(write(size, TEXT))
    ⌊(in − dilation·(kernel−1))/2⌋
    >>> print(write(size, LATEX))
    \left\lfloor \frac{\mathrm{in} - \mathrm{dilation} \cdot (\mathrm{kernel}-1)}{2} \right\rfloor
    """
    if isinstance(term, Expression):
        return _written(term, notation)
    return notation.name(term) if isinstance(term, str) else format(Decimal(repr(term)), "f")


def _written(term: Expression, notation: Notation) -> str:
    match term.operation:
        case "sum":
            return _sum(term, notation, gap=" ")
        case "minus":
            return notation.minus + _bracketed(term.terms[0], notation)
        case "product":
            return notation.times.join(_bracketed(part, notation) for part in term.terms)
        case "ratio":
            return _ratio(term, notation)
        case "power":
            base, exponent = term.terms
            return notation.power(_bracketed(base, notation), str(exponent))
        case "floor" | "ceil":
            before, after = notation.floor if term.operation == "floor" else notation.ceil
            return f"{before}{write(term.terms[0], notation)}{after}"


def _sum(term: Expression, notation: Notation, gap: str) -> str:
    written = write(term.terms[0], notation)
    for part in term.terms[1:]:
        taken = isinstance(part, Expression) and part.operation == "minus"
        sign, value = (notation.minus, part.terms[0]) if taken else ("+", part)  # type: ignore[union-attr]
        written += f"{gap}{sign}{gap}{_bracketed(value, notation) if taken else write(value, notation)}"
    return written


def _bracketed(term: Term, notation: Notation) -> str:
    """A term as a factor: a sum in brackets, close together if it is as short as (kernel−1)."""
    if not isinstance(term, Expression) or term.operation != "sum":
        return write(term, notation)
    short = all(not isinstance(part, Expression) or _is_plain_minus(part) for part in term.terms)
    return f"({_sum(term, notation, gap='' if short else ' ')})"


def _is_plain_minus(term: Expression) -> bool:
    return term.operation == "minus" and not isinstance(term.terms[0], Expression)


def _ratio(term: Expression, notation: Notation) -> str:
    above, below = term.terms
    if notation.fraction is None:
        return f"{_bracketed(above, notation)}/{_bracketed(below, notation)}"
    return notation.fraction(write(above, notation), write(below, notation))
