"""Activations: layers that change no size and have no weights."""

from collections.abc import Mapping
from dataclasses import dataclass

from ringcast.arithmetic.arguments import number, store, value_text
from ringcast.arithmetic.line import Line, identity
from ringcast.arithmetic.shape import Shape
from ringcast.errors import LayerError

__all__ = ["ACTIVATIONS", "Activation", "Setting"]

Setting = float | str
ACTIVATIONS: dict[str, dict[str, Setting]] = {
    "relu": {},
    "relu6": {},
    "leaky_relu": {"negative_slope": 0.01},
    "elu": {"alpha": 1.0},
    "selu": {},
    "gelu": {"approximate": "none"},
    "silu": {},
    "mish": {},
    "softplus": {"beta": 1.0, "threshold": 20.0},
    "softsign": {},
    "tanh": {},
    "sigmoid": {},
    "hardtanh": {"min_val": -1.0, "max_val": 1.0},
    "identity": {},
}
"""Name in the grammar, and the settings in PyTorch's order with PyTorch's defaults."""
_WORDS = {"approximate": ("none", "tanh")}


@dataclass(frozen=True)
class Activation:
    """A function applied to every number; ``settings`` are those of the class of that name in ``torch.nn``.

    Settings are given as a mapping or as pairs, and stored as pairs, defaults included.

    Raises:
        LayerError: an unknown name or setting, or a setting of the wrong kind.

    >>> print(Activation("relu"), Activation("leaky_relu", {"negative_slope": 0.2}))
    relu leaky_relu(0.2)
    """

    name: str
    settings: Mapping[str, Setting] | tuple[tuple[str, Setting], ...] = ()

    def __post_init__(self) -> None:
        if self.name not in ACTIVATIONS:
            raise LayerError(f"no activation is called {self.name!r}; there are {', '.join(ACTIVATIONS)}")
        given, defaults = dict(self.settings), ACTIVATIONS[self.name]
        for setting, value in given.items():
            _check(self.name, setting, value)
        settled = {setting: given.get(setting, default) for setting, default in defaults.items()}
        numbers = {key: value if isinstance(value, str) else float(value) for key, value in settled.items()}
        least, most = numbers.get("min_val"), numbers.get("max_val")
        if isinstance(least, float) and isinstance(most, float) and least >= most:
            raise LayerError(f"{self.name}: min_val is {least}; expected less than max_val, {most}")
        store(self, "settings", tuple(numbers.items()))

    def __str__(self) -> str:
        changed = {key: value for key, value in dict(self.settings).items() if value != ACTIVATIONS[self.name][key]}
        if not changed:
            return self.name
        first = next(iter(ACTIVATIONS[self.name]))
        written = [
            value_text(value) if key == first else f"{key}={value_text(value)}" for key, value in changed.items()
        ]
        return f"{self.name}({','.join(written)})"

    @property
    def in_channels(self) -> None:
        """An activation takes any number of channels."""
        return None

    def output(self, shape: Shape) -> Shape:
        """The shape that came in."""
        return shape

    @property
    def params(self) -> int:
        """No weights: 0."""
        return 0

    def macs(self, shape: Shape) -> int:
        """No multiply-accumulates: 0."""
        return 0

    def line(self, axis: int, size: int) -> Line:
        """Every number for itself."""
        return identity(size)


def _check(name: str, setting: str, value: object) -> None:
    defaults = ACTIVATIONS[name]
    if setting not in defaults:
        known = f"its settings are {', '.join(defaults)}" if defaults else "it has none"
        raise LayerError(f"{name} has no setting {setting!r}; {known}")
    words = _WORDS.get(setting)
    if words is not None and value not in words:
        raise LayerError(f"{name}: {setting} is {value!r}; expected one of {', '.join(words)}")
    if words is None:
        number(f"{name}: {setting}", value)
