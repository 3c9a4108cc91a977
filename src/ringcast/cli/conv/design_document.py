"""The JSON of ``ringcast conv design``; its keys are stable.

* ``seed`` and ``target``, [height, width]; ``alphabet``: ``upsamplers``, ``scales``, ``convolutions``, ``max_layers``,
  ``even_only``, ``sees``, ``crop``.
* ``found``, all solutions; ``solutions[]``, the best of them: ``chain`` (text), ``scale`` and ``offset``, S and C of
  n -> S n + C for each axis, ``crop`` (rows, columns), ``even``, ``unaffected`` (share of pixels free of border
  effect), ``sees`` (seed pixels along each axis behind one output pixel, at most), ``params``, ``macs``.
* ``reason`` (text, or null), why no stack with equal parameters on both axes fits; ``nearest[]``, sizes they reach:
  ``size``, ``crop`` and a solution; ``crop``, the one of them that becomes the target by the smallest crop.
* With a target alone: ``target``, ``alphabet``, and ``seeds[]``: ``seed`` and its best solution.
"""

from typing import Any

from ringcast.arithmetic.arguments import Pair
from ringcast.arithmetic.solver import Alphabet, Design, Designs, SeedProposal

__all__ = ["design_document", "seeds_document"]


def design_document(designs: Designs, alphabet: Alphabet, limit: int) -> dict[str, Any]:
    """``found`` counts all solutions, of which the first ``limit`` are listed."""
    crop = designs.crop
    return {
        "seed": list(designs.seed),
        "target": list(designs.target),
        "alphabet": _alphabet(alphabet),
        "found": len(designs.solutions),
        "solutions": [_solution(one) for one in designs.solutions[:limit]],
        "reason": designs.reason,
        "nearest": [
            {"size": list(one.size), "crop": _or_null(one.crop(designs.target)), **_solution(one.design, crop=False)}
            for one in designs.nearest
        ],
        "crop": None
        if crop is None
        else {"size": list(crop.size), "crop": _or_null(crop.crop(designs.target)), "chain": str(crop.design)},
    }


def seeds_document(target: Pair, proposals: tuple[SeedProposal, ...], alphabet: Alphabet) -> dict[str, Any]:
    """Proposed seeds, each with its best stack."""
    return {
        "target": list(target),
        "alphabet": _alphabet(alphabet),
        "seeds": [{"seed": list(one.seed), **_solution(one.design)} for one in proposals],
    }


def _solution(design: Design, *, crop: bool = True) -> dict[str, Any]:
    return {
        "chain": str(design),
        "scale": list(design.scale),
        "offset": list(design.offset),
        **({"crop": list(design.crop)} if crop else {}),
        "even": design.even,
        "unaffected": design.unaffected,
        "sees": list(design.sees),
        "params": design.params,
        "macs": design.macs,
    }


def _alphabet(alphabet: Alphabet) -> dict[str, Any]:
    return {
        "upsamplers": list(alphabet.upsamplers),
        "scales": list(alphabet.scales),
        "convolutions": list(alphabet.convolutions),
        "max_layers": alphabet.max_layers,
        "even_only": alphabet.even_only,
        "sees": alphabet.sees,
        "crop": alphabet.crop,
    }


def _or_null(crop: Pair | None) -> list[int] | None:
    return None if crop is None else list(crop)
