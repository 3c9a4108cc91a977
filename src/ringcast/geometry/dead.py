"""Dead sensors: lists of their numbers, and detectors without them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from ringcast.errors import ArgumentError, FileError
from ringcast.geometry.detector import Detector

__all__ = ["read_dead", "with_dead"]


def read_dead(path: Path | str) -> tuple[int, ...]:
    """Numbers of dead sensors from a text file: numbers from 0 parted by blanks or commas; # starts a comment.

    Raises:
        FileError: There is no such file, or it holds something else than whole numbers from 0.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as reason:
        raise FileError(f"{path}: not a readable list of dead sensors ({reason})") from None
    numbers = []
    for line, text in enumerate(lines, start=1):
        for word in text.split("#", maxsplit=1)[0].replace(",", " ").split():
            if not (word.isascii() and word.isdigit()):
                raise FileError(f"{path}: line {line} holds {word!r}; expected numbers of dead sensors, from 0")
            numbers.append(int(word))
    return tuple(sorted(set(numbers)))


def with_dead(detector: Detector, numbers: Sequence[int]) -> Detector:
    """A detector in which some more sensors are dead: they never report a hit.

    Args:
        detector: Any; sensors dead in it stay so.
        numbers: Sensor numbers from 0; none gives the detector back as it is.

    Raises:
        ArgumentError: There is no such sensor, or none is left alive.

    Example:
        >>> from ringcast.geometry import load_detector
        >>> tank = with_dead(load_detector("mini"), [3, 5])
        >>> tank.n_dead, tank.fingerprint == load_detector("mini").fingerprint
        (2, True)
    """
    if not len(numbers):
        return detector
    for wrong in (min(numbers), max(numbers)):
        if not 0 <= wrong < len(detector):
            expected = f"expected numbers 0 to {len(detector) - 1}"
            raise ArgumentError(f"dead sensor {wrong} is not in detector {detector.name}; {expected}")
    alive = torch.ones(len(detector), dtype=torch.bool) if detector.alive is None else detector.alive.clone()
    alive[torch.as_tensor(numbers, dtype=torch.int64)] = False
    if not bool(alive.any()):
        raise ArgumentError(f"all {len(alive)} sensors of detector {detector.name} are dead; leave one alive")
    return replace(detector, alive=alive)
