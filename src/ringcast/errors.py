"""The errors Ringcast raises on purpose; each message says what was found, what was expected and what to do."""

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = [
    "ArgumentError",
    "ConfigError",
    "EngineError",
    "FileError",
    "LayerError",
    "RingcastError",
    "fault_sentence",
]


class RingcastError(Exception):
    """Root of all errors that a user can cause and mend; the command line prints it in one line and exits 2."""


class ArgumentError(RingcastError, ValueError):
    """An argument of a function or command has a value that cannot be used."""


class ConfigError(RingcastError, ValueError):
    """A TOML file (detector or recipe) has an unknown key or an impossible value."""


class FileError(RingcastError, ValueError):
    """A data file is missing, damaged, or not of the layout it should have."""


class LayerError(RingcastError, ValueError):
    """A chain of layers cannot be read, or a layer cannot follow the one before it."""


class EngineError(RingcastError, RuntimeError):
    """The particle engine is missing, lacks its data, or died."""


def fault_sentence(faults: Sequence[Mapping[str, Any]]) -> str:
    """One clause for the first of pydantic's faults; an unknown key first, since it is often a misspelt one.

    Pydantic's "Input should be" becomes "must be", as the key stands before it.

    Example:
        >>> fault = {"type": "greater_than", "loc": ("tank", "rows"), "msg": "Input should be above 0", "input": -1}
        >>> fault_sentence([fault])
        'tank.rows: must be above 0; found -1'
    """
    first = min(faults, key=lambda fault: fault["type"] != "extra_forbidden")
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return f"{key}: missing, give it a value"
    unknown = first["type"] == "extra_forbidden"
    message = "unknown key, check its spelling" if unknown else _in_our_words(first["msg"])
    return f"{key}: {message}; found {first['input']!r:.80}" if key else message


def _in_our_words(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return f"must {message.removeprefix('Input should ')}" if message.startswith("Input should ") else message
