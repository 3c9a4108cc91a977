"""`Detector`: the sensors of one cylindrical tank."""

from dataclasses import dataclass
from hashlib import sha256

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ringcast.errors import ArgumentError

__all__ = ["SURFACES", "Detector", "in_front_cm", "on_wall_cm", "stands_on_wall"]

SURFACES = ("top", "barrel", "bottom")
"""Surfaces by their code in `Detector.surface`: 0 top cap, 1 barrel, 2 bottom cap, as in WCSim's tube tables."""

_MODULE_DEPTH_CM = 15.0
"""How far in front of the wall the faces of a module's sensors may stand: 9.4 cm on the domes of WCSim's modules."""


@dataclass(frozen=True, kw_only=True)
class Detector:
    """A cylindrical tank, axis along z and centre at the origin, with sensors on its wall.

    Raises:
        ArgumentError: Columns differ in length, a sensor does not stand on the wall, or a normal points outwards.

    Example:
        >>> from ringcast.geometry import load_detector
        >>> tank = load_detector("iwcd-grid")
        >>> tank.image_shape("barrel"), int((tank.surface == 1).sum())
        ((88, 168), 14784)
    """

    name: str
    """Preset name, or the name in the TOML file."""
    description: str
    """What it is, and what of it is inferred."""
    radius_cm: float
    """Distance of the barrel's wall from the axis: that of the sensors' faces, or behind modules."""
    half_height_cm: float
    """Distance of the caps from the middle plane, in the same way."""
    pmt_type: str
    """Key of the sensor tables: quantum efficiency, charge and time response."""
    position_cm: Float[Tensor, "pmt 3"]
    """Centre of each sensor's face."""
    normal: Float[Tensor, "pmt 3"]
    """Unit vector from the sensor into the tank."""
    pmt_radius_cm: Float[Tensor, " pmt"]
    """Radius of each sensor's face."""
    surface: Int[Tensor, " pmt"]
    """Index into `SURFACES`."""
    row: Int[Tensor, " pmt"]
    """Row of the sensor's pixel in its surface's picture (barrel: grows with z; caps: with x); -1 without picture."""
    column: Int[Tensor, " pmt"]
    """Column of the pixel (barrel: grows with azimuth from -pi; caps: with y); -1 without picture."""
    alive: Bool[Tensor, " pmt"] | None = None
    """False for dead sensors, which never report a hit; None if all are alive. It is no part of the fingerprint."""

    def __post_init__(self) -> None:
        n = len(self.position_cm)
        for name in ("normal", "pmt_radius_cm", "surface", "row", "column"):
            if len(getattr(self, name)) != n:
                found = len(getattr(self, name))
                raise ArgumentError(f"Detector {name} has {found} entries; expected one for each of {n} positions")
        if n == 0:
            raise ArgumentError(f"Detector {self.name} has no sensors; expected at least one")
        if self.alive is not None and (len(self.alive) != n or not bool(self.alive.any())):
            raise ArgumentError(
                f"Detector alive has {len(self.alive)} entries, {int(self.alive.sum())} of them true;"
                f" expected one for each of {n} positions, and a live sensor"
            )
        self._check_wall()

    def _check_wall(self) -> None:
        """Sensors sit on the wall, or on modules in front of it, and look inwards."""
        size = (self.radius_cm, self.half_height_cm)
        off = in_front_cm(self.position_cm, self.surface, size)
        outside = ~stands_on_wall(off, self.pmt_radius_cm)
        if bool(outside.any()):
            worst = int(outside.nonzero()[0])
            raise ArgumentError(
                f"Detector {self.name}: sensor {worst} is {float(off[worst].abs()):.1f} cm off its surface"
                f" ({SURFACES[int(self.surface[worst])]}); expected within its radius, or up to"
                f" {_MODULE_DEPTH_CM:g} cm in front, so check radius_cm, half_height_cm and the surface codes"
            )
        outward = (self.position_cm * self.normal).sum(dim=-1) > 0
        if bool(outward.any()):
            worst = int(outward.nonzero()[0])
            raise ArgumentError(f"Detector {self.name}: the normal of sensor {worst} points outwards; flip it")

    def __len__(self) -> int:
        return len(self.position_cm)

    def image_shape(self, surface: str) -> tuple[int, int]:
        """Rows and columns of the picture of one surface.

        Raises:
            ArgumentError: The sensors of that surface have no pixels.
        """
        on = self.on(surface)
        if len(on) == 0 or int(self.row[on].min()) < 0:
            raise ArgumentError(f"Detector {self.name} has no picture of its {surface}: its sensors are on no grid")
        return int(self.row[on].max()) + 1, int(self.column[on].max()) + 1

    def on(self, surface: str) -> Int[Tensor, " kept"]:
        """Numbers of the sensors on one surface: "top", "barrel" or "bottom"."""
        if surface not in SURFACES:
            raise ArgumentError(f"surface is {surface!r}; expected one of {', '.join(SURFACES)}")
        return (self.surface == SURFACES.index(surface)).nonzero().squeeze(-1)

    @property
    def n_dead(self) -> int:
        """How many sensors are dead."""
        return 0 if self.alive is None else int((~self.alive).sum())

    @property
    def fingerprint(self) -> str:
        """A short digest of the sensor positions: equal tanks have equal fingerprints."""
        rounded = (self.position_cm.double() * 10).round().to(torch.int64)
        return sha256(rounded.contiguous().numpy().tobytes()).hexdigest()[:16]

    @property
    def coverage(self) -> float:
        """Share of the wall that sensors' faces cover."""
        wall = 2 * torch.pi * self.radius_cm * (2 * self.half_height_cm + self.radius_cm)
        return float((torch.pi * self.pmt_radius_cm.double() ** 2).sum() / wall)


