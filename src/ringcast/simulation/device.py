"""How the photon kernel is compiled: the decorators of all its functions, here and nowhere else.

Both divide as IEEE 754 says and compile without numba's counting of the users of every table, which would take three
quarters of the time; so nothing here may allocate arrays. After editing a function in one module, remove the caches
(`__pycache__/*.nb?`) of the modules that call it.
"""

from collections.abc import Callable
from typing import Any

from numba import njit

__all__ = ["device", "over_photons"]

_OPTIONS: dict[str, Any] = {"cache": True, "error_model": "numpy", "_nrt": False}


def device(function: Callable[..., Any]) -> Any:
    """Compile a function of one photon; loops on a processor call it, and so do the threads of a GPU."""
    return njit(forceinline=True, **_OPTIONS)(function)


def over_photons(function: Callable[..., Any]) -> Any:
    """Compile a loop over photons; other threads run beside it."""
    return njit(nogil=True, **_OPTIONS)(function)
