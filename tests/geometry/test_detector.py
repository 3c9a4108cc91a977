from dataclasses import replace

import pytest
import torch

from ringcast.errors import ArgumentError
from ringcast.geometry import Detector, cylinder, load_detector

BUCKET = {
    "name": "bucket",
    "radius_cm": 50,
    "half_height_cm": 40,
    "pmt_type": "PMT3inchR12199_02",
    "pmt_radius_cm": 4,
    "barrel_rows": 6,
    "barrel_columns": 20,
}


@pytest.fixture
def bucket() -> Detector:
    return cylinder(**BUCKET, cap_spacing_cm=12)


def test_bare_caps():
    tank = cylinder(**BUCKET, cap_spacing_cm=None)
    assert (len(tank), len(tank.on("top"))) == (120, 0)
    with pytest.raises(ArgumentError, match="no picture of its top"):
        tank.image_shape("top")


def test_unknown_surface(bucket):
    with pytest.raises(ArgumentError, match="surface is 'side'; expected one of top, barrel, bottom"):
        bucket.on("side")


def test_coverage_is_area_over_area(bucket):
    wall = 2 * torch.pi * 50 * 80 + 2 * torch.pi * 50**2
    assert bucket.coverage == pytest.approx(len(bucket) * torch.pi * 16 / wall)


@pytest.mark.parametrize("change", [{"barrel_columns": 40}, {"barrel_rows": 11}])
def test_overlapping_sensors(change):
    with pytest.raises(ArgumentError, match=r"bucket: sensors of radius 4 cm overlap at a pitch of 7"):
        cylinder(**(BUCKET | change), cap_spacing_cm=12)
    with pytest.raises(ArgumentError, match=r"overlap at a pitch of 7\.00 cm"):
        cylinder(**BUCKET, cap_spacing_cm=7)


def test_tanks_of_too_many_sensors_are_refused():
    large = BUCKET | {"radius_cm": 1e5, "half_height_cm": 1e5}
    with pytest.raises(ArgumentError, match=r"bucket: some 3\.93e\+08 sensors, expected at most 1,000,000"):
        cylinder(**large, cap_spacing_cm=12.65)


def test_fingerprints_tell_tanks_apart(bucket):
    assert replace(bucket, name="other").fingerprint == bucket.fingerprint
    assert replace(bucket, position_cm=bucket.position_cm.float()).fingerprint == bucket.fingerprint
    moved = bucket.position_cm.clone()
    moved[3, 2] += 0.2
    assert replace(bucket, position_cm=moved).fingerprint != bucket.fingerprint
    assert replace(bucket, position_cm=bucket.position_cm.flip(0), normal=bucket.normal.flip(0)).fingerprint != (
        bucket.fingerprint
    )
    assert load_detector("mini").fingerprint != bucket.fingerprint


def test_refusals(bucket):
    with pytest.raises(ArgumentError, match="normal has 5 entries; expected one for each of"):
        replace(bucket, normal=bucket.normal[:5])
    with pytest.raises(ArgumentError, match=r"sensor 0 is 5\.0 cm off its surface \(top\)"):
        replace(bucket, half_height_cm=35.0)
    with pytest.raises(ArgumentError, match=r"sensor 0 is 20\.0 cm off its surface \(top\)"):
        replace(bucket, half_height_cm=60.0)
    with pytest.raises(ArgumentError, match="the normal of sensor 0 points outwards; flip it"):
        replace(bucket, normal=-bucket.normal)
    nothing = {name: getattr(bucket, name)[:0] for name in ("position_cm", "normal", "pmt_radius_cm", "surface")}
    with pytest.raises(ArgumentError, match="bucket has no sensors"):
        replace(bucket, **nothing, row=bucket.row[:0], column=bucket.column[:0])
