"""Reconstruction: hits and any `Predictor` come in, a `Fit` goes out.

`reconstruct` does it all; `compare` says how far a fit is from a known truth; `minimise` is the batched minimiser
alone. A failed fit is no exception: read `Fit.status`.
"""

from ringcast.reconstruction.compare import Comparison, compare
from ringcast.reconstruction.config import FitConfig, MinimiseConfig, SeedConfig
from ringcast.reconstruction.covariance import PARAMETERS
from ringcast.reconstruction.fit import reconstruct
from ringcast.reconstruction.minimise import minimise
from ringcast.reconstruction.result import Fit, fit_from_arrays, fit_to_arrays
from ringcast.reconstruction.status import Status

__all__ = [
    "PARAMETERS",
    "Comparison",
    "Fit",
    "FitConfig",
    "MinimiseConfig",
    "SeedConfig",
    "Status",
    "compare",
    "fit_from_arrays",
    "fit_to_arrays",
    "minimise",
    "reconstruct",
]
