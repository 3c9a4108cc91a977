"""From a layer, or the name of an example, to its picture: which view, which numbers, which words."""

from dataclasses import MISSING, dataclass, fields, replace
from typing import Literal

from ringcast.arithmetic.arguments import value_text
from ringcast.arithmetic.chain import ConvChain, parse
from ringcast.arithmetic.derivation import derive, unread_text
from ringcast.arithmetic.draw.blend import blend
from ringcast.arithmetic.draw.blend_scene import blend_scene
from ringcast.arithmetic.draw.coverage_scene import coverage_scene
from ringcast.arithmetic.draw.examples import example
from ringcast.arithmetic.draw.gather import conv_gather, transposed_gather
from ringcast.arithmetic.draw.gather_scene import gather_scene
from ringcast.arithmetic.draw.matrix import Matrix, counted, is_rounded, small_kernel
from ringcast.arithmetic.draw.scatter import transposed_scatter
from ringcast.arithmetic.draw.scatter_scene import scatter_scene
from ringcast.arithmetic.draw.scene import Scene
from ringcast.arithmetic.draw.stage import Heading
from ringcast.arithmetic.layers import (
    AvgPool2d,
    BedOfNails,
    Conv2d,
    ConvTranspose2d,
    Crop,
    Layer,
    MaxPool2d,
    Pad,
    Upsample,
)
from ringcast.arithmetic.shape import Shape
from ringcast.errors import ArgumentError

__all__ = ["Numbers", "View", "draw_chain", "draw_example"]

View = Literal["gather", "scatter", "coverage"]
_BLENDED = (MaxPool2d, AvgPool2d, BedOfNails, Upsample, Pad, Crop)
_VIEWS = {
    "conv": "Gather view: the kernel slides over the input; every output number is one sum.",
    "gather": "Gather view: zeros put in and around, then an ordinary convolution with stride 1.",
    "coverage": "Coverage: how often each input number lies under the kernel as it slides.",
    "scatter": "Scatter view: every input number paints its multiple of the kernel; sums add up.",
}
_SOURCES = {"slides": "", "own": "", "guide": "After the guide to convolution arithmetic, arXiv 1603.07285."}
_UNDRAWN = ("in_channels", "out_channels", "groups", "bias")
_NAMED = ("kernel_size", "stride", "padding", "mode")
"""Arguments that a title has even if they are as usual."""
_SIDES = "left {0}, right {1}, top {2}, bottom {3}"
_SMALL = 3
_MOST = 20
"""Largest side of a grid."""


@dataclass(frozen=True)
class Numbers:
    """What stands in the cells; None for 1, 2, 3 ... in the input and a small kernel."""

    given: Matrix | None = None
    kernel: Matrix | Literal["ones"] | None = None


@dataclass(frozen=True)
class _Words:
    title: str | None = None
    notes: tuple[str, ...] = ()
    cut: bool = False


def draw_example(name: str, *, view: View | None = None, numbers: Numbers | None = None) -> Scene:
    """The picture of a named example.

    Raises:
        ArgumentError: no such example, numbers of another size, or a view that it does not have.

    >>> draw_example("example5").frames, draw_example("example5", view="gather").frames
    (9, 36)
    """
    found = example(name)
    chain = parse(f"1x{found.chain}")
    numbers = numbers or Numbers()
    numbers = replace(numbers, given=numbers.given or found.given)
    chosen: View = view or ("scatter" if found.view == "scatter" else "gather")
    words = _Words(found.about, tuple(note for note in (found.note, _SOURCES[found.source]) if note), found.cut)
    return _draw(chain.layers[0], chain.seed, chosen, numbers, words)


def draw_chain(
    chain: ConvChain, *, layer: int | None = None, view: View | None = None, numbers: Numbers | None = None
) -> Scene:
    """The picture of the only layer of a chain, or of layer number ``layer`` (from 1) on a small input.

    Raises:
        ArgumentError: several layers and none chosen, a layer that has no picture, numbers of another size, a grid too
            large, or a view that the layer does not have.

    >>> draw_chain(parse("1x3x3 convT(1,1,2,2)")).title
    'ConvTranspose2d: kernel 2, stride 2, padding 0'
    """
    count = len(chain.layers)
    if layer is None and count > 1:
        raise ArgumentError(f"the chain has {count} layers; draw one with --layer, or all with ringcast conv ladder")
    number = 1 if layer is None else layer
    if not 1 <= number <= count:
        raise ArgumentError(f"layer is {number}; expected 1 to {count}")
    chosen, arrives = chain.layers[number - 1], chain.shapes[number - 1]
    single, notes = _single(chosen), []
    numbers = numbers or Numbers()
    shape = Shape(1, arrives.height, arrives.width)
    if layer is not None and numbers.given is None:
        shape = _small(single, shape)
    if numbers.given is not None and layer is not None:
        shape = Shape(1, len(numbers.given), len(numbers.given[0]))
    if shape[1:] != arrives[1:]:
        notes.append(
            f"Layer {number} of the chain, {chosen}, drawn on {shape.height} x {shape.width} "
            f"instead of {arrives.height} x {arrives.width}."
        )
    if arrives.channels > 1:
        notes.append(f"One channel is drawn of {arrives.channels}.")
    return _draw(single, shape, view or "gather", numbers, _Words(notes=tuple(notes)))


def _single(layer: Layer) -> Layer:
    """The layer with one channel."""
    if isinstance(layer, Conv2d | ConvTranspose2d):
        return replace(layer, in_channels=1, out_channels=1, groups=1)
    return layer


