"""Workers that die: what they had in hand is done again, to the same result, but not for ever."""

import hashlib
import logging
import sys
from functools import partial

import pytest

from ringcast.errors import EngineError
from ringcast.simulation import simulate, workers
from ringcast.simulation.workers import work_through
from ringcast.storage import Shards
from tests.simulation.mortal import start_mortal_chain, start_squares, start_undisturbed_squares


def test_pieces_of_dead_workers_are_done_again_until_the_third_death(tmp_path, caplog):
    """Piece 3 ends its process once, piece 7 always."""
    caplog.set_level(logging.WARNING)
    found = []
    with pytest.raises(EngineError, match=r"^piece 7 ended a simulation worker 3 times \(SIGABRT\): Geant4 ends its"):
        found.extend(work_through([5, 3, 4, 7, 6], partial(start_squares, tmp_path), workers=1))
    assert found == [25, 9, 16]
    assert (tmp_path / "done").read_text().split() == ["5", "3", "4"]
    assert [record.getMessage() for record in caplog.records] == [
        f"piece {piece} ended a simulation worker ({how}); a new one does it again"
        for piece, how in ((3, "SIGKILL"), (7, "SIGABRT"), (7, "SIGABRT"))
    ]


def test_a_start_that_fails_too_often_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "_DEATHS", 1)
    (tmp_path / "no start").touch()
    with pytest.raises(EngineError, match=r"^its start ended a simulation worker 1 times \(SIGABRT\)"):
        list(work_through([1], partial(start_squares, tmp_path), workers=1))


def test_errors_of_the_work_come_through(tmp_path):
    with pytest.raises(EngineError, match="no number") as reason:
        list(work_through([1, -1], partial(start_undisturbed_squares, tmp_path), workers=1))
    assert "_square" in reason.value.__notes__[0]  # where it happened


@pytest.mark.slow
def test_a_file_is_the_same_for_two_workers_of_which_one_dies(tmp_path, monkeypatch, start_chain):
    fields = {"n_events": 60, "particles": ("e-", "mu-", "pi0"), "energy_mev": (50, 200)}
    chain = start_chain(**fields)

    def digest(name, batches):
        shards = Shards.open(tmp_path / name, chain.plan.configuration, chain.detector, range(60))
        for batch in batches:
            shards.write(batch.first_event, batch.tracks, batch.hits)
        shards.merge()
        return hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()

    undisturbed = digest("one.h5", [chain.run(range(first, first + 15)) for first in range(0, 60, 15)])
    mortal = partial(start_mortal_chain, tmp_path)
    monkeypatch.setattr(sys.modules["ringcast.simulation.chain"], "_start_chain", mortal)
    rest = simulate(chain.plan, todo=[range(20, 60)], batch=20, workers=2)
    assert digest("two.h5", [chain.run(range(20)), *rest]) == undisturbed
    assert (tmp_path / "died").exists()
