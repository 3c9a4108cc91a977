"""Electronics: gates, thresholds and steps that turn photoelectrons into digits, as `digitisers.toml` says."""

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ringcast.errors import ArgumentError
from ringcast.simulation.optics import SensorResponse
from ringcast.simulation.saturation import saturated_pe
from ringcast.simulation.time_spread import draw_delay_ns

__all__ = ["Digitiser", "Digits", "acceptance", "digitise", "draw_charge_pe", "load_digitiser"]

_SHIFT_PE, _ALL_FROM = 0.1, 1.1
# WCSim, include/WCSimWCDigitizer.hh, WCSimWCDigitizerSKI: from the constant to the tenth power of charge + 0.1 pe
_POLYNOMIAL = (-0.06374, 3.748, -63.23, 452.0, -1449.0, 2513.0, -2529.0, 1472.0, -452.2, 51.34, 2.370)


class Digitiser(NamedTuple):
    """One kind of electronics; the fields are explained in `digitisers.toml`."""

    gate_ns: float
    threshold: str
    threshold_pe: float
    noise_pe: float
    charge_factor: float
    time_step_ns: float
    charge_step_pe: float
    saturation_pe: float = np.inf
    """Charge above which the sensor saturates; see `saturated_pe`."""


class Digits(NamedTuple):
    """What the sensors report, by rising sensor number and gate; a sensor can report more than once."""

    sensor: NDArray[np.int64]
    charge_pe: NDArray[np.float64]
    time_ns: NDArray[np.float64]

    def only(self, keep: NDArray[np.bool_]) -> "Digits":
        """The digits for which `keep` is true."""
        return Digits(self.sensor[keep], self.charge_pe[keep], self.time_ns[keep])


@lru_cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("ringcast.simulation") / "tables" / "digitisers.toml").read_text(encoding="utf-8"))


def load_digitiser(name: str) -> Digitiser:
    """The electronics of a name.

    "simple" adds up the whole window and cuts at 0.25 pe. "ski" is Super-Kamiokande's as WCSim models them: gates of
    200 ns, a soft threshold, times in steps of 0.4 ns. "hk" is the same in steps of 0.1 ns, for Hyper-Kamiokande and
    IWCD. "wcte" has gates of 144 ns, a cut at a third of a photoelectron and steps of 0.1 ns. WCTE's boards look for
    that height in samples of 8 ns; here the charge in the gate is cut, which is the same for single photoelectrons.

    Raises:
        ArgumentError: There is none of that name.

    Example:
        >>> load_digitiser("wcte").gate_ns, load_digitiser("ski").time_step_ns
        (144.0, 0.4)
    """
    if name not in _table():
        raise ArgumentError(f"digitiser is {name!r}; expected one of {', '.join(_table())}")
    return Digitiser(**_table()[name])


def acceptance(charge_pe: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability that an integrated charge q passes the soft threshold: min(1, P(q + 0.1)) below q = 1 pe, 1 above.

    P is WCSim's polynomial of tenth degree (WCSimWCDigitizerSKI in include/WCSimWCDigitizer.hh); where it is negative
    nothing passes.

    Example:
        >>> acceptance(np.array([-1.0, 0.1, 0.25, 0.5, 2.0])).round(3).tolist()
        [0.0, 0.114, 0.537, 0.825, 1.0]
    """
    x = np.minimum(charge_pe + _SHIFT_PE, _ALL_FROM)
    value = np.polynomial.polynomial.polyval(x, np.array(_POLYNOMIAL))
    return np.where(x < _ALL_FROM, np.clip(value, 0.0, 1.0), 1.0)


def draw_charge_pe(n: int, response: SensorResponse, generator: np.random.Generator) -> NDArray[np.float64]:
    """Charges of n single photoelectrons, from the sensor's table."""
    return np.interp(generator.random(n), response.charge_cdf, response.charge_pe)


def digitise(
    sensor: NDArray[np.int64],
    time_ns: NDArray[np.float64],
    response: SensorResponse,
    digitiser: Digitiser,
    *,
    generator: np.random.Generator,
) -> Digits:
    """Digits of one event's photoelectrons, whatever order they come in.

    A sensor's first photoelectron opens a gate (its end included); the first one after that opens the next. The
    charges in a gate add up, pass or fail the threshold, and get Gaussian noise and a factor; large ones saturate if
    the electronics say so. The time is that of the photoelectron that opened the gate, with the spread of the charge
    in the gate. Both are rounded down to a step. Digits without charge are dropped. (The order of these steps is that
    of WCSim, src/WCSimWCDigitizer.cc.)

    Args:
        sensor: Sensor number of each photoelectron.
        time_ns: Time of each photoelectron.
        response: The sensor's tables.
        digitiser: The electronics.
        generator: Source of random numbers.
    """
    order = np.lexsort((time_ns, sensor))
    sensor, time_ns = sensor[order], time_ns[order]
    charge = draw_charge_pe(len(sensor), response, generator)
    opens = _open_gates(sensor, time_ns, digitiser.gate_ns)
    total = np.add.reduceat(charge, np.flatnonzero(opens)) if len(sensor) else charge
    if digitiser.threshold == "soft":
        passes = generator.random(len(total)) < acceptance(total)
    else:
        passes = total >= digitiser.threshold_pe
    if digitiser.noise_pe > 0:
        total = total + digitiser.noise_pe * generator.standard_normal(len(total))
    time = time_ns[opens] + draw_delay_ns(total, response, generator)
    recorded = saturated_pe(total * digitiser.charge_factor, digitiser.saturation_pe)
    digits = Digits(
        sensor[opens],
        _rounded_down(recorded, digitiser.charge_step_pe),
        _rounded_down(time, digitiser.time_step_ns),
    )
    return digits.only(passes & (digits.charge_pe > 0))


def _rounded_down(values: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    return np.floor(values / step) * step if step > 0 else values


@njit(cache=True, nogil=True)
def _open_gates(sensor, time, gate):  # type: ignore[no-untyped-def]
    """Which photoelectrons, sorted by sensor and time, open a gate."""
    opens = np.zeros(len(sensor), dtype=np.bool_)
    last = 0.0
    for i in range(len(sensor)):
        if i == 0 or sensor[i] != sensor[i - 1] or time[i] > last:
            opens[i] = True
            last = time[i] + gate
    return opens
