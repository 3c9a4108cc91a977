"""Which max pooling a max unpooling undoes: in a chain, the last one before it that is not undone yet."""

from ringcast.arithmetic.chain import ConvChain
from ringcast.arithmetic.layers import MaxPool2d, MaxUnpool2d
from ringcast.errors import LayerError

__all__ = ["unpool_pairs"]


def unpool_pairs(chain: ConvChain) -> dict[int, int]:
    """Place of each max unpooling, counted from 0, and place of the max pooling whose indices it takes.

    Raises:
        LayerError: no max pooling is left for one, or the maps between them do not have the sizes of its indices.

    >>> from ringcast.arithmetic.chain import parse
    >>> unpool_pairs(parse("1x8x8 maxpool(2) maxpool(2) relu maxunpool(2) maxunpool(2)"))
    {3: 1, 4: 0}
    """
    free: list[int] = []
    pairs: dict[int, int] = {}
    for place, layer in enumerate(chain.layers):
        if isinstance(layer, MaxPool2d):
            free.append(place)
        elif isinstance(layer, MaxUnpool2d):
            if not free:
                raise LayerError(
                    f"layer {place + 1}, {layer}: no maxpool before it is left to undo; max unpooling needs the "
                    f"indices of one, so put a maxpool before it or take nails, which needs none"
                )
            pairs[place] = free.pop()
            _check(chain, place, pairs[place])
    return pairs


def _check(chain: ConvChain, place: int, pool: int) -> None:
    whole, pooled = chain.shapes[pool : pool + 2]
    if chain.shapes[place] != pooled or chain.shapes[place + 1] != whole:
        raise LayerError(
            f"layer {place + 1}, {chain.layers[place]}: maps {chain.shapes[place]} to {chain.shapes[place + 1]}, but "
            f"it undoes layer {pool + 1}, {chain.layers[pool]}, which maps {whole} to {pooled}; give it "
            f"output_size={whole.height}x{whole.width}, and the channels and size that left the pooling"
        )
