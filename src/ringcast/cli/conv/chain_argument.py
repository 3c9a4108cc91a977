"""The chain that conv commands take: words, or the name of a torch module; torch is imported only for the latter."""

import re
import sys
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from ringcast.arithmetic import ConvChain, parse
from ringcast.cli.progress import waiting
from ringcast.errors import ArgumentError, FileError

__all__ = ["AsJson", "Chain", "InputSize", "chain_of", "named_module"]

_MODULE = re.compile(r"[A-Za-z_]\w*(\.\w+)*:[A-Za-z_]\w*(\.\w+)*")
Chain = Annotated[
    str,
    Parameter(
        help=(
            "Size and layers in quotes: HxW or CxHxW, then conv(in,out,kernel,stride,padding), "
            "convT(in,out,kernel,stride,padding,output_padding), nearest(2), bilinear(2), nails(2), shuffle(2), "
            "maxpool(2), avgpool(2), pad(1), crop(1), batchnorm2d(64), relu, tanh and the like; any argument by name "
            "(dilation=2, groups=4, bias=false), 2x3 for height x width. Or package.module:Net, a torch module."
        )
    ),
]
InputSize = Annotated[
    str | None, Parameter(name="--input", help="Input of package.module:Net as batch,channels,height,width.")
]
AsJson = Annotated[bool, Parameter(name="--json", negative=(), help="Print one JSON document and nothing else.")]


def chain_of(text: str, input_size: str | None) -> ConvChain:
    """The chain of a text, or of ``package.module:Net`` run on ``input_size``.

    Raises:
        ArgumentError: an input size without a module or a module without one, or a name that is no module.
        FileError: the package cannot be imported.
        LayerError: no chain.
    """
    with waiting(f"reading {text.strip()}") if _MODULE.fullmatch(text.strip()) else nullcontext():
        named = named_module(text, input_size)
        if named is not None:
            from ringcast.blocks import trace

            return trace(*named)
    if input_size is not None:
        raise ArgumentError(
            f"--input {input_size} goes with package.module:Net, which {text[:40]!r} is not; a chain in words starts "
            f'with its size, as in "11x21 convT(64,64,4,2)"'
        )
    return parse(text)


def named_module(text: str, input_size: str | None) -> tuple[Any, tuple[int, ...]] | None:
    """The module that ``package.module:Net`` names, and the size of its input; None for any other text.

    Raises:
        ArgumentError: no input size, or a name that is no module.
        FileError: the package cannot be imported.
    """
    if not _MODULE.fullmatch(text.strip()):
        return None
    if input_size is None:
        raise ArgumentError(f"{text} needs its input size; add for example --input 1,64,11,21")
    return _module(text.strip()), _numbers(input_size)


def _numbers(text: str) -> tuple[int, ...]:
    if not re.fullmatch(r"\d{1,9}(\s*[,x]\s*\d{1,9}){2,3}", text.strip()):
        raise ArgumentError(f"--input is {text!r}; expected batch,channels,height,width, for example 1,64,11,21")
    return tuple(int(number) for number in re.findall(r"\d+", text))


def _module(text: str) -> Any:
    """The module that ``package.module:Net`` names; a class or function is called without arguments."""
    from torch import nn

    place, _, name = text.partition(":")
    found: Any = _import(place)
    for part in name.split("."):
        if not hasattr(found, part):
            raise ArgumentError(f"{place} has no {name!r}; expected a torch.nn.Module, or a class or function for one")
        found = getattr(found, part)
    if callable(found) and not isinstance(found, nn.Module):
        try:
            found = found()
        except (Exception, SystemExit) as error:
            raise ArgumentError(
                f"{text}() fails: {type(error).__name__}: {error}; it must work without arguments, so name an instance "
                f"instead"
            ) from error
    if not isinstance(found, nn.Module):
        raise ArgumentError(f"{text} is of type {type(found).__name__}; expected a torch.nn.Module")
    return found


def _import(place: str) -> Any:
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        return import_module(place)
    except (Exception, SystemExit) as error:  # the file of somebody else, which may go wrong in any way
        reason = str(error) if isinstance(error, ImportError) else f"{type(error).__name__}: {error}"
        raise FileError(f"cannot import {place}: {reason}; run where `python -c 'import {place}'` works") from error
