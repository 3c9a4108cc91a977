"""The JSON document of an overlap; its keys are stable and documented."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, TypeVar

from ringcast.arithmetic.line import Number
from ringcast.arithmetic.tap_maps.chain_overlap import LayerOverlap, Overlap
from ringcast.arithmetic.tap_maps.composite import Composite
from ringcast.arithmetic.tap_maps.tap_map import TapMap

__all__ = ["overlap_document"]

_SIMPLE = 1000
"""Largest denominator of a fraction that is also given exactly."""
_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


def overlap_document(found: Overlap) -> dict[str, Any]:
    """Everything that was counted, layers and stack, as numbers, strings, lists and dictionaries.

    Whole numbers are exact. Fractions are floats; simple ones are given as text too, in ``pattern_exact``. A ratio
    that does not exist, because of holes or without a pattern, is null.

    >>> from ringcast.arithmetic import parse
    >>> from ringcast.arithmetic.tap_maps.chain_overlap import overlap
    >>> overlap_document(overlap(parse("5x5 convT(1,1,3,2)")))["overlap"]["pattern"]
    {'H': [2, 1], 'W': [2, 1]}
    """
    stack = _map_document(found.stack)
    stack["composite_kernel"] = _axes(found.composite, _kernel_document)
    stack["verdict"] = str(found)
    return {"layers": [_layer_document(layer) for layer in found.layers], "overlap": stack}


def _layer_document(layer: LayerOverlap) -> dict[str, Any]:
    alone = _map_document(layer.alone)
    alone["reason"] = _axes(layer.evenness, lambda judged: judged.reason)
    alone["coverage"] = _axes(layer.coverage, _plain_all)
    return {
        "name": layer.name,
        "in": list(layer.input),
        "out": list(layer.output),
        "overlap": _map_document(layer.stack) | {"alone": alone},
    }


def _map_document(found: TapMap) -> dict[str, Any]:
    axes = found.axes
    document: dict[str, Any] = {
        "even": None if any(axis.pattern is None for axis in axes) else found.even,
        "holes": None if any(axis.pattern is None for axis in axes) else found.holes,
        "period": _axes(axes, lambda axis: axis.period),
        "pattern": _axes(axes, lambda axis: None if axis.pattern is None else _plain_all(axis.pattern)),
        "ratio_1d": _axes(axes, lambda axis: _plain(axis.ratio)),
        "ratio_2d": _plain(found.ratio),
        "cv_1d": _axes(axes, lambda axis: axis.variation),
        "cv_2d": found.variation,
        "cv_2d_whole_map": found.whole_variation,
        "amplitudes": _axes(axes, lambda axis: list(axis.amplitudes)),
        "border": _axes(axes, lambda axis: list(axis.border)),
        "profile": _axes(axes, lambda axis: [_plain_all(side) for side in axis.profile]),
        "map": _axes(axes, lambda axis: _plain_all(axis.values)),
        "unaffected": {
            "pixels": found.free_pixels,
            "of": found.pixels,
            "share": found.free_pixels / found.pixels,
            "box": _axes(axes, lambda axis: [axis.free[0], axis.free[-1]] if axis.free else None),
        },
        "bare": _axes(axes, lambda axis: axis.bare),
        "sum": _plain(found.total),
        "min": _plain(found.range[0]),
        "max": _plain(found.range[1]),
    }
    exact = _axes(axes, lambda axis: _exact(axis.pattern))
    return document | ({"pattern_exact": exact} if any(exact.values()) else {})


def _kernel_document(kernel: Composite) -> dict[str, Any]:
    if kernel.kernel is None:
        return {"kernel": None, "reason": kernel.reason}
    return {
        "kernel": _plain_all(kernel.kernel),
        "stride": kernel.stride,
        "start": kernel.start,
        "phase_sums": _plain_all(kernel.phase_sums),
    }


def _axes(pair: Sequence[_Given], made: Callable[[_Given], _Made]) -> dict[str, _Made]:
    return {"H": made(pair[0]), "W": made(pair[1])}


def _plain(number: Number | None) -> int | float | None:
    if number is None or isinstance(number, int):
        return number
    return number.numerator if number.denominator == 1 else float(number)


def _plain_all(numbers: Sequence[Number]) -> list[int | float | None]:
    return [_plain(number) for number in numbers]


def _exact(numbers: Sequence[Number] | None) -> list[str] | None:
    """The numbers as text if some are fractions and all are simple."""
    if numbers is None or not any(isinstance(number, Fraction) for number in numbers):
        return None
    return [str(number) for number in numbers] if all(number.denominator <= _SIMPLE for number in numbers) else None
