"""One Geant4 per test process, on the shipped data."""

import pytest

from ringcast.simulation.engine_data import build_data_folder


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory):
    return build_data_folder(tmp_path_factory.mktemp("geant4"))


@pytest.fixture(scope="session")
def engine(data_folder):
    pytest.importorskip("calzone")
    from ringcast.simulation.geant4 import Engine

    return Engine(data_folder, seed=3)


@pytest.fixture(scope="session")
def start_chain(data_folder):
    pytest.importorskip("calzone")
    from ringcast.simulation import Chain, make_plan

    def start(**fields):
        defaults = {"detector": "mini", "n_events": 100, "particles": ("e-",), "energy_mev": (100, 500)}
        return Chain.start(make_plan(**(defaults | fields)), data_folder)

    return start
