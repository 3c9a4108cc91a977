"""Options that are whole numbers: 2.5 is refused, not rounded."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, get_args

from cyclopts import CoercionError

if TYPE_CHECKING:
    from cyclopts import App, ArgumentCollection, Token

__all__ = ["require_whole_numbers"]


def require_whole_numbers(_app: "App", _commands: tuple[str, ...], arguments: "ArgumentCollection") -> None:
    """Look at what was written for every option of type int, of any command: for the `config` of the program's App.

    Raises:
        CoercionError: It is no whole number.
    """
    for argument in arguments:
        if _is_whole(argument.hint):
            _require(argument.tokens)


def _is_whole(kind: Any) -> bool:
    """Whether an option's type is int.

    Example:
        >>> [_is_whole(kind) for kind in (int, int | None, bool, float, int | float)]
        [True, True, False, False, False]
    """
    kinds = (kind, *get_args(kind))
    return int in kinds and float not in kinds


def _require(tokens: "Iterable[Token]") -> None:
    for token in tokens:
        try:
            int(token.value)
        except ValueError:
            raise CoercionError(f"{token.value!r} is no whole number", token=token) from None
