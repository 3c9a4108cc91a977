"""A derivation as Markdown: a table with a row for each layer, formulas in ``$...$`` as GitHub and MyST read them."""

from ringcast.arithmetic.derivation.formula import LATEX, write
from ringcast.arithmetic.derivation.rules import Formula, General
from ringcast.arithmetic.derivation.steps import Derivation, Step, closing, totals

__all__ = ["derivation_markdown"]


def derivation_markdown(derivation: Derivation) -> str:
    r"""Lay a derivation out as Markdown: general formulas, the table, remarks, the work, and the closing remark.

    >>> from ringcast.arithmetic import derive, parse
    >>> for line in derivation_markdown(derive(parse("3x3 conv(1,1,2) relu"))).splitlines()[2:7]:
    ...     print(line)
    |  | layer | shape | height | width |
    |--:|:--|:--|:--|:--|
    |  | seed | 1 × 3 × 3 |  |  |
    | 1 | `conv(1,1,2)` | 1 × 2 × 2 | $\left\lfloor \frac{3 + 2 \cdot 0 - 1 \cdot (2-1) - 1}{1} \right\rfloor + 1 = 2$ | $\left\lfloor \frac{3 + 2 \cdot 0 - 1 \cdot (2-1) - 1}{1} \right\rfloor + 1 = 2$ |
    | 2 | `relu` | 1 × 2 × 2 | keeps | keeps |
    """  # noqa: E501
    lines = [_general(rule) for rule in derivation.general]
    lines += [""] if lines else []
    lines += [_row("", "layer", "shape", "height", "width"), "|--:|:--|:--|:--|:--|"]
    lines.append(_row("", "seed", _times(str(derivation.seed)), "", ""))
    lines += [_layer(step) for step in derivation.steps]
    remarks = [line for step in derivation.steps for line in _remarks(step)]
    lines += ["", *remarks] if remarks else []
    return "\n".join([*lines, "", f"{totals(derivation)}.", "", _times(" ".join(closing(derivation)))])


def _general(rule: General) -> str:
    return f"- `{rule.word}`: ${write(rule.expression, LATEX)}$" + (f" ({rule.remark})" if rule.remark else "")


def _layer(step: Step) -> str:
    found = {formula.axis: _equation(formula) for formula in step.formulas}
    kept = "keeps" if step.input[1:] == step.output[1:] else ""
    sizes = (found.get(axis, kept) for axis in "HW")
    return _row(str(step.number), f"`{step.name}`", _times(str(step.output)), *sizes)


def _remarks(step: Step) -> list[str]:
    """The channels, which have no column, and what the formulas do not say."""
    channels = [f"channels {_equation(formula)}" for formula in step.formulas if formula.axis == "C"]
    return [f"- layer {step.number}, `{step.name}`: {text}" for text in (*channels, *step.remarks)]


def _equation(formula: Formula) -> str:
    return f"${write(formula.expression, LATEX)} = {formula.result}$"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _times(text: str) -> str:
    return text.replace(" x ", " × ")
