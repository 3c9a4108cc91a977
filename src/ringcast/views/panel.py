"""What one panel of an event display shows: a number for every sensor, and the rings drawn over it."""

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ringcast.errors import ArgumentError
from ringcast.events import Hits, Track
from ringcast.geometry import Detector
from ringcast.likelihood import Prediction
from ringcast.units import m

__all__ = ["Overlay", "Panel", "detector_panel", "observed_panel", "predicted_panel", "pull_panel"]

Quantity = Literal["charge", "probability", "pull"]


@dataclass(frozen=True)
class Overlay:
    """A track whose Cherenkov ring is drawn."""

    label: str
    """Word of the legend."""
    track: Track
    """A batch of one."""
    style: Literal["truth", "fit"] = "truth"
    """Full or dashed line."""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One unrolled tank.

    Raises:
        ArgumentError: The sensors that are covered are not as many as the values.
    """

    title: str
    """Heading of the panel."""
    quantity: Quantity
    """What the values are; panels of one quantity share one colour scale."""
    values: Float[Tensor, " pmt"]
    """One number a sensor: charge in p.e., hit probability, or pull."""
    measured: bool = False
    """Whether every value above 0 is a hit; if not, values under the colour scale are drawn as unlit."""
    covered: Bool[Tensor, " pmt"] | None = None
    """Sensors that the values speak of; None means all."""
    uncovered: str = "not predicted by this network"
    """Words of the legend for the sensors that are not covered."""
    notes: tuple[str, ...] = ()
    """Short lines under the heading."""
    overlays: tuple[Overlay, ...] = ()
    """Rings to draw."""

    def __post_init__(self) -> None:
        if self.covered is not None and len(self.covered) != len(self.values):
            raise ArgumentError(
                f"Panel covered has {len(self.covered)} entries; expected {len(self.values)}, as values"
            )


def observed_panel(hits: Hits, overlays: tuple[Overlay, ...] = (), title: str = "observed") -> Panel:
    """The charges of one event.

    Example:
        >>> hits = Hits.of([4, 7], charge_pe=[1.0, 2.5], time_ns=[20, 21], start=[0, 2], n_pmt=10)
        >>> observed_panel(hits).notes
        ('2 sensors hit', '3.5 p.e.')
    """
    if len(hits) != 1:
        raise ArgumentError(f"hits hold {len(hits)} events; expected one, so pick it with hits[i]")
    charge = hits.charge_image()[0]
    notes = (f"{int((charge > 0).sum()):,} sensors hit", charge_text(float(charge.sum())))
    return Panel(title=title, quantity="charge", values=charge, measured=True, notes=notes, overlays=overlays)


def predicted_panel(
    prediction: Prediction,
    overlays: tuple[Overlay, ...] = (),
    title: str = "predicted",
    quantity: Literal["charge", "probability"] = "charge",
) -> Panel:
    """The mean charges (or the hit probabilities) of the first track of a prediction."""
    expected_hits, charge = prediction.hit_probability[0].detach(), prediction.mean_charge_pe[0].detach()
    values, covered = _spread(charge if quantity == "charge" else expected_hits, prediction)
    notes = (f"{float(expected_hits.sum()):,.0f} sensors hit", charge_text(float(charge.sum())), "on average")
    return Panel(title=title, quantity=quantity, values=values, covered=covered, notes=notes, overlays=overlays)


def pull_panel(hits: Hits, prediction: Prediction, overlays: tuple[Overlay, ...] = ()) -> Panel:
    """Observed minus predicted charge over the square root of the predicted, at least 0.1 p.e."""
    mean, covered = _spread(prediction.mean_charge_pe[0].detach(), prediction)
    pull = (hits.charge_image()[0].to(mean) - mean) / mean.clamp_min(0.1).sqrt()
    inside = pull[covered]
    mean_text = f"mean {float(inside.mean()):+.2f}".replace("-", "−")
    notes = (mean_text, f"rms {float(inside.square().mean().sqrt()):.2f}")
    return Panel(title="residual", quantity="pull", values=pull, covered=covered, notes=notes, overlays=overlays)


def detector_panel(detector: Detector) -> Panel:
    """The empty tank.

    Example:
        >>> from ringcast.geometry import load_detector
        >>> detector_panel(load_detector("mini")).notes
        ('1,024 PMT3inchR12199_02', '2.0 m wide, 2.0 m high', '27 % coverage')
    """
    size = f"{2 * detector.radius_cm / m:.1f} m wide, {2 * detector.half_height_cm / m:.1f} m high"
    notes: tuple[str, ...] = (
        f"{len(detector):,} {detector.pmt_type}",
        size,
        f"{100 * detector.coverage:.0f} % coverage",
    )
    if detector.n_dead:
        notes += (f"{detector.n_dead:,} dead",)
    nothing = torch.zeros(len(detector))
    return Panel(
        title=detector.name, quantity="charge", values=nothing, covered=nothing > 0, uncovered="sensor", notes=notes
    )


def charge_text(charge_pe: float) -> str:
    """A charge for people: one decimal below 100 p.e., thousands parted."""
    return f"{charge_pe:,.1f} p.e." if charge_pe < 100 else f"{charge_pe:,.0f} p.e."


def _spread(values: Tensor, prediction: Prediction) -> tuple[Tensor, Tensor]:
    """Numbers of the predicted sensors at their places among all sensors, and which sensors those are."""
    everywhere = values.new_zeros(prediction.n_pmt)
    everywhere[prediction.pmt] = values
    covered = torch.zeros(prediction.n_pmt, dtype=torch.bool, device=values.device)
    covered[prediction.pmt] = True
    return everywhere, covered
