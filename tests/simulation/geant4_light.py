"""Light of our chain up to the birth of photons, beside the stored light of Geant4's own Cherenkov process."""

from functools import partial

from ringcast.simulation.births import follow_births
from ringcast.validation.births import compare_light, summarise_births
from ringcast.validation.light import birth_plan_of, load_light_reference

_BATCH = 50


def our_light(engine, name, n, *, seed=17):
    """Comparison of n events with a reference."""
    reference = load_light_reference(name)
    plan = birth_plan_of(reference, n, seed=seed)
    look = partial(summarise_births, edges=reference.edges)
    starts = range(0, n, _BATCH)
    return compare_light(reference, [follow_births(engine, plan, look, range(i, min(i + _BATCH, n))) for i in starts])
