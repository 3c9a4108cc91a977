"""Tap maps: a chain comes in, and out goes how many taps every pixel takes: its pattern, its borders, its evenness.

:func:`overlap` describes each layer and the stack up to it; :func:`verdict` says the result in one sentence.
"""

from ringcast.arithmetic.tap_maps.chain_overlap import LayerOverlap, Overlap, overlap, verdict

__all__ = ["LayerOverlap", "Overlap", "overlap", "verdict"]
