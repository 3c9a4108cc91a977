"""Units: inside Ringcast lengths are cm, times ns, energies MeV, charges photoelectrons (pe), angles rad.

Multiply by one of these on the way in, divide on the way out:

>>> 3 * m
300.0
>>> round(90 * degree, 4)
1.5708
"""

import math

__all__ = ["C_CM_PER_NS", "cm", "degree", "gev", "m", "mev", "mm", "ns", "second"]

cm: float = 1.0
mm: float = 0.1
m: float = 100.0
ns: float = 1.0
second: float = 1e9
mev: float = 1.0
gev: float = 1000.0
degree: float = math.pi / 180.0

C_CM_PER_NS: float = 29.9792458
"""Speed of light in vacuum, exact by the definition of the metre (SI)."""
