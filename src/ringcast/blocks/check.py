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
whatever the pattern. A norm that takes its statistics from the map (InstanceNorm, GroupNorm) lets the borders in again.

Which one when? :func:`check` measures a network with its weights; :func:`checkerboard_index` tells its index alone;
:func:`non_dc_share_at_init` is what to expect of a chain before training; ``check_report.report`` puts all together.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from math import sqrt

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ringcast.arithmetic import ConvChain
from ringcast.blocks.check_gain import StepGain, step_gains
from ringcast.blocks.check_tile import Tile, tile_of
from ringcast.blocks.sequential import sequential
from ringcast.errors import ArgumentError, LayerError

__all__ = [
    "Check",
    "check",
    "checkerboard_index",
    "constant_response",
    "non_dc_share",
    "non_dc_share_at_init",
    "responses_at_init",
    "tile_spectrum",
    "without_biases",
]

_DRAWS = 32


@dataclass(frozen=True)
class Check:
    """What :func:`check` found of a network."""

    index: float
    """The index of the network as it is."""
    index_without_biases: float
    """The index with all biases 0: of the weights alone, and the same for seeds of any size."""
    steps: tuple[StepGain, ...]
    """Its upsampling steps."""
    tile: Tile
    response: Float[Tensor, "draw channel row col"]
    """The responses to the constant seeds, one period of each."""
    spectrum: Float[Tensor, "row col"]
    """Their energy at the frequencies (row / S, col / S): 1 in all, of which the index is not at (0, 0)."""


def check(net: nn.Sequential, chain: ConvChain, *, constants: Tensor | None = None) -> Check:
    """Measure the checkerboard of a network with the weights it has.

    Args:
        net: one module for each layer of the chain; used in evaluation mode.
        chain: its layers.
        constants: the seeds, constant over the map, ``"draw channel"``; 32 normally distributed ones if not given.

    Raises:
        LayerError: the chain leaves no tile clear of the borders.

    >>> from ringcast.arithmetic import parse
    >>> chain = parse("11x21 convT(8,8,4,2) relu conv(8,3,3)")
    >>> found = check(sequential(chain, generator=torch.Generator().manual_seed(1)), chain)
    >>> found.tile.period, found.steps[0].even, 0 < found.index < found.index_without_biases < 1
    ((2, 2), True, True)
    """
    seeds = _constants(chain) if constants is None else constants
    response = constant_response(net, chain, seeds)
    spectrum = tile_spectrum(response)
    return Check(
        index=non_dc_share(response),
        index_without_biases=non_dc_share(constant_response(without_biases(net), chain, seeds)),
        steps=step_gains(net, chain),
        tile=tile_of(chain),
        response=response,
        spectrum=spectrum,
    )


def checkerboard_index(net: nn.Sequential, chain: ConvChain, *, constants: Tensor | None = None) -> float:
    """The index of a network, from 0 (none) to 1; the module's text defines it, :func:`check` explains the arguments.

    >>> from ringcast.arithmetic import parse
    >>> chain = parse("4x4 nearest(2) conv(1,1,3)")
    >>> checkerboard_index(sequential(chain), chain) < 1e-12
    True
    """
    return non_dc_share(constant_response(net, chain, _constants(chain) if constants is None else constants))


def constant_response(
    net: nn.Sequential, chain: ConvChain, constants: Float[Tensor, "draw seed_channel"]
) -> Float[Tensor, "draw channel row col"]:
    """One period of what a network makes of constant seeds, clear of the borders, in float64.

    The size of the seed does not matter there, so the smallest that has such a tile is used.

    >>> from ringcast.arithmetic import parse
    >>> chain = parse("4x4 nails(2)".replace("4x4", "1x4x4"))
    >>> constant_response(sequential(chain), chain, torch.tensor([[3.0]])).tolist()
    [[[[3.0, 0.0], [0.0, 0.0]]]]
    """
    _require_seeds(constants, chain)
    return _answer(deepcopy(net).double(), tile_of(chain), constants)


def non_dc_share(tile: Float[Tensor, "... row col"]) -> float:
    """Energy beyond the mean over the whole energy, of every channel of a tile ``"... row col"``, averaged.

    A channel without energy has share 0.

    >>> non_dc_share(torch.tensor([[[2.0, 0.0], [0.0, 2.0]], [[5.0, 5.0], [5.0, 5.0]]]))
    0.25
    """
    whole = tile.square().sum((-2, -1))
    beyond = (tile - tile.mean((-2, -1), keepdim=True)).square().sum((-2, -1))
    return float((beyond / whole).nan_to_num(nan=0.0).mean())


