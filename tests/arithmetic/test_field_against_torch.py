"""Receptive and projective sets against autograd, place by place: random positive weights, no bias, float64.

Between layers every pixel is multiplied by a random number, so that fixed weights (bicubic, averages) cannot cancel.
"""

import pytest
import torch
from hypothesis import event, given, settings
from hypothesis import strategies as st
from torch import nn

from ringcast.arithmetic import ConvChain, layers
from ringcast.arithmetic.fields.chain_field import field
from tests.arithmetic.stacks import run_layer, stacks

NOISE = 1e-12
"""Relative to the largest derivative: what rounding leaves of a weight of exactly 0."""


def forward(chain, image, seed):
    generator = torch.Generator().manual_seed(seed)
    for layer in chain.layers:
        image = image * (0.5 + torch.rand(image.shape[1:], generator=generator, dtype=torch.float64))
        image = run_layer(
            layer, image, lambda _, weight: nn.init.uniform_(weight, 0.5, 1.5, generator=generator), additive=True
        )
    return image


def pixels(draw, shape):
    """The corners and two pixels at random."""
    _, height, width = shape
    drawn = [(draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))) for _ in range(2)]
    return [(0, 0), (height - 1, width - 1), *drawn]


def touched(numbers):
    """Rows and columns of the numbers that are not 0, and whether they fill the product of both."""
    marked = numbers.abs() > NOISE * numbers.abs().max()
    rows, columns = marked.any(1), marked.any(0)
    assert torch.equal(marked, torch.outer(rows, columns))
    return tuple(rows.nonzero()[:, 0].tolist()), tuple(columns.nonzero()[:, 0].tolist())


def expected(rows, columns):
    """Nothing is seen along either axis if nothing is seen along one."""
    return (tuple(rows), tuple(columns)) if rows.mask and columns.mask else ((), ())


@settings(max_examples=250, deadline=None)
@given(stacks(), st.data())
def test_receptive_sets(chain, data):
    found = field(chain)
    image = torch.ones(1, *chain.seed, dtype=torch.float64, requires_grad=True)
    result = forward(chain, image, data.draw(st.integers(0, 99)))
    for row, column in pixels(data.draw, chain.shapes[-1]):
        (gradient,) = torch.autograd.grad(result[0, :, row, column].sum(), image, retain_graph=True)
        box = found.receptive(row, column)[0]
        assert touched(gradient[0].sum(0)) == expected(box.rows, box.columns), (str(chain), row, column)
        assert (box.rows, box.columns) == (found.height.receptive(row), found.width.receptive(column))
        event("with gaps" if box.rows.gaps or box.columns.gaps else "without gaps")


@settings(max_examples=250, deadline=None)
@given(stacks(), st.data())
def test_projective_sets(chain, data):
    """The stack is linear, so that the response to a single 1 shows what it paints."""
    found = field(chain)
    seed = data.draw(st.integers(0, 99))
    for row, column in pixels(data.draw, chain.seed):
        image = torch.zeros(1, *chain.seed, dtype=torch.float64)
        image[..., row, column] = 1
        with torch.no_grad():
            result = forward(chain, image, seed)
        box = found.painted(row, column)
        assert touched(result[0].abs().sum(0)) == expected(box.rows, box.columns), (str(chain), row, column)


@settings(max_examples=150, deadline=None)
@given(stacks(lengths=(2, 4)), st.data())
def test_sets_at_every_layer_between(chain, data):
    """The box in each map: derivative of the output pixel with respect to that map."""
    found = field(chain)
    row, column = pixels(data.draw, chain.shapes[-1])[2]
    boxes = found.receptive(row, column)
    generator_seed = data.draw(st.integers(0, 99))
    for place in range(1, len(chain.layers)):
        rest = type(chain)(chain.shapes[place], chain.layers[place:])
        image = torch.ones(1, *rest.seed, dtype=torch.float64, requires_grad=True)
        result = forward(rest, image, generator_seed)[0, :, row, column].sum()
        (gradient,) = torch.autograd.grad(result, image)
        assert touched(gradient[0].sum(0)) == expected(boxes[place].rows, boxes[place].columns), (str(chain), place)


@pytest.mark.parametrize("kernel", [2, (2, 3), (3, 1)])
def test_max_unpooling_may_take_all_that_it_depends_on(kernel):
    """Changes of one seed pixel, on many random images, show all the pixels that it can reach, and no more."""
    pool, unpool = nn.MaxPool2d(kernel, return_indices=True), nn.MaxUnpool2d(kernel)
    chain = ConvChain.of((1, 6, 6), [layers.MaxPool2d(kernel), layers.MaxUnpool2d(kernel)])
    found = field(chain)
    images = torch.rand(200, 1, 6, 6, generator=torch.Generator().manual_seed(5))
    for row, column in ((0, 0), (3, 4), (5, 2)):
        changed = images.clone()
        changed[:, 0, row, column] = 2
        effect = (unpool(*pool(changed)) != unpool(*pool(images))).any(0)[0].double()
        box = found.painted(row, column)
        assert touched(effect) == expected(box.rows, box.columns)
