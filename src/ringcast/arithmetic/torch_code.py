"""A chain as a program: Python text that builds it with PyTorch alone."""

from dataclasses import MISSING, fields
from typing import Any

from ringcast.arithmetic.chain import ConvChain
from ringcast.arithmetic.layers import Activation, BedOfNails, Crop, Layer, MaxPool2d, MaxUnpool2d, Pad, Upsample
from ringcast.arithmetic.unpool_pairs import unpool_pairs

__all__ = ["ACTIVATION_CLASSES", "PAD_CLASSES", "torch_code"]

ACTIVATION_CLASSES = {
    "relu": "ReLU",
    "relu6": "ReLU6",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "mish": "Mish",
    "softplus": "Softplus",
    "softsign": "Softsign",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "hardtanh": "Hardtanh",
    "identity": "Identity",
}
"""Classes of ``torch.nn`` by the names of ``ringcast.arithmetic.layers.activation.ACTIVATIONS``."""
PAD_CLASSES = {
    "zeros": "ZeroPad2d",
    "reflect": "ReflectionPad2d",
    "replicate": "ReplicationPad2d",
    "circular": "CircularPad2d",
}
"""Classes of ``torch.nn`` by the mode of ``ringcast.arithmetic.layers.Pad``."""
_NAILS = '''
class BedOfNails(nn.Module):
    """Every number to the top left of a cell of stride pixels, zeros around it."""

    def __init__(self, stride):
        super().__init__()
        self.stride = stride

    def forward(self, x):
        down, right = self.stride
        result = x.new_zeros(*x.shape[:2], x.shape[2] * down, x.shape[3] * right)
        result[:, :, ::down, ::right] = x
        return result
'''
_ANTIALIAS = '''
class AntialiasUpsample(nn.Upsample):
    """nn.Upsample with the filter against aliasing."""

    def forward(self, x):
        numbers = (self.size, self.scale_factor, self.mode, self.align_corners, self.recompute_scale_factor)
        return nn.functional.interpolate(x, *numbers, antialias=True)
'''
_UNPOOLING = '''
class UnpoolSequential(nn.Sequential):
    """Layers one after the other; max unpooling takes the indices of the last max pooling not undone yet."""

    output_sizes = {sizes}

    def forward(self, x):
        indices = []
        for place, layer in enumerate(self):
            if isinstance(layer, nn.MaxUnpool2d):
                x = layer(x, indices.pop(), output_size=self.output_sizes.get(place))
            elif isinstance(layer, nn.MaxPool2d) and layer.return_indices:
                x, found = layer(x)
                indices.append(found)
            else:
                x = layer(x)
        return x
'''


def torch_code(chain: ConvChain) -> str:
    """Python text that makes ``net``, the chain's layers as modules of PyTorch, and prints its output's shape when run.

    Layers that ``torch.nn`` lacks are classes in the text; a crop is a padding by negative numbers.

    Raises:
        LayerError: max unpooling without a max pooling before it whose maps it gives back.

    >>> from ringcast.arithmetic.chain import parse
    >>> print(torch_code(parse("11x21 convT(64,64,4,2) relu")))
    import torch
    from torch import nn
    <BLANKLINE>
    net = nn.Sequential(
        nn.ConvTranspose2d(64, 64, 4, 2),  # 64 x 24 x 44
        nn.ReLU(),
    )
    <BLANKLINE>
    if __name__ == "__main__":
        print(net(torch.zeros(2, 64, 11, 21)).shape)  # 2 x 64 x 24 x 44
    """
    pairs = unpool_pairs(chain)
    classes = _classes(chain)
    rule = "\n\n" if classes else "\n"
    head = "import torch\nfrom torch import nn\n"
    kind = "UnpoolSequential" if pairs else "nn.Sequential"
    calls = [
        f"    {_call(layer, place in pairs.values())},{_shape_comment(chain, place)}\n"
        for place, layer in enumerate(chain.layers)
    ]
    seed = ", ".join(str(number) for number in chain.seed)
    end = f"print(net(torch.zeros(2, {seed})).shape)  # 2 x {chain.shapes[-1]}"
    return f'{head}{classes}{rule}net = {kind}(\n{"".join(calls)}){rule}\nif __name__ == "__main__":\n    {end}'


def _shape_comment(chain: ConvChain, place: int) -> str:
    before, after = chain.shapes[place : place + 2]
    return "" if before == after else f"  # {after}"


def _classes(chain: ConvChain) -> str:
    texts = []
    if any(isinstance(layer, BedOfNails) for layer in chain.layers):
        texts.append(_NAILS)
    if any(isinstance(layer, Upsample) and layer.antialias for layer in chain.layers):
        texts.append(_ANTIALIAS)
    unpoolings = {place: layer for place, layer in enumerate(chain.layers) if isinstance(layer, MaxUnpool2d)}
    if unpoolings:
        sizes = {place: layer.output_size for place, layer in unpoolings.items() if layer.output_size is not None}
        texts.append(_UNPOOLING.replace("{sizes}", str(sizes)))
    return "".join(f"\n{text}" for text in texts)


def _call(layer: Layer, undone: bool) -> str:
    match layer:
        case Activation():
            return f"nn.{ACTIVATION_CLASSES[layer.name]}({_arguments(layer, dict(layer.settings))})"
        case Pad():
            return f"nn.{PAD_CLASSES[layer.mode]}({_value(layer.padding)})"
        case Crop():
            left, right, top, bottom = layer.ends(1) + layer.ends(0)
            return f"nn.ZeroPad2d({_value((-left, -right, -top, -bottom))})"
        case BedOfNails():
            return f"BedOfNails({layer.stride!r})"
    name = "AntialiasUpsample" if isinstance(layer, Upsample) and layer.antialias else f"nn.{type(layer).__name__}"
    given = {field.name: getattr(layer, field.name) for field in fields(layer)}
    for without in ("antialias", "output_size"):
        given.pop(without, None)
    if isinstance(layer, MaxPool2d) and undone:
        given["return_indices"] = True
    return f"{name}({_arguments(layer, given)})"


def _arguments(layer: Layer, given: dict[str, Any]) -> str:
    """The arguments that are not PyTorch's defaults, by place as long as none is left out."""
    usual = {field.name: field.default for field in fields(layer) if field.default is not MISSING}
    if "stride" in usual and usual["stride"] is None:
        usual["stride"] = given["kernel_size"]
    if isinstance(layer, Activation):
        usual = dict(Activation(layer.name).settings)
    texts, by_place = [], True
    for name, value in given.items():
        if name in usual and (_value(value) == _value(usual[name]) or (usual[name] is None and value is False)):
            by_place = False
        else:
            texts.append(_value(value) if by_place else f"{name}={_value(value)}")
    return ", ".join(texts)


def _value(value: Any) -> str:
    """A value as Python text: one number for equal ones, whole numbers without a fraction."""
    if isinstance(value, tuple):
        parts = [_value(part) for part in value]
        return parts[0] if len(set(parts)) == 1 else f"({', '.join(parts)})"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return f'"{value}"' if isinstance(value, str) else str(value)
