"""The layers of a chain, with the names and the arguments of ``torch.nn``.

Every layer is a frozen dataclass that is checked when it is made, and offers the same things: ``in_channels`` (None if
it takes any number), ``output(shape)``, ``params``, ``macs(shape)``, ``line(axis, size)`` and its text, ``str(layer)``.
"""

from ringcast.arithmetic.layers.activation import Activation
from ringcast.arithmetic.layers.convolution import Conv2d, ConvTranspose2d

__all__ = ["Activation", "Conv2d", "ConvTranspose2d", "Layer"]

Layer = Conv2d | ConvTranspose2d | Activation
