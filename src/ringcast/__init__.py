"""Ringcast: a Cherenkov ring generator that you can see through.

::

                     Detector  (known to simulation, generator, reconstruction, views)
                        |
     Track --simulation--> Hits --storage--> file --storage--> Hits
       |                                                        |
       +---generator--> Prediction ---------likelihood----------+
          (blocks, from a ConvChain of layer sizes)             v
                                                               nll
        training: minimise over the weights <-------------------+----> reconstruction: minimise over the Track

The names below are loaded when first used, so that ``import ringcast`` is quick and imports no torch.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "ConvChain": "ringcast.arithmetic",
    "Detector": "ringcast.geometry",
    "Track": "ringcast.events",
    "Hits": "ringcast.events",
    "Fit": "ringcast.reconstruction",
    "load": "ringcast.generator",
    "load_detector": "ringcast.geometry",
    "read_events": "ringcast.storage",
    "reconstruct": "ringcast.reconstruction",
}

__all__ = [
    "ConvChain",
    "Detector",
    "Fit",
    "Hits",
    "Track",
    "conv",
    "load",
    "load_detector",
    "read_events",
    "reconstruct",
]


def __getattr__(name: str) -> Any:
    """Load a public name from the part that defines it."""
    if name == "conv":
        return import_module("ringcast.arithmetic")
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'ringcast' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
