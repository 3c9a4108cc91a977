"""Directions between the ends of steps."""

import numpy as np

from ringcast.simulation.path_direction import turned_to_chord


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def test_half_way_to_the_chord():
    generator = np.random.default_rng(1)
    direction, chord = unit(generator.standard_normal((500, 3))), 3 * generator.standard_normal((500, 3))
    turned = turned_to_chord(direction, chord)
    np.testing.assert_allclose(np.linalg.norm(turned, axis=-1), 1)
    angle = np.arccos((turned * direction).sum(-1).clip(-1, 1))
    np.testing.assert_allclose(angle, np.arccos((turned * unit(chord)).sum(-1).clip(-1, 1)), atol=1e-6)
    np.testing.assert_allclose(2 * angle, np.arccos((direction * unit(chord)).sum(-1)), atol=1e-6)


def test_straight_steps_and_steps_that_turn_back_keep_their_direction():
    direction = np.array([[0.0, 0, 1]] * 3)
    chord = np.array([[0.0, 0, 5], [0, 0, -5], [0, 0, 0]])
    np.testing.assert_array_equal(turned_to_chord(direction, chord), direction)
    assert turned_to_chord(direction, chord).flags.c_contiguous
