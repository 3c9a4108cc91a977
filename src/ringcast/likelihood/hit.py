"""Which sensors of a prediction were hit, in the form that every head needs: one flat index for each hit."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ringcast.errors import ArgumentError
from ringcast.events import Hits

__all__ = ["LocatedHits", "locate"]


class LocatedHits(NamedTuple):
    """Hits on predicted sensors, one row for each hit sensor of each event."""

    place: Int[Tensor, " hit"]
    """Event times the number of predicted sensors, plus the place of the sensor among them."""
    charge_pe: Float[Tensor, " hit"]
    """Charge in photoelectrons."""


def locate(hits: Hits, pmt: Int[Tensor, " predicted"], n_pmt: int, batch: int) -> LocatedHits:
    """Find the hits on predicted sensors; several hits of one sensor become one with their summed charge.

    Args:
        hits: As many events as the batch has tracks, or one event to be compared with every track.
        pmt: Sensor numbers in the order of the prediction.
        n_pmt: Sensors of the whole detector.
        batch: Tracks of the prediction.

    Raises:
        ArgumentError: The hits come from a detector of another size, or their number is neither 1 nor the batch's.

    Example:
        >>> hits = Hits.of([4, 7, 4], charge_pe=[1.0, 2.5, 0.5], time_ns=[0, 0, 9], start=[0, 3], n_pmt=10)
        >>> locate(hits, torch.tensor([7, 4]), n_pmt=10, batch=1).charge_pe
        tensor([2.5000, 1.5000])
    """
    if hits.n_pmt != n_pmt:
        raise ArgumentError(
            f"the hits are from a detector of {hits.n_pmt} sensors, the prediction is for {n_pmt};"
            " use the model of the detector that the hits were taken with"
        )
    if len(hits) not in (1, batch):
        raise ArgumentError(
            f"hits has {len(hits)} events for a batch of {batch} tracks; expected {batch}, or 1 for all"
        )
    if len(hits) != batch:
        hits = hits[torch.zeros(batch, dtype=torch.int64)]
    place = torch.full((n_pmt,), -1, dtype=torch.int64, device=pmt.device)
    place[pmt] = torch.arange(len(pmt), device=pmt.device)
    where = place[hits.pmt.to(pmt.device)]
    index = hits.event.to(pmt.device) * len(pmt) + where
    charge_pe = hits.charge_pe.to(pmt.device)
    if bool((where < 0).any()):
        index, charge_pe = index[where >= 0], charge_pe[where >= 0]
    return _merge(LocatedHits(index, charge_pe), batch * len(pmt))


def _merge(located: LocatedHits, length: int) -> LocatedHits:
    """Add up the charges that share an index; the common case, none, costs one pass and no sorting."""
    seen = torch.zeros(length, dtype=torch.bool, device=located.place.device)
    seen[located.place] = True
    if int(seen.sum()) == len(located.place):
        return located
    index, group = torch.unique(located.place, return_inverse=True)
    return LocatedHits(index, located.charge_pe.new_zeros(len(index)).index_add(0, group, located.charge_pe))
