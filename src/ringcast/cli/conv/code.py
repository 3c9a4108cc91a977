"""``ringcast conv code``: the chain as a Python program of PyTorch modules."""

from ringcast.arithmetic.torch_code import torch_code
from ringcast.cli.conv.chain_argument import Chain, InputSize, chain_of

__all__ = ["code_command"]


def code_command(chain: Chain, /, *, input_size: InputSize = None) -> None:
    """Python code that builds the chain as nn.Sequential; save it, run it, paste it.

    It needs PyTorch and nothing else: the few layers that PyTorch lacks are written out as classes.

    Try:

    * `ringcast conv code "11x21 convT(64,64,4,2) relu conv(64,3,3)"`
    * `ringcast conv code "8x11x21 nails(2) conv(8,8,3,padding=1) tanh" > decoder.py && python decoder.py`
    * `ringcast conv code my_package.decoder:Net --input 1,64,11,21`, a module of any build made plain
    """
    print(torch_code(chain_of(chain, input_size)))
