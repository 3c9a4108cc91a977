"""Pictures by name: the slides' examples, the animations of the convolution arithmetic guide, and three upsamplings.

Sources: the slides "Conv2d and ConvTransposed2d" (19 February 2021); V. Dumoulin, F. Visin, "A guide to convolution
arithmetic for deep learning", arXiv 1603.07285, whose inputs, kernels, strides and paddings these are.
"""

from dataclasses import dataclass

from ringcast.arithmetic.draw.matrix import Matrix
from ringcast.errors import ArgumentError

__all__ = ["EXAMPLES", "Example", "example"]


@dataclass(frozen=True)
class Example:
    """A picture with a name."""

    chain: str
    """Of one layer."""
    about: str
    """The title."""
    source: str = "slides"
    given: Matrix | None = None
    view: str = "gather"
    cut: bool = False
    """Whether the output stands there once more with its fractions cut off, as on the slides."""
    note: str = ""


_GUIDE = "guide"
_UPSAMPLED: Matrix = ((1, 2), (3, 4))
_TENS: Matrix = ((10, 20), (30, 40))
_ARTICLE = "The slides have stride 2 here, the article behind them stride 1; see example7."
_GAPS = "Not on the slides: under stride 2 an input of odd size leaves its last row and column unread."
_BILINEAR = (
    "Bilinear with align_corners=False. The slides show the values without their fractions; "
    "the layer gives the true ones."
)

EXAMPLES: dict[str, Example] = {
    "example1": Example("6x6 conv(1,1,2)", "Example 1: Conv2d, kernel 2, stride 1, padding 0"),
    "example2": Example("6x6 conv(1,1,2,2)", "Example 2: Conv2d, kernel 2, stride 2, padding 0"),
    "example3": Example("6x6 conv(1,1,2,2,1)", "Example 3: Conv2d, kernel 2, stride 2, padding 1"),
    "example4": Example(
        "5x5 conv(1,1,2,2)", "Example 4: coverage gaps of Conv2d, kernel 2, stride 2, padding 0", note=_GAPS
    ),
    "example5": Example(
        "3x3 convT(1,1,2,2)", "Example 5: ConvTranspose2d, kernel 2, stride 2, padding 0", view="scatter"
    ),
    "example6": Example(
        "3x3 convT(1,1,2)", "Example 6: ConvTranspose2d, kernel 2, stride 1, padding 0", view="scatter"
    ),
    "example7": Example(
        "3x3 convT(1,1,2,2,1)", "Example 7: ConvTranspose2d, kernel 2, stride 2, padding 1", view="scatter"
    ),
    "example7-article": Example(
        "3x3 convT(1,1,2,1,1)",
        "Example 7 (article): ConvTranspose2d, kernel 2, stride 1, padding 1",
        view="scatter",
        note=_ARTICLE,
    ),
    "nearest": Example("2x2 nearest(2)", "Nearest upsampling by 2", given=_UPSAMPLED),
    "bed-of-nails": Example("2x2 nails(2)", "Bed of nails unpooling by 2", given=_UPSAMPLED),
    "bilinear": Example("2x2 bilinear(2)", "Bilinear upsampling by 2", given=_TENS, cut=True, note=_BILINEAR),
    "no-padding": Example("4x4 conv(1,1,3)", "No padding, unit strides", _GUIDE),
    "arbitrary-padding": Example("5x5 conv(1,1,4,1,2)", "Arbitrary padding, unit strides", _GUIDE),
    "same-padding": Example("5x5 conv(1,1,3,1,1)", "Half (same) padding, unit strides", _GUIDE),
    "full-padding": Example("5x5 conv(1,1,3,1,2)", "Full padding, unit strides", _GUIDE),
    "strides": Example("5x5 conv(1,1,3,2)", "No padding, strides", _GUIDE),
    "padding-strides": Example("5x5 conv(1,1,3,2,1)", "Padding and strides", _GUIDE),
    "padding-strides-odd": Example("6x6 conv(1,1,3,2,1)", "Padding and strides, odd", _GUIDE),
    "dilation": Example("7x7 conv(1,1,3,dilation=2)", "Dilation 2", _GUIDE),
    "no-padding-transposed": Example("2x2 convT(1,1,3)", "No padding, unit strides, transposed", _GUIDE),
    "arbitrary-padding-transposed": Example(
        "6x6 convT(1,1,4,1,2)", "Arbitrary padding, unit strides, transposed", _GUIDE
    ),
    "same-padding-transposed": Example("5x5 convT(1,1,3,1,1)", "Half (same) padding, unit strides, transposed", _GUIDE),
    "full-padding-transposed": Example("7x7 convT(1,1,3,1,2)", "Full padding, unit strides, transposed", _GUIDE),
    "strides-transposed": Example("2x2 convT(1,1,3,2)", "No padding, strides, transposed", _GUIDE),
    "padding-strides-transposed": Example("3x3 convT(1,1,3,2,1)", "Padding and strides, transposed", _GUIDE),
    "padding-strides-odd-transposed": Example("3x3 convT(1,1,3,2,1,1)", "Padding and strides, odd, transposed", _GUIDE),
    "dilation-transposed": Example(
        "3x3 convT(1,1,3,dilation=2)",
        "Dilation 2, transposed",
        "own",
        note="Not in the guide, which has no dilation in transposed convolutions.",
    ),
}


def example(name: str) -> Example:
    """The example of a name.

    Raises:
        ArgumentError: there is none.

    >>> example("example5").chain
    '3x3 convT(1,1,2,2)'
    """
    if name not in EXAMPLES:
        from difflib import get_close_matches  # only errors need it

        near = get_close_matches(name, EXAMPLES, n=1)
        meant = f"; did you mean {near[0]}" if near else ""
        raise ArgumentError(f"{name!r} is no example{meant}; ringcast conv draw --list has them all")
    return EXAMPLES[name]
