from pathlib import Path

import pytest
import torch

from ringcast.events import Hits, Track
from ringcast.geometry import Detector, load_detector
from ringcast.storage import write_events

SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.fixture(scope="session")
def tank() -> Detector:
    return load_detector("mini")


@pytest.fixture(scope="session")
def superk() -> Path:
    return SAMPLES / "superk-e500" / "digihits.h5"


@pytest.fixture(scope="session")
def events(tank: Detector) -> tuple[Track, Hits]:
    """Seven events of all kinds of particles; the third has no hits."""
    draw = torch.Generator().manual_seed(11)
    n = 7
    direction = torch.nn.functional.normalize(torch.randn(n, 3, generator=draw), dim=-1)
    position = 50 * torch.rand(n, 3, generator=draw) - 25
    energy = 100 + 400 * torch.rand(n, generator=draw)
    kinds = ["gamma", "e-", "e+", "mu-", "mu+", "pi+", "pi-"]
    track = Track(kinds, energy, position, direction, torch.rand(n, generator=draw))
    counts = torch.tensor([4, 9, 0, 3, 1, 6, 2])
    start = torch.cat([torch.zeros(1, dtype=torch.int64), counts.cumsum(0)])
    hits = int(counts.sum())
    pmt = torch.randint(len(tank), (hits,), generator=draw)
    return track, Hits.of(
        pmt, torch.rand(hits, generator=draw), 30 * torch.rand(hits, generator=draw), start, len(tank)
    )


@pytest.fixture
def file(tmp_path: Path, tank: Detector, events: tuple[Track, Hits]) -> Path:
    path = tmp_path / "events.h5"
    write_events(path, *events, tank, metadata={"seed": 5})
    return path
