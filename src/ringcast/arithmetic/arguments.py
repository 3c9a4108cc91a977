"""The arguments of a layer: made uniform, checked, and written back as text.

Each function returns the settled value or raises ``LayerError`` with the name, the value and what was expected.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from numbers import Integral, Real
from operator import index
from typing import Any

from ringcast.errors import LayerError

__all__ = ["Pair", "at", "call_text", "flag", "is_whole", "number", "pair", "settle", "store", "value_text", "whole"]

Pair = tuple[int, int]


def whole(name: str, value: object, least: int) -> int:
    """A whole number of at least ``least``.

    >>> whole("groups", 2, least=1)
    2
    """
    try:
        found = None if isinstance(value, bool) else index(value)  # type: ignore[arg-type]
    except TypeError:
        found = None
    if found is None or found < least:
        raise LayerError(f"{name} is {value!r}; expected a whole number of at least {least}")
    return found


def is_whole(value: object, least: int) -> bool:
    """Whether a value is a whole number of at least ``least``; floating-point numbers and true are not.

    >>> is_whole(2, least=1), is_whole(2.0, least=1)
    (True, False)
    """
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least


def pair(name: str, value: object, least: int, *, single: bool = False) -> Pair:
    """(height, width) from one whole number for both or from two; if ``single``, a sequence of one will do, too.

    >>> pair("stride", 2, least=1), pair("stride", (1, 2), least=1), pair("stride", [2], least=1, single=True)
    ((2, 2), (1, 2), (2, 2))
    """
    if single and isinstance(value, tuple | list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, tuple | list):
        both = whole(name, value, least)
        return both, both
    if len(value) != 2:
        raise LayerError(f"{name} is {value!r}; expected one whole number, or two: (height, width)")
    return whole(name, value[0], least), whole(name, value[1], least)


def number(name: str, value: object) -> float:
    """A finite number.

    >>> number("eps", 1)
    1.0
    """
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise LayerError(f"{name} is {value!r}; expected a finite number")
    return float(value)


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


def settle(layer: object, check: Callable[[], None]) -> None:
    """Run the checks of a layer that is being made; what they refuse gets the layer's text in front."""
    try:
        check()
    except LayerError as error:
        raise LayerError(f"{layer}: {error}") from None


def value_text(value: object) -> str:
    """A value as the grammar reads it: 4 for (4, 4), 2x3 for (2, 3), false for False.

    >>> [value_text(value) for value in ((4, 4), (2, 3), (2.0, 1.5), False, "same", 0.2)]
    ['4', '2x3', '2x1.5', 'false', 'same', '0.2']
    """
    if isinstance(value, tuple | list):
        parts = [str(part).removesuffix(".0") for part in value]
        return parts[0] if len(set(parts)) == 1 and len(parts) == 2 else "x".join(parts)
    return str(value).lower() if isinstance(value, bool) else str(value)


def call_text(word: str, layer: Any, positional: int = 5, usual: Mapping[str, object] | None = None) -> str:
    """The layer as the grammar reads it, defaults left out: ``convT(64,64,4,2)``.

    Args:
        word: the layer's name.
        layer: its dataclass.
        positional: this many of its first fields are written without their names.
        usual: defaults that depend on other fields.
    """
    shown = {field.name: value_text(getattr(layer, field.name)) for field in fields(layer)}
    defaults = {field.name: field.default for field in fields(layer) if field.default is not MISSING}
    usual_text = {name: value_text(value) for name, value in {**defaults, **(usual or {})}.items()}
    names = list(shown)[:positional]
    while names and shown[names[-1]] == usual_text.get(names[-1]):
        names.pop()
    written = [shown[name] for name in names]
    written += [
        f"{name}={text}" for name, text in shown.items() if name not in names and text != usual_text.get(name, text)
    ]
    return f"{word}({','.join(written)})"
