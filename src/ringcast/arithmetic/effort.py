"""How much work it is to follow every row and column through a chain, and where that ends."""

from ringcast.arithmetic.arguments import at
from ringcast.arithmetic.chain import ConvChain
from ringcast.errors import LayerError

__all__ = ["MOST_PRODUCTS", "require_followable"]

MOST_PRODUCTS = 2**21
"""Of rows or columns and taps, of all layers and both axes; some seconds of work."""


def require_followable(chain: ConvChain, *, once: bool = False) -> None:
    """Refuse maps and kernels so large that following each row and column would take minutes and all memory.

    Args:
        chain: what is to be followed.
        once: equal layers on maps of one size are followed once for all.

    Raises:
        LayerError: more than ``MOST_PRODUCTS``; has the number of the layer.

    >>> require_followable(ConvChain.of((4096, 4096), ["conv(1,1,3)"]))
    """
    shapes = chain.shapes
    products, known = 0, set()
    for number, step in enumerate(zip(chain.layers, shapes, shapes[1:], strict=False), start=1):
        if once and step in known:
            continue
        known.add(step)
        layer, given, made = step
        kernel = getattr(layer, "kernel_size", 1)
        products += sum(max(given.axis(axis), made.axis(axis)) * at(kernel, axis) for axis in (0, 1))
        if products > MOST_PRODUCTS:
            raise LayerError(
                f"layer {number}, {layer}, on {given}: following every row and column takes more than "
                f"{MOST_PRODUCTS:,} products up to here; take a smaller seed, as patterns and borders do not depend on "
                f"it, or fewer layers"
            )
