"""The errors Ringcast raises on purpose; each message says what was found, what was expected and what to do."""

__all__ = [
    "ArgumentError",
    "ConfigError",
    "EngineError",
    "FileError",
    "LayerError",
    "RingcastError",
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
