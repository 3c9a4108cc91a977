"""How long the arithmetic takes on the decoder of the slides, beside PyTorch on the same question in the same run.

Run ``python benchmarks/arithmetic.py``; it prints a table and writes benchmarks/results/arithmetic.json. Times are the
best of several, so that other work on the machine counts little; chains are read anew for every run. ``first_ms`` is
the first call of a fresh process, imports done, when nothing is remembered or warm.

The baselines, on one thread: a pass of one channel of ones through ones weights for the overlap map (the last map
alone, in float64), derivatives of a pixel in every row and every column for the field, FlopCounterMode for the
multiply-accumulates.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from ringcast.arithmetic import parse, sizes
from ringcast.arithmetic.fields.chain_field import field
from ringcast.arithmetic.tap_maps.chain_overlap import overlap
from ringcast.blocks import sequential

SLIDES = (
    "11x21 convT(64,64,4,2) relu conv(64,64,3) relu convT(64,32,4,2) relu conv(32,32,3) relu "
    "convT(32,32,4,2) relu conv(32,3,3)"
)
SINGLE = "1x11x21 " + " ".join(["convT(1,1,4,2) relu conv(1,1,3) relu"] * 3)
"""The same kernels with one channel: all that PyTorch needs for overlap and fields."""
RESULTS = Path(__file__).parent / "results" / "arithmetic.json"
SETUP = f"""
from time import perf_counter
from ringcast.arithmetic import derive, parse, sizes
from ringcast.arithmetic.solver import design
from ringcast.arithmetic.fields.chain_field import field
from ringcast.arithmetic.tap_maps.chain_overlap import overlap
chain = {SLIDES!r}
"""
CALLS = {
    "sizes": "sizes(parse(chain))",
    "derive": "str(derive(parse(chain)))",
    "overlap": "overlap(parse(chain))",
    "field": "field(parse(chain))",
    "design": "design((11, 21), (88, 168))",
}
RUNS = 30
PROCESSES = 9


def best_ms(job: Callable[[], object], runs: int = RUNS) -> float:
    """Shortest of several runs in milliseconds."""
    times = []
    for _ in range(runs):
        start = perf_counter()
        job()
        times.append(perf_counter() - start)
    return 1e3 * min(times)


def process_ms(code: str) -> float:
    """Shortest of several fresh processes that run some code, less the shortest that runs nothing."""

    def run(text: str) -> float:
        return best_ms(lambda: subprocess.run([sys.executable, "-c", text], check=True), PROCESSES)

    return run(code) - run("pass")


def first_ms(call: str) -> float:
    """First call in a fresh process, shortest of several processes."""
    code = f"{SETUP}\nstart = perf_counter()\n{call}\nprint(1e3 * (perf_counter() - start))"
    runs = [subprocess.run([sys.executable, "-c", code], check=True, capture_output=True) for _ in range(PROCESSES)]
    return min(float(run.stdout) for run in runs)


def ones_net() -> nn.Sequential:
    """The decoder of one channel with weights 1 and biases 0."""
    net = sequential(parse(SINGLE)).double()
    for name, weight in net.named_parameters():
        nn.init.constant_(weight, 0.0 if name.endswith("bias") else 1.0)
    return net


def forward_map(net: nn.Sequential) -> torch.Tensor:
    """The tap-count map."""
    with torch.no_grad():
        result: torch.Tensor = net(torch.ones(1, 1, 11, 21, dtype=torch.float64))
    return result


def autograd_fields(net: nn.Sequential) -> list[tuple[int, int]]:
    """First and last seed row of every output row, and columns likewise, from one pixel of each."""
    seed = torch.ones(1, 1, 11, 21, dtype=torch.float64, requires_grad=True)
    result = net(seed)[0, 0]
    found = []
    for axis, pixels in enumerate((result[:, 84], result[44])):
        for pixel in pixels:
            (gradient,) = torch.autograd.grad(pixel, seed, retain_graph=True)
            seen = gradient[0, 0].any(1 - axis).nonzero()
            found.append((int(seen[0]), int(seen[-1])))
    return found


def count_macs(net: nn.Sequential) -> int:
    """Multiply-accumulates of one image."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(torch.zeros(1, 64, 11, 21))
    return counter.get_total_flops() // 2


def check(net: nn.Sequential, full: nn.Sequential) -> None:
    """Times compare only if the answers agree."""
    chain = parse(SLIDES)
    assert overlap(chain).stack.rows == tuple(tuple(int(x) for x in row) for row in forward_map(net)[0, 0].tolist())
    ours = field(chain)
    boxes = [ours.height.receptive(row).box for row in range(88)] + [ours.width.receptive(c).box for c in range(168)]
    assert boxes == autograd_fields(net)
    assert sizes(chain).macs == count_macs(full)


def measure() -> dict[str, Any]:
    """All times in milliseconds, with their baseline where PyTorch answers the same question."""
    net, full = ones_net(), sequential(parse(SLIDES))
    check(net, full)
    names: dict[str, Any] = {}
    exec(SETUP, names)
    baselines: dict[str, Callable[[], float]] = {
        "sizes": lambda: best_ms(lambda: count_macs(full)),
        "overlap": lambda: best_ms(lambda: forward_map(net)),
        "field": lambda: best_ms(lambda: autograd_fields(net), 5),
    }
    found = {"import": beside(process_ms("import ringcast.arithmetic"), process_ms("import torch"))}
    for name, call in CALLS.items():
        compiled = compile(call, name, "eval")
        best = best_ms(lambda code=compiled: eval(code, names))
        found[name] = {"first_ms": first_ms(call), **beside(best, baselines[name]() if name in baselines else None)}
    return found


def beside(ms: float, torch_ms: float | None) -> dict[str, float]:
    """A time, and PyTorch's where there is one."""
    return {"ms": ms} | ({} if torch_ms is None else {"torch_ms": torch_ms, "ratio": torch_ms / ms})


def machine() -> dict[str, Any]:
    """What the times depend on."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "cpu": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "torch_threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def main() -> None:
    """Measure, print, write."""
    torch.set_num_threads(1)
    found = {"machine": machine(), "chain": SLIDES, "results": measure()}
    for name, row in found["results"].items():
        first = f"{row['first_ms']:9.2f} ms at first" if "first_ms" in row else " " * 20
        other = f"   torch {row['torch_ms']:9.2f} ms, {row['ratio']:.3g} times as long" if "torch_ms" in row else ""
        print(f"{name:10}{row['ms']:9.2f} ms{first}{other}")
    RESULTS.parent.mkdir(exist_ok=True)
    partial = RESULTS.with_suffix(".partial")
    partial.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    os.replace(partial, RESULTS)
    print(f"wrote {RESULTS}")


if __name__ == "__main__":
    main()
