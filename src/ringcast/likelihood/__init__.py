"""The likelihood: what a prediction is, and how probable measured hits are under it.

A `Track` goes into a `Predictor` and a `Prediction` comes out: a distribution over `Hits` with `log_prob` and `sample`.
Training and reconstruction both minimise ``-prediction.log_prob(hits)``.
"""

from ringcast.likelihood.predictor import Prediction, Predictor

__all__ = ["Prediction", "Predictor"]
