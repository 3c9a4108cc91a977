"""`Track`: a batch of particles, each with a kind, kinetic energy, vertex, direction and time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ringcast.errors import ArgumentError
from ringcast.events.particles import particle_type

__all__ = ["Track"]


@dataclass(frozen=True, init=False)
class Track:
    """A batch of tracks; a single particle is a batch of one.

    Args:
        particle: A name ("e-"), a PDG code, or a sequence or tensor of them.
        energy_mev: Kinetic energy in MeV, shape () or (track,).
        position_cm: Vertex in cm, shape (3,) or (track, 3).
        direction: Unit vector, shape (3,) or (track, 3).
        time_ns: Birth time in ns, shape () or (track,).

    Raises:
        ArgumentError: Lengths disagree, an energy is not positive, a number is not finite, or a direction is not
            of length one.

    Example:
        >>> track = Track("mu-", energy_mev=500, position_cm=(0, 0, 0), direction=(1, 0, 0))
        >>> len(track), track.names, round(float(track.total_energy_mev), 1)
        (1, ['mu-'], 605.7)
    """

    pdg: Int[Tensor, " track"]
    energy_mev: Float[Tensor, " track"]
    position_cm: Float[Tensor, "track 3"]
    direction: Float[Tensor, "track 3"]
    time_ns: Float[Tensor, " track"]

    def __init__(
        self,
        particle: Any,
        energy_mev: Any,
        position_cm: Any,
        direction: Any,
        time_ns: Any = 0.0,
    ) -> None:
        energy = _floats(energy_mev).reshape(-1)
        pdg = _codes(particle, energy.device)
        position, heading = (_vectors(position_cm), _vectors(direction))
        time = _floats(time_ns).reshape(-1).to(energy)
        n = max(len(x) for x in (pdg, energy, position, heading, time))
        fields = {
            "pdg": pdg,
            "energy_mev": energy,
            "position_cm": position,
            "direction": heading,
            "time_ns": time,
        }
        for name, value in fields.items():
            if len(value) not in (1, n):
                raise ArgumentError(f"Track {name} has {len(value)} entries where others have {n}; give 1 or {n}")
            _require_finite(name, value)
            object.__setattr__(self, name, value.expand(n, *value.shape[1:]))
        self._check()

    def _check(self) -> None:
        if len(self) and float(self.energy_mev.detach().min()) <= 0:
            worst = float(self.energy_mev.detach().min())
            raise ArgumentError(f"Track energy_mev is {worst:g}; expected a positive kinetic energy in MeV")
        length = self.direction.detach().norm(dim=-1)
        if len(self) and float((length - 1).abs().max()) > 1e-3:
            worst = float(length[(length - 1).abs().argmax()])
            raise ArgumentError(f"Track direction has length {worst:g}; expected unit vectors, so divide by the length")

    def __len__(self) -> int:
        return len(self.energy_mev)

    def __getitem__(self, index: int | slice | Sequence[int] | Tensor) -> "Track":
        """Pick tracks; an integer gives a batch of one."""
        if isinstance(index, int) and not -len(self) <= index < len(self):
            raise IndexError(f"track {index} of a batch of {len(self)}")
        pick = slice(index, index + 1 or None) if isinstance(index, int) else index
        return Track(
            self.pdg[pick],
            self.energy_mev[pick],
            self.position_cm[pick],
            self.direction[pick],
            self.time_ns[pick],
        )

    @property
    def names(self) -> list[str]:
        """The particle's name for every track."""
        return [particle_type(code).name for code in self.pdg.tolist()]

    @property
    def mass_mev(self) -> Float[Tensor, " track"]:
        """Rest mass of every track in MeV."""
        codes, place = torch.unique(self.pdg, return_inverse=True)
        masses = self.energy_mev.new_tensor([particle_type(code).mass_mev for code in codes.tolist()])
        return masses[place]

    @property
    def total_energy_mev(self) -> Float[Tensor, " track"]:
        """Kinetic energy plus mass in MeV, as event files of the field store it."""
        return self.energy_mev + self.mass_mev

    def to(self, *args: Any, **kwargs: Any) -> "Track":
        """Move or cast the floating-point fields as `torch.Tensor.to` does; the PDG codes follow the device."""
        energy = self.energy_mev.to(*args, **kwargs)
        moved = {k: getattr(self, k).to(energy) for k in ("position_cm", "direction", "time_ns")}
        return Track(self.pdg.to(energy.device), energy, **moved)

    @staticmethod
    def concatenate(tracks: Sequence["Track"]) -> "Track":
        """Join batches in order."""
        fields = ("pdg", "energy_mev", "position_cm", "direction", "time_ns")
        return Track(*(torch.cat([getattr(t, f) for t in tracks]) for f in fields))

    def as_particle(self, particle: str | int) -> "Track":
        """The same tracks under another particle hypothesis, at the same kinetic energy."""
        return Track(particle, self.energy_mev, self.position_cm, self.direction, self.time_ns)


def _floats(value: Any) -> Tensor:
    tensor = torch.as_tensor(value)
    return tensor if tensor.is_floating_point() else tensor.to(torch.get_default_dtype())


def _vectors(value: Any) -> Tensor:
    tensor = _floats(value)
    if tensor.ndim not in (1, 2) or tensor.shape[-1] != 3:
        raise ArgumentError(f"Track vector has shape {tuple(tensor.shape)}; expected (3,) or (track, 3)")
    return tensor.reshape(-1, 3)


def _codes(particle: Any, device: torch.device) -> Tensor:
    if isinstance(particle, Tensor):
        codes = particle.reshape(-1).to(torch.int64)
        for code in set(codes.tolist()):
            particle_type(code)
        return codes
    several = [particle] if isinstance(particle, str | int) else list(particle)
    pdg = [particle_type(p if isinstance(p, str) else int(p)).pdg for p in several]
    return torch.tensor(pdg, dtype=torch.int64, device=device)


def _require_finite(name: str, value: Tensor) -> None:
    if not bool(torch.isfinite(value.detach()).all()):
        raise ArgumentError(f"Track {name} holds a number that is not finite; expected finite values")
