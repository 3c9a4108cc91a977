"""Progress of long work: a bar or a line on a terminal, plain lines now and then elsewhere; on standard error."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.status import Status

__all__ = ["of_total", "progress", "waiting"]

_INTERVAL_S = 10.0


@contextmanager
def progress(what: str, total: int, done: int = 0) -> Iterator[Callable[[int], None]]:
    """Show how far a task is; call the yielded function with how much more is done."""
    console = Console(stderr=True)
    if console.is_terminal:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
        )
        with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console) as bar:
            task = bar.add_task(what, total=total, completed=done, rate="")
            begin, count = time.monotonic(), 0

            def advance(n: int) -> None:
                nonlocal count
                count += n
                bar.update(task, advance=n, rate=_per_second(count / max(time.monotonic() - begin, 1e-9)))

            yield advance
    else:
        yield _Lines(what, total, done)


def waiting(what: str) -> Status:
    """A line on a terminal while something of unknown length goes on; nothing elsewhere. Use it in a ``with``."""
    return Console(stderr=True).status(what)


def of_total(advance: Callable[[int], None]) -> Callable[[int, int], None]:
    """Turn a function that is told how much more is done into one that is told how much of how many."""
    last = 0

    def show(done: int, _total: int) -> None:
        nonlocal last
        advance(done - last)
        last = done

    return show


class _Lines:
    """One line every ten seconds, and one at the end."""

    def __init__(self, what: str, total: int, done: int) -> None:
        self.what, self.total, self.done, self.first = what, total, done, done
        self.begin = self.last = time.monotonic()

    def __call__(self, n: int) -> None:
        self.done += n
        now = time.monotonic()
        if now - self.last < _INTERVAL_S and self.done < self.total:
            return
        self.last = now
        rate = (self.done - self.first) / max(now - self.begin, 1e-9)
        left = (self.total - self.done) / rate if rate > 0 else 0.0
        print(
            f"{self.what} {self.done}/{self.total}, {_per_second(rate)}, {left:.0f} s left", file=sys.stderr, flush=True
        )


def _per_second(rate: float) -> str:
    """A rate with two digits at least.

    Example:
        >>> _per_second(108.26), _per_second(1.94), _per_second(0.0266)
        ('108.3/s', '1.9/s', '0.027/s')
    """
    return f"{rate:.1f}/s" if rate >= 1 else f"{rate:.2g}/s"
