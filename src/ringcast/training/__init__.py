"""Training: a recipe and events come in, a trained network's file and a `TrainingRecord` go out.

`read_recipe` reads the TOML file, `read_training_events` loads what it names, `train` does the work and leaves
``model.safetensors`` (best validation), ``record.jsonl`` and ``resume.pt`` in the output folder. `mean_nll` judges any
network on any events; `stop_requested` turns Ctrl-C into the polite stop that `train` understands.
"""

from ringcast.training.config import TrainingConfig, read_recipe
from ringcast.training.events import TrainingEvents, read_training_events
from ringcast.training.interrupt import stop_requested
from ringcast.training.loop import mean_nll, train
from ringcast.training.record import RecordRow, TrainingRecord

__all__ = [
    "RecordRow",
    "TrainingConfig",
    "TrainingEvents",
    "TrainingRecord",
    "mean_nll",
    "read_recipe",
    "read_training_events",
    "stop_requested",
    "train",
]
