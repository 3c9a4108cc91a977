"""Events with several primaries, as ragged batches."""

import pytest
import torch

from ringcast.errors import ArgumentError
from ringcast.events import Primaries, Track

TRACKS = Track(["mu-", "proton", "e-", "gamma", "gamma"], torch.arange(1.0, 6.0), (0, 0, 0), (0, 0, 1))
PRIMARIES = Primaries(TRACKS, torch.tensor([0, 2, 3, 5]))


def energies(primaries):
    """Energies by event."""
    return [primaries[event].particles.energy_mev.tolist() for event in range(len(primaries))]


def test_events_are_found_and_led_by_their_first():
    assert energies(PRIMARIES) == [[1, 2], [3], [4, 5]]
    assert PRIMARIES.leading.names == ["mu-", "e-", "gamma"]
    assert PRIMARIES.event.tolist() == [0, 0, 1, 2, 2]
    assert PRIMARIES.counts.tolist() == [2, 1, 2]
    assert PRIMARIES.several


@pytest.mark.parametrize("pick", [slice(1, 3), [2, 0], torch.tensor([1, 1]), slice(0, 0), -1, slice(None, None, 2)])
def test_picking_agrees_with_lists(pick):
    rows = energies(PRIMARIES)
    expected = [rows[i] for i in torch.arange(3)[pick].reshape(-1).tolist()]
    assert energies(PRIMARIES[pick]) == expected


def test_parts_joined_are_the_whole():
    whole = Primaries.concatenate([PRIMARIES[:1], PRIMARIES[1:]])
    assert torch.equal(whole.start, PRIMARIES.start)
    assert torch.equal(whole.particles.energy_mev, TRACKS.energy_mev)


def test_one_for_each_event():
    single = Primaries.of(TRACKS)
    assert len(single) == 5
    assert not single.several
    assert torch.equal(single.leading.energy_mev, TRACKS.energy_mev)


@pytest.mark.parametrize("start", [[0, 2, 4], [1, 5], [0, 2, 2, 5], [0, 3, 2, 5], [], [[0, 5]]])
def test_refusals(start):
    with pytest.raises(ArgumentError, match="expected numbers that rise from 0 to the 5 particles"):
        Primaries(TRACKS, torch.tensor(start, dtype=torch.int64))
    with pytest.raises(IndexError, match="event 3 of 3"):
        PRIMARIES[3]
