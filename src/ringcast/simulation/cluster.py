"""Pieces of work on a Dask cluster, in place of worker processes of our own.

Dask gives the pieces of a worker that it loses to another one. Each process of the cluster sets itself up once for
each simulation; Geant4 stays in one thread of it, whatever threads Dask has.
"""

import hashlib
import logging
import pickle
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from typing import Any, TypeVar

from ringcast import __version__
from ringcast.errors import ArgumentError, EngineError

__all__ = ["LOCAL", "require_dask", "work_on_cluster"]

LOCAL = "local"
"""In place of an address: a cluster of processes on this machine."""
_ANSWER_S = 10
_AHEAD = 2
_HAND = ThreadPoolExecutor(1)
_WORK: dict[str, Callable[[Any], Any]] = {}

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def require_dask() -> None:
    """Check that Dask can be imported.

    Raises:
        EngineError: It is not installed.
    """
    if find_spec("distributed") is None:
        raise EngineError("a scheduler needs Dask: install it with: pip install 'ringcast[cluster]'")


def work_on_cluster(
    todo: Sequence[Piece],
    start: Callable[[], Callable[[Piece], Result]],
    *,
    address: str,
    workers: int,
    name: Callable[[Piece], str] = "piece {}".format,
) -> Iterator[Result]:
    """Do pieces of work on a cluster, and yield each result as it is done, in any order.

    Args:
        todo: The pieces, such as ranges of events.
        start: Called once in each process; returns what turns a piece into a result. It must be possible to pickle.
        address: Of Dask's scheduler, such as tcp://host:8786, or `LOCAL`.
        workers: How many processes a local cluster has.
        name: What to call a piece in an error.

    Raises:
        ArgumentError: No scheduler answers at the address.
        EngineError: Dask is not installed, or a piece ended several workers, or a worker has another version.
        Exception: What `start` or the work raised.
    """
    require_dask()
    dask: Any = import_module("distributed")
    pending = iter(todo)
    with ExitStack() as stack:
        client = _client(stack, address, workers)
        told = pickle.dumps(start)
        setup = client.scatter(told, broadcast=True)
        token = hashlib.sha256(told).hexdigest()

        def submit(n: int) -> list[Any]:
            return [
                client.submit(_do, token, __version__, setup, piece, key=f"{name(piece)} {token[:8]}", pure=False)
                for piece in islice(pending, n)
            ]

        at_once = _AHEAD * max(sum(client.nthreads().values()), 1)
        done = dask.as_completed(submit(at_once), loop=client.loop)
        for future in done:
            try:
                result = future.result()
            except dask.KilledWorker:
                raise EngineError(f"{future.key} ended several workers of the cluster; what is done is kept") from None
            future.release()
            done.update(submit(1))
            yield result


def _client(stack: ExitStack, address: str, workers: int) -> Any:
    """A client of the cluster, closed with the stack."""
    dask: Any = import_module("distributed")
    if address == LOCAL:
        options = {"threads_per_worker": 1, "dashboard_address": None, "memory_limit": 0, "silence_logs": logging.ERROR}
        where = stack.enter_context(dask.LocalCluster(n_workers=workers, **options))
    elif re.fullmatch(r"\w+://.+:\d+", address):
        where = address
    else:
        raise ArgumentError(f"scheduler is {address!r}; expected an address such as tcp://host:8786, or {LOCAL}")
    try:
        return stack.enter_context(dask.Client(where, timeout=_ANSWER_S, set_as_default=False))
    except OSError as reason:
        raise ArgumentError(f"scheduler is {address!r}, where no Dask scheduler answers ({reason})") from None


def _do(token: str, version: str, setup: bytes, piece: Any) -> Any:
    """Do a piece in a process of the cluster."""
    if version != __version__:
        raise EngineError(f"a worker of the cluster has ringcast {__version__}; expected {version} as here")
    return _HAND.submit(_do_in_turn, token, setup, piece).result()


def _do_in_turn(token: str, setup: bytes, piece: Any) -> Any:
    if token not in _WORK:
        _WORK.clear()
        _WORK[token] = pickle.loads(setup)()
    return _WORK[token](piece)
