"""The record: rows come back, a line cut short by a crash does not matter."""

import pytest

from ringcast.errors import FileError
from ringcast.training import RecordRow, TrainingRecord
from ringcast.training.record import append_row, read_rows, write_rows


def row(step, nll):
    return RecordRow(
        step=step, epoch=0.5, learning_rate=1e-3, train_nll=nll, validation_nll=nll, events_per_s=9.0, elapsed_s=1.5
    )


def test_rows_come_back(tmp_path):
    path = tmp_path / "record.jsonl"
    append_row(path, row(1, 0.5))
    append_row(path, row(2, 0.25))
    assert read_rows(path) == (row(1, 0.5), row(2, 0.25))
    write_rows(path, [row(3, 0.1)])
    assert read_rows(path) == (row(3, 0.1),)
    assert read_rows(tmp_path / "absent.jsonl") == ()


def test_last_line_may_be_cut(tmp_path):
    path = tmp_path / "record.jsonl"
    append_row(path, row(1, 0.5))
    with path.open("a") as file:
        file.write('{"step": 2, "epo')
    assert read_rows(path) == (row(1, 0.5),)


@pytest.mark.parametrize("line", ["nonsense", '{"step": 2}'])
def test_other_damage_is_named(tmp_path, line):
    path = tmp_path / "record.jsonl"
    path.write_text(line + "\n")
    append_row(path, row(1, 0.5))
    with pytest.raises(FileError, match=r"record.jsonl: line 1 is no row"):
        read_rows(path)


def test_best_row_is_that_of_the_best_validation(tmp_path):
    record = TrainingRecord(rows=(row(1, 0.5), row(2, 0.2), row(3, 0.3)), status="finished", output=tmp_path)
    assert record.best == row(2, 0.2)
    assert TrainingRecord(rows=(), status="interrupted", output=tmp_path).best is None