def in_front_cm(
    position_cm: Float[Tensor, "pmt 3"], surface: Int[Tensor, " pmt"], size_cm: tuple[float, float]
) -> Float[Tensor, " pmt"]:
    """How far sensors' faces stand in front of the wall of a tank of given radius and half height; negative behind it.

    Example:
        >>> in_front_cm(torch.tensor([[90.0, 0, 0], [0, 0, 52]]), torch.tensor([1, 0]), (100.0, 50.0)).tolist()
        [10.0, -2.0]
    """
    to_barrel = size_cm[0] - position_cm[:, :2].norm(dim=-1)
    return torch.where(surface == 1, to_barrel, size_cm[1] - position_cm[:, 2].abs())


def stands_on_wall(in_front_cm: Float[Tensor, " pmt"], pmt_radius_cm: Float[Tensor, " pmt"]) -> Bool[Tensor, " pmt"]:
    """Whether sensors are within their own radius of the wall, or in front of it by no more than a module is deep."""
    return (in_front_cm >= -pmt_radius_cm) & (in_front_cm <= pmt_radius_cm.clamp_min(_MODULE_DEPTH_CM))


def on_wall_cm(detector: Detector) -> Float[Tensor, "pmt 3"]:
    """Sensor positions for a wall that is flat: those of modules are moved straight back onto the wall.

    If no sensor stands in front of the wall by more than its radius, the positions are given back as they are.

    Example:
        >>> from ringcast.geometry import load_detector
        >>> tank = load_detector("wcte")
        >>> bool(torch.allclose(on_wall_cm(tank)[tank.on("top"), 2], torch.tensor(tank.half_height_cm).double()))
        True
    """
    position, size = detector.position_cm, (detector.radius_cm, detector.half_height_cm)
    if not bool((in_front_cm(position, detector.surface, size) > detector.pmt_radius_cm).any()):
        return position
    axis_distance = position[:, :2].norm(dim=-1, keepdim=True).clamp_min(1e-9)
    barrel = torch.cat([position[:, :2] * detector.radius_cm / axis_distance, position[:, 2:]], -1)
    cap = torch.cat([position[:, :2], position[:, 2:].sign() * detector.half_height_cm], -1)
    return torch.where((detector.surface == 1)[:, None], barrel, cap)
