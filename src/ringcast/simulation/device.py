"""How the photon kernel is compiled: the decorators of all its functions, here and nowhere else.

Both divide as IEEE 754 says and compile without numba's counting of the users of every table, which would take three
quarters of the time; so nothing here may allocate arrays. numba keeps compiled code beside the sources and tells
whether it is still good by the file of the function alone, not by the files of what it calls; so the names of compiled
functions carry a digest of all sources of this part.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import njit

__all__ = ["device", "named", "over_photons"]

_SOURCES = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))))
_OPTIONS: dict[str, Any] = {"cache": True, "error_model": "numpy", "_nrt": False}


def device(function: Callable[..., Any]) -> Any:
    """Compile a function of one photon; loops on a processor call it, and so do the threads of a GPU."""
    return njit(forceinline=True, **_OPTIONS)(named(function))


def over_photons(function: Callable[..., Any]) -> Any:
    """Compile a loop over photons; other threads run beside it."""
    return njit(nogil=True, **_OPTIONS)(named(function))


def named(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function under a name that changes with any source of this part."""
    function.__qualname__ += f"_{_SOURCES.hexdigest()[:8]}"
    return function
