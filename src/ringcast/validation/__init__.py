"""Validation: how near simulated events come to those of another program.

Events of whoever come in; summaries, comparisons and references go out. `summarise` turns tracks and hits into a
`Summary`, the same way for both sides; `load_reference` gives events of WCSim that come with the package,
`reference_from_file` a user's own; `plan_of` says how to simulate the like, and `compare` what differs. Light at its
birth has references of its own: `load_light_reference`, `birth_plan_of`, `simulate_light`, `compare_light`.
"""

from ringcast.validation.births import compare_light, simulate_light
from ringcast.validation.compare import Comparison, compare
from ringcast.validation.files import reference_from_file, summarise_file
from ringcast.validation.light import LIGHT_REFERENCES, LightReference, birth_plan_of, load_light_reference
from ringcast.validation.plans import plan_of
from ringcast.validation.reference import REFERENCES, Reference, load_reference
from ringcast.validation.summary import Summary, summarise

__all__ = [
    "LIGHT_REFERENCES",
    "REFERENCES",
    "Comparison",
    "LightReference",
    "Reference",
    "Summary",
    "birth_plan_of",
    "compare",
    "compare_light",
    "load_light_reference",
    "load_reference",
    "plan_of",
    "reference_from_file",
    "simulate_light",
    "summarise",
    "summarise_file",
]
