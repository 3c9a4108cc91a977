"""The arguments of a layer: made uniform, checked, and written back as text.

Each function returns the settled value or raises ``LayerError`` with the name, the value and what was expected.
"""

from dataclasses import MISSING, fields
from operator import index
from typing import Any

from ringcast.errors import LayerError

__all__ = ["Pair", "at", "call_text", "flag", "pair", "store", "value_text", "whole"]

Pair = tuple[int, int]
_POSITIONAL = 5
"""in, out, kernel, stride and padding are written without their names, the rest with."""
_NEEDED = 3


def whole(name: str, value: object, least: int) -> int:
    """A whole number of at least ``least``.

    >>> whole("groups", 2, least=1)
    2
    """
    try:
        number = None if isinstance(value, bool) else index(value)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None or number < least:
        raise LayerError(f"{name} is {value!r}; expected a whole number of at least {least}")
    return number


def pair(name: str, value: object, least: int) -> Pair:
    """(height, width) from one whole number for both or from two.

    >>> pair("stride", 2, least=1), pair("stride", (1, 2), least=1)
    ((2, 2), (1, 2))
    """
    if not isinstance(value, tuple | list):
        number = whole(name, value, least)
        return number, number
    if len(value) != 2:
        raise LayerError(f"{name} is {value!r}; expected one whole number, or two: (height, width)")
    return whole(name, value[0], least), whole(name, value[1], least)


def flag(name: str, value: object) -> bool:
    """True or False, and nothing that only looks like it.

    >>> flag("bias", False)
    False
    """
    if not isinstance(value, bool):
        raise LayerError(f"{name} is {value!r}; expected true or false")
    return value


def at(value: int | Pair, axis: int) -> int:
    """The number of one axis: 0 height, 1 width.

    >>> at((3, 5), 1)
    5
    """
    return value if isinstance(value, int) else value[axis]


def store(layer: object, name: str, value: object) -> None:
    """Put a settled value into a frozen layer, while it is being made."""
    object.__setattr__(layer, name, value)


def value_text(value: object) -> str:
    """A value as the grammar reads it: 4 for (4, 4), 2x3 for (2, 3), false for False.

    >>> [value_text(value) for value in ((4, 4), (2, 3), False, "same", 0.2)]
    ['4', '2x3', 'false', 'same', '0.2']
    """
    if isinstance(value, tuple | list):
        parts = [str(part) for part in value]
        return parts[0] if len(set(parts)) == 1 and len(parts) == 2 else "x".join(parts)
    return str(value).lower() if isinstance(value, bool) else str(value)


def call_text(word: str, layer: Any) -> str:
    """The layer as the grammar reads it, defaults left out: ``convT(64,64,4,2)``."""
    shown = {field.name: value_text(getattr(layer, field.name)) for field in fields(layer)}
    defaults = {field.name: value_text(field.default) for field in fields(layer) if field.default is not MISSING}
    names = list(shown)[:_POSITIONAL]
    while len(names) > _NEEDED and shown[names[-1]] == defaults[names[-1]]:
        names.pop()
    written = [shown[name] for name in names]
    written += [
        f"{name}={text}"
        for name, text in shown.items()
        if name not in names and name in defaults and text != defaults[name]
    ]
    return f"{word}({','.join(written)})"
