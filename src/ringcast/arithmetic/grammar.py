"""The text form of layers: words into layers, one at a time, with errors that name the place.

A text is an input size and then layers, parted by spaces (or commas, semicolons, dots in the middle, arrows)::

    11x21 convT(64,64,4,2) relu conv(64,64,3)          height x width, channels told by the first layer
    3x32x48 conv(3,8,3x5,stride=2,padding=1x2) tanh    channels x height x width; 3x5 is height x width

Arguments stand in the order of ``torch.nn`` or have their name before them. PyTorch's own spelling is read as well:
``nn.Conv2d(64, 64, kernel_size=(3, 3), stride=(1, 1))``. :mod:`ringcast.arithmetic.vocabulary` has the words.
"""

import re
from typing import Any, NamedTuple

from ringcast.arithmetic.layers import Activation, Layer
from ringcast.arithmetic.layers.activation import ACTIVATIONS
from ringcast.arithmetic.vocabulary import ACTIVATION_WORDS, KNOWN, LAYER_WORDS, Entry, plain
from ringcast.errors import LayerError

__all__ = ["EXAMPLE", "Word", "layer_of", "size_of", "words"]

EXAMPLE = '"11x21 convT(64,64,4,2) relu conv(64,64,3)"'
_GAP = re.compile(r"[\s,;·→]*")
_WORD = re.compile(r"[^\s,;·→()]+(?:\s*\((?:[^()]|\([^()]*\))*\))?")
_SIZE = re.compile(r"\d{1,9}(?:[x×]\d{1,9}){1,2}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_TIMES = re.compile(r"([\d.e+-]+)[x×]([\d.e+-]+)", re.IGNORECASE)
_COMMA = re.compile(r",(?![^()]*\))")


class Word(NamedTuple):
    """A piece of the text and where it starts, counted from 1."""

    place: int
    text: str


def words(text: str) -> list[Word]:
    """Cut a text into its size and its layers.

    Raises:
        LayerError: a bracket that is not closed, or was never opened.

    >>> [word.text for word in words("11x21 convT(64, 64, 4, 2) relu")]
    ['11x21', 'convT(64, 64, 4, 2)', 'relu']
    """
    found: list[Word] = []
    place = _GAP.match(text).end()  # type: ignore[union-attr]
    while place < len(text):
        match = _WORD.match(text, place)
        end = match.end() if match else place
        if match is None or text[end : end + 1] in ("(", ")"):
            raise LayerError(
                f"character {place + 1}, {text[place : place + 20]!r}: the brackets do not match; "
                f"write for example {EXAMPLE}"
            )
        found.append(Word(place + 1, match.group()))
        place = _GAP.match(text, end).end()  # type: ignore[union-attr]
    return found


def size_of(word: Word) -> tuple[int, ...]:
    """Read ``11x21`` (height x width) or ``64x11x21`` (channels x height x width).

    Raises:
        LayerError: the word is no size.

    >>> size_of(Word(1, "64x11x21"))
    (64, 11, 21)
    """
    if not _SIZE.fullmatch(word.text.lower()):
        raise LayerError(
            f"character {word.place}, {word.text!r}: expected the input size first, as height x width or "
            f"channels x height x width; write for example {EXAMPLE}"
        )
    return tuple(int(number) for number in re.findall(r"\d+", word.text))


def layer_of(text: str) -> Layer:
    """Read one layer.

    Raises:
        LayerError: an unknown word, arguments that do not fit it, or values the layer refuses.

    >>> layer_of("relu")
    Activation(name='relu', settings=())
    >>> print(layer_of("nn.Conv2d(8, 8, kernel_size=(3, 5), padding=same)"))
    conv(8,8,3x5,1,same)
    >>> print(layer_of("Upsample(scale_factor=2.0, mode='bilinear')"), layer_of("ZeroPad2d((1, 0, 1, 0))"))
    bilinear(2) pad(1,0,1,0)
    """
    text = text.strip()
    if not _WORD.fullmatch(text):
        raise LayerError(f"{text!r} is not one layer; write for example conv(64,64,3) or convT(64,64,4,2)")
    name, _, inside = text.partition("(")
    word = plain(name.strip().rpartition(".")[2])
    if word in LAYER_WORDS:
        return _layer(text, LAYER_WORDS[word], *_arguments(text, inside.removesuffix(")")))
    if word in ACTIVATION_WORDS:
        positional, named = _arguments(text, inside.removesuffix(")"))
        activation = ACTIVATION_WORDS[word]
        named.pop("inplace", None)
        return Activation(activation, _bind(text, activation, list(ACTIVATIONS[activation]), positional, named))
    raise LayerError(f"{text!r} is no known layer; {_near(word)}there are {', '.join(KNOWN)}")


def _layer(text: str, entry: Entry, positional: list[Any], named: dict[str, Any]) -> Layer:
    if entry.ignored:
        named = {name: value for name, value in named.items() if name not in entry.ignored}
    if entry.gathers:
        positional = _gathered(positional)
    bound = _bind(text, entry.example, entry.names, positional, named)
    missing = [name for name in entry.needed if name not in bound]
    if missing:
        raise LayerError(f"{text!r} lacks {' and '.join(missing)}; write for example {entry.example}")
    given = {name: value for name, value in entry.preset.items() if bound.get(name, value) != value}
    if given:
        name, value = given.popitem()
        raise LayerError(f"{text!r} has {name}={bound[name]}, but its name says {value}; leave {name} out")
    return entry.kind(**{**entry.preset, **bound})


def _gathered(positional: list[Any]) -> list[Any]:
    """The whole numbers at the start as one argument: pad(1,0,1,0,reflect) has two."""
    sides = 0
    while sides < len(positional) and isinstance(positional[sides], int):
        sides += 1
    return [tuple(positional[:sides]), *positional[sides:]] if sides > 1 else positional


def _near(word: str) -> str:
    """The known word most like an unknown one; difflib is imported here as only errors need it."""
    from difflib import get_close_matches

    found = get_close_matches(word, [*LAYER_WORDS, *ACTIVATION_WORDS], n=1)
    if not found:
        return ""
    entry = LAYER_WORDS.get(found[0])
    return f"did you mean {entry.example if entry else ACTIVATION_WORDS[found[0]]}? "


def _bind(text: str, example: str, names: list[str], positional: list[Any], named: dict[str, Any]) -> dict[str, Any]:
    if len(positional) > len(names):
        raise LayerError(f"{text!r} has {len(positional)} arguments; expected at most {len(names)}, as in {example}")
    bound = dict(zip(names, positional, strict=False))
    for name, value in named.items():
        if name not in names:
            known = f"expected one of {', '.join(names)}" if names else "this layer takes no arguments"
            raise LayerError(f"{text!r} has an unknown argument {name!r}; {known}")
        if name in bound:
            raise LayerError(f"{text!r} gives {name} twice; write it once")
        bound[name] = value
    return bound


def _arguments(text: str, inside: str) -> tuple[list[Any], dict[str, Any]]:
    positional: list[Any] = []
    named: dict[str, Any] = {}
    pieces = _COMMA.split(inside.strip().removesuffix(",")) if inside.strip() else []
    for piece in pieces:
        name, equals, value = (part.strip() for part in piece.rpartition("="))
        if not value:
            raise LayerError(f"{text!r} has an empty argument; give it a value or take out the comma")
        if not equals and named:
            raise LayerError(f"{text!r} has {value!r} after a named argument; put it first or give its name")
        if name in named:
            raise LayerError(f"{text!r} gives {name} twice; write it once")
        if equals:
            named[name] = _value(value)
        else:
            positional.append(_value(value))
    return positional, named


def _value(text: str) -> Any:
    """A whole number, a number, a pair as 2x3 or (2, 3), more in brackets, true, false, None, or a word."""
    bare = text.strip().strip("'\"")
    if bare.startswith("("):
        return tuple(_value(part) for part in bare.strip("()").split(",") if part.strip())
    times = _TIMES.fullmatch(bare)
    if times and all(_NUMBER.fullmatch(part) for part in times.groups()):
        return tuple(_value(part) for part in times.groups())
    if re.fullmatch(r"[+-]?\d{1,9}", bare):
        return int(bare)
    if _NUMBER.fullmatch(bare):
        return float(bare)
    words: dict[str, bool | None] = {"true": True, "false": False}
    if bare == "None":  # in lower case it is a word: GELU(approximate='none')
        return None
    return words.get(bare.lower(), bare)
