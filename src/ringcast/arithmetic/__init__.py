"""Arithmetic of convolution chains: a text or a list of layers comes in, numbers, derivations and designs come out.

Plain Python, so that it answers in milliseconds; also reached as ``ringcast.conv``. Which one when?

* :func:`parse` reads ``"11x21 convT(64,64,4,2) relu conv(64,64,3)"``; :meth:`ConvChain.of` takes a size and a list of
  layers (:mod:`ringcast.arithmetic.layers` has them all) or their texts; ``ringcast.blocks.trace`` reads a module of
  PyTorch, and ``ringcast.blocks.sequential`` makes one.
* :func:`sizes` tells the shape, the weights and the multiply-accumulates of every layer, :func:`cost` also bytes.
* :func:`derive` shows how each size comes about, formula by formula.
* :func:`overlap` counts the taps of every pixel: checkerboards and borders that the structure forces.
* :func:`field` tells what an output pixel sees and what a seed pixel paints.
* :func:`design` finds the stacks between two sizes, :func:`compare` puts upsampling layers side by side, and
  :func:`upsampler` gives the layers of one by its name.
* :mod:`ringcast.arithmetic.draw` makes pictures of layers and chains.

>>> sizes(parse("11x21 convT(64,64,4,2) relu conv(64,64,3)")).layers[-1].output
Shape(channels=64, height=22, width=42)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ringcast.arithmetic.chain import ConvChain, parse
from ringcast.arithmetic.layers import Conv2d, ConvTranspose2d
from ringcast.arithmetic.size_table import sizes

if TYPE_CHECKING:
    from ringcast.arithmetic.comparison import compare
    from ringcast.arithmetic.cost_table import cost
    from ringcast.arithmetic.derivation import derive
    from ringcast.arithmetic.fields import field
    from ringcast.arithmetic.solver import design
    from ringcast.arithmetic.tap_maps import overlap
    from ringcast.arithmetic.upsamplers import upsampler

__all__ = [
    "Conv2d",
    "ConvChain",
    "ConvTranspose2d",
    "compare",
    "cost",
    "derive",
    "design",
    "field",
    "overlap",
    "parse",
    "sizes",
    "upsampler",
]

_HOMES = {
    "compare": "comparison",
    "cost": "cost_table",
    "derive": "derivation",
    "design": "solver",
    "field": "fields",
    "overlap": "tap_maps",
    "upsampler": "upsamplers",
}
_PACKAGES = ("draw", "layers")


def __getattr__(name: str) -> Any:
    """Import a part when it is used: a program that asks for sizes alone need not wait for the solver."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    if name in _PACKAGES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
