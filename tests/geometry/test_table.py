from pathlib import Path

import numpy as np
import pytest
import torch

from ringcast.errors import ArgumentError, FileError
from ringcast.geometry import Detector, detector_from_table, load_detector


def columns(tank: Detector) -> dict[str, np.ndarray]:
    return {
        "position": tank.position_cm.numpy(),
        "orientation": tank.normal.numpy(),
        "cyl_location": tank.surface.numpy(),
        "row": tank.row.numpy(),
        "column": tank.column.numpy(),
    }


def build(folder: Path, table: dict[str, np.ndarray]) -> tuple[Detector, torch.Tensor]:
    np.savez(folder / "table.npz", **table)
    return detector_from_table(folder / "table.npz", name="table", pmt_type="PMT3inchR12199_02", pmt_radius_cm=4.0)


@pytest.fixture(scope="module")
def tank() -> Detector:
    return load_detector("mini")


def test_a_table_gives_the_tank_back(tmp_path, tank):
    found, kept = build(tmp_path, columns(tank))
    assert found.fingerprint == tank.fingerprint
    assert kept.tolist() == list(range(len(tank)))
    assert (found.radius_cm, found.half_height_cm) == pytest.approx((tank.radius_cm, tank.half_height_cm))
    assert found.image_shape("barrel") == tank.image_shape("barrel")


def test_locations_and_pixels_may_be_absent(tmp_path, tank):
    found, _ = build(tmp_path, {key: columns(tank)[key] for key in ("position", "orientation")})
    assert torch.equal(found.surface, tank.surface)
    with pytest.raises(ArgumentError, match="no picture of its barrel"):
        found.image_shape("barrel")


def test_outer_tubes_are_left_out_and_rows_named(tmp_path, tank):
    table = {key: np.repeat(values, 2, axis=0) for key, values in columns(tank).items()}
    table["cyl_location"][1::2] = 3 + (np.arange(len(tank)) % 2)
    table["position"][1::2] *= 1.1
    table["orientation"][1::2] *= -1
    found, kept = build(tmp_path, table)
    assert found.fingerprint == tank.fingerprint
    assert kept.tolist() == list(range(0, 2 * len(tank), 2))


def test_a_few_misplaced_tubes_are_left_out(tmp_path, tank):
    table = columns(tank)
    table["cyl_location"] = table["cyl_location"].copy()
    barrel = tank.on("barrel")[100:103].numpy()
    table["cyl_location"][barrel] = 2
    found, kept = build(tmp_path, table)
    assert len(found) == len(tank) - 3
    assert not set(barrel.tolist()) & set(kept.tolist())


def test_a_tank_that_stands_on_another_axis_is_refused(tmp_path, tank):
    table = columns(tank)
    table["position"], table["orientation"] = table["position"][:, [0, 2, 1]], table["orientation"][:, [0, 2, 1]]
    with pytest.raises(FileError, match=r"of 1024 sensors lie off a cylinder along z .*if the tank's axis is y"):
        build(tmp_path, table)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"position": None}, r"position has shape None; expected \(sensors, 3\) in cm"),
        ({"orientation": np.zeros((4, 2))}, r"orientation has shape \(4, 2\)"),
        ({"orientation": np.zeros((4, 3))}, r"orientation has 4 rows; expected 1024, as position has"),
        ({"position": np.full((1024, 3), np.nan)}, r"position holds entries that are not finite"),
        ({"position": np.full((1024, 3), "x")}, r"position holds entries that are not finite numbers"),
        ({"cyl_location": np.ones(7, int)}, r"cyl_location has 7 rows; expected 1024"),
        ({"cyl_location": np.ones(1024)}, r"cyl_location has dtype float64; expected integers"),
        ({"cyl_location": np.full(1024, 3)}, r"all 1024 sensors are outer ones"),
        ({"row": np.zeros(3, int)}, r"row has 3 rows"),
    ],
)
def test_refusals(tmp_path, tank, change, message):
    table = {key: values for key, values in (columns(tank) | change).items() if values is not None}
    with pytest.raises(FileError, match=message):
        build(tmp_path, table)


def test_unreadable_tables(tmp_path):
    with pytest.raises(FileError, match="no such file; expected a sensor table"):
        detector_from_table(tmp_path / "no.npz", name="x", pmt_type="PMT20inch", pmt_radius_cm=25.4)
    with pytest.raises(FileError, match=r"cannot be read \(Is a directory\)"):
        detector_from_table(tmp_path, name="x", pmt_type="PMT20inch", pmt_radius_cm=25.4)
    np.savez(tmp_path / "whole.npz", position=np.zeros((9, 3)))
    cut = (tmp_path / "whole.npz").read_bytes()[:200]
    np.save(tmp_path / "array.npy", np.zeros(3))
    for content in (b"tube x y z", b"", cut, (tmp_path / "array.npy").read_bytes()):
        (tmp_path / "other.npz").write_bytes(content)
        with pytest.raises(FileError, match=r"other\.npz: not a whole npz file"):
            detector_from_table(tmp_path / "other.npz", name="x", pmt_type="PMT20inch", pmt_radius_cm=25.4)
