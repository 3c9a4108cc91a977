"""``ringcast conv derive``: the formulas of the sizes with the numbers put in."""

import json
from typing import Any

from ringcast.arithmetic import derive
from ringcast.arithmetic.derivation import Derivation
from ringcast.cli.conv.chain_argument import AsJson, Chain, InputSize, chain_of

__all__ = ["derive_command"]


def derive_command(chain: Chain, /, *, input_size: InputSize = None, as_json: AsJson = False) -> None:
    """The formula of every layer with the numbers put in, for the height and for the width.

    Rows and columns that a stride leaves unread are reported under their layer.

    Try:

    * `ringcast conv derive "11x21 convT(64,64,4,2) relu conv(64,64,3)"`
    * `ringcast conv derive "5x5 conv(1,1,2,2)"`, of which the last row and column are never read
    """
    derivation = derive(chain_of(chain, input_size))
    print(json.dumps(_derivation_document(derivation), ensure_ascii=False) if as_json else derivation)


def _derivation_document(derivation: Derivation) -> dict[str, Any]:
    layers = [
        {
            "name": step.name,
            "in": list(step.input),
            "out": list(step.output),
            "formulas": {formula.axis: {"text": formula.text, "result": formula.result} for formula in step.formulas},
            "unread": list(step.unread),
        }
        for step in derivation.steps
    ]
    total = {
        "output_pixels": derivation.output.pixels,
        "seed_numbers": derivation.seed.numbers,
        "params": derivation.params,
        "macs": derivation.macs,
    }
    return {"layers": layers, "total": total}