def _small(layer: Layer, shape: Shape) -> Shape:
    """A shape for which the picture is small: three places more than needed, but never more than the real ones."""
    if not isinstance(layer, Conv2d | MaxPool2d | AvgPool2d):
        least = [_SMALL, _SMALL]
    else:
        windows = [layer.window(axis) for axis in (0, 1)]
        least = [
            max((_SMALL - 1) * window.stride + window.reach - window.before - window.after, _SMALL)
            for window in windows
        ]
    return Shape(1, min(least[0], shape.height), min(least[1], shape.width))


def _draw(layer: Layer, shape: Shape, view: View, numbers: Numbers, words: _Words) -> Scene:
    if not isinstance(layer, (Conv2d, ConvTranspose2d, *_BLENDED)):
        raise ArgumentError(
            f"{layer} has no picture of its own; there are pictures of conv, convT, maxpool, avgpool, nails, "
            f"upsample, pad and crop"
        )
    result = layer.output(shape)
    if max(shape.height, shape.width, result.height, result.width) > _MOST:
        raise ArgumentError(
            f"grids of {shape.height} x {shape.width} and {result.height} x {result.width} are too large for a "
            f"picture that can be read; add --layer to draw the layer on a small input"
        )
    given = _settled("input", numbers.given, counted(shape.height, shape.width))
    if not isinstance(layer, Conv2d | ConvTranspose2d):
        return _blended(layer, given, view, numbers, words)
    sizes = layer.window(0).kernel, layer.window(1).kernel
    ones = ((1,) * sizes[1],) * sizes[0]
    kernel = ones if numbers.kernel == "ones" else _settled("kernel", numbers.kernel, small_kernel(*sizes))
    return _convolved(layer, view, (given, kernel), _heading(layer, shape, view, words))


def _convolved(layer: Conv2d | ConvTranspose2d, view: View, maps: tuple[Matrix, Matrix], heading: Heading) -> Scene:
    if isinstance(layer, ConvTranspose2d):
        if view == "coverage":
            raise ArgumentError("the coverage view is of convolutions; draw a transposed one with --view scatter")
        if view == "scatter":
            return scatter_scene(layer, transposed_scatter(layer, *maps), maps, heading)
        return gather_scene(layer, transposed_gather(layer, *maps), maps, heading)
    if view == "scatter":
        raise ArgumentError(
            "the scatter view is of transposed convolutions; draw a convolution with --view gather or coverage"
        )
    gather = conv_gather(layer, *maps)
    if view == "gather":
        return gather_scene(layer, gather, maps, heading)
    if layer.padding_mode != "zeros":
        raise ArgumentError(
            f"the coverage view needs padding with zeros, found {layer.padding_mode}; use --view gather"
        )
    return coverage_scene(layer, gather, maps[0], heading)


def _blended(layer: Layer, given: Matrix, view: View, numbers: Numbers, words: _Words) -> Scene:
    if numbers.kernel is not None or view != "gather":
        raise ArgumentError(f"{layer} has no kernel; leave --kernel and --view out")
    found = blend(layer, given)
    shape = Shape(1, len(given), len(given[0]))
    heading = _heading(layer, shape, view, words)
    if isinstance(layer, MaxPool2d | AvgPool2d) and any(layer.window(axis).before for axis in (0, 1)):
        heading = replace(heading, caption=(*heading.caption, "The padding is not drawn."))
    if any(is_rounded(value) for row in found.output for value in row):
        heading = replace(heading, caption=(*heading.caption, "Long fractions are rounded to two decimals."))
    return blend_scene(found, given, heading, cut=words.cut)


def _settled(name: str, given: Matrix | None, usual: Matrix) -> Matrix:
    if given is None:
        return usual
    if (len(given), len(given[0])) != (len(usual), len(usual[0])):
        raise ArgumentError(
            f"{name} is {len(given)} x {len(given[0])}; expected {len(usual)} x {len(usual[0])}, as the layer has it"
        )
    return given


def _heading(layer: Layer, shape: Shape, view: View, words: _Words) -> Heading:
    step = derive(ConvChain(shape, (layer,))).steps[0]
    lines = [_title(layer)] if words.title is not None and type(layer).__name__ not in words.title else []
    texts = [f"{formula.text} = {formula.result}" for formula in step.formulas]
    if len(set(texts)) == 1:
        lines.append(f"height and width: {texts[0]}")
    else:
        lines += [f"{name}: {text}" for name, text in zip(("height", "width"), texts, strict=False)]
    if isinstance(layer, Conv2d | ConvTranspose2d):
        lines.append(_VIEWS["conv" if isinstance(layer, Conv2d) and view == "gather" else view])
    warnings = []
    if any(step.unread):
        warnings.append(f"Never read: {unread_text(step.unread, shape)} of the input.")
    return Heading(words.title or _title(layer), tuple(lines), words.notes, tuple(warnings))


def _title(layer: Layer) -> str:
    """The layer's name and what is not as usual, in words."""
    parts = []
    for field in fields(layer):
        value = getattr(layer, field.name)
        usual = field.default is not MISSING and value_text(field.default) == value_text(value)
        named = field.name in _NAMED
        if field.name not in _UNDRAWN and value is not None and value is not False and (named or not usual):
            text = _SIDES.format(*value) if isinstance(value, tuple) and len(value) == 4 else value_text(value)
            parts.append(f"{field.name.removesuffix('_size')} {text.replace('.0', '')}")
    return f"{type(layer).__name__}: {', '.join(parts)}"
