"""A predictor that is a formula, so that the best fit and its errors are known."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ringcast.events import Hits, Track
from ringcast.geometry import Detector
from ringcast.units import C_CM_PER_NS

GROUP_INDEX = 1.37
CONE = math.cos(math.radians(42))
WIDTH = {11: 0.16, 13: 0.08}
"""Width of the ring in the cosine, by particle: electrons are fuzzier."""


@dataclass(frozen=True)
class RingPrediction:
    """Poisson chance of a hit; the charge of a hit is normal about what makes the mean charge right."""

    mean: Tensor
    pmt: Tensor
    n_pmt: int
    arrival_ns: Tensor

    @property
    def hit_probability(self) -> Tensor:
        return -torch.expm1(-self.mean)

    @property
    def mean_charge_pe(self) -> Tensor:
        return self.mean

    def log_prob(self, hits: Hits) -> Tensor:
        seen = hits.select(self.pmt)
        row, place = seen.event, seen.pmt
        mean = self.mean[row, place]
        centre = mean / -torch.expm1(-mean)
        spread = (0.5 * centre).sqrt()
        charge = -0.5 * ((seen.charge_pe.to(mean) - centre) / spread) ** 2 - spread.log() - 0.5 * math.log(2 * math.pi)
        of_hits = (-torch.expm1(-mean)).log() + mean + charge
        return -self.mean.sum(-1).index_add(0, row, -of_hits)

    def sample(self, *, generator: torch.Generator | None = None) -> Hits:
        hit = torch.rand(self.mean.shape, generator=generator, dtype=self.mean.dtype) < self.hit_probability
        row, place = hit.nonzero(as_tuple=True)
        centre = (self.mean / self.hit_probability)[row, place]
        noise = torch.randn((2, len(row)), generator=generator, dtype=self.mean.dtype)
        charge = centre + (0.5 * centre).sqrt() * noise[0]
        time = self.arrival_ns[row, place] + noise[1]
        start = torch.cat([torch.zeros(1, dtype=torch.int64), hit.sum(-1).cumsum(0)])
        return Hits(self.pmt[place], charge, time, start, self.n_pmt)


class RingPredictor:
    """Charge proportional to energy, in a cone of 42 degrees, falling with distance."""

    def __init__(self, detector: Detector, pmt: Tensor | None = None, yield_pe: float = 1500.0) -> None:
        self.detector = detector
        self.pmt = torch.arange(len(detector)) if pmt is None else pmt
        self.yield_pe = yield_pe
        self.calls = 0
        self.rows = 0

    def __call__(self, track: Track) -> RingPrediction:
        self.calls += 1
        self.rows += len(track)
        position = self.detector.position_cm[self.pmt].to(track.position_cm)
        ahead = track.direction @ position.T - (track.direction * track.position_cm).sum(-1, keepdim=True)
        square = position.square().sum(-1) - 2 * track.position_cm @ position.T
        distance = (square + track.position_cm.square().sum(-1, keepdim=True) + 1.0).sqrt()
        cosine = ahead / distance
        width = torch.tensor([WIDTH[abs(code)] for code in track.pdg.tolist()]).to(distance).unsqueeze(-1)
        ring = torch.exp(-((cosine - CONE) ** 2) / (2 * width**2)) / width + 0.05
        mean = self.yield_pe * track.energy_mev.unsqueeze(-1) / 100 * ring / (distance**2 + 400.0) + 0.01
        arrival = track.time_ns.unsqueeze(-1) + distance * GROUP_INDEX / C_CM_PER_NS
        return RingPrediction(mean, self.pmt, len(self.detector), arrival)


def random_tracks(n: int, detector: Detector, *, seed: int, particles: tuple[str, ...] = ("e-", "mu-")) -> Track:
    """Vertices in the inner 60 % of the tank, all directions, 150 to 600 MeV."""
    generator = torch.Generator().manual_seed(seed)
    draw = torch.rand((n, 6), generator=generator, dtype=torch.float64)
    radius, azimuth = 0.6 * detector.radius_cm * draw[:, 0].sqrt(), 2 * math.pi * draw[:, 1]
    z = 0.6 * detector.half_height_cm * (2 * draw[:, 2] - 1)
    position = torch.stack([radius * azimuth.cos(), radius * azimuth.sin(), z], -1)
    direction = torch.nn.functional.normalize(torch.randn((n, 3), generator=generator, dtype=torch.float64), dim=-1)
    names = [particles[i % len(particles)] for i in range(n)]
    return Track(names, 150 * 4 ** draw[:, 3], position, direction, 5 * draw[:, 4])
