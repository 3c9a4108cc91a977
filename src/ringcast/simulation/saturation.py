"""Sensors that report less than their light when there is much of it."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["saturated_pe"]

_LOSS_PER_PE = 8.632e-5


def saturated_pe(charge_pe: NDArray[np.float64], above_pe: float) -> NDArray[np.float64]:
    """Charge that a saturating sensor reports: q (1 - k (q - s)) above s, with k = 8.632e-5 per pe, and q below.

    The law is WCSim's (`SaturFactor` in src/WCSimPMTObject.cc), found for Super-Kamiokande's 20-inch tubes and used by
    it for all others. WCSim names no value for s and has saturation off by default. The product has its largest value
    at q = (1 / k + s) / 2, more than 5,700 pe; larger charges report that value, so that none reports less than a
    smaller one. With s = 250 pe, 1,000 pe are reported as 935.

    The electronics have limits of their own, which are left out: Super-Kamiokande's measure charges up to some 2,500 pC
    (H. Nishino et al., arXiv:0911.0986), where a photoelectron is 2 to 3 pC.

    Args:
        charge_pe: Charges.
        above_pe: s; infinity for sensors that do not saturate.

    Example:
        >>> saturated_pe(np.array([100.0, 250.0, 1000.0, 1e5]), 250.0).round(1).tolist()
        [100.0, 250.0, 935.3, 3022.5]
    """
    if not np.isfinite(above_pe):
        return charge_pe
    largest = 0.5 * (1 / _LOSS_PER_PE + above_pe)
    charge = np.minimum(charge_pe, largest)
    return charge * (1 - _LOSS_PER_PE * np.maximum(charge - above_pe, 0.0))
