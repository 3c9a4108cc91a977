"""The few layers that ``torch.nn`` lacks as modules."""

from collections.abc import Mapping

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from ringcast.arithmetic.arguments import Pair
from ringcast.arithmetic.layers.padding import Sides

__all__ = ["AntialiasUpsample", "BedOfNails", "Crop", "UnpoolSequential"]


class BedOfNails(nn.Module):
    """Every number to the top left of a cell of ``stride`` pixels, zeros around it.

    Args:
        stride: size of a cell, one number or (height, width).

    >>> import torch
    >>> BedOfNails(2)(torch.tensor([[[[1, 2], [3, 4]]]]))[0, 0].tolist()
    [[1, 0, 2, 0], [0, 0, 0, 0], [3, 0, 4, 0], [0, 0, 0, 0]]
    """

    def __init__(self, stride: int | Pair) -> None:
        super().__init__()
        self.stride = (stride, stride) if isinstance(stride, int) else stride

    def extra_repr(self) -> str:
        """The stride, in the printed module."""
        return f"stride={self.stride}"

    def forward(self, image: Float[Tensor, "*batch channel row col"]) -> Float[Tensor, "*batch channel height width"]:
        """The image with (stride - 1) zeros below every row and to the right of every column."""
        down, right = self.stride
        *outer, rows, columns = image.shape
        nails = image.new_zeros(*outer, rows * down, columns * right)
        nails[..., ::down, ::right] = image
        return nails


class Crop(nn.Module):
    """Takes pixels away from the edges.

    Args:
        padding: pixels to take, one number or (left, right, top, bottom), PyTorch's order of paddings.

    >>> import torch
    >>> Crop((0, 1, 1, 0))(torch.tensor([[[[1, 2], [3, 4]]]])).tolist()
    [[[[3]]]]
    """

    def __init__(self, padding: int | Sides) -> None:
        super().__init__()
        self.padding = (padding,) * 4 if isinstance(padding, int) else padding

    def extra_repr(self) -> str:
        """The pixels taken, in the printed module."""
        return f"padding={self.padding}"

    def forward(self, image: Float[Tensor, "*batch channel row col"]) -> Float[Tensor, "*batch channel height width"]:
        """The image without its edges."""
        return F.pad(image, [-number for number in self.padding])


class AntialiasUpsample(nn.Upsample):
    """``nn.Upsample`` with the filter against aliasing, which acts where a map becomes smaller.

    >>> import torch
    >>> AntialiasUpsample(scale_factor=0.5, mode="bilinear")(torch.ones(1, 1, 4, 4)).shape
    torch.Size([1, 1, 2, 2])
    """

    def forward(self, input: Float[Tensor, "batch channel row col"]) -> Float[Tensor, "batch channel height width"]:
        """The resized image."""
        return F.interpolate(
            input,
            self.size,
            self.scale_factor,
            self.mode,
            self.align_corners,
            recompute_scale_factor=self.recompute_scale_factor,
            antialias=True,
        )


class UnpoolSequential(nn.Sequential):
    """Layers one after the other, where max unpooling takes the indices of the last max pooling not undone yet.

    Args:
        layers: the layers; a max pooling that is undone returns its indices (``return_indices=True``).
        output_sizes: (height, width) after the max unpooling of that place, where it is not the default.

    >>> import torch
    >>> net = UnpoolSequential([nn.MaxPool2d(2, return_indices=True), nn.MaxUnpool2d(2)], {})
    >>> net(torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])).tolist()
    [[[[0.0, 0.0], [0.0, 4.0]]]]
    """

    def __init__(self, layers: list[nn.Module], output_sizes: Mapping[int, int | Pair | None]) -> None:
        super().__init__(*layers)
        self.output_sizes = dict(output_sizes)

    def forward(self, input: Float[Tensor, "batch channel row col"]) -> Float[Tensor, "batch channel height width"]:
        """The result of the last layer."""
        image, indices = input, list[Tensor]()
        for place, layer in enumerate(self):
            if isinstance(layer, nn.MaxUnpool2d):
                image = layer(image, indices.pop(), output_size=self.output_sizes.get(place))
            elif isinstance(layer, nn.MaxPool2d) and layer.return_indices:
                image, found = layer(image)
                indices.append(found)
            else:
                image = layer(image)
        return image
