import numpy as np
import pytest
from scipy.spatial import cKDTree

from ringcast.geometry.spacing import close_pairs


@pytest.mark.parametrize("reach", [0.3, 1.0, 40.0])
def test_pairs_are_those_of_a_tree(reach):
    points = np.random.default_rng(3).uniform(-10, 10, (400, 3))
    first, second = close_pairs(points, reach)
    assert set(zip(first.tolist(), second.tolist(), strict=True)) == cKDTree(points).query_pairs(reach)


def test_a_single_point_has_no_pairs():
    assert [len(part) for part in close_pairs(np.zeros((1, 3)), 1.0)] == [0, 0]
