"""Design of decoders: a seed size and a target size come in, all stacks of an alphabet that fit come out, ranked.

A block of layers turns n places into S n + C, so a stack does too, and two sizes fix S and C: the stacks follow from
tables of scales and offsets, and no size is tried (:mod:`.affine`). :mod:`.alphabet` states the blocks.

* :func:`design` finds the stacks between two sizes.
* :func:`design_seeds` finds the seeds for a target.
"""

from ringcast.arithmetic.solver.alphabet import Alphabet
from ringcast.arithmetic.solver.ranking import Design
from ringcast.arithmetic.solver.seeds import SeedProposal, design_seeds
from ringcast.arithmetic.solver.solve import Designs, design

__all__ = ["Alphabet", "Design", "Designs", "SeedProposal", "design", "design_seeds"]
