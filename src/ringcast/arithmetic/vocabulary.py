"""The words of the text form: which layer each stands for, and the order of its arguments."""

from dataclasses import MISSING, fields
from typing import Any, NamedTuple

from ringcast.arithmetic import layers as kinds
from ringcast.arithmetic.layers.activation import ACTIVATIONS
from ringcast.arithmetic.layers.resampling import UPSAMPLE_MODES

__all__ = ["ACTIVATION_WORDS", "KNOWN", "LAYER_WORDS", "Entry", "plain"]


class Entry(NamedTuple):
    """What a word stands for."""

    kind: Any
    """The class of the layer."""
    example: str
    names: list[str]
    """Arguments in their order."""
    needed: list[str]
    """Arguments without a default."""
    preset: dict[str, Any]
    """Arguments that the word itself gives."""
    ignored: tuple[str, ...] = ()
    """Arguments of PyTorch that change nothing here."""
    gathers: bool = False
    """Whether whole numbers at the start are one argument, as in ``pad(1,0,1,0)``."""


def plain(word: str) -> str:
    """A word without what spellings differ in.

    >>> plain("Leaky_ReLU"), plain("nearest-exact")
    ('leakyrelu', 'nearestexact')
    """
    return word.lower().replace("_", "").replace("-", "")


def _entry(kind: Any, example: str, first: str = "", **more: Any) -> Entry:
    preset = more.pop("preset", {})
    names = sorted((field.name for field in fields(kind)), key=lambda name: name != first)
    needed = [field.name for field in fields(kind) if field.default is MISSING]
    return Entry(kind, example, names, needed, preset, **more)


def _pad(word: str, mode: str | None = None) -> Entry:
    return _entry(kinds.Pad, f"{word}(1,0,1,0)", gathers=True, preset={} if mode is None else {"mode": mode})


def _upsample(mode: str, **preset: bool) -> Entry:
    example = f"{mode.replace('-', '_')}(2)"
    return _entry(kinds.Upsample, example, first="scale_factor", preset={"mode": mode, **preset})


_CONV = _entry(kinds.Conv2d, "conv(64,64,3)")
_CONVT = _entry(kinds.ConvTranspose2d, "convT(64,64,4,2)")
_WORDS = {
    "conv": _CONV,
    "convT": _CONVT,
    "maxpool": _entry(kinds.MaxPool2d, "maxpool(2)", ignored=("return_indices",)),
    "avgpool": _entry(kinds.AvgPool2d, "avgpool(2)"),
    "maxunpool": _entry(kinds.MaxUnpool2d, "maxunpool(2)"),
    "nails": _entry(kinds.BedOfNails, "nails(2)"),
    "shuffle": _entry(kinds.PixelShuffle, "shuffle(2)"),
    "unshuffle": _entry(kinds.PixelUnshuffle, "unshuffle(2)"),
    "upsample": _entry(kinds.Upsample, "upsample(22x42)"),
    **{mode.replace("-", "_"): _upsample(mode) for mode in UPSAMPLE_MODES},
    "pad": _pad("pad"),
    "crop": _entry(kinds.Crop, "crop(1,0,1,0)", gathers=True),
    "batchnorm2d": _entry(kinds.BatchNorm2d, "batchnorm2d(64)"),
    "instancenorm2d": _entry(kinds.InstanceNorm2d, "instancenorm2d(64)"),
    "groupnorm": _entry(kinds.GroupNorm, "groupnorm(8,64)"),
    "dropout": _entry(kinds.Dropout, "dropout(0.5)", ignored=("inplace",)),
    "dropout2d": _entry(kinds.Dropout2d, "dropout2d(0.5)", ignored=("inplace",)),
}
_ALSO = {
    "conv2d": _CONV,
    "convt2d": _CONVT,
    "convtranspose2d": _CONVT,
    "convtransposed2d": _CONVT,
    "maxpool2d": _WORDS["maxpool"],
    "avgpool2d": _WORDS["avgpool"],
    "maxunpool2d": _WORDS["maxunpool"],
    "bedofnails": _WORDS["nails"],
    "pixelshuffle": _WORDS["shuffle"],
    "pixelunshuffle": _WORDS["unshuffle"],
    "zeropad2d": _pad("ZeroPad2d", "zeros"),
    "reflectionpad2d": _pad("ReflectionPad2d", "reflect"),
    "replicationpad2d": _pad("ReplicationPad2d", "replicate"),
    "circularpad2d": _pad("CircularPad2d", "circular"),
    "upsamplingnearest2d": _WORDS["nearest"],
    "upsamplingbilinear2d": _upsample("bilinear", align_corners=True),
    "batchnorm": _WORDS["batchnorm2d"],
    "instancenorm": _WORDS["instancenorm2d"],
}
LAYER_WORDS: dict[str, Entry] = {plain(word): entry for word, entry in (_WORDS | _ALSO).items()}
ACTIVATION_WORDS = {plain(name): name for name in ACTIVATIONS} | {"swish": "silu"}
"""Word and name of each activation."""
KNOWN = (*_WORDS, *ACTIVATIONS)
"""The words in the spelling that layers print."""
