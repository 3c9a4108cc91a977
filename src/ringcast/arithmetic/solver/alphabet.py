"""The blocks that ``design`` builds stacks of, along one axis: each turns n places into scale n + offset.

A stack repeats one **family** of blocks: the same kinds of layers with the same kernels in every block, while scale and
padding may change from block to block. The families are

* ``transposed``: a transposed convolution of stride s with kernel s, s + 1, 2 s or 3 s, without padding or with the
  padding that makes n -> s n, followed by nothing or by a convolution;
* ``nearest``, ``bilinear``, ``unpool``: a map s times as large, then a convolution;
* ``shuffle``: a convolution to s^2 times the channels, then a pixel shuffle by s.

The scale s of a block is 2, 3 or 4, the convolutions have kernel 3 or 5, without padding or with half of it. A seed of
one pixel may first be spread by ``convT(k, stride 1)`` with k = 2 ... 8. A stack may not throw away more than it keeps:
the product of its scales is at most twice target / seed. If asked, a last layer crops, fewer rows and columns than a
seed pixel becomes and at most a tenth of the target.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ringcast.arithmetic.arguments import is_whole, whole
from ringcast.arithmetic.upsamplers import UPSAMPLERS, exact_padding
from ringcast.errors import ArgumentError

__all__ = ["SPREADS", "Alphabet", "AxisBlock", "Family", "layers_text"]

_KERNELS = ((1, 0), (1, 1), (2, 0), (3, 0))
"""(a, b) for the kernel a s + b of a transposed convolution of stride s."""


class AxisBlock(NamedTuple):
    """One block along one axis.

    >>> block = AxisBlock("transposed", scale=2, kernel=4, conv_kernel=3)
    >>> block.scale, block.offset, block.even
    (2, 0, True)
    """

    upsampler: str
    scale: int
    kernel: int = 0
    """Of the transposed convolution, whose stride is the scale; 0 for the other upsamplers."""
    padding: int = 0
    output_padding: int = 0
    conv_kernel: int = 0
    """Of the convolution; 0 if there is none."""
    conv_padding: int = 0

    @property
    def offset(self) -> int:
        """C in n -> S n + C: k - s - 2 p + op of a transposed convolution, 2 p - (k - 1) of a convolution."""
        conv = 2 * self.conv_padding - (self.conv_kernel - 1) if self.conv_kernel else 0
        if self.upsampler == "shuffle":
            return self.scale * conv
        if self.upsampler == "transposed":
            return self.kernel - self.scale - 2 * self.padding + self.output_padding + conv
        return conv

    @property
    def even(self) -> bool:
        """Whether all places far from the ends take as many taps: s divides k, of what fills the gaps."""
        filling = {"transposed": self.kernel, "unpool": self.conv_kernel}.get(self.upsampler, 0)
        return filling % self.scale == 0

    @property
    def reach(self) -> int:
        """Places that one of its inputs paints, k of the block as one transposed convolution of stride s."""
        spread = {
            "transposed": self.kernel,
            "nearest": self.scale,
            "bilinear": 2 * self.scale - self.scale % 2,
            "unpool": 1,
            "shuffle": self.scale * max(1, self.conv_kernel),
        }[self.upsampler]
        return spread if self.upsampler == "shuffle" else spread + max(0, self.conv_kernel - 1)

    @property
    def layers(self) -> int:
        """Layers of the block, activations not counted."""
        return 1 if self.upsampler == "transposed" and not self.conv_kernel else 2


SPREADS = tuple(AxisBlock("transposed", 1, kernel) for kernel in range(2, 9))
"""What may come first if the seed is one pixel."""
Family = tuple[AxisBlock, ...]


@dataclass(frozen=True, kw_only=True)
class Alphabet:
    """What stacks are built of; :mod:`ringcast.arithmetic.solver.alphabet` states it in words.

    Raises:
        ArgumentError: an unknown upsampler, no or wrong scales, kernels or number of layers.

    >>> alphabet = Alphabet(upsamplers=("nearest",), scales=(2,), convolutions=(3,))
    >>> [block.offset for family in alphabet.families for block in family]
    [-2, 0]
    """

    upsamplers: tuple[str, ...] = UPSAMPLERS
    scales: tuple[int, ...] = (2, 3, 4)
    """Of one block."""
    convolutions: tuple[int, ...] = (3, 5)
    """Kernels; odd, so that half padding keeps the size."""
    max_layers: int = 8
    """Activations and the crop not counted."""
    even_only: bool = False
    """Leave out the blocks that make a checkerboard pattern whatever their weights."""
    crop: bool = False
    """Whether the last layer may be a crop, of fewer pixels than a seed pixel becomes and of a tenth of the target."""

    sees: int = 1
    """Seed pixels along each axis that an output pixel has to see, at the phase that sees most."""

    def __post_init__(self) -> None:
        unknown = [name for name in self.upsamplers if name not in UPSAMPLERS]
        if unknown or not self.upsamplers:
            found = repr(unknown[0]) if unknown else "not given"
            raise ArgumentError(f"upsampler is {found}; expected one or more of {', '.join(UPSAMPLERS)}")
        if not self.scales or not all(is_whole(scale, least=2) for scale in self.scales):
            raise ArgumentError(f"scales are {self.scales!r}; expected whole numbers of at least 2")
        if any(not is_whole(kernel, least=1) or kernel % 2 == 0 for kernel in self.convolutions):
            raise ArgumentError(f"convolutions are {self.convolutions!r}; expected odd kernels")
        whole("max_layers", self.max_layers, least=1)
        whole("sees", self.sees, least=1)

    def __str__(self) -> str:
        return (
            f"Blocks: {', '.join(self.upsamplers)} by {_or(self.scales)}, "
            f"each with a convolution of {_or(self.convolutions)}"
            f"{' (transposed also without)' if 'transposed' in self.upsamplers else ''}; "
            f"at most {layers_text(self.max_layers)}{', even only' if self.even_only else ''}"
            f"{', then perhaps a crop' if self.crop else ''}"
            f"{f'; output pixels see at least {self.sees} seed pixels along each axis' if self.sees > 1 else ''}"
        )

    @property
    def families(self) -> tuple[Family, ...]:
        """One tuple of blocks for each kind that a stack can repeat."""
        return tuple(family for name in dict.fromkeys(self.upsamplers) for family in self._families(name) if family)

    def _families(self, name: str) -> Iterator[Family]:
        if name == "transposed":
            for times, more in _KERNELS:
                for conv_kernel in (0, *self.convolutions):
                    yield self._kept(_transposed(scale, times * scale + more, conv_kernel) for scale in self.scales)
        else:
            for conv_kernel in self.convolutions:
                bare = (AxisBlock(name, scale) for scale in self.scales)
                yield self._kept(_with_conv(block, conv_kernel) for block in bare)

    def _kept(self, groups: Iterator[tuple[AxisBlock, ...]]) -> Family:
        return tuple(block for group in groups for block in group if block.even or not self.even_only)


def layers_text(count: int) -> str:
    """A number of layers in words."""
    return "1 layer" if count == 1 else f"{count} layers"


def _or(numbers: tuple[int, ...]) -> str:
    return " or ".join(", ".join(str(number) for number in numbers).rsplit(", ", 1))


def _transposed(scale: int, kernel: int, conv_kernel: int) -> tuple[AxisBlock, ...]:
    paddings = dict.fromkeys([(0, 0), exact_padding(kernel, scale)])
    bare = (AxisBlock("transposed", scale, kernel, *padding) for padding in paddings)
    return tuple(block for one in bare for block in _with_conv(one, conv_kernel))


def _with_conv(block: AxisBlock, kernel: int) -> tuple[AxisBlock, ...]:
    if not kernel:
        return (block,)
    paddings = dict.fromkeys([0, kernel // 2])
    return tuple(block._replace(conv_kernel=kernel, conv_padding=padding) for padding in paddings)
