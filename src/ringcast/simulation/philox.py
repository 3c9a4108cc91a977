"""Counter-based random numbers: the same key and counter give the same number in any order, thread or process."""

import numpy as np

from ringcast.simulation.device import device

__all__ = ["philox4x32", "uniform4"]

_ROUNDS = 10


@device
def philox4x32(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Philox-4x32-10: four random 32-bit words from a 128-bit counter and a 64-bit key, all given as uint64.

    Reference:
        Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011),
        https://doi.org/10.1145/2063384.2063405

    Example:
        >>> import numpy as np
        >>> zero = np.uint64(0)
        >>> [f"{int(word):08x}" for word in philox4x32(zero, zero, zero, zero, zero, zero)]
        ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    low, half = np.uint64(0xFFFFFFFF), np.uint64(32)
    for _ in range(_ROUNDS):
        p0 = np.uint64(0xD2511F53) * c0
        p1 = np.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = (p1 >> half) ^ c1 ^ k0, p1 & low, (p0 >> half) ^ c3 ^ k1, p0 & low
        k0 = (k0 + np.uint64(0x9E3779B9)) & low
        k1 = (k1 + np.uint64(0xBB67AE85)) & low
    return c0, c1, c2, c3


@device
def uniform4(event, step, photon, block, seed):  # type: ignore[no-untyped-def]
    """Four uniforms in the open interval (0, 1) for one photon; take another `block` for four more.

    Args:
        event: Event number.
        step: Step number within the event.
        photon: Photon number within the step.
        block: Which four of the photon's numbers.
        seed: 64-bit seed.
    """
    low = np.uint64(0xFFFFFFFF)
    key = np.uint64(seed)
    words = philox4x32(
        np.uint64(photon) & low,
        np.uint64(step) & low,
        np.uint64(event) & low,
        np.uint64(block) & low,
        key & low,
        key >> np.uint64(32),
    )
    scale = 1.0 / 4294967296.0
    w0, w1, w2, w3 = words
    return (
        (np.float64(w0) + 0.5) * scale,
        (np.float64(w1) + 0.5) * scale,
        (np.float64(w2) + 0.5) * scale,
        (np.float64(w3) + 0.5) * scale,
    )
