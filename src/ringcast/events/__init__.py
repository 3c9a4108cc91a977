"""Events: what went in (`Track`) and what the sensors saw (`Hits`).

Nothing comes in but numbers; a batch of tracks and a ragged batch of hits go out. Every other part speaks in these
two nouns: use `Track` for a particle, true or fitted, and `Hits` for anything measured, whoever simulated it.
"""

from ringcast.events.hits import Hits
from ringcast.events.particles import PARTICLES, ParticleType, particle_type
from ringcast.events.track import Track

__all__ = ["PARTICLES", "Hits", "ParticleType", "Track", "particle_type"]
