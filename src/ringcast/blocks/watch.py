"""Watching one run of a module: calls of layers, and of functions between layers, become entries of a record."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from torch import Tensor, nn
from torch.overrides import TorchFunctionMode, resolve_name

from ringcast.arithmetic.layers import MaxPool2d
from ringcast.blocks.calls import READERS, SAME, VALUES, WEIGHTED, ZEROS, nails
from ringcast.blocks.leaves import is_leaf, leaf_layer
from ringcast.blocks.record import Made, Record, tensors
from ringcast.errors import LayerError

__all__ = ["Watch"]

_VIEWS = frozenset({"view", "reshape", "view_as", "reshape_as", "expand", "expand_as"})
"""Functions that give the image they take, if the shape stays."""
_Given = tuple[tuple[Any, ...], dict[str, Any]]


class Watch(TorchFunctionMode):
    """Notes in ``record`` the calls of leaves, by hooks, and outside them those of functions."""

    def __init__(self, record: Record) -> None:
        super().__init__()
        self._record = record
        self._inside: list[tuple[str, bool, Made | None]] = []
        """Of the modules being called: path, whether a leaf, and what it makes."""
        self._zeros: dict[int, Tensor] = {}
        """Maps of zeros that nothing was written into yet."""

    def before(self, path: str) -> Callable[[nn.Module, tuple[Any, ...], dict[str, Any]], None]:
        """A hook that notes the call of the module at ``path``."""

        def enter(module: nn.Module, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
            leaf = not self._muted and is_leaf(module)
            made = self._enter_leaf(repr(path), module, (arguments, named)) if leaf else None
            self._inside.append((path, leaf, made))

        return enter

    def after(self, module: nn.Module, arguments: tuple[Any, ...], result: Any) -> None:
        """A hook that notes the result of a module."""
        *_, made = self._inside.pop()
        if made is not None:
            self._record.add(made)
            self._keep(made, result)

    @property
    def _muted(self) -> bool:
        return any(leaf for _, leaf, _ in self._inside)

    def _enter_leaf(self, maker: str, module: nn.Module, given: _Given) -> Made | None:
        images = self._record.images(given)
        if not images:
            return None
        made = Made(maker, source=self._record.source(maker, images), pool=self._record.pool_of(given))
        self._record.add_weights(maker, module.parameters())
        sizes = [value for value in (*given[0], *given[1].values()) if isinstance(value, list | tuple)]
        try:
            made.layers = (leaf_layer(module, images[0], sizes[0] if sizes else None),)
        except LayerError as error:
            raise LayerError(f"{maker}, {error}") from None
        self._record.check(made, images[0])
        return made

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Note one call of a function, and make it."""
        given = (args, kwargs or {})
        name = func.__self__.__name__ if func.__name__ == "__get__" else func.__name__
        if not self._muted and name in ZEROS:
            zeros = func(*args, **given[1])
            self._zeros[id(zeros)] = zeros
            return zeros
        taken = args[:1] if name in SAME | _VIEWS else given  # another image only tells a type or a shape
        images = [] if self._muted else self._record.images(taken)
        if not images:
            self._forget_zeros(name, args)
            return func(*args, **given[1])
        path = f" in {self._inside[-1][0]!r}" if len(self._inside) > 1 else ""
        maker = f"{resolve_name(func) or name}{path}"
        source = self._record.source(maker, images)
        if name in VALUES:
            raise LayerError(
                f"{maker} reads the numbers that {source.maker} gives, so that the module's course depends on them; a "
                f"chain is the same for every image, so trace each course as a module"
            )
        if name == "__setitem__":
            return self._write(func, Made(maker, source=source), given)
        if name in SAME:
            result = images[0]
            with suppress(NotImplementedError):  # a meta tensor cannot be moved to a device
                result = func(*args, **given[1])
            self._record.keep(result, source)
            return result
        made = Made(maker, source=source, pool=self._record.pool_of(given))
        self._read(name, made, given, images[0])
        result = _run(func, given, made)
        if name in _VIEWS and tuple(getattr(result, "shape", ())) == tuple(images[0].shape):
            self._record.keep(result, source)
        elif next(tensors(result), None) is not None and not name.startswith("new_") and not name.endswith("_like"):
            self._record.add(made)
            self._keep(made, result)
        return result

    def _forget_zeros(self, name: str, args: tuple[Any, ...]) -> None:
        if args and name.endswith("_"):
            self._zeros.pop(id(args[0]), None)

    def _write(self, func: Any, made: Made, given: _Given) -> None:
        """An image put into a map of zeros, of which the map is the result from now on."""
        target, index, image = given[0]
        if self._zeros.pop(id(target), None) is None:
            raise LayerError(
                f"{made.maker} writes into a map that is not all zeros, which has no place in a chain; a chain puts "
                f"images into new zeros, or pads them"
            )
        try:
            made.layers = (nails(target, index, image),)
        except LayerError as error:
            raise LayerError(f"{made.maker} {error}") from None
        func(*given[0])
        self._record.add(made)
        self._record.keep(target, made)

    def _read(self, name: str, made: Made, given: _Given, image: Tensor) -> None:
        reader = READERS.get(name) or READERS.get(name.removesuffix("_"))
        if reader is None:
            made.fault = (
                f"{made.maker} has no place in a chain, which knows convolution, pooling, resizing, shuffling, "
                f"padding, norms and activations; trace what comes before and after it as modules"
            )
            return
        if (given[0][0] if given[0] else given[1].get("input")) is not image:
            made.fault = f"{made.maker} takes the image as a weight, not as its input, which has no place in a chain"
            return
        try:
            made.layers = reader(*given[0], **given[1])
        except LayerError as error:
            made.fault = f"{made.maker} {error}"
        except TypeError:
            made.fault = f"{made.maker} is called with arguments that have no place in a chain"
        else:
            if name in WEIGHTED:
                weight = given[0][1] if len(given[0]) > 1 else given[1]["weight"]
                self._record.add_weights(made.maker, [weight])
            self._record.check(made, image)

    def _keep(self, made: Made, result: Any) -> None:
        if any(isinstance(layer, MaxPool2d) for layer in made.layers) and isinstance(result, tuple):
            self._record.keep(result[0], made)
            self._record.keep_indices(result[1], made)
        else:
            self._record.keep(result, made)


def _run(func: Any, given: _Given, made: Made) -> Any:
    try:
        return func(*given[0], **given[1])
    except Exception as error:
        fault = made.first_fault
        if fault is None:
            raise
        raise LayerError(fault) from error
