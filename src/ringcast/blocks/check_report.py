"""All that can be said of a network's checkerboard, with one sentence of what it means."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ringcast.arithmetic import ConvChain
from ringcast.blocks.check import Check, check, non_dc_share_at_init
from ringcast.blocks.check_spectrum import PictureShare, picture_share
from ringcast.blocks.icnr import icnr_
from ringcast.errors import LayerError

__all__ = ["Report", "Start", "report"]

_NONE = 1e-9
"""An index below this is rounding."""
_DRAWS = 32


@dataclass(frozen=True)
class Start:
    """The index of a chain with random weights: means over networks, each with its standard error."""

    index: tuple[float, float]
    """With PyTorch's random biases."""
    index_without_biases: tuple[float, float]


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
        parts = [self._weights()]
        uneven = [step.name for step in self.check.steps if not step.even]
        if uneven:
            parts.append(f"the structure is uneven at {', '.join(uneven)}")
        for name, share in (("its pictures", self.own), ("the pictures given", self.given)):
            if share is not None:
                shown = "show it" if share.stands_out else "show none beyond chance"
                parts.append(f"{name} {shown} ({_percent(share.share)} ± {_percent(share.error)} of their energy)")
        return "; ".join(parts)

    def _weights(self) -> str:
        if self.check.tile.period == (1, 1):
            return "the answer to a constant cannot have a pattern, as no stride is left in it: no checkerboard"
        index, (start, _) = self.check.index, self.starts["default"].index
        if index < _NONE:
            return "the weights answer a constant with a constant: no checkerboard"
        text = f"a checkerboard has {_percent(index)} of the energy of the answer to a constant"
        if start < _NONE:
            return f"{text}, though the chain with random weights has none"
        ratio = start / index
        if 2 / 3 < ratio < 3 / 2:
            return f"{text}, much as with random weights ({_percent(start)})"
        factor = f"{_times(ratio)} less" if ratio > 1 else f"{_times(1 / ratio)} more"
        return f"{text}, {factor} than with random weights ({_percent(start)})"


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
    with_biases, without = (
        non_dc_share_at_init(chain, draws=_DRAWS, biases=biases, prepare=prepare, constants=constants)
        for biases in (True, False)
    )
    return Start(with_biases, without)


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %"


def _times(factor: float) -> str:
    return f"{factor:.0f} times" if factor >= 10 else f"{factor:.2g} times"