def tile_spectrum(tile: Float[Tensor, "... row col"]) -> Float[Tensor, "row col"]:
    """Energy of a repeating tile at its frequencies (row / S, col / S), of every channel as a share, averaged.

    All but the first number together are the ``non_dc_share``.

    >>> tile_spectrum(torch.tensor([[3.0, 1.0], [3.0, 1.0]])).tolist()
    [[0.800000011920929, 0.20000000298023224], [0.0, 0.0]]
    """
    power = torch.fft.fft2(tile).abs().square()
    shares = (power / power.sum((-2, -1), keepdim=True)).nan_to_num(nan=0.0)
    return torch.as_tensor(shares.flatten(0, -3).mean(0) if shares.ndim > 2 else shares)


def responses_at_init(
    chain: ConvChain,
    *,
    draws: int,
    seed: int,
    biases: bool = False,
    prepare: Callable[[nn.Sequential], object] | None = None,
    constants: Float[Tensor, "constant seed_channel"] | None = None,
) -> Float[Tensor, "draw channel row col"]:
    """Responses of a chain with fresh weights, PyTorch's default, each to one constant seed.

    Args:
        chain: its activations are used as they are.
        draws: networks.
        seed: of the random numbers.
        biases: whether the layers keep PyTorch's random biases instead of 0.
        prepare: is called with every network, to initialise it otherwise.
        constants: the seeds, in turn; normally distributed ones, one for each network, if not given.

    >>> from ringcast.arithmetic import parse
    >>> responses_at_init(parse("4x3x3 convT(4,3,4,2)"), draws=5, seed=1).shape
    torch.Size([5, 3, 2, 2])
    """
    generator, tile = torch.Generator().manual_seed(seed), tile_of(chain)
    if constants is not None:
        _require_seeds(constants, chain)
    responses = []
    for draw in range(draws):
        net = sequential(chain, generator=generator, dtype=torch.float64)
        constant = torch.randn(1, chain.seed.channels, generator=generator, dtype=torch.float64)
        if prepare is not None:
            prepare(net)
        if constants is not None:
            constant = constants[draw % len(constants)][None]
        responses.append(_answer(net if biases else _unbiased(net), tile, constant))
    return torch.cat(responses)


def non_dc_share_at_init(
    chain: ConvChain,
    *,
    draws: int = _DRAWS,
    seed: int = 0,
    biases: bool = False,
    prepare: Callable[[nn.Sequential], object] | None = None,
    constants: Float[Tensor, "constant seed_channel"] | None = None,
) -> tuple[float, float]:
    """Index of a chain with fresh weights: its mean over random networks, and the standard error of the mean.

    Every draw has new weights (PyTorch's default, uniform), no biases, and a new constant seed (normal), if not said
    otherwise by the arguments of :func:`responses_at_init`. The layers and their order decide, not the size: a small
    seed is used whatever the chain's.

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
    responses = responses_at_init(chain, draws=draws, seed=seed, biases=biases, prepare=prepare, constants=constants)
    shares = torch.tensor([non_dc_share(response) for response in responses], dtype=torch.float64)
    return float(shares.mean()), float(shares.std()) / sqrt(draws)


def without_biases(net: nn.Sequential) -> nn.Sequential:
    """A copy of a network whose biases are 0."""
    return _unbiased(deepcopy(net))


def _unbiased(net: nn.Sequential) -> nn.Sequential:
    with torch.no_grad():
        for name, weight in net.named_parameters():
            if name.rpartition(".")[2] == "bias":
                weight.zero_()
    return net


def _answer(net: nn.Sequential, tile: Tile, constants: Tensor) -> Float[Tensor, "draw channel row col"]:
    """The tile of what a network in float64 makes of constants, its first row and column in phase 0."""
    with torch.no_grad():
        response = net.eval()(constants.double()[:, :, None, None].expand(-1, -1, *tile.seed))[(..., *tile.rows_cols)]
    if not bool(response.isfinite().all()):
        raise LayerError("the network answers a constant with numbers that are not finite; its weights are damaged")
    shift = tuple(start % length for start, length in zip(tile.start, tile.period, strict=True))
    return torch.as_tensor(response.roll(shift, (-2, -1)))


def _require_seeds(constants: Tensor, chain: ConvChain) -> None:
    if constants.ndim != 2 or constants.shape[1] != chain.seed.channels:
        raise ArgumentError(
            f"constants have shape {tuple(constants.shape)}; expected (draws, {chain.seed.channels} seed channels)"
        )


def _constants(chain: ConvChain) -> Float[Tensor, "draw seed_channel"]:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(_DRAWS, chain.seed.channels, generator=generator, dtype=torch.float64)
