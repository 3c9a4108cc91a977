"""State dicts that other programs saved as safetensors: plain tensors by name, without a word on the network."""

from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError, safe_open
from torch import Tensor

from ringcast.errors import FileError

__all__ = ["read_plain"]


def read_plain(path: Path | str, *, prefix: str = "") -> Mapping[str, Tensor]:
    """The tensors of a safetensors file; nothing in it can run code.

    Args:
        path: The file.
        prefix: Only tensors whose names start so, such as "decoder.".

    Raises:
        FileError: There is no such file, it is no safetensors file or damaged, or no name starts with the prefix.
    """
    path = Path(path)
    if not path.is_file():
        raise FileError(f"no file {str(path)!r}; expected weights that were saved as .safetensors")
    try:
        path.open("rb").close()  # safetensors calls a file that may not be read one that is not there
        with safe_open(path, framework="pt") as file:
            names = list(file.keys())
            state = {name: file.get_tensor(name) for name in names if name.startswith(prefix)}
    except (SafetensorError, OSError) as reason:
        raise FileError(
            f"{path} is no safetensors file or is damaged: {reason}; save a state dict with safetensors.torch.save_file"
        ) from None
    if not state:
        first = ", ".join(repr(name) for name in names[:3]) or "none"
        raise FileError(f"{path} has no tensor whose name starts with {prefix!r}; its names: {first} ...")
    return state
