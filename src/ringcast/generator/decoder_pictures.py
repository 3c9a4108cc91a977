"""What the decoder of a network makes of real tracks: its seeds, and its pictures as they leave the last layer."""

import torch
from jaxtyping import Float
from torch import Tensor

from ringcast.events import Track
from ringcast.generator.network import RingNetwork
from ringcast.likelihood.normal import normal_mean

__all__ = ["decoder_charge_pe", "decoder_seed", "example_tracks"]

_ENERGIES_MEV = (300.0, 500.0, 700.0, 900.0)
_DIRECTIONS = ((1.0, 0.0, 0.0), (0.9, 0.3, 0.3162278), (0.6, -0.8, 0.0), (-0.8, 0.5, -0.3316625))


def example_tracks(network: RingNetwork) -> Track:
    """Tracks from the middle of the tank towards the barrel: two particles of the network, four energies each.

    Energies are clipped to those that it was trained on.
    """
    low, high = network.energy_range_mev or (min(_ENERGIES_MEV), max(_ENERGIES_MEV))
    known = [name for name in network.config.particles if name in (network.units.trained or (name,))][:2]
    names = [name for name in known for _ in _ENERGIES_MEV]
    energy = torch.tensor(_ENERGIES_MEV * len(known)).clamp(low, high)
    direction = torch.tensor(_DIRECTIONS * len(known))
    direction = direction / direction.norm(dim=-1, keepdim=True)
    return Track(names, energy, torch.zeros(len(names), 3), direction)


@torch.no_grad()
def decoder_seed(network: RingNetwork, track: Track) -> Float[Tensor, "batch channel row col"]:
    """The seed maps that the encoder makes of tracks."""
    weight = network.encoder.trunk[0].weight
    seed: Tensor = network.encoder(network.units.features(track.to(weight)))
    return seed


@torch.no_grad()
def decoder_charge_pe(network: RingNetwork, track: Track) -> Float[Tensor, "batch row col"]:
    """Mean charge of every pixel in pe as the decoder paints it.

    It is neither turned nor averaged over mirror images as the network's prediction is, which would blur a pattern.

    Example:
        >>> from ringcast.generator.checkpoint import load
        >>> network = load("iwcd-grid")
        >>> decoder_charge_pe(network, example_tracks(network)).shape
        torch.Size([8, 88, 168])
    """
    log_variance, log_mean, unhit_logit = network.decoder(decoder_seed(network, track)).unbind(1)
    return torch.sigmoid(-unhit_logit) * normal_mean(log_mean, log_variance, network.config.support)
