"""From the numbers of a track to the seed map of the decoder: four branches, joined, and a trunk."""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ringcast.generator.config import Activation, GeneratorConfig
from ringcast.generator.scaling import Features

__all__ = ["Encoder"]

_FUNCTIONS: dict[Activation, type[nn.Module]] = {"relu": nn.ReLU, "silu": nn.SiLU, "gelu": nn.GELU}


class Encoder(nn.Module):
    """Branches for particle, position, direction and energy, then a trunk to the seed map.

    Every branch is Linear, function, Linear, function. Those of position, direction and energy begin with a
    BatchNorm1d, which takes the place of input scales. The trunk is Linear and function for each width, the seed map's
    included.

    The BatchNorms hold fixed statistics, those of the training tracks (`calibrate`), in training too. Statistics of
    each batch would move its inputs together by their spread over the root of the batch size, which at 64 events is
    some 20 cm of vertex and 4 degrees of direction, and rings learnt so are blurred.

    Example:
        >>> from ringcast.generator.config import generator_config
        >>> from ringcast.geometry import load_detector
        >>> encoder = Encoder(generator_config("slide-narrow", load_detector("iwcd-grid")))
        >>> encoder.eval()(Features(*(torch.ones(1, n) for n in (3, 3, 3, 1)))).shape
        torch.Size([1, 16, 11, 21])
    """

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        inputs = {"particle": len(config.particles), "position": 3, "direction": 3, "energy": 1}
        width, function = config.branch_width, _FUNCTIONS[config.activation]
        self.branches = nn.ModuleDict(
            {
                name: nn.Sequential(
                    *([] if name == "particle" else [nn.BatchNorm1d(size)]), *_linears([size, width, width], function)
                )
                for name, size in inputs.items()
            }
        )
        trunk = [width * len(inputs), *config.trunk_widths, config.seed_numbers]
        self.trunk = nn.Sequential(*_linears(trunk, function))
        self._seed_shape = tuple(config.decoder.seed)
        self.train()

    def train(self, mode: bool = True) -> "Encoder":
        """Set training mode, which the BatchNorms ignore."""
        super().train(mode)
        for norm in self._norms().values():
            norm.eval()
        return self

    def calibrate(self, features: Features) -> None:
        """Take the statistics of the BatchNorms from the features of many training tracks."""
        with torch.no_grad():
            for name, norm in self._norms().items():
                values = getattr(features, name)
                norm.running_mean.copy_(values.mean(0))  # type: ignore[union-attr]
                norm.running_var.copy_(values.var(0))  # type: ignore[union-attr]

    def _norms(self) -> dict[str, nn.BatchNorm1d]:
        found = {name: branch[0] for name, branch in self.branches.items()}  # type: ignore[index]
        return {name: norm for name, norm in found.items() if isinstance(norm, nn.BatchNorm1d)}

    def forward(self, features: Features) -> Float[Tensor, "batch channel row col"]:
        """Seed maps of a batch, in the precision of the weights even under autocast.

        In 16 bits a vertex would be rounded to centimetres and a direction to a tenth of a degree.
        """
        with torch.autocast(features.position.device.type, enabled=False):
            joined = torch.cat(
                [branch(value) for branch, value in zip(self.branches.values(), features, strict=True)], dim=-1
            )
            return self.trunk(joined).unflatten(-1, self._seed_shape)


def _linears(widths: list[int], function: type[nn.Module]) -> list[nn.Module]:
    return [layer for inputs, outputs in pairwise(widths) for layer in (nn.Linear(inputs, outputs), function())]
