"""What one run of a module called, as a graph: which result was made from which, until it proves to be one chain."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from torch import Tensor

from ringcast.arithmetic.layers import Layer, MaxPool2d, MaxUnpool2d
from ringcast.arithmetic.shape import Shape
from ringcast.errors import LayerError

__all__ = ["Made", "Record", "tensors"]

_APART = "a chain is one layer after the other, so trace the parts before, between and after a branch as modules"


@dataclass(eq=False)
class Made:
    """One result: who made it, by which layers, and from which result."""

    maker: str
    layers: tuple[Layer, ...] = ()
    source: "Made | None" = None
    fault: str | None = None
    """Why it has no place in a chain, if it has none; told only if nothing worse happens to it."""
    pool: "Made | None" = None
    """Of max unpooling: the pooling whose indices it took."""

    @property
    def first_fault(self) -> str | None:
        """Why it, or the first result on the way to it, has no place in a chain."""
        before = self.source.first_fault if self.source is not None else None
        return before or self.fault


class Record:
    """The results made from one image so far, found by the tensor that holds them."""

    def __init__(self, image: Tensor) -> None:
        self._start = Made("the input")
        self._made: dict[int, Made] = {}
        self._pools: dict[int, Made] = {}
        self._order: list[Made] = []
        self._weights: dict[int, str] = {}
        self._alive: list[object] = []
        self.keep(image, self._start)

    def keep(self, result: object, made: Made) -> None:
        """Note that the tensors of ``result`` hold what was made; kept, as a freed one gives its id away."""
        for tensor in tensors(result):
            self._alive.append(tensor)
            self._made[id(tensor)] = made

    def keep_indices(self, indices: Tensor, pool: Made) -> None:
        """Note that a tensor holds the places of the largest numbers, which only max unpooling may take."""
        self._alive.append(indices)
        self._pools[id(indices)] = pool

    def images(self, given: object) -> list[Tensor]:
        """The tensors among the arguments of a call that were made from the image."""
        return [tensor for tensor in tensors(given) if id(tensor) in self._made]

    def pool_of(self, given: object) -> Made | None:
        """The max pooling that made the indices among the arguments of a call."""
        return next((self._pools[id(tensor)] for tensor in tensors(given) if id(tensor) in self._pools), None)

    def source(self, maker: str, images: list[Tensor]) -> Made:
        """What a call takes.

        Raises:
            LayerError: it takes two results, where two branches meet.
        """
        sources = [self._made[id(image)] for image in images]
        makers = list(dict.fromkeys(source.maker for source in sources))
        if len(makers) > 1:
            joined = f"{', '.join(makers[:-1])} and {makers[-1]}"
            raise LayerError(f"{maker} joins the results of {joined}: the module branches; {_APART}")
        if len(sources) > 1:
            raise LayerError(f"{maker} takes the result of {makers[0]} more than once: the module branches; {_APART}")
        return sources[0]

    def add(self, made: Made) -> None:
        """Note one call."""
        self._order.append(made)

    def check(self, made: Made, image: Tensor) -> None:
        """Check that the layers of a call can take the image; without a word behind what has no place in a chain.

        Raises:
            LayerError: they refuse it; the message names the maker.
        """
        if made.first_fault is not None:
            return
        shape = Shape(*image.shape[1:])
        try:
            for layer in made.layers:
                shape = layer.output(shape)
        except LayerError as error:
            raise LayerError(f"{made.maker}, {error}") from None

    def add_weights(self, maker: str, weights: Iterable[Tensor]) -> None:
        """Note the weights that a call uses.

        Raises:
            LayerError: an earlier call used them, which a chain would count twice.
        """
        for weight in weights:
            first = self._weights.get(id(weight))
            if first is not None:
                twice = "is called twice" if first == maker else f"has the weights of {first}"
                raise LayerError(f"{maker} {twice}; a chain would count its weights twice, so split it")
            self._weights[id(weight)] = maker
            self._alive.append(weight)

    def layers(self, result: object) -> tuple[Layer, ...]:
        """The layers between the image and the module's result.

        Raises:
            LayerError: the result is not one image made from the input, a call on the way has no place in a chain, or
                a result is used twice.
        """
        made = self._made.get(id(result))
        if made is None:
            raise LayerError(self._no_image(result))
        way: list[Made] = []
        while made.source is not None:
            way.append(made)
            made = made.source
        way.reverse()
        self._check_way(way)
        _check_pools(way)
        return tuple(layer for step in way for layer in step.layers)

    def _no_image(self, result: object) -> str:
        images = self.images(result)
        makers = " and ".join(dict.fromkeys(self._made[id(image)].maker for image in images))
        if images:
            return f"the module gives a {type(result).__name__} with the results of {makers}; expected one image"
        return f"the module gives a {type(result).__name__} that is not made from its input; expected one image"

    def _check_way(self, way: list[Made]) -> None:
        for made in way:
            if made.fault is not None:
                raise LayerError(made.fault)
        for made in self._order:
            if made in way:
                continue
            assert made.source is not None
            takers = [step.maker for step in way if step.source is made.source] or ["the module's result"]
            raise LayerError(
                f"{made.source.maker} gives its result to both {made.maker} and {takers[0]}: the module branches, and "
                f"what {made.maker} gives is not used further; {_APART}"
            )


def tensors(value: object) -> Iterator[Tensor]:
    """The tensors in the arguments or the results of a call, in lists and dictionaries too."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from tensors(part)
    elif isinstance(value, dict):
        yield from tensors(list(value.values()))


def _check_pools(way: list[Made]) -> None:
    """Max unpooling must undo the last max pooling that is not undone yet, as ``sequential`` builds it."""
    open_pools: list[Made] = []
    for made in way:
        for layer in made.layers:
            if isinstance(layer, MaxPool2d):
                open_pools.append(made)
            elif isinstance(layer, MaxUnpool2d):
                last = open_pools.pop() if open_pools else None
                if made.pool is not last or last is None:
                    taken = made.pool.maker if made.pool is not None else "no max pooling of the module"
                    expected = last.maker if last is not None else "a max pooling before it"
                    raise LayerError(f"{made.maker} takes the indices of {taken}; a chain gives it those of {expected}")
