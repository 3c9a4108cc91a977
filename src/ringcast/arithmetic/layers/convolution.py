"""The convolution layers with every parameter PyTorch gives them, checked when they are made.

What ``torch.nn`` refuses at construction or at the first call is refused here with a sentence. Three refusals are ours
alone: layers with 0 channels; negative padding, which PyTorch lets crop in the modes other than zeros; and what only
the oneDNN kernels let pass (dilation 0 and empty results, with some groups). Source of the rules: the behaviour of
PyTorch 2.13, which the tests use as oracle.
"""

from dataclasses import dataclass
from typing import cast

from ringcast.arithmetic.arguments import Pair, at, call_text, flag, pair, settle, store, value_text, whole
from ringcast.arithmetic.layers.window import Window, conv_line, conv_size, transposed_line, transposed_size
from ringcast.arithmetic.line import Border, Line
from ringcast.arithmetic.shape import Shape
from ringcast.errors import LayerError

__all__ = ["PADDING_MODES", "Conv2d", "ConvTranspose2d"]

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


@dataclass(frozen=True)
class Conv2d:
    """A convolution; arguments, order and meaning are those of ``torch.nn.Conv2d``.

    Sizes are one whole number or (height, width); they are stored as pairs, and ``padding='valid'`` as (0, 0).

    Raises:
        LayerError: an argument that PyTorch would refuse, or 0 channels.

    >>> print(Conv2d(64, 64, 3).output(Shape(64, 24, 44)))
    64 x 22 x 42
    """

    in_channels: int
    out_channels: int
    kernel_size: int | Pair
    stride: int | Pair = 1
    padding: int | Pair | str = 0
    dilation: int | Pair = 1
    groups: int = 1
    bias: bool = True
    padding_mode: str = "zeros"

    def __post_init__(self) -> None:
        settle(self, self._check)

    def _check(self) -> None:
        _settle_common(self)
        if not isinstance(self.padding, str):
            store(self, "padding", pair("padding", self.padding, least=0, single=self.padding_mode == "zeros"))
        elif self.padding == "valid":
            store(self, "padding", (0, 0))
        elif self.padding != "same":
            raise LayerError(f"padding is {self.padding!r}; expected whole numbers, 'same' or 'valid'")
        elif self.stride != (1, 1):
            raise LayerError(f"padding='same' needs stride 1, found {value_text(self.stride)}; give numbers as padding")
        if self.padding_mode not in PADDING_MODES:
            raise LayerError(f"padding_mode is {self.padding_mode!r}; expected one of {', '.join(PADDING_MODES)}")

    def __str__(self) -> str:
        return call_text("conv", self)

    def window(self, axis: int) -> Window:
        """The numbers of one axis, 0 for the height and 1 for the width."""
        kernel, dilation = at(self.kernel_size, axis), at(self.dilation, axis)
        if isinstance(self.padding, str):
            total = dilation * (kernel - 1)
            before, after = total // 2, total - total // 2
        else:
            before = after = at(self.padding, axis)
        return Window(kernel, at(self.stride, axis), before, after, dilation)

    def output(self, shape: Shape) -> Shape:
        """Shape of the result for an input of ``shape``.

        Raises:
            LayerError: the input has other channels, or is too small for the kernel or for the padding mode.
        """
        _check_channels(self, shape)
        for axis, name in enumerate(("height", "width")):
            self._check_fit(name, shape.axis(axis), self.window(axis))
        height, width = (conv_size(shape.axis(axis), self.window(axis)) for axis in (0, 1))
        return Shape(self.out_channels, height, width)

    def _check_fit(self, name: str, size: int, window: Window) -> None:
        padded = size + window.before + window.after
        if window.reach > padded:
            raise LayerError(
                f"{self}: the kernel reaches over {window.reach} pixels, but the padded input {name} is only "
                f"{padded}; use a smaller kernel or dilation, or more padding"
            )
        widest, limits = max(window.before, window.after), {"reflect": size - 1, "circular": size}
        if widest > limits.get(self.padding_mode, widest):
            raise LayerError(
                f"{self}: padding {widest} is too wide for padding_mode {self.padding_mode!r} on an input {name} "
                f"of {size}; expected at most {limits[self.padding_mode]}"
            )

    @property
    def params(self) -> int:
        """Trained numbers: weights (out, in / groups, kernel height, kernel width) and biases."""
        return _weights(self) + (self.out_channels if self.bias else 0)

    def macs(self, shape: Shape) -> int:
        """Multiply-accumulates for one image: weights times **output** pixels; biases not counted."""
        return _weights(self) * self.output(shape).pixels

    def line(self, axis: int, size: int) -> Line:
        """Where the numbers of one axis come from, for an input of ``size`` along it."""
        return conv_line(size, self.window(axis), cast("Border", self.padding_mode))


