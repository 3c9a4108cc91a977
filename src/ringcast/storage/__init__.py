"""Storage: event files in, tracks and hits out, and back.

The file is HDF5 in the digi-hits layout that WatChMaL readers know, with the detector, the configuration and the
versions inside. Use `write_events` and `read_events` for events that fit into memory, `EventStore` to draw
batches of a large file at random while training, and `Shards` to collect a long simulation batch by batch so that it
can be stopped and resumed. `merge_events` joins files that hold different events of one plan. `read_photoelectrons`
gives what the sensors saw before the electronics, if a file has it.
"""

from ringcast.storage.light import read_photoelectrons
from ringcast.storage.merge import merge_events
from ringcast.storage.read import EventFile, read_events
from ringcast.storage.shards import Shards
from ringcast.storage.store import EventStore
from ringcast.storage.write import write_events

__all__ = [
    "EventFile",
    "EventStore",
    "Shards",
    "merge_events",
    "read_events",
    "read_photoelectrons",
    "write_events",
]
