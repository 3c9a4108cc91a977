"""Max and average pooling with the arguments of ``torch.nn``, checked when they are made.

Negative padding, which PyTorch refuses when called, is refused at once. Source of the rules: the behaviour of PyTorch
2.13, which the tests use as oracle.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from numbers import Integral
from typing import ClassVar

from ringcast.arithmetic.arguments import Pair, at, call_text, flag, pair, settle, store
from ringcast.arithmetic.layers.weightless import no_macs
from ringcast.arithmetic.layers.window import Window, conv_line
from ringcast.arithmetic.line import Line, Number, Source
from ringcast.arithmetic.shape import Shape
from ringcast.errors import LayerError

__all__ = ["AvgPool2d", "MaxPool2d"]


@dataclass(frozen=True)
class MaxPool2d:
    """The largest number of each window; arguments, order and meaning are those of ``torch.nn.MaxPool2d``.

    Sizes are one whole number or (height, width); they are stored as pairs, a missing ``stride`` as the kernel.

    Raises:
        LayerError: an argument that PyTorch would refuse.

    >>> print(MaxPool2d(2).output(Shape(8, 5, 6)), MaxPool2d(2, ceil_mode=True).output(Shape(8, 5, 6)))
    8 x 2 x 3 8 x 3 x 3
    """

    kernel_size: int | Pair
    stride: int | Pair | None = None
    padding: int | Pair = 0
    dilation: int | Pair = 1
    ceil_mode: bool = False
    in_channels: ClassVar[None] = None
    params: ClassVar[int] = 0
    macs = no_macs

    def __post_init__(self) -> None:
        settle(self, self._check)

    def _check(self) -> None:
        store(self, "dilation", pair("dilation", self.dilation, least=1, single=True))
        _settle_pool(self)

    def __str__(self) -> str:
        return call_text("maxpool", self, positional=4, usual={"stride": self.kernel_size})

    def window(self, axis: int) -> Window:
        """The numbers of one axis, 0 for the height and 1 for the width."""
        return _window(self, axis, at(self.dilation, axis))

    def output(self, shape: Shape) -> Shape:
        """Shape of the result for an input of ``shape``.

        Raises:
            LayerError: the input is too small for the kernel.
        """
        return _pooled(self, shape)

    def line(self, axis: int, size: int) -> Line:
        """The places of each window, of which the largest number is taken; padding never is."""
        window = self.window(axis)
        length = _pool_size(size, window, self.ceil_mode)
        return replace(conv_line(size, window), length=length, blend="largest")


@dataclass(frozen=True)
class AvgPool2d:
    """The mean of each window; arguments, order and meaning are those of ``torch.nn.AvgPool2d``.

    Sizes are one whole number or (height, width); they are stored as pairs, a missing ``stride`` as the kernel.

    Raises:
        LayerError: an argument that PyTorch would refuse.

    >>> print(AvgPool2d(2, 1).output(Shape(8, 5, 6)))
    8 x 4 x 5
    """

    kernel_size: int | Pair
    stride: int | Pair | None = None
    padding: int | Pair = 0
    ceil_mode: bool = False
    count_include_pad: bool = True
    divisor_override: int | None = None
    in_channels: ClassVar[None] = None
    params: ClassVar[int] = 0
    macs = no_macs

    def __post_init__(self) -> None:
        settle(self, self._check)

    def _check(self) -> None:
        _settle_pool(self)
        store(self, "count_include_pad", flag("count_include_pad", self.count_include_pad))
        divisor = self.divisor_override
        if divisor is None:
            return
        if isinstance(divisor, bool) or not isinstance(divisor, Integral) or divisor == 0:
            raise LayerError(f"divisor_override is {divisor!r}; expected a whole number other than 0, or none at all")
        store(self, "divisor_override", int(divisor))

    def __str__(self) -> str:
        return call_text("avgpool", self, positional=3, usual={"stride": self.kernel_size})

    def window(self, axis: int) -> Window:
        """The numbers of one axis, 0 for the height and 1 for the width."""
        return _window(self, axis, dilation=1)

    def output(self, shape: Shape) -> Shape:
        """Shape of the result for an input of ``shape``.

        Raises:
            LayerError: the input is too small for the kernel.
        """
        return _pooled(self, shape)

    def line(self, axis: int, size: int) -> Line:
        """The places of each window, with one part in as many as there are.

        A ``divisor_override`` divides once for both axes; it stands on the height.
        """
        window = self.window(axis)
        length = _pool_size(size, window, self.ceil_mode)
        uneven = self.ceil_mode or (window.before > 0 and not self.count_include_pad)

        def share(places: int) -> Number:
            if self.divisor_override is None:
                return Fraction(1, places)
            return Fraction(1, self.divisor_override) if axis == 0 else 1

        def sources(place: int) -> tuple[Source, ...]:
            first = place * window.stride - window.before
            return tuple((first + tap, share(window.kernel)) for tap in range(window.kernel))

        def bounded(place: int) -> tuple[Source, ...]:
            first = place * window.stride - window.before
            padded = range(first, min(first + window.kernel, size + window.after))
            inside = range(max(first, 0), min(padded.stop, size))
            weight = share(len(padded) if self.count_include_pad else len(inside)) if inside else 0
            return tuple((source, weight) for source in inside)

        return Line(size, length, sources, advance=(window.stride, 1), bounded=bounded if uneven else None)


def _settle_pool(layer: MaxPool2d | AvgPool2d) -> None:
    store(layer, "kernel_size", pair("kernel_size", layer.kernel_size, least=1, single=True))
    stride = layer.kernel_size if layer.stride is None else layer.stride
    store(layer, "stride", pair("stride", stride, least=1, single=True))
    store(layer, "padding", pair("padding", layer.padding, least=0, single=True))
    store(layer, "ceil_mode", flag("ceil_mode", layer.ceil_mode))
    for axis, name in enumerate(("height", "width")):
        kernel, padding = at(layer.kernel_size, axis), at(layer.padding, axis)
        if padding > kernel // 2:
            raise LayerError(
                f"padding is {padding} for the {name}; expected at most {kernel // 2}, half the kernel of {kernel}"
            )


def _window(layer: MaxPool2d | AvgPool2d, axis: int, dilation: int) -> Window:
    stride = layer.kernel_size if layer.stride is None else layer.stride
    padding = at(layer.padding, axis)
    return Window(at(layer.kernel_size, axis), at(stride, axis), padding, padding, dilation)


def _pool_size(size: int, window: Window, ceil_mode: bool) -> int:
    """Output size: as a convolution's, or rounded up, but without a window that starts in the right padding."""
    room = size + window.before + window.after - window.reach
    if not ceil_mode:
        return room // window.stride + 1
    length = -(-room // window.stride) + 1
    return length - 1 if (length - 1) * window.stride >= size + window.before else length


def _pooled(layer: MaxPool2d | AvgPool2d, shape: Shape) -> Shape:
    lengths = [_pool_size(shape.axis(axis), layer.window(axis), layer.ceil_mode) for axis in (0, 1)]
    for axis, name in enumerate(("height", "width")):
        window = layer.window(axis)
        if lengths[axis] < 1:
            raise LayerError(
                f"{layer}: the kernel reaches over {window.reach} pixels, but the padded input {name} is only "
                f"{shape.axis(axis) + window.before + window.after}; use a smaller kernel"
            )
    return Shape(shape.channels, *lengths)
