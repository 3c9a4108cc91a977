"""Work on a Dask cluster: lost workers, errors of the work, and addresses where nobody answers."""

from functools import partial

import pytest

from ringcast.errors import ArgumentError, EngineError
from ringcast.simulation import cluster
from ringcast.simulation.cluster import work_on_cluster
from tests.simulation.mortal import start_squares

dask = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def address():
    options = {"threads_per_worker": 1, "dashboard_address": None, "memory_limit": 0}
    with dask.LocalCluster(n_workers=2, **options) as local:
        yield local.scheduler_address


def squares(address, folder, todo):
    return list(work_on_cluster(todo, partial(start_squares, folder), address=address, workers=1))


@pytest.mark.slow
def test_what_a_lost_worker_had_is_done_by_another(address, tmp_path):
    """Piece 3 ends its process once."""
    assert sorted(squares(address, tmp_path, [1, 3, 2, 5, 4])) == [1, 4, 9, 16, 25]
    assert (tmp_path / "three").exists()


@pytest.mark.slow
def test_errors_of_the_work_come_through(address, tmp_path):
    with pytest.raises(EngineError, match="no number"):
        squares(address, tmp_path, [1, -1])


def test_addresses_without_a_scheduler(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "_ANSWER_S", 0.3)
    with pytest.raises(ArgumentError, match="scheduler is 'nowhere'; expected an address such as tcp://host:8786, or"):
        squares("nowhere", tmp_path, [1])
    with pytest.raises(ArgumentError, match=r"scheduler is 'tcp://127.0.0.1:9', where no Dask scheduler answers"):
        squares("tcp://127.0.0.1:9", tmp_path, [1])


def test_without_dask_the_remedy_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "find_spec", lambda name: None)
    with pytest.raises(EngineError, match=r"install it with: pip install 'ringcast\[cluster\]'"):
        squares("tcp://127.0.0.1:9", tmp_path, [1])
