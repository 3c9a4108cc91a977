"""Decoders of PyTorch modules from chains of layers: a ``ConvChain`` comes in, a module goes out, and back.

* :func:`sequential` builds the layers of a chain as ``nn.Sequential``.
* :func:`trace` reads the chain from a module, by the layers and functions it calls.
"""

from ringcast.blocks.sequential import sequential
from ringcast.blocks.trace import trace

__all__ = ["sequential", "trace"]
