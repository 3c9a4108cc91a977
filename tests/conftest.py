"""What all tests share: golden files, renewed only on request, and drawn cases, the same at every run.

``HYPOTHESIS_PROFILE=explore`` draws other cases at every run, to look for faults that the fixed ones miss. torch and
numpy get one thread, in the programs that tests start too: there is a test process for each core, and threads that wait
for each other's cores take several times as long.
"""

import inspect
import os
from pathlib import Path

import pytest
from hypothesis import settings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


def pytest_addoption(parser):
    parser.addoption("--renew-golden", action="store_true", help="write the golden files anew; read the difference")


@pytest.fixture
def golden(request):
    """``golden(name, text)`` compares a text with ``golden/<name>`` beside the test file."""

    def compare(name, text):
        path = Path(inspect.getfile(request.function)).parent / "golden" / name
        if request.config.getoption("--renew-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"{path} is missing; run pytest with --renew-golden and read what it wrote"
        assert text == path.read_text(encoding="utf-8"), f"{path.name} changed; run pytest with --renew-golden"

    return compare
