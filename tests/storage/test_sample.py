"""The sample events that the demo fits."""

import pytest

from ringcast.errors import FileError
from ringcast.storage import read_events
from ringcast.storage.sample import SAMPLES, sample_path


def test_the_sample_is_what_its_readme_says():
    with sample_path("iwcd-grid") as path:
        events = read_events(path)
    assert events.detector.name == "iwcd-grid"
    assert events.tracks.names == ["e-", "mu-"] * 12
    assert events.metadata["seed"] == 2
    assert (events.metadata["leaves_through"], events.metadata["to_wall_cm"]) == ("barrel", 200)
    assert float(events.tracks.energy_mev.min()) >= 100
    assert float(events.tracks.energy_mev.max()) <= 1000.01
    assert int(events.hits.counts.sum()) == 51_380


def test_an_unknown_sample_is_refused():
    assert SAMPLES == ("iwcd-grid",)
    with pytest.raises(FileError, match="no sample 'x'; expected one of iwcd-grid"), sample_path("x"):
        pass
