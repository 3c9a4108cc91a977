"""Fields: a chain comes in, and out goes what every output pixel sees of the seed and what every seed pixel paints.

:func:`field` gives both, by phase and through every layer.
"""

from ringcast.arithmetic.fields.chain_field import Box, Field, field

__all__ = ["Box", "Field", "field"]
