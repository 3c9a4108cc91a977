"""The derivation of a chain's sizes: every layer's formula with the numbers put in, laid out as plain text."""

from dataclasses import dataclass

from ringcast.arithmetic.chain import ConvChain
from ringcast.arithmetic.derivation.formula import TEXT, write
from ringcast.arithmetic.derivation.rules import Formula, General, formulas, general
from ringcast.arithmetic.shape import Shape
from ringcast.arithmetic.size_table import sizes

__all__ = ["Derivation", "Step", "closing", "derivation_text", "derive", "totals", "unread_text"]


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

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the formulas do not say: rounding that surprises, and rows and columns never read."""
        found = [formula.remark for formula in self.formulas if formula.remark]
        if any(self.unread):
            found.append(f"never read: {unread_text(self.unread, self.input)}")
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class Derivation:
    """All layers of a chain, and the general formulas they use; ``str`` gives the whole text."""

    seed: Shape
    steps: tuple[Step, ...]
    general: tuple[General, ...]
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
        Step(row.number, row.name, row.input, row.output, formulas(layer, row.input, row.output), row.unread)
        for row, layer in zip(table.layers, chain.layers, strict=True)
    )
    used = dict.fromkeys(rule for layer in chain.layers for rule in general(layer))
    rules = tuple(sorted(used, key=lambda rule: rule.word.lower()))
    return Derivation(chain.seed, steps, rules, table.params, table.macs)


def derivation_text(derivation: Derivation) -> str:
    """Lay a derivation out as text: the general formulas, a paragraph for the layers, the work and a closing remark."""
    width = max((len(rule.word) for rule in derivation.general), default=0)
    lines = []
    for rule in derivation.general:
        remark = f"  ({rule.remark})" if rule.remark else ""
        lines.append(f"{rule.word:<{width}}  {write(rule.expression, TEXT)}{remark}")
    lines += ["", f"seed  {derivation.seed}", ""] if lines else [f"seed  {derivation.seed}", ""]
    for step in derivation.steps:
        lines += _step_lines(step, len(str(len(derivation.steps))))
    return "\n".join([*lines, "", totals(derivation), "", *closing(derivation)])


def _step_lines(step: Step, digits: int) -> list[str]:
    head, indent = f"{step.number:>{digits}}  {step.name}  ", " " * (digits + 2)
    kept = step.input == step.output and not step.formulas
    lines = [f"{head}keeps {step.output}" if kept else f"{head}{step.input} → {step.output}"]
    lines += [f"{indent}{formula.axis} = {formula.text} = {formula.result}" for formula in step.formulas]
    return lines + [f"{indent}{remark}" for remark in step.remarks]


def unread_text(unread: tuple[int, int], given: Shape) -> str:
    """Say how many rows and columns of an input have no influence.

    >>> unread_text((1, 0), Shape(1, 5, 6)), unread_text((1, 1), Shape(1, 5, 6))
    ('1 of 5 rows', '1 of 5 rows and 1 of 6 columns')
    """
    counts = ((unread[0], given.height, "rows"), (unread[1], given.width, "columns"))
    return " and ".join(f"{count} of {size} {name}" for count, size, name in counts if count)


def totals(derivation: Derivation) -> str:
    """The weights and the work of the whole chain in words."""
    return f"{derivation.params:,} parameters, {derivation.macs:,} MACs"


def closing(derivation: Derivation) -> tuple[str, str]:
    """The closing remark of the slides: whether the output has as many pixels as the seed has numbers."""
    seed, output = derivation.seed, derivation.output
    pixels = f"{output.height} x {output.width}"
    if output.pixels == seed.numbers:
        return "output pixels = numbers in the seed:", f"{pixels} = {seed} = {seed.numbers}"
    return (
        "output pixels and numbers in the seed differ:",
        f"{pixels} = {output.pixels}, {seed} = {seed.numbers}",
    )
