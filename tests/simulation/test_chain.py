"""Geant4 and light together: yields of the literature, and the same events however they are split."""

import numpy as np
import pytest
import torch

from ringcast.errors import EngineError
from ringcast.events import Track
from ringcast.simulation import geant4, make_plan, simulate
from ringcast.simulation.cherenkov import mean_photons
from ringcast.simulation.engine_data import VARIABLE, build_data_folder, engine_data_folder
from ringcast.simulation.transport import transport
from tests.simulation.closed_forms import all_seeing_wall, flat_optics


def equal(a, b):
    return all(torch.equal(getattr(a, name), getattr(b, name)) for name in ("pmt", "charge_pe", "time_ns", "start"))


# Photons per MeV at n = 1.34, 300 to 600 nm, from Geant4's own Cherenkov process (G4Cerenkov through geant4-pybind,
# Geant4 11.4): electrons 166.2 at 500 MeV, muons 131.7 without the decay electron.
@pytest.mark.parametrize(("name", "per_mev"), [("e-", 166.2), ("mu-", 131.7)])
def test_photons_per_mev_agree_with_geant4(start_chain, name, per_mev):
    n, energy = 20, 500.0
    chain = start_chain(energy_mev=(energy, energy))
    steps = chain.engine.steps(Track([name] * n, energy, (0, 0, 0), (0, 0, 1)), np.arange(n))
    prompt = steps.start_time_ns < 100
    steps = type(steps)(*(column[prompt] for column in steps))
    optics, wall = flat_optics(), all_seeing_wall(1e5, 1e5)
    photons = np.random.default_rng(1).poisson(mean_photons(steps, optics))
    seen = transport(steps, photons, np.arange(n), optics, wall, seed=1)
    each = np.bincount(steps.event[seen.step], minlength=n) / energy
    error = each.std(ddof=1) / np.sqrt(n)
    assert abs(each.mean() - per_mev) < 0.015 * per_mev + 3 * error  # the reference is good to 1 %


def test_a_batch_does_not_depend_on_what_ran_before(start_chain):
    chain = start_chain()
    first = chain.run(range(20, 40))
    chain.run(range(20))
    again = chain.run(range(20, 40))
    assert equal(first.hits, again.hits)
    assert torch.equal(first.tracks.position_cm, again.tracks.position_cm)


def test_events_do_not_depend_on_the_batch_size(start_chain):
    chain = start_chain()
    parts = [chain.run(events).hits for events in (range(3), range(3, 4), range(4, 20))]
    assert equal(type(parts[0]).concatenate(parts), chain.run(range(20)).hits)


def test_hits_are_inside_the_window_and_the_detector(start_chain):
    hits = start_chain(particles=("mu-",), energy_mev=(300, 300), window_ns=50.0).run(range(20)).hits
    assert hits.n_pmt == 1024
    assert len(hits) == 20
    assert float(hits.charge_pe.min()) >= 0.25
    assert float(hits.time_ns.max()) < 50 + 5 * 2  # smearing can move a time past the window


def test_a_missing_engine_is_named_before_any_worker_starts(monkeypatch):
    monkeypatch.setattr(geant4, "find_spec", lambda name: None)
    plan = make_plan(detector="mini", n_events=5, particles=("e-",), energy_mev=(50, 300))
    with pytest.raises(EngineError, match=r"pip install 'ringcast\[simulation\]'"):
        next(simulate(plan, workers=1))


def test_a_data_folder_without_tables_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    lacks = "lacks G4EMLOW8.8/brem_SB/br1 and 20 more; expected the data sets of Geant4 11.4: unset it"
    with pytest.raises(EngineError, match=lacks):
        engine_data_folder(tmp_path)
    build_data_folder(tmp_path)
    assert engine_data_folder(tmp_path / "unused") == tmp_path
    (tmp_path / "G4NDL4.7.1").rmdir()
    with pytest.raises(EngineError, match="lacks G4NDL4"):
        engine_data_folder(tmp_path)


def test_the_shipped_data_folder_is_whole(data_folder):
    names = {str(path.relative_to(data_folder)) for path in data_folder.rglob("*")}
    assert {f"G4EMLOW8.8/epics2017/phot/pe-{kind}-{z}.dat" for kind in ("cs", "high", "low") for z in (1, 8)} <= names
    assert {f"G4PARTICLEXS4.2/gamma/inel{z}" for z in range(1, 95)} <= names
    assert {"G4EMLOW8.8/brem_SB/br1", "G4EMLOW8.8/brem_SB/br8", "G4ENSDFSTATE3.0/ENSDFSTATE.dat"} <= names
