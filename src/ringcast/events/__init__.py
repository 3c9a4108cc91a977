"""Events: what went in (`Track`) and what the sensors saw (`Hits`).

Nothing comes in but numbers; a batch of tracks and a ragged batch of hits go out. Every other part speaks in these
two nouns: use `Track` for a particle, true or fitted, and `Hits` for anything measured, whoever simulated it.
`Primaries` holds events that start with more than one particle. A simulation can add `Photoelectrons`, what the sensors
saw before the electronics, with the particle behind each.
"""

from ringcast.events.hits import Hits
from ringcast.events.particles import PARTICLES, ParticleType, particle_type
from ringcast.events.photoelectrons import DARK, Emitters, Photoelectrons
from ringcast.events.primaries import Primaries
from ringcast.events.track import Track

__all__ = ["DARK", "PARTICLES", "Emitters", "Hits", "ParticleType", "Photoelectrons", "Primaries", "Track"]
__all__ += ["particle_type"]
