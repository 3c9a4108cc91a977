"""Every chain becomes a module and comes back as it was, and the module gives the chain's sizes."""

import warnings
from collections import Counter

import torch
from hypothesis import given, settings

from ringcast.arithmetic import sizes
from ringcast.arithmetic.layers import Layer
from ringcast.blocks import sequential, trace
from tests.blocks.chains import chains


def test_chain_to_module_and_back():
    seen = Counter()

    @settings(max_examples=300, deadline=None)
    @given(chains())
    def check(chain):
        net = sequential(chain).eval()
        assert trace(net, chain.seed) == chain
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # even 'same' kernels are padded by a copy, which PyTorch mentions
            result = net(torch.rand(2, *chain.seed))
        assert tuple(result.shape[1:]) == chain.shapes[-1]
        assert sum(weight.numel() for weight in net.parameters()) == sizes(chain).params
        seen.update({type(layer) for layer in chain.layers})

    check()
    assert set(seen) == set(Layer.__args__), "a kind of layer was never drawn"
