"""``ringcast conv derive``: the formulas of the sizes with the numbers put in.

The document of ``--json``; shapes are [channels, height, width]:

* ``layers[]``: ``name`` (text), ``in`` and ``out`` (shapes), ``formulas`` (by axis, "H", "W" and for layers that trade
  channels for pixels "C": ``text``, ``latex``, and ``result`` in pixels or channels; empty if the layer keeps its
  input's size), ``unread`` ([rows, columns] of the input without influence), ``remarks`` (sentences: what is never
  read, where rounding surprises).
* ``general[]``: ``word`` (what the grammar calls the layer), ``text`` and ``latex`` of its formula, ``remark``.
* ``total``: ``output_pixels``, ``seed_numbers``, ``params`` (biases included), ``macs`` (for one image).
"""

import json
import sys
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from ringcast.arithmetic import derive
from ringcast.arithmetic.derivation import Derivation, derivation_latex, derivation_markdown, derivation_text
from ringcast.arithmetic.derivation.formula import LATEX, TEXT, write
from ringcast.cli.conv.chain_argument import AsJson, Chain, InputSize, chain_of

__all__ = ["derive_command"]

Format = Literal["text", "markdown", "latex"]
_LAYOUTS = {"text": derivation_text, "markdown": derivation_markdown, "latex": derivation_latex}


def derive_command(
    chain: Chain,
    /,
    *,
    input_size: InputSize = None,
    layout: Annotated[Format, Parameter(name="--format", help="text, markdown (a table) or latex (amsmath).")] = "text",
    as_json: AsJson = False,
) -> None:
    """The formula of every layer with the numbers put in, for the height and for the width.

    Rows and columns that a stride leaves unread are reported under their layer, and so are sizes that rounding in
    floating point makes smaller than one would think.

    Try:

    * `ringcast conv derive "11x21 convT(64,64,4,2) relu conv(64,64,3)"`
    * `ringcast conv derive "5x5 conv(1,1,2,2)"`, of which the last row and column are never read
    * `ringcast conv derive "11x21 convT(64,64,4,2) relu conv(64,64,3)" --format latex > derivation.tex`
    """
    derivation = derive(chain_of(chain, input_size))
    if as_json:
        plain = "utf" not in (sys.stdout.encoding or "").lower()  # other encodings would lose the signs
        print(json.dumps(_derivation_document(derivation), ensure_ascii=plain))
    else:
        print(_LAYOUTS[layout](derivation))


def _derivation_document(derivation: Derivation) -> dict[str, Any]:
    layers = [
        {
            "name": step.name,
            "in": list(step.input),
            "out": list(step.output),
            "formulas": {
                formula.axis: {
                    "text": formula.text,
                    "latex": write(formula.expression, LATEX),
                    "result": formula.result,
                }
                for formula in step.formulas
            },
            "unread": list(step.unread),
            "remarks": list(step.remarks),
        }
        for step in derivation.steps
    ]
    general = [
        {
            "word": rule.word,
            "text": write(rule.expression, TEXT),
            "latex": write(rule.expression, LATEX),
            "remark": rule.remark,
        }
        for rule in derivation.general
    ]
    total = {
        "output_pixels": derivation.output.pixels,
        "seed_numbers": derivation.seed.numbers,
        "params": derivation.params,
        "macs": derivation.macs,
    }
    return {"layers": layers, "general": general, "total": total}
