"""One sample of analytic events and its fits, shared by the tests."""

from dataclasses import dataclass

import pytest
import torch

from ringcast.events import Hits, Track
from ringcast.geometry import Detector, load_detector
from ringcast.reconstruction import Fit, FitConfig, reconstruct
from tests.reconstruction.analytic import RingPredictor, random_tracks

EVENTS = 60


@dataclass(frozen=True)
class Sample:
    """Events of a known predictor, and what the fit makes of them."""

    predictor: RingPredictor
    truth: Track
    hits: Hits
    config: FitConfig
    fit: Fit
    rows_asked: int

    @property
    def own(self) -> Fit:
        """For every event the fit under its true particle."""
        columns = [self.fit.under(name)[torch.tensor([i])] for i, name in enumerate(self.truth.names)]
        return Fit.concatenate(columns)


@pytest.fixture(scope="session")
def tank() -> Detector:
    return load_detector("mini")


@pytest.fixture(scope="session")
def config() -> FitConfig:
    return FitConfig(precision="float64", rows_per_call=128, events_per_block=20)


@pytest.fixture(scope="session")
def sample(tank, config) -> Sample:
    predictor = RingPredictor(tank)
    truth = random_tracks(EVENTS, tank, seed=1)
    hits = predictor(truth).sample(generator=torch.Generator().manual_seed(2))
    predictor.rows = 0
    fit = reconstruct(hits, predictor, tank, config)
    return Sample(predictor, truth, hits, config, fit, predictor.rows)
