"""The derivation of a chain's sizes: formulas as values, one rule for each layer, and three ways to lay it out.

``str(derive(chain))`` is plain text, :func:`derivation_markdown` a table for a page, :func:`derivation_latex` lines for
a paper.
"""

from ringcast.arithmetic.derivation.latex import derivation_latex
from ringcast.arithmetic.derivation.markdown import derivation_markdown
from ringcast.arithmetic.derivation.rules import Formula
from ringcast.arithmetic.derivation.steps import Derivation, Step, derivation_text, derive, unread_text

__all__ = [
    "Derivation",
    "Formula",
    "Step",
    "derivation_latex",
    "derivation_markdown",
    "derivation_text",
    "derive",
    "unread_text",
]
