"""Arithmetic of convolution chains: a text or a list of layers comes in, numbers and derivations come out.

Plain Python, so that it answers in milliseconds; also reached as ``ringcast.conv``. Which one when?

* :func:`parse` reads ``"11x21 convT(64,64,4,2) relu conv(64,64,3)"``; :meth:`ConvChain.of` takes a size and a list
  of :class:`Conv2d`, :class:`ConvTranspose2d`, :class:`Activation` or their texts; ``ringcast.blocks.trace`` reads a
  module of PyTorch, and ``ringcast.blocks.sequential`` makes one.
* :func:`sizes` tells the shape, the weights and the multiply-accumulates of every layer.
* :func:`derive` shows how each size comes about, formula by formula.

>>> sizes(parse("11x21 convT(64,64,4,2) relu conv(64,64,3)")).layers[-1].output
Shape(channels=64, height=22, width=42)
"""

from ringcast.arithmetic.chain import ConvChain, parse
from ringcast.arithmetic.derivation import derive
from ringcast.arithmetic.layers import Activation, Conv2d, ConvTranspose2d
from ringcast.arithmetic.size_table import sizes

__all__ = ["Activation", "Conv2d", "ConvChain", "ConvTranspose2d", "derive", "parse", "sizes"]
