"""What ``ringcast conv check`` looks at: a trained network, plain weights with their chain, or a module."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ringcast.arithmetic import ConvChain, parse
from ringcast.cli.conv.chain_argument import named_module
from ringcast.errors import ArgumentError, FileError

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["Subject", "pictures_of", "subject_of"]


@dataclass(frozen=True)
class Subject:
    """A network with its chain, and what is known of its use."""

    net: "nn.Sequential"
    chain: ConvChain
    constants: "Tensor | None" = None
    """Constant seeds, (draw, channel), such as it gets in use."""
    pictures: "Tensor | None" = None
    """Pictures that it paints, (picture, row, col)."""


def subject_of(weights: str, chain: str | None, prefix: str, input_size: str | None) -> Subject:
    """The network that the arguments of the command name.

    Raises:
        ArgumentError: options that do not go together, or a name that is no module.
        FileError: weights that cannot be read.
        LayerError: a chain that cannot be read, or that the weights do not fit.
    """
    named = named_module(weights, input_size) if chain is None else None
    if named is not None:
        from ringcast.blocks.check_weights import rebuilt

        found, net = rebuilt(*named)
        return Subject(net, found)
    if input_size is not None:
        raise ArgumentError(f"--input {input_size} goes with package.module:Net; a chain starts with its size")
    if chain is not None:
        from ringcast.blocks.check_weights import filled
        from ringcast.generator.plain_weights import read_plain

        layers = parse(chain)
        return Subject(filled(layers, read_plain(weights, prefix=prefix)), layers)
    if prefix:
        raise ArgumentError(f"--prefix {prefix} chooses among plain weights; add --chain with the layers they are for")
    return _trained(weights)


def _trained(weights: str) -> Subject:
    """The decoder of a network of ours, with the seeds and the pictures of example tracks."""
    from ringcast.generator import load
    from ringcast.generator.decoder_pictures import decoder_charge_pe, decoder_seed, example_tracks

    try:
        network = load(weights)
    except FileError as reason:
        plain = Path(weights).is_file() and Path(weights).suffix == ".safetensors"
        raise FileError(f"{reason}{'; for other weights add --chain with their layers' if plain else ''}") from None
    tracks = example_tracks(network)
    constants = decoder_seed(network, tracks).mean((-2, -1))
    return Subject(network.decoder, network.config.decoder, constants, decoder_charge_pe(network, tracks))


def pictures_of(path: Path) -> "Tensor":
    """Pictures of an array file, .npy or .npz with one array: (row, col) after any other axes.

    Raises:
        FileError: no such file, or none with one array of numbers.
    """
    import numpy as np
    import torch

    if not path.is_file():
        raise FileError(f"no file {str(path)!r}; expected pictures as .npy or .npz, (image, row, col)")
    try:
        found = np.load(path, allow_pickle=False)
        arrays = [found] if isinstance(found, np.ndarray) else [found[name] for name in found.files]
    except (ValueError, OSError, EOFError):
        raise FileError(f"{path} is no array file of numbers or is damaged; write it with numpy.save") from None
    if len(arrays) != 1 or arrays[0].dtype.kind not in "fiub":
        kinds = ", ".join(str(array.dtype) for array in arrays) or "nothing"
        raise FileError(f"{path} holds {kinds}; expected one array of numbers, (image, row, col)")
    return torch.from_numpy(arrays[0].astype(float))
