"""The references that come with the package."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from ringcast.errors import ArgumentError
from ringcast.geometry import detector_from_table, load_detector
from ringcast.simulation import require_room
from ringcast.storage import read_events
from ringcast.validation import REFERENCES, load_reference, plan_of, summarise
from ringcast.validation.files import _since_birth

SAMPLE = Path(__file__).parent.parent / "samples" / "superk-e500" / "digihits.h5"


@pytest.fixture(params=REFERENCES)
def reference(request):
    return load_reference(request.param)


def test_each_is_whole(reference):
    assert len(reference.summary) == 10
    assert {"charge_pe", "hits", "photoelectrons"} <= set(reference.summary.numbers)
    assert {"time", "charge"} <= set(reference.summary.profiles)
    assert all(len(text) > 10 for text in (reference.title, reference.source, reference.program, *reference.notes))
    assert not reference.paired


def test_numbers_and_curves_agree(reference):
    """Tubes by charge are the tubes hit, up to those beyond the last bin."""
    profile = reference.summary.profiles["charge"]
    tubes = (profile.values * np.diff(profile.edges)).sum(axis=1)
    np.testing.assert_allclose(tubes, reference.summary.numbers["hits"], rtol=2e-3)


def test_each_can_be_simulated(reference):
    plan, primaries = plan_of(reference, 7)
    assert (plan.n_events, primaries, plan.particles) == (7, None, tuple(reference.tracks.names))
    assert plan.scattering
    assert plan.dark_noise
    require_room(plan, load_detector(plan.detector))


def test_means_of_super_k():
    """4259 pe and 2097 inner tubes an event, dark noise among them, as counted from the file by hand."""
    numbers = load_reference("super-k-e500").summary.numbers
    assert numbers["charge_pe"].mean() == pytest.approx(4258.97, abs=0.1)
    assert numbers["charge_pe"].std(ddof=1) / np.sqrt(10) == pytest.approx(50.7, abs=0.1)
    assert numbers["hits"].tolist()[:2] == [2075, 2097]
    assert numbers["hits"].mean() == pytest.approx(2097.3)
    assert numbers["photoelectrons"][:2].sum() == 8806


def test_light_with_the_time_of_dark_photoelectrons_counts():
    """4468.3 photoelectrons an event of super-k-e500-2018 are light, 1.7 of them after 500 ns, as counted by hand."""
    numbers = load_reference("super-k-e500-2018").summary.numbers
    assert numbers["photoelectrons"].mean() == pytest.approx(4466.6)
    assert numbers["hits"].mean() == pytest.approx(2152.6)


def test_summaries_are_what_the_same_code_says_of_the_events():
    """The first two events of super-k-e500 are a sample file of these tests."""
    reference, events = load_reference("super-k-e500"), read_events(SAMPLE)
    hits, known = _since_birth(events)
    tank, _ = detector_from_table(
        SAMPLE.with_name("geometry.npz"), name="", pmt_type="PMT20inch", pmt_radius_cm=25.4, behind_face_cm=8.92
    )
    again = summarise(events.tracks, hits, tank, window_ns=reference.window_ns)
    assert known
    for name, values in again.numbers.items():
        np.testing.assert_allclose(values, reference.summary.numbers[name][:2], rtol=1e-5)
    for name, profile in again.profiles.items():
        np.testing.assert_allclose(profile.values, reference.summary.profiles[name].values[:2], rtol=1e-5)


def test_plans_can_be_changed():
    reference = load_reference("super-k-e500")
    plan, _ = plan_of(reference, 5, seed=3, changes={"dark_noise": False, "digitiser": "simple", "scattering": False})
    assert (plan.seed, plan.scattering, plan.dark_rate_khz, plan.trigger) == (3, False, None, False)
    assert not plan.first_hit_only


def test_files_are_small():
    folder = files("ringcast.validation") / "references"
    sizes = {path.name: len(path.read_bytes()) for path in folder.iterdir() if path.is_file()}
    assert sizes.pop("geant4-light.json") < 80_000
    assert max(sizes.values()) < 20_000
    assert set(sizes) == {f"{name}.{kind}" for name in REFERENCES for kind in ("npz", "toml")} | {"README.md"}


def test_an_unknown_name():
    with pytest.raises(ArgumentError, match="reference is 'kamland'; expected one of super-k-e500, "):
        load_reference("kamland")
