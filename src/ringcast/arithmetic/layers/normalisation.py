"""Normalisations and dropout with the arguments of ``torch.nn``: they change no size.

Their statistics are those of a whole map or batch; their lines count every number for itself, as with fixed
statistics. ``bias`` is an argument of PyTorch 2.13 and later. Source of the rules: the behaviour of PyTorch 2.13, which
the tests use as oracle.
"""

from dataclasses import dataclass
from typing import ClassVar

from ringcast.arithmetic.arguments import call_text, flag, number, settle, store, whole
from ringcast.arithmetic.layers.weightless import no_macs
from ringcast.arithmetic.line import Line, identity
from ringcast.arithmetic.shape import Shape
from ringcast.errors import LayerError

__all__ = ["BatchNorm2d", "Dropout", "Dropout2d", "GroupNorm", "InstanceNorm2d"]


def _same_line(layer: object, axis: int, size: int) -> Line:
    """Every number for itself."""
    return identity(size)


def _same_shape(layer: object, shape: Shape) -> Shape:
    """The shape that came in."""
    return shape


@dataclass(frozen=True)
class BatchNorm2d:
    """Batch normalisation; arguments, order and meaning are those of ``torch.nn.BatchNorm2d``.

    Raises:
        LayerError: an argument that PyTorch would refuse.

    >>> BatchNorm2d(8).params
    16
    """

    num_features: int
    eps: float = 1e-5
    momentum: float | None = 0.1
    affine: bool = True
    track_running_stats: bool = True
    bias: bool = True
    macs = no_macs
    line = _same_line

    def __post_init__(self) -> None:
        settle(self, lambda: _settle_features(self))

    def __str__(self) -> str:
        return call_text("batchnorm2d", self, positional=1, usual={"bias": self.affine})

    @property
    def in_channels(self) -> int | None:
        """Channels it takes; any if it keeps no number for each of them."""
        return self.num_features if self.affine or self.track_running_stats else None

    @property
    def params(self) -> int:
        """A factor for each channel if ``affine``, and an offset if also ``bias``."""
        return self.num_features * (self.affine + self.bias)

    def output(self, shape: Shape) -> Shape:
        """The shape that came in.

        Raises:
            LayerError: the input has other channels.
        """
        return _checked(self, shape, self.in_channels)


@dataclass(frozen=True)
class InstanceNorm2d:
    """Instance normalisation; arguments, order and meaning are those of ``torch.nn.InstanceNorm2d``.

    Raises:
        LayerError: an argument that PyTorch would refuse.

    >>> InstanceNorm2d(8).params, InstanceNorm2d(8, affine=True).params
    (0, 16)
    """

    num_features: int
    eps: float = 1e-5
    momentum: float | None = 0.1
    affine: bool = False
    track_running_stats: bool = False
    bias: bool = True
    macs = no_macs
    line = _same_line

    def __post_init__(self) -> None:
        settle(self, lambda: _settle_features(self))

    def __str__(self) -> str:
        return call_text("instancenorm2d", self, positional=1, usual={"bias": self.affine})

    @property
    def in_channels(self) -> int | None:
        """Channels it takes; any if it keeps no number for each of them, as PyTorch then only warns."""
        return self.num_features if self.affine or self.track_running_stats else None

    @property
    def params(self) -> int:
        """A factor for each channel if ``affine``, and an offset if also ``bias``."""
        return self.num_features * (self.affine + self.bias)

    def output(self, shape: Shape) -> Shape:
        """The shape that came in.

        Raises:
            LayerError: the input has other channels, or one pixel, which has no spread.
        """
        if shape.pixels == 1 and not self.track_running_stats:
            raise LayerError(f"{self}: the input is 1 x 1; expected more than one pixel, of which to take the spread")
        return _checked(self, shape, self.in_channels)


