"""Pictures of layers and chains: numbers in, a :class:`Scene` out, and SVG text from it; PNG and GIF are made by views.

* :func:`draw_example` draws one of :data:`EXAMPLES`, :func:`draw_chain` a layer of a chain, each in the gather or in
  the scatter view, with small numbers that can be checked by hand.
* :func:`draw_ladder` draws a whole chain as maps to scale, with the receptive field of one output pixel.
* :func:`svg` writes a still picture, :func:`animated_svg` one that moves; ``ringcast.views.raster`` the other formats.

>>> scene = draw_example("example5")
>>> svg(scene).startswith("<svg")
True
"""

from ringcast.arithmetic.draw.examples import EXAMPLES, Example
from ringcast.arithmetic.draw.ladder import draw_ladder
from ringcast.arithmetic.draw.layer_scene import Numbers, View, draw_chain, draw_example
from ringcast.arithmetic.draw.matrix import Matrix, matrix_of
from ringcast.arithmetic.draw.scene import Scene
from ringcast.arithmetic.draw.svg import animated_svg, svg

__all__ = [
    "EXAMPLES",
    "Example",
    "Matrix",
    "Numbers",
    "Scene",
    "View",
    "animated_svg",
    "draw_chain",
    "draw_example",
    "draw_ladder",
    "matrix_of",
    "svg",
]
