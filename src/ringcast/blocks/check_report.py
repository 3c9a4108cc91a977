"""All that can be said of a network's checkerboard, with one sentence of what it means."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import sqrt
from statistics import mean, stdev

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ringcast.arithmetic import ConvChain
from ringcast.arithmetic.layers import InstanceNorm2d
from ringcast.blocks.check import Check, check, non_dc_share, responses_at_init
from ringcast.blocks.check_spectrum import PictureShare, picture_share
from ringcast.blocks.icnr import icnr_
from ringcast.errors import LayerError

__all__ = ["Report", "Start", "report"]

_NONE = 1e-9
"""An index below this is rounding."""
_DRAWS = 32
_FEW = 8
_LARGE = 500_000
"""Trained numbers of a chain from which on ``_FEW`` random networks do, so that the answer comes in seconds."""


@dataclass(frozen=True)
class Start:
    """The indices of random networks of one chain."""

    indices: tuple[float, ...]
    """With PyTorch's random biases."""
    indices_without_biases: tuple[float, ...]

    @property
    def index(self) -> tuple[float, float]:
        """Mean, and its standard error."""
        return mean(self.indices), stdev(self.indices) / sqrt(len(self.indices))

    @property
    def index_without_biases(self) -> tuple[float, float]:
        """Mean, and its standard error."""
        return mean(self.indices_without_biases), stdev(self.indices_without_biases) / sqrt(len(self.indices))


@dataclass(frozen=True)
class Report:
    """What :func:`report` found; structure, weights and pictures apart."""

    chain: ConvChain
    check: Check
    starts: dict[str, Start]
    """Of the same chain with the weights that training starts from: "default", and "icnr" where it applies."""
    icnr_fault: str | None
    """Why ICNR does not apply, if it does not."""
    own: PictureShare | None
    """Of pictures that the network painted."""
    given: PictureShare | None
    """Of pictures from elsewhere."""

    @property
    def verdict(self) -> str:
        """What it means, in one sentence without its full stop."""
        parts = [self._weights(), *self._wiped()]
        uneven = [step.name for step in self.check.steps if not step.even]
        if uneven:
            parts.append(f"the structure is uneven at {', '.join(uneven)}")
        for name, share in (("its pictures", self.own), ("the pictures given", self.given)):
            if share is not None:
                shown = "show it" if share.stands_out else "show none beyond chance"
                parts.append(f"{name} {shown} ({_percent(share.share)} ± {_percent(share.error)} of their energy)")
        return "; ".join(parts)

    def _wiped(self) -> list[str]:
        """Instance norms by the map's own mean leave rounding of a constant, whose pattern says nothing."""
        for number, layer in enumerate(self.chain.layers, start=1):
            if isinstance(layer, InstanceNorm2d) and not layer.track_running_stats:
                return [f"but layer {number}, {layer}, takes a constant away, so that only its pictures can tell"]
        return []

    def _weights(self) -> str:
        if self.check.tile.period == (1, 1):
            return "the answer to a constant cannot have a pattern, as no stride is left in it: no checkerboard"
        index, random = self.check.index, self.starts["default"]
        if index < _NONE:
            return "the weights answer a constant with a constant: no checkerboard"
        text = f"a checkerboard has {_percent(index)} of the energy of the answer to a constant"
        if random.index[0] < _NONE:
            return f"{text}, though with random weights it has none"
        count, usual = len(random.indices), f"{_percent(random.index[0])} on average"
        if index < min(random.indices):
            return f"{text}, less than in any of {count} networks with random weights ({usual})"
        if index > max(random.indices):
            return f"{text}, more than in any of {count} networks with random weights ({usual})"
        return f"{text}, as may happen with random weights ({usual})"


def report(
    net: nn.Sequential,
    chain: ConvChain,
    *,
    constants: Float[Tensor, "constant seed_channel"] | None = None,
    own: Float[Tensor, "*batch row col"] | None = None,
    given: Float[Tensor, "*batch row col"] | None = None,
) -> Report:
    """Measure a network, the same chain with random weights, and pictures.

    Args:
        net: one module for each layer of the chain.
        chain: its layers.
        constants: constant seeds such as the network gets in use, for it and for the random networks; normally
            distributed ones if not given.
        own: pictures that the network painted; left out of the report if no stride is left in it.
        given: pictures from elsewhere.

    Raises:
        ArgumentError: pictures that cannot be measured.
        LayerError: the chain leaves no tile clear of the borders.

    >>> from ringcast.arithmetic import parse
    >>> from ringcast.blocks.sequential import sequential
    >>> chain = parse("8x8 nearest(2) conv(1,1,3)")
    >>> report(sequential(chain), chain).verdict
    'the weights answer a constant with a constant: no checkerboard'
    """
    found = check(net, chain, constants=constants)
    own_share = None if own is None or found.tile.period == (1, 1) else picture_share(own, found.tile.period)
    given_share = None if given is None else picture_share(given, found.tile.period)
    starts = {"default": _start(chain, constants, None)}
    fault = None
    try:
        starts["icnr"] = _start(chain, constants, partial(icnr_, generator=torch.Generator().manual_seed(1)))
    except LayerError as reason:
        fault = str(reason)
    return Report(chain, found, starts, fault, own_share, given_share)


def _start(chain: ConvChain, constants: Tensor | None, prepare: Callable[[nn.Sequential], object] | None) -> Start:
    """Each random network with its biases, and without them."""
    large = sum(layer.params for layer in chain.layers) > _LARGE
    indices = [
        [
            non_dc_share(response)
            for response in responses_at_init(
                chain, draws=_FEW if large else _DRAWS, seed=0, biases=biases, prepare=prepare, constants=constants
            )
        ]
        for biases in (True, False)
    ]
    return Start(tuple(indices[0]), tuple(indices[1]))


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %"
