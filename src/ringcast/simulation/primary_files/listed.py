"""What a file says of a particle, in our units, before it is judged."""

import math
from typing import NamedTuple

from ringcast.errors import ArgumentError

__all__ = ["Listed", "ListedEvent", "Vector", "number", "three"]

Vector = tuple[float, float, float]


class Listed(NamedTuple):
    """One particle of a file of primaries."""

    where: str
    """Its place in the file, for a refusal: "line 7"."""
    particle: str | int
    """Name or PDG code."""
    energy_mev: float
    is_total: bool
    """Whether the energy holds the rest energy; kinetic otherwise."""
    position_cm: Vector
    direction: Vector
    time_ns: float


class ListedEvent(NamedTuple):
    """All particles of an event that the file asks to move."""

    where: str
    """Its place in the file."""
    particles: list[Listed]


def number(name: str, text: str) -> float:
    """The number that a text of a file stands for.

    Raises:
        ArgumentError: It is none, or not finite.

    Example:
        >>> number("energy_mev", "1.5E+02")
        150.0
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ArgumentError(f"{name} is {text!r}; expected a number")
    return value


def three(values: list[float]) -> Vector:
    """Three numbers as a vector."""
    x, y, z = values
    return x, y, z
