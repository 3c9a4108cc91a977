"""Fractions of a nanosecond that are lost on purpose."""

import numpy as np
import pytest
import torch
from scipy import stats

from ringcast.events import Hits
from ringcast.validation.whole_ns import without_fraction

EVENTS, EACH = 400, 10


@pytest.fixture
def hits():
    time = torch.arange(EVENTS * EACH, dtype=torch.float64)
    return Hits.of(torch.arange(EACH).repeat(EVENTS), torch.ones(len(time)), time, torch.arange(EVENTS + 1) * EACH, 10)


def test_a_trigger_shifts_all_of_its_hits(hits):
    lost = (hits.time_ns - without_fraction(hits, "trigger").time_ns).numpy().reshape(EVENTS, EACH)
    np.testing.assert_allclose(lost, lost[:, :1] * np.ones(EACH), atol=1e-9)
    steps, counts = np.unique(lost[:, 0].round(9), return_counts=True)
    assert steps.tolist() == [0, 0.2, 0.4, 0.6, 0.8]
    assert stats.chisquare(counts).pvalue > 1e-3


def test_digits_shift_one_by_one(hits):
    lost = (hits.time_ns - without_fraction(hits, "digit").time_ns).numpy()
    assert stats.kstest(lost, "uniform").pvalue > 1e-3
    assert len(np.unique(lost)) == EVENTS * EACH


def test_the_same_hits_lose_the_same(hits):
    one, two = (without_fraction(hits, "digit") for _ in range(2))
    assert torch.equal(one.time_ns, two.time_ns)
    assert torch.equal(one.charge_pe, hits.charge_pe)
