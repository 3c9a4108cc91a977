r"""A derivation as LaTeX, to be put into a document that has ``\usepackage{amsmath}``; nothing else is needed."""

from ringcast.arithmetic.derivation.formula import LATEX, write
from ringcast.arithmetic.derivation.rules import Formula, General
from ringcast.arithmetic.derivation.steps import Derivation, Step, closing, totals
from ringcast.arithmetic.shape import Shape

__all__ = ["derivation_latex"]

_WORDS = str.maketrans({"_": r"\_", "%": r"\%", "#": r"\#", "&": r"\&", "·": r"$\cdot$"})


def derivation_latex(derivation: Derivation) -> str:
    r"""Lay a derivation out as one ``align*`` environment, which may break between pages, and a closing sentence.

    >>> from ringcast.arithmetic import derive, parse
    >>> print(derivation_latex(derive(parse("3x3 convT(1,1,2,2)"))))
    % in the preamble: \usepackage{amsmath}
    {\allowdisplaybreaks
    \begin{align*}
      & \text{\texttt{convT}: } (\mathrm{in}-1) \cdot \mathrm{stride} - 2 \cdot \mathrm{padding} + \mathrm{dilation} \cdot (\mathrm{kernel}-1) + \mathrm{output\ padding} + 1 \\[1ex]
      & \text{seed } 1 \times 3 \times 3 \\[1ex]
      & \text{1. \texttt{convT(1,1,2,2)}: } 1 \times 3 \times 3 \to 1 \times 6 \times 6 \\
      H &= (3-1) \cdot 2 - 2 \cdot 0 + 1 \cdot (2-1) + 0 + 1 = 6 \\
      W &= (3-1) \cdot 2 - 2 \cdot 0 + 1 \cdot (2-1) + 0 + 1 = 6
    \end{align*}}
    \noindent 5 parameters, 36 MACs; output pixels and numbers in the seed differ: $6 \times 6 = 36$, $1 \times 3 \times 3 = 9$.
    """  # noqa: E501
    rules = [line for rule in derivation.general for line in _general(rule)]
    paragraphs = [rules, [rf"& \text{{seed }} {_shape(derivation.seed)}"]]
    paragraphs += [_paragraph(step) for step in derivation.steps]
    body = " \\\\[1ex]\n".join(" \\\\\n".join(f"  {line}" for line in lines) for lines in paragraphs if lines)
    sentence, equation = closing(derivation)
    equations = ", ".join(f"${_times(part)}$" for part in equation.split(", "))
    return "\n".join(
        [
            r"% in the preamble: \usepackage{amsmath}",
            r"{\allowdisplaybreaks",
            r"\begin{align*}",
            body,
            r"\end{align*}}",
            rf"\noindent {totals(derivation)}; {sentence} {equations}.",
        ]
    )


def _general(rule: General) -> list[str]:
    """The formula, and on a line of its own what it does not say."""
    formula = rf"& \text{{\texttt{{{_words(rule.word)}}}: }} {write(rule.expression, LATEX)}"
    return [formula, *([rf"& \qquad \text{{{_words(rule.remark)}}}"] if rule.remark else [])]


def _paragraph(step: Step) -> list[str]:
    name = rf"\text{{{step.number}. \texttt{{{_words(step.name)}}}"
    if step.input == step.output and not step.formulas:
        lines = [rf"& {name} keeps }} {_shape(step.output)}"]
    else:
        lines = [rf"& {name}: }} {_shape(step.input)} \to {_shape(step.output)}"]
    lines += [_equation(formula) for formula in step.formulas]
    return lines + [rf"& \text{{{_words(remark)}}}" for remark in step.remarks]


def _equation(formula: Formula) -> str:
    return f"{formula.axis} &= {write(formula.expression, LATEX)} = {formula.result}"


def _shape(shape: Shape) -> str:
    return _times(str(shape))


def _times(text: str) -> str:
    return text.replace(" x ", r" \times ")


def _words(text: str) -> str:
    return text.translate(_WORDS)
