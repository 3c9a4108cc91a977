"""Events for the views: real electrons, and a prediction that is known exactly."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from ringcast.events import Hits
from ringcast.storage import read_events

SAMPLE = Path(__file__).parent.parent / "samples" / "superk-e500" / "digihits.h5"


@dataclass(frozen=True)
class Even:
    """The same mean charge on the first sensors of a tank."""

    pmt: torch.Tensor
    n_pmt: int
    mean: float = 2.0

    def log_prob(self, hits):
        return torch.zeros(1)

    def sample(self, *, generator=None):
        return Hits.of([], [], [], [0, 0], self.n_pmt)

    @property
    def mean_charge_pe(self):
        return torch.full((1, len(self.pmt)), self.mean)

    @property
    def hit_probability(self):
        return 1 - (-self.mean_charge_pe).exp()


@pytest.fixture(scope="session")
def electrons():
    return read_events(SAMPLE)


@pytest.fixture
def even():
    return Even
