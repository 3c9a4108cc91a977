"""Which class of ``torch.nn`` stands for which activation of the arithmetic."""

from torch import nn

__all__ = ["MODULES"]

MODULES: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "relu6": nn.ReLU6,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "selu": nn.SELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "mish": nn.Mish,
    "softplus": nn.Softplus,
    "softsign": nn.Softsign,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "hardtanh": nn.Hardtanh,
    "identity": nn.Identity,
}
"""Same keys as ``ringcast.arithmetic.layers.activation.ACTIVATIONS``; its settings are attributes of these classes."""
