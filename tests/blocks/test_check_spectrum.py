"""The share of checkerboard energy in pictures: 0 without a pattern, known with one."""

import pytest
import torch

from ringcast.blocks.check_spectrum import picture_share
from ringcast.errors import ArgumentError

PERIOD = (8, 8)


def noise(seed, pictures, rows=88, columns=168):
    return torch.randn(pictures, rows, columns, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def wave(j, i, rows=88, columns=168):
    y, x = torch.arange(rows, dtype=torch.float64)[:, None], torch.arange(columns, dtype=torch.float64)
    return torch.cos(2 * torch.pi * (j * y + i * x) / 8)


def test_noise_has_none_and_the_error_is_its_scatter():
    found = [picture_share(picture, PERIOD) for picture in noise(1, 200, 48, 56)]
    shares, errors = (torch.tensor([getattr(one, name) for one in found]) for name in ("share", "error"))
    assert abs(shares.mean()) < 4 * shares.std() / 200**0.5
    # a standard deviation from 200 draws is known to 1 / sqrt(400) = 5 %
    assert abs(shares.std() / errors.mean() - 1) < 4 * 0.05


def test_the_error_of_many_pictures():
    parts = noise(2, 400).unflatten(0, (50, 8))
    found = [picture_share(part, PERIOD) for part in parts]
    shares, errors = (torch.tensor([getattr(one, name) for one in found]) for name in ("share", "error"))
    assert abs(shares.std() / errors.mean() - 1) < 4 * 0.1


@pytest.mark.parametrize("width", [1.0, 3.0, 10.0])
def test_smooth_pictures_have_none(width):
    """Blobs of some width, on a slope that does not fit together at the edges."""
    y, x = torch.arange(88.0)[:, None], torch.arange(168.0)
    blob = torch.exp(-((y - 40.3) ** 2 + (x - 90.7) ** 2) / (2 * width**2)) + 0.01 * y - 0.02 * x
    assert abs(picture_share(blob, PERIOD).share) < 1e-3


@pytest.mark.parametrize("frequency", [(0, 1), (4, 4), (3, 0), (2, 7)])
@pytest.mark.parametrize("amplitude", [0.2, 0.5, 2.0])
def test_a_pattern_of_known_amplitude(frequency, amplitude):
    """Variance of the pattern over variance of everything; a^2 at (1/2, 1/2), where the wave is +-a, else a^2 / 2."""
    pictures = noise(3, 20)
    found = picture_share(pictures + amplitude * wave(*frequency), PERIOD)
    pattern = amplitude**2 * (1.0 if frequency == (4, 4) else 0.5)
    expected = pattern / (pattern + 1)
    # the cross term of wave and noise scatters by 2 sqrt(pattern / effective pixels); the window keeps 4 of 9 per axis
    pixels = 20 * 88 * 168 * (4 / 9) ** 2
    assert abs(found.share - expected) < 4 * (found.error + 2 * (pattern / pixels) ** 0.5)
    assert found.stands_out
    strongest = int(found.by_frequency.argmax())
    assert strongest in {8 * frequency[0] + frequency[1], 8 * (-frequency[0] % 8) + -frequency[1] % 8}


def test_a_pure_pattern_is_everything_and_a_constant_nothing():
    pattern = wave(0, 1) + wave(1, 3) - 5
    assert picture_share(pattern, PERIOD).share == pytest.approx(1, abs=1e-12)
    nothing = picture_share(torch.full((3, 60, 60), 7.0), PERIOD)
    assert abs(nothing.share) < 1e-12
    assert not nothing.stands_out


def test_periods_of_each_axis_and_sizes_that_are_no_multiple():
    rows = torch.cos(torch.pi * torch.arange(91.0))[:, None].expand(91, 167)
    assert picture_share(rows, (2, 1)).share == pytest.approx(1, abs=1e-6)
    assert picture_share(rows, (2, 4)).share == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("pictures", "period", "message"),
    [
        (torch.zeros(40, 168), (8, 8), "40 pixels high, 5 periods of 8; expected at least 6"),
        (torch.zeros(88, 40), (8, 8), "40 pixels wide, 5 periods of 8"),
        (torch.zeros(88, 168), (1, 1), "the period is 1 x 1"),
        (torch.zeros(0, 88, 168), (8, 8), r"pictures have shape \(0, 88, 168\)"),
        (torch.zeros(88), (8, 8), r"pictures have shape \(88,\)"),
        (torch.full((88, 168), torch.nan), (8, 8), "not finite"),
    ],
)
def test_refusals(pictures, period, message):
    with pytest.raises(ArgumentError, match=message):
        picture_share(pictures, period)
