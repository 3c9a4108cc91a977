"""Geometry: where the sensors of a cylindrical tank are, and which pixel of which picture each of them is.

A preset name or a TOML file comes in, a `Detector` goes out. Use `load_detector` for a tank by name or file,
`cylinder` to place sensors on a tank of your own in Python, and `surface_image` to spread one number per sensor
over the unrolled picture of a surface. The axis of the tank is z, the origin its centre.
"""

from ringcast.geometry.config import PRESETS, load_detector
from ringcast.geometry.detector import SURFACES, Detector
from ringcast.geometry.distances import distance_to_wall_cm, inside, path_to_wall_cm
from ringcast.geometry.placement import cylinder
from ringcast.geometry.table import detector_from_table
from ringcast.geometry.unroll import surface_image, surface_mask, unrolled_position_cm

__all__ = [
    "PRESETS",
    "SURFACES",
    "Detector",
    "cylinder",
    "detector_from_table",
    "distance_to_wall_cm",
    "inside",
    "load_detector",
    "path_to_wall_cm",
    "surface_image",
    "surface_mask",
    "unrolled_position_cm",
]
