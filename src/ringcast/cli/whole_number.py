"""Options that are whole numbers: 2.5 is refused, not rounded."""

from collections.abc import Sequence
from typing import Annotated, Any

from cyclopts import Parameter, Token

__all__ = ["WHOLE", "Whole"]


def _whole(_kind: Any, tokens: Sequence[Token]) -> int:
    try:
        return int(tokens[0].value)
    except ValueError:
        raise ValueError(f"{tokens[0].value!r} is no whole number") from None


WHOLE = Parameter(converter=_whole)
"""For the annotation of an option, such as ``Annotated[int | None, WHOLE]``."""
Whole = Annotated[int, WHOLE]
"""The type of an option that is a whole number."""