@dataclass(frozen=True)
class GroupNorm:
    """Group normalisation; arguments, order and meaning are those of ``torch.nn.GroupNorm``.

    Raises:
        LayerError: an argument that PyTorch would refuse.

    >>> GroupNorm(2, 8).params
    16
    """

    num_groups: int
    num_channels: int
    eps: float = 1e-5
    affine: bool = True
    bias: bool = True
    macs = no_macs
    line = _same_line

    def __post_init__(self) -> None:
        settle(self, self._check)

    def _check(self) -> None:
        for name in ("num_groups", "num_channels"):
            store(self, name, whole(name, getattr(self, name), least=1))
        store(self, "eps", number("eps", self.eps))
        _settle_affine(self)
        if self.num_channels % self.num_groups:
            raise LayerError(f"num_channels is {self.num_channels}; expected a multiple of {self.num_groups} groups")

    def __str__(self) -> str:
        return call_text("groupnorm", self, positional=2, usual={"bias": self.affine})

    @property
    def in_channels(self) -> int | None:
        """Channels it takes; any multiple of the groups if it has no weights."""
        return self.num_channels if self.affine else None

    @property
    def params(self) -> int:
        """A factor for each channel if ``affine``, and an offset if also ``bias``."""
        return self.num_channels * (self.affine + self.bias)

    def output(self, shape: Shape) -> Shape:
        """The shape that came in.

        Raises:
            LayerError: the input has channels that do not fit.
        """
        if shape.channels % self.num_groups:
            raise LayerError(
                f"{self}: takes a multiple of {self.num_groups} channels, but {shape.channels} arrive; "
                f"change the layer before"
            )
        return _checked(self, shape, self.in_channels)


@dataclass(frozen=True)
class Dropout:
    """Numbers set to 0 at random while training, each with probability ``p``, as ``torch.nn.Dropout`` does.

    Raises:
        LayerError: a probability outside 0 ... 1.

    >>> print(Dropout(), Dropout(0.2))
    dropout dropout(0.2)
    """

    p: float = 0.5
    in_channels: ClassVar[None] = None
    params: ClassVar[int] = 0
    macs = no_macs
    line = _same_line
    output = _same_shape

    def __post_init__(self) -> None:
        settle(self, lambda: _settle_probability(self))

    def __str__(self) -> str:
        return call_text("dropout", self).removesuffix("()")


@dataclass(frozen=True)
class Dropout2d:
    """Whole maps set to 0 at random while training, each with probability ``p``, as ``torch.nn.Dropout2d`` does.

    Raises:
        LayerError: a probability outside 0 ... 1.

    >>> print(Dropout2d(0.2))
    dropout2d(0.2)
    """

    p: float = 0.5
    in_channels: ClassVar[None] = None
    params: ClassVar[int] = 0
    macs = no_macs
    line = _same_line
    output = _same_shape

    def __post_init__(self) -> None:
        settle(self, lambda: _settle_probability(self))

    def __str__(self) -> str:
        return call_text("dropout2d", self).removesuffix("()")


def _settle_features(layer: BatchNorm2d | InstanceNorm2d) -> None:
    store(layer, "num_features", whole("num_features", layer.num_features, least=1))
    store(layer, "eps", number("eps", layer.eps))
    if layer.momentum is not None:
        store(layer, "momentum", number("momentum", layer.momentum))
    store(layer, "track_running_stats", flag("track_running_stats", layer.track_running_stats))
    _settle_affine(layer)


def _settle_affine(layer: BatchNorm2d | InstanceNorm2d | GroupNorm) -> None:
    """Without weights there are no offsets, whatever ``bias`` says: PyTorch prints it as False then."""
    store(layer, "affine", flag("affine", layer.affine))
    store(layer, "bias", flag("bias", layer.bias) and layer.affine)


def _settle_probability(layer: Dropout | Dropout2d) -> None:
    probability = number("p", layer.p)
    if not 0 <= probability <= 1:
        raise LayerError(f"p is {layer.p!r}; expected a probability, from 0 to 1")
    store(layer, "p", probability)


def _checked(layer: object, shape: Shape, channels: int | None) -> Shape:
    if channels is not None and shape.channels != channels:
        raise LayerError(
            f"{layer}: takes {channels} channels, but {shape.channels} arrive; make its number of channels "
            f"{shape.channels} or change the layer before"
        )
    return shape
