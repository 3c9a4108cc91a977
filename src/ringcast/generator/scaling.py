"""The network's units: the only place where a track becomes the numbers that a network reads, and back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from ringcast.errors import ArgumentError
from ringcast.events import Track, particle_type
from ringcast.generator.config import EnergyKind, Frame, GeneratorConfig, Mirror
from ringcast.generator.frame import from_ring, to_ring
from ringcast.geometry import Detector

__all__ = ["Features", "NetworkUnits"]


class Features(NamedTuple):
    """Input of a network, one entry for each of its branches."""

    particle: Float[Tensor, "batch particle"]
    """One-hot kind of particle."""
    position: Float[Tensor, "batch 3"]
    """Vertex in units of the position scale; in the ring's frame with the height of the point ahead on the barrel."""
    direction: Float[Tensor, "batch 3"]
    """Unit vector."""
    energy: Float[Tensor, "batch 1"]
    """Total or kinetic energy in units of the energy scale."""

    def mirrored(self, mirrors: Sequence[Mirror]) -> "Features":
        """The features of the track's mirror image: y changes sign with "azimuth", z with "height".

        Example:
            >>> features = Features(*(torch.ones(1, n) for n in (2, 3, 3, 1)))
            >>> features.mirrored(["height"]).direction
            tensor([[ 1.,  1., -1.]])
        """
        y, z = (-1.0 if name in mirrors else 1.0 for name in ("azimuth", "height"))
        sign = self.position.new_tensor([1.0, y, z])
        return self._replace(position=self.position * sign, direction=self.direction * sign)


@dataclass(frozen=True, kw_only=True)
class NetworkUnits:
    """Scales between tracks and a network's input, with the forward and the backward map.

    Example:
        >>> units = NetworkUnits(particles=("e-", "mu-"), energy="total", position_scale_cm=100.0, energy_scale_mev=1e3)
        >>> track = Track("mu-", energy_mev=894.342, position_cm=(50, 0, 0), direction=(0, 0, 1))
        >>> units.features(track).particle, units.features(track).energy
        (tensor([[0., 1.]]), tensor([[1.0000]]))
    """

    particles: tuple[str, ...]
    energy: EnergyKind
    position_scale_cm: float
    energy_scale_mev: float
    frame: Frame = "tank"
    radius_cm: float = torch.inf
    """Of the barrel; only the ring's frame asks for it."""
    trained: tuple[str, ...] | None = None
    """Particles there were training events of; None if the network is not trained."""

    @staticmethod
    def of(config: GeneratorConfig, detector: Detector) -> "NetworkUnits":
        """The units of one network in its tank."""
        return NetworkUnits(
            particles=config.particles,
            energy=config.energy,
            position_scale_cm=config.position_scale_cm,
            energy_scale_mev=config.energy_scale_mev,
            frame=config.frame,
            radius_cm=detector.radius_cm,
            trained=None if config.domain is None else tuple(config.domain.events),
        )

    def features(self, track: Track) -> Features:
        """Forward: what the network reads; differentiable in position, direction and energy.

        Raises:
            ArgumentError: The network does not know a particle of the batch, or was not trained on it.
        """
        energy = track.energy_mev if self.energy == "kinetic" else track.total_energy_mev
        position, direction = track.position_cm, track.direction
        if self.frame == "ring":
            position, direction, _ = to_ring(position, direction, self.radius_cm)
        return Features(
            self._one_hot(track),
            position / self.position_scale_cm,
            direction,
            energy.unsqueeze(-1) / self.energy_scale_mev,
        )

    def track(self, features: Features) -> Track:
        """Backward: the tracks, born at time 0, whose `features` these are.

        In the ring's frame they are those that meet the barrel at azimuth 0.
        """
        names = [self.particles[place] for place in features.particle.argmax(-1).tolist()]
        energy = features.energy.squeeze(-1) * self.energy_scale_mev
        if self.energy == "total":
            energy = energy - energy.new_tensor([particle_type(name).mass_mev for name in names])
        position = features.position * self.position_scale_cm
        if self.frame == "ring":
            position = from_ring(position, features.direction, self.radius_cm)
        return Track(names, energy, position, features.direction)

    def _one_hot(self, track: Track) -> Tensor:
        places = [abs(particle_type(name).pdg) for name in self.particles]
        known = {abs(particle_type(name).pdg) for name in self.trained or self.particles} & set(places)
        strange = [code for code in set(track.pdg.tolist()) if abs(code) not in known]
        if strange:
            names = ", ".join(name for name in self.particles if abs(particle_type(name).pdg) in known)
            raise ArgumentError(
                f"the network knows {names} and antiparticles; the track is {particle_type(strange[0]).name},"
                " so take another particle or train a network on it"
            )
        chosen = track.pdg.abs().unsqueeze(-1) == torch.tensor(places, device=track.pdg.device)
        return chosen.to(track.energy_mev.dtype)
