"""Decoders of PyTorch modules from chains of layers: a ``ConvChain`` comes in, a module goes out, and back.

* :func:`sequential` builds the layers of a chain as ``nn.Sequential``; :class:`BedOfNails` and :class:`Crop` are the
  two layers that ``torch.nn`` has no module for.
* :func:`trace` reads the chain from a module, by the layers and functions it calls.
* :func:`upsampler` builds one of the five ways to enlarge a map; :func:`icnr_` makes its phases start alike.

Which upsampler do I use when?

============  ========================================================================================================
transposed    weights in the enlarging step itself; a kernel that is a multiple of the stride, or the overlap is uneven.
              Its phases start different, also with an even overlap: take ``init="icnr"`` against that.
unpool        the same map as ``transposed``, spelled out as zeros and a convolution, for teaching and for checks; the
              convolution runs on the large map, with stride^2 times the work.
nearest       no checkerboard by construction, also after training of one layer; the convolution runs on the large map.
bilinear      as nearest, smoother, with twice the reach; its noise gain differs by phase at scale 3.
shuffle       the most weights for the work, computed on the small map; always with ``init="icnr"``.
============  ========================================================================================================

Borders: ``zeros`` is what decoders usually have, and darkens the edge; ``replicate`` keeps a constant constant up to
the edge; ``circular`` is for the axis around a cylinder, whose two ends meet. Each axis has its own.

:func:`unpool_from_transposed` and :func:`shuffle_from_transposed` give the same numbers by other layers;
:func:`transposed_from_unpool` and :func:`transposed_from_shuffle` lead back.
"""

from ringcast.blocks.equivalents import (
    shuffle_from_transposed,
    transposed_from_shuffle,
    transposed_from_unpool,
    unpool_from_transposed,
)
from ringcast.blocks.icnr import icnr_
from ringcast.blocks.modules import BedOfNails, Crop
from ringcast.blocks.sequential import sequential
from ringcast.blocks.trace import trace
from ringcast.blocks.upsample import upsampler

__all__ = [
    "BedOfNails",
    "Crop",
    "icnr_",
    "sequential",
    "shuffle_from_transposed",
    "trace",
    "transposed_from_shuffle",
    "transposed_from_unpool",
    "unpool_from_transposed",
    "upsampler",
]
