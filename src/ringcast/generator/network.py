"""The ring generator: a track goes in, a distribution over the hits of every sensor comes out."""

from itertools import combinations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ringcast.blocks import sequential
from ringcast.events import Track
from ringcast.generator.config import GeneratorConfig
from ringcast.generator.encoder import Encoder
from ringcast.generator.frame import to_ring, turned
from ringcast.generator.scaling import Features, NetworkUnits
from ringcast.geometry import Detector
from ringcast.geometry.symmetry import barrel_symmetry
from ringcast.likelihood import GaussianPrediction

__all__ = ["RingNetwork"]


class RingNetwork(nn.Module):
    """A `Predictor` made of an `Encoder` and the decoder of a chain.

    Args:
        config: What it is made of.
        detector: The tank of the configuration; the order of the picture's pixels comes from its rows and columns.

    Raises:
        ConfigError: The tank is not the configuration's, or the decoder does not paint its picture.
        ArgumentError: Mirror images are asked for, but the barrel has no even grid.

    Example:
        >>> from ringcast.generator.config import generator_config
        >>> from ringcast.geometry import load_detector
        >>> tank = load_detector("iwcd-grid")
        >>> network = RingNetwork(generator_config("slide-narrow", tank), tank).eval()
        >>> prediction = network(Track("mu-", energy_mev=500, position_cm=(0, 0, 0), direction=(1, 0, 0)))
        >>> prediction.hit_probability.shape
        torch.Size([1, 14784])
    """

    pmt: Tensor
    pixel: Tensor

    def __init__(self, config: GeneratorConfig, detector: Detector) -> None:
        super().__init__()
        config.require(detector)
        if config.mirrors:
            barrel_symmetry(detector)  # refuses an uneven barrel
        self.config = config
        self.detector = detector
        self.units = NetworkUnits.of(config, detector)
        self.encoder = Encoder(config)
        self.decoder = sequential(config.decoder).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        pmt, pixel = _pixels(detector, config.surface)
        self.register_buffer("pmt", pmt, persistent=False)
        self.register_buffer("pixel", pixel, persistent=False)

    @property
    def energy_range_mev(self) -> tuple[float, float] | None:
        """Kinetic energies that it was trained on; None if it is not trained."""
        return None if self.config.domain is None else self.config.domain.energy_mev

    def forward(self, track: Track) -> GaussianPrediction:
        """Predict the hits of a batch of tracks; differentiable in their fields.

        Raises:
            ArgumentError: The network does not know a particle of the batch.
        """
        picture = self.picture(track).flatten(2)
        if len(self.pixel) != picture.shape[-1]:
            picture = picture[..., self.pixel]
        log_variance, log_mean, unhit_logit = picture.unbind(1)
        return GaussianPrediction(
            unhit_logit=unhit_logit,
            log_variance=log_variance,
            log_mean=log_mean,
            pmt=self.pmt,
            n_pmt=len(self.detector),
            support=self.config.support,
        )

    def picture(self, track: Track) -> Float[Tensor, "batch channel row col"]:
        """The decoder's output: log variance, log mean and unhit logit of every pixel, row 0 at the bottom."""
        weight = self.encoder.trunk[0].weight
        track = track.to(weight)
        features = self.units.features(track)
        painted = self._paint(features) if self.training else self._mean_of_mirrors(features)
        if self.config.frame == "tank":
            return painted
        return turned(painted, to_ring(track.position_cm, track.direction, self.detector.radius_cm)[2])

    def _paint(self, features: Features) -> Float[Tensor, "batch channel row col"]:
        seed = self.encoder(features)
        return self.decoder(seed.contiguous(memory_format=torch.channels_last)).to(seed.dtype)

    def _mean_of_mirrors(self, features: Features) -> Float[Tensor, "batch channel row col"]:
        """Pictures averaged over the chosen mirror images, each held up to its mirror again."""
        mirrors = self.config.mirrors
        chosen = [kept for n in range(len(mirrors) + 1) for kept in combinations(mirrors, n)]
        axes = {"azimuth": -1, "height": -2}
        images = [self._paint(features.mirrored(kept)).flip([axes[name] for name in kept]) for kept in chosen]
        return torch.stack(images).mean(0) if len(images) > 1 else images[0]


def _pixels(detector: Detector, surface: str) -> tuple[Tensor, Tensor]:
    """Sensors of a surface in the order of their pixels, and those pixels' places in the flattened picture."""
    _, columns = detector.image_shape(surface)
    on = detector.on(surface)
    pixel, order = (detector.row[on] * columns + detector.column[on]).sort()
    return on[order], pixel
