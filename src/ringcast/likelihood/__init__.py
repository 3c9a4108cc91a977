"""The likelihood: what a prediction is, and how probable measured hits are under it.

A `Track` goes into a `Predictor` and a `Prediction` comes out: a distribution over `Hits` with `log_prob` and `sample`.
Training and reconstruction both minimise ``-prediction.log_prob(hits)``. `GaussianPrediction` is the head of the
slides: charge only, sensors independent; take ``support="positive"`` unless the weights were trained with
the plain normal law.
"""

from ringcast.likelihood.gaussian import GaussianPrediction
from ringcast.likelihood.normal import Support
from ringcast.likelihood.predictor import Prediction, Predictor

__all__ = ["GaussianPrediction", "Prediction", "Predictor", "Support"]
