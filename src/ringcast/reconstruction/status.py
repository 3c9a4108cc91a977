"""How a fit ended, as a number to store and a sentence to read."""

from enum import IntEnum

__all__ = ["USABLE", "Status"]


class Status(IntEnum):
    """The end of a minimisation.

    Example:
        >>> Status.AT_BOUND.sentence
        'stopped at a bound: the best vertex is on the wall, or the best energy at the end of the allowed range'
    """

    CONVERGED = 0
    ROUGH = 1
    AT_BOUND = 2
    EVALUATION_LIMIT = 3
    LINE_SEARCH_FAILED = 4
    NOT_FINITE = 5
    TOO_FEW_HITS = 6

    @property
    def sentence(self) -> str:
        """What happened, for people."""
        return _SENTENCES[self]


_SENTENCES = {
    Status.CONVERGED: "converged",
    Status.ROUGH: "converged as far as the likelihood is smooth: no lower point nearby",
    Status.AT_BOUND: "stopped at a bound: the best vertex is on the wall,"
    " or the best energy at the end of the allowed range",
    Status.EVALUATION_LIMIT: "not converged: the limit of likelihood evaluations was reached",
    Status.LINE_SEARCH_FAILED: "not converged: no lower point found along the descent direction",
    Status.NOT_FINITE: "not fitted: the predictor gave no finite likelihood at the seed",
    Status.TOO_FEW_HITS: "not fitted: too few hits; the track is a placeholder at the centre of the tank",
}

USABLE = (Status.CONVERGED, Status.ROUGH)
"""Ends that are minima."""
