"""Checkerboards: how much of a decoder's output is a pattern of the layers' strides instead of a picture.

Three things are easily confused, and are kept apart here:

* **Structure**: whether every output pixel is reached by as many taps. ``ringcast.arithmetic`` tells it from the chain
  alone. An uneven structure makes a pattern for almost all weights; an even one makes none only for special weights.
* **Weights**: whether a constant seed gives a constant picture. That is what the index measures.
* **Outputs**: whether the pictures that a trained network paints show the pattern. Their spectra tell it
  (:mod:`ringcast.blocks.check_spectrum`), for the network may have learnt to cancel what its layers do to a constant.

**The index**: put a constant seed through the network, cut out one period of the response clear of the borders, and
divide each channel's energy beyond its mean by its whole energy::

    index = mean over channels of [ sum over pixels of (y - mean(y))^2 / sum over pixels of y^2 ]

averaged over constant seeds whose channels are random; channels count alike, for their units may differ. It is 0 for a
network that answers a constant with constants, and 1 for one whose answer has mean 0. It knows nothing of the borders,
of the response to anything but constants, and of what is visible to the eye: biases add to the mean and so lower it,
whatever the pattern.
"""

from math import sqrt

import torch
from torch import Tensor, nn

from ringcast.arithmetic import ConvChain
from ringcast.blocks.check_tile import tile_of
from ringcast.blocks.sequential import sequential
from ringcast.errors import ArgumentError

__all__ = ["non_dc_share", "non_dc_share_at_init"]


def non_dc_share(tile: Tensor) -> float:
    """Energy beyond the mean over the whole energy, of every channel of a tile ``"... row col"``, averaged.

    A channel without energy has share 0.

    >>> non_dc_share(torch.tensor([[[2.0, 0.0], [0.0, 2.0]], [[5.0, 5.0], [5.0, 5.0]]]))
    0.25
    """
    whole = tile.square().sum((-2, -1))
    beyond = (tile - tile.mean((-2, -1), keepdim=True)).square().sum((-2, -1))
    return float((beyond / whole).nan_to_num(nan=0.0).mean())


def non_dc_share_at_init(chain: ConvChain, *, draws: int = 32, seed: int = 0) -> tuple[float, float]:
    """Index of a chain with fresh weights and no biases: its mean over random networks, and the standard error of it.

    Every draw has new weights (PyTorch's default, uniform) and a new constant seed (normal); activations are those of
    the chain. The layers and their order decide, not the size: a small seed is used whatever the chain's.

    Raises:
        ArgumentError: fewer than 2 draws.
        LayerError: the chain leaves no tile clear of the borders.

    >>> from ringcast.arithmetic import parse
    >>> share, error = non_dc_share_at_init(parse("4x3x3 convT(4,4,4,2)"), draws=200)
    >>> abs(share - 3 / 4) < 4 * error
    True
    """
    if draws < 2:
        raise ArgumentError(f"draws is {draws}; expected at least 2, for the error is taken from their scatter")
    tile = tile_of(chain)
    generator = torch.Generator().manual_seed(seed)
    shares = torch.empty(draws, dtype=torch.float64)
    for place in range(draws):
        net = sequential(chain, generator=generator, dtype=torch.float64)
        _drop_biases(net)
        constant = torch.randn(1, chain.seed.channels, 1, 1, generator=generator, dtype=torch.float64)
        with torch.no_grad():
            response = net.eval()(constant.expand(-1, -1, *tile.seed))
        shares[place] = non_dc_share(response[(..., *tile.rows_cols)])
    return float(shares.mean()), float(shares.std()) / sqrt(draws)


def _drop_biases(net: nn.Module) -> None:
    with torch.no_grad():
        for name, weight in net.named_parameters():
            if name.rpartition(".")[2] == "bias":
                weight.zero_()