@dataclass(frozen=True)
class ConvTranspose2d:
    """A transposed convolution; arguments, order and meaning are those of ``torch.nn.ConvTranspose2d``.

    Here ``padding`` takes rings away from the result, and ``output_padding`` lengthens it at the bottom and on the
    right. Sizes are one whole number or (height, width); they are stored as pairs.

    Raises:
        LayerError: an argument that PyTorch would refuse, or 0 channels.

    >>> print(ConvTranspose2d(64, 64, 4, 2).output(Shape(64, 11, 21)))
    64 x 24 x 44
    """

    in_channels: int
    out_channels: int
    kernel_size: int | Pair
    stride: int | Pair = 1
    padding: int | Pair = 0
    output_padding: int | Pair = 0
    groups: int = 1
    bias: bool = True
    dilation: int | Pair = 1
    padding_mode: str = "zeros"

    def __post_init__(self) -> None:
        settle(self, self._check)

    def _check(self) -> None:
        _settle_common(self)
        for name in ("padding", "output_padding"):
            store(self, name, pair(name, getattr(self, name), least=0, single=True))
        for axis, name in enumerate(("height", "width")):
            window = self.window(axis)
            limit = max(window.stride, window.dilation)
            if window.output_padding >= limit:
                raise LayerError(
                    f"output_padding is {window.output_padding} for the {name}; expected less than {limit}, the "
                    f"larger of stride and dilation"
                )
        if self.padding_mode != "zeros":
            raise LayerError(f"padding_mode is {self.padding_mode!r}; a transposed convolution has only 'zeros'")

    def __str__(self) -> str:
        return call_text("convT", self)

    def window(self, axis: int) -> Window:
        """The numbers of one axis, 0 for the height and 1 for the width."""
        kernel, stride, dilation = (at(value, axis) for value in (self.kernel_size, self.stride, self.dilation))
        crop = at(self.padding, axis)
        return Window(kernel, stride, crop, crop, dilation, at(self.output_padding, axis))

    def output(self, shape: Shape) -> Shape:
        """Shape of the result for an input of ``shape``.

        Raises:
            LayerError: the input has other channels, or the padding takes the whole result away.
        """
        _check_channels(self, shape)
        height, width = (transposed_size(shape.axis(axis), self.window(axis)) for axis in (0, 1))
        if min(height, width) < 1:
            raise LayerError(
                f"{self}: padding {value_text(self.padding)} leaves {height} x {width} of an input of "
                f"{shape.height} x {shape.width}; expected at least 1 x 1, use less padding"
            )
        return Shape(self.out_channels, height, width)

    @property
    def params(self) -> int:
        """Trained numbers: weights (in, out / groups, kernel height, kernel width) and biases."""
        return _weights(self) + (self.out_channels if self.bias else 0)

    def macs(self, shape: Shape) -> int:
        """Multiply-accumulates for one image: weights times **input** pixels; biases not counted."""
        return _weights(self) * shape.pixels

    def line(self, axis: int, size: int) -> Line:
        """Where the numbers of one axis come from, for an input of ``size`` along it."""
        return transposed_line(size, self.window(axis))


def _settle_common(layer: Conv2d | ConvTranspose2d) -> None:
    for name in ("in_channels", "out_channels", "groups"):
        store(layer, name, whole(name, getattr(layer, name), least=1))
    for name in ("kernel_size", "stride", "dilation"):
        store(layer, name, pair(name, getattr(layer, name), least=1, single=name != "kernel_size"))
    store(layer, "bias", flag("bias", layer.bias))
    for name in ("in_channels", "out_channels"):
        if getattr(layer, name) % layer.groups:
            raise LayerError(f"{name} is {getattr(layer, name)}; expected a multiple of groups, {layer.groups}")


def _check_channels(layer: Conv2d | ConvTranspose2d, shape: Shape) -> None:
    if shape.channels != layer.in_channels:
        raise LayerError(
            f"{layer}: takes {layer.in_channels} channels, but {shape.channels} arrive; "
            f"make its first number {shape.channels} or change the layer before"
        )


def _weights(layer: Conv2d | ConvTranspose2d) -> int:
    """C_in C_out / groups kH kW, the same for both kinds."""
    channels = layer.in_channels * layer.out_channels // layer.groups
    return channels * at(layer.kernel_size, 0) * at(layer.kernel_size, 1)
