"""A small network on the small tank, and tracks for it."""

import pytest
import torch

from ringcast.events import Track
from ringcast.generator import RingNetwork, generator_config
from ringcast.geometry import load_detector

SMALL = {"chain": "4x5x10 convT(4,4,4,2,1) relu convT(4,3,4,2,1)", "branch_width": 8, "trunk_widths": (16,)}


@pytest.fixture(scope="session")
def mini():
    return load_detector("mini")


@pytest.fixture
def network(mini):
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return RingNetwork(generator_config("slide-narrow", mini, **SMALL), mini).eval()


@pytest.fixture
def tracks():
    generator = torch.Generator().manual_seed(8)
    direction = torch.nn.functional.normalize(torch.randn(6, 3, generator=generator), dim=-1)
    return Track(
        ["gamma", "e-", "mu-"] * 2,
        torch.rand(6, generator=generator) * 900 + 100,
        torch.randn(6, 3, generator=generator) * 40,
        direction,
    )
