"""What the page on event files says of every dataset and attribute."""

import re
from pathlib import Path

import h5py
import numpy as np
import torch

from ringcast.events import Emitters, Hits, Photoelectrons, Primaries, Track
from ringcast.storage import write_events
from ringcast.storage.columns import UNITS

PAGE = Path(__file__).parents[2] / "docs" / "simulation" / "files.md"


def whole_file(path, tank):
    """An event with all that a file can hold."""
    track, hits = Track("mu-", 300.0, (0, 0, 0), (0, 0, 1)), Hits.of([3], [1.0], [20.0], [0, 1], len(tank))
    one, ends = torch.tensor([1]), torch.tensor([0, 1])
    write_events(
        path,
        track,
        hits,
        tank,
        metadata={},
        trigger_ns=np.array([5.0]),
        photoelectrons=Photoelectrons.of([3], [20.0], [1], [0, 1], len(tank), Emitters(one, one - 1, track, ends)),
        primaries=Primaries(track, ends),
    )


def test_the_page_names_every_dataset_and_attribute(tmp_path, tank):
    whole_file(tmp_path / "x.h5", tank)
    words = set(re.findall(r"`([\w/]+)`", PAGE.read_text(encoding="utf-8")))
    with h5py.File(tmp_path / "x.h5") as file:
        names = [*file.attrs, *file["detector"].attrs]
        file.visititems(lambda name, entry: names.append(name.removeprefix("detector/")))
        assert set(names) - words == set()
        units = {
            name: dict(file[name].attrs).get("units") for name in ("energies", "tracks/time", "hit_charge", "pids")
        }
    assert units == {"energies": "MeV, total", "tracks/time": "ns", "hit_charge": "pe", "pids": None}
    assert set(UNITS) <= {word.rpartition("/")[2] for word in words}
