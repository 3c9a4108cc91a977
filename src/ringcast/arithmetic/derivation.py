"""The derivation of a chain's sizes: every layer's formula with the numbers put in, for the height and for the width.

Formulas, source: the PyTorch manual for Conv2d and ConvTranspose2d; the floor, which only strided convolutions need, is
written out here.
"""

from dataclasses import dataclass

from ringcast.arithmetic.chain import ConvChain
from ringcast.arithmetic.layers import Activation, Conv2d, ConvTranspose2d, Layer
from ringcast.arithmetic.layers.window import Window
from ringcast.arithmetic.shape import Shape
from ringcast.arithmetic.size_table import sizes

__all__ = ["Derivation", "Formula", "Step", "derivation_text", "derive", "unread_text"]

_GENERAL = {
    Conv2d: "conv   ⌊(in + 2·padding − dilation·(kernel−1) − 1)/stride⌋ + 1",
    ConvTranspose2d: "convT  (in−1)·stride − 2·padding + dilation·(kernel−1) + output_padding + 1",
}


@dataclass(frozen=True)
class Formula:
    """One axis of one layer."""

    axis: str
    """"H" or "W"."""
    text: str
    """The formula with the numbers put in, without its result."""
    result: int
    """Pixels."""


@dataclass(frozen=True)
class Step:
    """One layer; a layer that keeps the size has no formulas."""

    number: int
    name: str
    input: Shape
    output: Shape
    formulas: tuple[Formula, ...]
    unread: tuple[int, int]
    """Input rows and columns without influence on the result."""


@dataclass(frozen=True)
class Derivation:
    """All layers of a chain, and the general formulas they use; ``str`` gives the whole text."""

    seed: Shape
    steps: tuple[Step, ...]
    general: tuple[str, ...]
    params: int
    """Trained numbers of the whole chain, biases included."""
    macs: int
    """Multiply-accumulates of the whole chain for one image."""

    @property
    def output(self) -> Shape:
        """Shape after the last layer."""
        return self.steps[-1].output

    def __str__(self) -> str:
        return derivation_text(self)


def derive(chain: ConvChain) -> Derivation:
    """Derive every size of a chain; print the result to read it.

    >>> print(derive(ConvChain.of((11, 21), ["convT(64,16,2,2)", "relu"])))
    convT  (in−1)·stride − 2·padding + dilation·(kernel−1) + output_padding + 1
    <BLANKLINE>
    seed  64 x 11 x 21
    <BLANKLINE>
    1  convT(64,16,2,2)  64 x 11 x 21 → 16 x 22 x 42
       H = (11−1)·2 − 2·0 + 1·(2−1) + 0 + 1 = 22
       W = (21−1)·2 − 2·0 + 1·(2−1) + 0 + 1 = 42
    2  relu  keeps 16 x 22 x 42
    <BLANKLINE>
    4,112 parameters, 946,176 MACs
    <BLANKLINE>
    output pixels and numbers in the seed differ:
    22 x 42 = 924, 64 x 11 x 21 = 14784
    """
    table = sizes(chain)
    steps = tuple(
        Step(row.number, row.name, row.input, row.output, _formulas(layer, row.input, row.output), row.unread)
        for row, layer in zip(table.layers, chain.layers, strict=True)
    )
    used = {type(layer) for layer in chain.layers}
    return Derivation(
        chain.seed, steps, tuple(text for kind, text in _GENERAL.items() if kind in used), table.params, table.macs
    )


def derivation_text(derivation: Derivation) -> str:
    """Lay a derivation out as text, one paragraph for the layers and a closing remark on the seed and the work."""
    lines = [*derivation.general, ""] if derivation.general else []
    lines += [f"seed  {derivation.seed}", ""]
    for step in derivation.steps:
        lines += _step_lines(step, len(str(len(derivation.steps))))
    totals = f"{derivation.params:,} parameters, {derivation.macs:,} MACs"
    return "\n".join([*lines, "", totals, "", *_closing(derivation.seed, derivation.output)])


def _formulas(layer: Layer, given: Shape, result: Shape) -> tuple[Formula, ...]:
    match layer:
        case Activation():
            return ()
        case Conv2d():
            formula = _conv_formula
        case ConvTranspose2d():
            formula = _transposed_formula
    return tuple(
        Formula(name, formula(given.axis(axis), layer.window(axis)), result.axis(axis))
        for axis, name in enumerate("HW")
    )


def _conv_formula(size: int, window: Window) -> str:
    even = window.before == window.after
    padding = f"2·{window.before}" if even else f"({window.before}+{window.after})"
    return f"⌊({size} + {padding} − {window.dilation}·({window.kernel}−1) − 1)/{window.stride}⌋ + 1"


def _transposed_formula(size: int, window: Window) -> str:
    return (
        f"({size}−1)·{window.stride} − 2·{window.before} + {window.dilation}·({window.kernel}−1) "
        f"+ {window.output_padding} + 1"
    )


def _step_lines(step: Step, digits: int) -> list[str]:
    head, indent = f"{step.number:>{digits}}  {step.name}  ", " " * (digits + 2)
    if not step.formulas:
        return [f"{head}keeps {step.output}"]
    lines = [f"{head}{step.input} → {step.output}"]
    lines += [f"{indent}{formula.axis} = {formula.text} = {formula.result}" for formula in step.formulas]
    if any(step.unread):
        lines.append(f"{indent}never read: {unread_text(step.unread, step.input)}")
    return lines


def unread_text(unread: tuple[int, int], given: Shape) -> str:
    """Say how many rows and columns of an input have no influence.

    >>> unread_text((1, 0), Shape(1, 5, 6)), unread_text((1, 1), Shape(1, 5, 6))
    ('1 of 5 rows', '1 of 5 rows and 1 of 6 columns')
    """
    counts = ((unread[0], given.height, "rows"), (unread[1], given.width, "columns"))
    return " and ".join(f"{count} of {size} {name}" for count, size, name in counts if count)


def _closing(seed: Shape, output: Shape) -> list[str]:
    pixels = f"{output.height} x {output.width}"
    if output.pixels == seed.numbers:
        return ["output pixels = numbers in the seed:", f"{pixels} = {seed} = {seed.numbers}"]
    return [
        "output pixels and numbers in the seed differ:",
        f"{pixels} = {output.pixels}, {seed} = {seed.numbers}",
    ]
