"""Validation: how near simulated events come to those of another program.

Events of whoever come in; summaries, comparisons and references go out. `summarise` turns tracks and hits into a
`Summary`, the same way for both sides; `load_reference` gives events of WCSim that come with the package,
`reference_from_file` a user's own; `plan_of` says how to simulate the like, and `compare` what differs. Light at its
birth has references of its own: `ringcast.validation.light` and `ringcast.validation.births`.
"""

from ringcast.validation.compare import Comparison, compare
from ringcast.validation.files import reference_from_file, summarise_file
from ringcast.validation.plans import plan_of
from ringcast.validation.reference import REFERENCES, Reference, load_reference
from ringcast.validation.summary import Summary, summarise

__all__ = [
    "REFERENCES",
    "Comparison",
    "Reference",
    "Summary",
    "compare",
    "load_reference",
    "plan_of",
    "reference_from_file",
    "summarise",
    "summarise_file",
]
