"""Events on the small tank from a formula: a soft ring around the direction, brighter with energy."""

import pytest
import torch

from ringcast.events import Hits, Track
from ringcast.geometry import load_detector
from ringcast.training import TrainingConfig, TrainingEvents

SMALL = {
    "preset": "slide-narrow",
    "chain": "4x5x10 convT(4,4,4,2,1) relu convT(4,3,4,2,1)",
    "branch_width": 8,
    "trunk_widths": (16,),
}


def formula_events(n, seed):
    tank = load_detector("mini")
    generator = torch.Generator().manual_seed(seed)
    direction = torch.nn.functional.normalize(torch.randn(n, 3, generator=generator), dim=-1)
    position = torch.randn(n, 3, generator=generator) * 20
    energy = 100 + 900 * torch.rand(n, generator=generator)
    sight = tank.position_cm.float() - position.unsqueeze(1)
    cosine = (sight * direction.unsqueeze(1)).sum(-1) / sight.norm(dim=-1)
    mean_pe = energy.unsqueeze(-1) / 100 * torch.exp(-0.5 * ((cosine - 0.74) / 0.15) ** 2)
    light = torch.poisson(mean_pe, generator=generator)
    event, pmt = (light > 0).nonzero(as_tuple=True)
    start = torch.zeros(n + 1, dtype=torch.int64)
    start[1:] = torch.bincount(event, minlength=n).cumsum(0)
    charge = light[event, pmt] * (0.8 + 0.4 * torch.rand(len(pmt), generator=generator))
    hits = Hits(pmt, charge, torch.zeros(len(pmt)), start, len(tank))
    return TrainingEvents(Track(["e-", "mu-"] * (n // 2), energy, position, direction), hits, tank)


@pytest.fixture(scope="session")
def all_events():
    """As a file has them, with hits on the caps."""
    return formula_events(400, seed=6)


@pytest.fixture(scope="session")
def events(all_events):
    """Without the hits on the caps."""
    hits, tank = all_events.hits, all_events.detector
    kept = tank.surface[hits.pmt] == 1
    start = torch.zeros(len(hits) + 1, dtype=torch.int64)
    start[1:] = torch.bincount(hits.event[kept], minlength=len(hits)).cumsum(0)
    barrel = Hits(hits.pmt[kept], hits.charge_pe[kept], hits.time_ns[kept], start, hits.n_pmt)
    return TrainingEvents(all_events.tracks, barrel, tank)


@pytest.fixture
def recipe(tmp_path):
    """Make a recipe of few steps; tables given are merged into it."""

    def make(output="run", **tables):
        values = {
            "output": tmp_path / output,
            "data": {"files": ["events.h5"], "validation_fraction": 0.1},
            "network": SMALL,
            "optimiser": {"batch_size": 32, "warm_up_steps": 5, "learning_rate": 5e-3},
            "budget": {"max_steps": 12},
            "interval_steps": 5,
            "device": "cpu",
        }
        for name, table in tables.items():
            values[name] = {**values[name], **table} if isinstance(table, dict) and name in values else table
        return TrainingConfig.model_validate(values)

    return make
