"""The picture of a convolution's coverage: how often each input number lies under the kernel."""

from itertools import pairwise, product

from ringcast.arithmetic.draw.canvas import canvas_frame, canvas_items, canvas_legend, canvas_measures, canvas_panel
from ringcast.arithmetic.draw.gather import Gather, Place, Step
from ringcast.arithmetic.draw.gather_scene import middle_of
from ringcast.arithmetic.draw.matrix import Matrix, number_text, size_text, texts_of
from ringcast.arithmetic.draw.page import Grid, Legend, header, label
from ringcast.arithmetic.draw.scene import Item, Scene, Timed
from ringcast.arithmetic.draw.stage import Act, Heading, Panel, arrow, assembled, stage
from ringcast.arithmetic.draw.style import MARGIN
from ringcast.arithmetic.layers import Conv2d

__all__ = ["coverage", "coverage_scene"]

_LEGEND: tuple[Legend, ...] = (("read", "under the kernel"), ("counted", "times read"), ("stamped", "one more"))


def coverage(gather: Gather, shape: tuple[int, int]) -> tuple[Matrix, ...]:
    """How often each number of an input of ``shape`` has been read after each step.

    >>> from ringcast.arithmetic.draw.gather import conv_gather
    >>> coverage(conv_gather(Conv2d(1, 1, (1, 2), (1, 2)), ((1, 2, 3),), ((1, 1),)), (1, 3))[-1]
    ((1, 1, 0),)
    """
    counts = dict.fromkeys(product(range(shape[0]), range(shape[1])), 0)
    after: list[Matrix] = []
    for step in gather.steps:
        for place in _read(gather, step):
            if place in counts:
                counts[place] += 1
        after.append(tuple(tuple(counts[row, column] for column in range(shape[1])) for row in range(shape[0])))
    return tuple(after)


def coverage_scene(layer: Conv2d, gather: Gather, given: Matrix, heading: Heading) -> Scene:
    """Lay out the windows of a convolution and the counts they leave."""
    _, y = header(heading.title, heading.lines)
    shape = len(given), len(given[0])
    counts = coverage(gather, shape)
    panels = canvas_panel(layer, gather, given), Panel("coverage", "counted", shape, "times read", counts=shape)
    upper = stage(panels, (given, counts[-1]), y + 6)
    left, right = upper.grids
    measures = canvas_measures(layer, gather, left)
    body = [*upper.items, arrow(left, right), *canvas_items(gather, left), *measures]
    body += right.filled([["uncounted"] * shape[1]] * shape[0], [["0"] * shape[1]] * shape[0])
    words = upper.bottom + (46 if measures else 30)
    act = _act(gather, counts, (left, right), words)
    text = " / ".join(" ".join(row) for row in texts_of(counts[-1]))
    entries = [*canvas_legend(layer, gather), *_LEGEND]
    return assembled(heading, f"times read {size_text(given)}: {text}", body, act, (words + 34, entries))


def _read(gather: Gather, step: Step) -> list[Place]:
    """Places under the kernel, counted from input (0, 0)."""
    (top, left), taps = gather.origin, [tap for row in step.taps for tap in row]
    return [(tap.place[0] - top, tap.place[1] - left) for tap in taps]


def _act(gather: Gather, counts: tuple[Matrix, ...], grids: tuple[Grid, Grid], words: float) -> Act:
    left, right = grids
    last = len(counts) - 1
    lasting: list[Timed] = []
    final: list[Item] = []
    for place in product(range(right.rows), range(right.columns)):
        values = [count[place[0]][place[1]] for count in counts]
        changes = [number for number, step in enumerate(gather.steps) if place in _read(gather, step)]
        for number, following in pairwise([*changes, last + 1]):
            cell = right.cell(place, "counted", number_text(values[number]))
            lasting += [Timed(item, number + 1, following - 1) for item in cell if number + 1 < following]
        final += right.cell(place, "counted", number_text(values[-1])) if changes else ()

    def moment(number: int, until: int) -> tuple[Item, ...]:
        step = gather.steps[number]
        items: list[Item] = []
        for tap in (tap for row in step.taps for tap in row):
            items += left.cell(tap.place, "read", number_text(tap.value))
        for row, column in _read(gather, step):
            if 0 <= row < right.rows and 0 <= column < right.columns:
                items += right.cell((row, column), "stamped", number_text(counts[until][row][column]), "+1")
        name = f"window of output[{step.target[0]},{step.target[1]}]"
        note = ["one more for every input number under the kernel"]
        return (*items, canvas_frame(gather, left), *label(MARGIN, words, name, "kernel", note))

    moments = [moment(number, number) for number in range(last + 1)]
    return Act(moments, lasting, (*final, *moment(middle_of(gather.output), last)))
