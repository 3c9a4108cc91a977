"""The generator: a network that turns a `Track` into a `Prediction`, built from the layer sizes of a `ConvChain`.

* `load` gives trained weights by name or path, ready to predict; `save` writes them; `load_public` reads CRinGe's.
* `generator_config` starts from a preset, "slide" or "slide-narrow"; `RingNetwork` makes an untrained network of it.
"""

from ringcast.generator.checkpoint import load, read_training, save, shipped
from ringcast.generator.config import PRESETS, GeneratorConfig, TrainedDomain, checked, generator_config
from ringcast.generator.network import RingNetwork
from ringcast.generator.public import load_public, public_state

__all__ = [
    "PRESETS",
    "GeneratorConfig",
    "RingNetwork",
    "TrainedDomain",
    "checked",
    "generator_config",
    "load",
    "load_public",
    "public_state",
    "read_training",
    "save",
    "shipped",
]
