"""The reconstruct command in-process: tables, JSON, files, and exit code 2 with one line for what the user can mend."""

import json

import pytest
import torch

import ringcast.generator
from ringcast.events import Hits
from ringcast.generator import RingNetwork, generator_config, save
from ringcast.geometry import load_detector
from ringcast.reconstruction import fit_from_arrays
from ringcast.storage import write_events
from ringcast.storage.fits import read_fits
from tests.reconstruction.analytic import RingPredictor, random_tracks

TANK = load_detector("mini")


@pytest.fixture
def events(tmp_path):
    """Four rings; the second event has lost its hits."""
    truth = random_tracks(4, TANK, seed=1)
    hits = RingPredictor(TANK)(truth).sample(generator=torch.Generator().manual_seed(2))
    dark = Hits(hits.pmt[:0], hits.charge_pe[:0], hits.time_ns[:0], torch.tensor([0, 0]), len(TANK))
    hits = Hits.concatenate([hits[0], dark, hits[2], hits[3]])
    write_events(tmp_path / "events.h5", truth, hits, TANK, metadata={})
    return tmp_path / "events.h5"


@pytest.fixture
def analytic_model(monkeypatch):
    """The name "rings" is the predictor that the events were drawn from."""

    def load(which, *, detector):
        assert which == "rings"
        predictor = RingPredictor(detector)
        predictor.energy_range_mev = (100.0, 1000.0)
        return predictor

    monkeypatch.setattr(ringcast.generator, "load", load)


@pytest.fixture
def network(tmp_path):
    small = {"chain": "4x5x10 convT(4,4,4,2,1) relu convT(4,3,4,2,1)", "branch_width": 8, "trunk_widths": (16,)}
    with torch.random.fork_rng():
        torch.manual_seed(3)
        save(RingNetwork(generator_config("slide-narrow", TANK, **small), TANK), tmp_path / "model.safetensors")
    return tmp_path / "model.safetensors"


@pytest.mark.usefixtures("analytic_model")
def test_json_and_file_hold_the_same_fits(run, events, tmp_path):
    code, out, err = run("reconstruct", events, "-m", "rings", "-o", tmp_path / "fits.h5", "--json")
    assert code == 0, err
    document = json.loads(out)
    assert [row["event"] for row in document["events"]] == [0, 1, 2, 3]
    assert document["medians"]["events"] == 3
    assert document["medians"]["right_particle"] == 3
    assert 0 < document["medians"]["fit_position_cm"] < 10
    dark = document["events"][1]
    assert "too few hits" in dark["status"]
    assert [dark[key] for key in ("particle", "nll", "dnll", "fit_angle_degrees")] == [None] * 4

    stored = read_fits(tmp_path / "fits.h5")
    fit = fit_from_arrays(stored.arrays, stored.hypotheses)
    assert stored.metadata["model"] == "rings"
    assert stored.metadata["config"]["energy_range_mev"] == [100.0, 1000.0]
    assert stored.metadata["covariance_parameters"][0] == "x_cm"
    assert stored.detector_fingerprint == TANK.fingerprint
    assert stored.arrays["truth/pdg"].tolist() == [11, 13, 11, 13]
    assert float(fit.best.nll[2, 0]) == document["events"][2]["nll"]
    assert [row["status"] for row in document["events"]] == [row[0] for row in fit.best.status]


@pytest.mark.usefixtures("analytic_model")
def test_the_table_of_some_events_under_one_hypothesis(run, events, tmp_path):
    output = tmp_path / "fits.h5"
    code, out, err = run("reconstruct", events, "-m", "rings", "-o", output, "--events", "2:4", "--particles", "mu-")
    assert code == 0, err
    lines = out.splitlines()
    assert lines[0].split()[:4] == ["event", "true", "MeV", "fit"]
    assert [line.split()[:2] for line in lines[1:3]] == [["2", "e-"], ["3", "mu-"]]
    assert lines[2].split()[-1] == "converged"
    assert "1 of 2 with the true particle" in out
    assert "medians over 2 fitted events of 2" in out
    assert lines[-1] == f"wrote {output}"
    assert "fitting mini 2/2" in err
    assert read_fits(output).arrays["event"].tolist() == [2, 3]


def test_an_untrained_network_is_fitted_without_an_accident(run, events, network, tmp_path):
    """Kinks and nonsense, but an answer and a status for every event."""
    code, out, err = run("reconstruct", events, "-m", network, "-o", tmp_path / "fits.h5", "--json")
    assert code == 0, err
    assert all(row["status"] for row in json.loads(out)["events"])


def test_a_model_of_another_tank_is_refused(run, events, network, tmp_path):
    other = load_detector("iwcd-grid")
    write_events(
        tmp_path / "other.h5",
        random_tracks(1, TANK, seed=1),
        Hits.of([], [], [], [0, 0], len(other)),
        other,
        metadata={},
    )
    code, _, err = run("reconstruct", tmp_path / "other.h5", "-m", network, "-o", tmp_path / "fits.h5")
    assert code == 2
    assert len(err.splitlines()) == 1
    for name in (TANK.name, TANK.fingerprint, other.name, other.fingerprint):
        assert name in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--events", "3:9"], "has events 0 to 3, so at most 0:4"),
        (["--events", "two"], "--events is 'two'; expected first:end such as 0:20, or one number"),
        (["--energy", "100"], "--energy is '100'; expected low:high in MeV"),
        (["--energy", "500:100"], "expected 0 < low < high in MeV"),
        (["--particles", "neutron"], "particle is 'neutron'; expected one of"),
    ],
)
@pytest.mark.usefixtures("analytic_model")
def test_refusals_are_one_line(run, events, tmp_path, arguments, sentence):
    code, out, err = run("reconstruct", events, "-m", "rings", "-o", tmp_path / "fits.h5", *arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert sentence in err


def test_files_are_not_replaced_unasked(run, events, tmp_path):
    (tmp_path / "fits.h5").write_text("precious")
    code, _, err = run("reconstruct", events, "-m", "rings", "-o", tmp_path / "fits.h5")
    assert code == 2
    assert "add --overwrite to replace it" in err
    assert (tmp_path / "fits.h5").read_text() == "precious"
    code, _, err = run("reconstruct", events, "-m", "rings", "-o", tmp_path / "nowhere" / "fits.h5")
    assert (code, "nowhere'; make it first" in err) == (2, True)


def test_unknown_models_and_files_are_named(run, events, tmp_path):
    code, _, err = run("reconstruct", events, "-m", "no-such-model", "-o", tmp_path / "fits.h5")
    assert (code, "no network 'no-such-model'" in err) == (2, True)
    code, _, err = run("reconstruct", tmp_path / "none.h5", "-m", "rings", "-o", tmp_path / "fits.h5")
    assert (code, "none.h5: no such file" in err) == (2, True)
