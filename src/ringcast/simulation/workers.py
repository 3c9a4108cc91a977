"""Worker processes that do pieces of work, and are replaced when they die.

Geant4 ends its whole process when something is wrong, and a machine short of memory kills processes: what the dead
worker had in hand is done again by a new one. The work must depend on its piece alone.
"""

import logging
import pickle
import signal
import traceback
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

from ringcast.errors import EngineError

__all__ = ["batch_name", "batches_of", "work_through"]

_LOG = logging.getLogger(__name__)
_DEATHS = 3
_AHEAD = 2
_WHY = "Geant4 ends its process when a data file is missing, and so does a machine whose memory runs out"

Piece = TypeVar("Piece", bound=Hashable)
Result = TypeVar("Result")


@dataclass
class _Worker(Generic[Piece]):
    """A process, our end of the pipe to it, and the pieces it was given and has not answered."""

    process: BaseProcess
    pipe: Connection
    tasks: deque[Piece] = field(default_factory=deque)
    started: bool = False


def work_through(
    todo: Sequence[Piece],
    start: Callable[[], Callable[[Piece], Result]],
    *,
    workers: int,
    name: Callable[[Piece], str] = "piece {}".format,
) -> Iterator[Result]:
    """Do pieces of work in processes, and yield each result as it is done, in any order.

    Args:
        todo: The pieces, such as numbers or ranges of events.
        start: Called once in each process; returns what turns a piece into a result. It must be possible to pickle.
        workers: How many processes.
        name: What to call a piece in an error.

    Raises:
        EngineError: A piece ended its process three times, or processes died three times while they started.
        Exception: What `start` or the work raised.
    """
    waiting, deaths = deque(todo), Counter[Piece | None]()
    staff = [_hire(start) for _ in range(workers)]
    try:
        while waiting or any(worker.tasks for worker in staff):
            for worker in staff:
                _feed(worker, waiting)
            ready = wait([worker.pipe for worker in staff if worker.tasks])
            for place, worker in enumerate(staff):
                if worker.pipe not in ready:
                    continue
                try:
                    answer = pickle.loads(worker.pipe.recv_bytes())
                except (EOFError, OSError):
                    _bury(worker, deaths, name)
                    waiting.extendleft(reversed(worker.tasks))
                    staff[place] = _hire(start)
                    continue
                if not worker.started:
                    worker.started = True
                    deaths.pop(None, None)
                yield from _take(worker, answer, waiting)
    finally:
        for worker in staff:
            worker.process.terminate()
            worker.process.join()
            worker.pipe.close()


def batches_of(todo: Sequence[range], most: int) -> list[range]:
    """Ranges of at most so many events.

    Example:
        >>> batches_of([range(5), range(7, 9)], 3)
        [range(0, 3), range(3, 5), range(7, 9)]
    """
    return [range(first, min(first + most, part.stop)) for part in todo for first in range(part.start, part.stop, most)]


def batch_name(events: range) -> str:
    """What a batch of events is called in an error."""
    return f"the batch of events {events.start} to {events.stop - 1}"


def _hire(start: Callable[[], Callable[[Piece], Result]]) -> _Worker[Piece]:
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_serve, args=(theirs, start), daemon=True)
    with _no_ctrl_c():
        process.start()
    theirs.close()  # so that the pipe ends when the process does
    return _Worker(process, ours)


@contextmanager
def _no_ctrl_c() -> Iterator[None]:
    """Processes started herein have Ctrl-C blocked from their first moment; ours comes through at the end."""
    resource_tracker.ensure_running()  # its start would unblock it
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _feed(worker: _Worker[Piece], waiting: deque[Piece]) -> None:
    """Give a worker the next pieces, one more than it works on, so that it never waits for us."""
    while waiting and len(worker.tasks) < _AHEAD:
        piece = waiting.popleft()
        worker.tasks.append(piece)
        with suppress(OSError):  # a dead worker is found when its answer is read
            worker.pipe.send(piece)


def _take(worker: _Worker[Piece], answer: tuple[str, Result], waiting: deque[Piece]) -> Iterator[Result]:
    """Deal with a message: that the worker has started, a result, or the error it met."""
    kind, content = answer
    if kind == "error":
        assert isinstance(content, Exception)
        raise content
    if kind == "result":
        worker.tasks.popleft()
        _feed(worker, waiting)
        yield content


def _bury(worker: _Worker[Piece], deaths: Counter[Piece | None], name: Callable[[Piece], str]) -> None:
    """Count a death against the piece in hand, or against the start; the third one ends the work."""
    worker.process.join()
    worker.pipe.close()
    piece = worker.tasks[0] if worker.started else None
    deaths[piece] += 1
    what = "its start" if piece is None else name(piece)
    how = _ending(worker.process.exitcode or 0)
    if deaths[piece] == _DEATHS:
        raise EngineError(f"{what} ended a simulation worker {_DEATHS} times ({how}): {_WHY}; what is done is kept")
    _LOG.warning("%s ended a simulation worker (%s); a new one does it again", what, how)


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _serve(pipe: Connection, start: Callable[[], Callable[[Piece], Result]]) -> None:
    """The life of a worker process; Ctrl-C is the parent's business, and the worker ends when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            work = start()
            pipe.send_bytes(pickle.dumps(("started", None)))
            while True:
                piece = pipe.recv()
                pipe.send_bytes(pickle.dumps(("result", work(piece))))  # whole bytes: no memory shared with the dead
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise
        except Exception as reason:
            reason.add_note(traceback.format_exc())
            pipe.send_bytes(pickle.dumps(("error", reason)))
