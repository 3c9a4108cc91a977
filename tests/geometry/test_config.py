import numpy as np
import pytest

from ringcast.errors import ConfigError
from ringcast.geometry import load_detector

GOOD = """
name = "bucket"
pmt_type = "PMT3inchR12199_02"
pmt_radius_cm = 4.0

[cylinder]
radius_cm = 50.0
half_height_cm = 40.0
barrel_rows = 6
barrel_columns = 20
"""


def write(folder, text):
    path = folder / "bucket.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_tank_of_ones_own(tmp_path):
    tank = load_detector(write(tmp_path, GOOD))
    assert (tank.name, len(tank), tank.half_height_cm) == ("bucket", 120, 40.0)


def test_grids_may_end_before_the_wall(tmp_path):
    more = "cap_spacing_cm = 10.0\nbarrel_half_height_cm = 30.0\ncap_reach_cm = 20.0\n"
    tank = load_detector(write(tmp_path, GOOD + more))
    assert float(tank.position_cm[tank.on("barrel"), 2].max()) == 25.0  # six rows of 10 cm
    top = tank.position_cm[tank.on("top"), :2]
    assert len(top) == 12  # of the 16 points within 15 cm along both axes all but the corners
    assert float(top.norm(dim=-1).max()) == pytest.approx(250**0.5)
    for name, value in (("barrel_half_height_cm", 30), ("cap_reach_cm", 20)):
        with pytest.raises(ConfigError, match=f"{name} is 99, beyond the wall"):
            load_detector(write(tmp_path, GOOD + more.replace(f"{name} = {value}.0", f"{name} = 99.0")))


def test_a_table_of_ones_own(tmp_path):
    position = np.array([[50.0, 0, 0], [-50.0, 0, 0], [0, 0, 40.0], [0, 0, -40.0]])
    np.savez(
        tmp_path / "tubes.npz", positions=position, orientations=-position / np.linalg.norm(position, axis=-1)[:, None]
    )
    text = GOOD.split("[cylinder]", maxsplit=1)[0] + '[table]\nfile = "tubes.npz"\n'
    tank = load_detector(write(tmp_path, text))
    assert tank.surface.tolist() == [1, 1, 0, 2]
    assert (tank.radius_cm, tank.half_height_cm) == (50.0, 40.0)


def test_a_table_may_say_where_the_wall_is(tmp_path):
    position = np.array([[48.0, 0, 0], [-51.0, 0, 0], [0, 48.0, 0], [0, 0, 40.0], [0, 0, -40.0]])
    np.savez(tmp_path / "tubes.npz", position=position, orientation=-position)
    text = GOOD.split("[cylinder]", maxsplit=1)[0] + '[table]\nfile = "tubes.npz"\nradius_cm = 50\n'
    tank = load_detector(write(tmp_path, text))
    assert (tank.radius_cm, tank.half_height_cm, len(tank)) == (50.0, 40.0, 5)
    with pytest.raises(ConfigError, match=r"2 of 5 sensors lie off a cylinder along z about the origin"):
        load_detector(write(tmp_path, text.replace("radius_cm = 50", "radius_cm = 65")))


def test_a_table_may_give_points_behind_the_faces(tmp_path):
    position = np.array([[50.0, 0, 0], [-50.0, 0, 0], [0, 50.0, 3], [0, 0, 40.0], [0, 0, -40.0]])
    normal = -position / np.linalg.norm(position, axis=1, keepdims=True)
    np.savez(tmp_path / "tubes.npz", position=position - 2.5 * normal, orientation=normal)
    text = GOOD.split("[cylinder]", maxsplit=1)[0] + '[table]\nfile = "tubes.npz"\nbehind_face_cm = 2.5\n'
    tank = load_detector(write(tmp_path, text))
    np.testing.assert_allclose(tank.position_cm, position)
    assert (tank.radius_cm, tank.half_height_cm) == pytest.approx((50.0, 40.0))
    with pytest.raises(ConfigError, match=r"table\.behind_face_cm: .*greater than or equal to 0; found -1"):
        load_detector(write(tmp_path, text.replace("= 2.5", "= -1")))


def test_a_cap_and_a_barrel_may_meet_in_the_corner(tmp_path):
    """Two faces at right angles, 6.4 cm apart, of which neither reaches the plane of the other; nearer they cross."""
    position = np.array([[50.0, 0, 35.5], [-50.0, 0, 0], [0, 50.0, 0], [45.5, 0, 40.0], [0, 0, -40.0]])
    normal = np.array([[-1.0, 0, 0], [1, 0, 0], [0, -1, 0], [0, 0, -1], [0, 0, 1]])
    text = GOOD.split("[cylinder]", maxsplit=1)[0] + '[table]\nfile = "tubes.npz"\n'
    np.savez(tmp_path / "tubes.npz", position=position, orientation=normal)
    assert len(load_detector(write(tmp_path, text))) == 5
    position[0, 2], position[3, 0] = 37.0, 47.0
    np.savez(tmp_path / "tubes.npz", position=position, orientation=normal)
    with pytest.raises(ConfigError, match=r"bucket: sensors 0 and 3 overlap, 4\.24 cm apart"):
        load_detector(write(tmp_path, text))


def test_overlapping_sensors_of_a_table_are_refused(tmp_path):
    position = np.array([[50.0, 0, 0], [-50.0, 0, 0], [50.0, 0, 7.5], [0, 0, 40.0], [0, 0, -40.0]])
    np.savez(tmp_path / "tubes.npz", position=position, orientation=-position)
    path = write(tmp_path, GOOD.split("[cylinder]", maxsplit=1)[0] + '[table]\nfile = "tubes.npz"\n')
    with pytest.raises(ConfigError, match=r"bucket: sensors 0 and 2 overlap, 7\.50 cm apart with radii of 4 and 4 cm"):
        load_detector(path)


def test_a_sensor_of_a_table_off_the_wall_is_refused(tmp_path):
    tank = load_detector("mini")
    position = tank.position_cm.numpy().copy()
    position[500] *= 1.3
    np.savez(tmp_path / "tubes.npz", position=position, orientation=tank.normal)
    path = write(tmp_path, GOOD.split("[cylinder]", maxsplit=1)[0] + '[table]\nfile = "tubes.npz"\n')
    with pytest.raises(
        ConfigError, match=r"tubes\.npz: 1 of 1024 sensors lie off a cylinder .* row 500 first; correct"
    ):
        load_detector(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("barrel_rows", "barrel_row"), r"cylinder\.barrel_row.*: unknown key"),
        (("[cylinder]", "colour = 3\n[cylinder]"), r"colour: unknown key, check its spelling; found 3"),
        (("half_height_cm = 40.0", "half_height_cm = -1"), r"cylinder\.half_height_cm: .*greater than 0; found -1"),
        (("radius_cm = 50.0", "radius_cm = inf"), r"cylinder\.radius_cm: .*finite number; found inf"),
        (("half_height_cm = 40.0", "half_height_cm = nan"), r"cylinder\.half_height_cm: .*finite number; found nan"),
        (("barrel_rows = 6", 'barrel_rows = "six"'), r"cylinder\.barrel_rows: .*found 'six'"),
        (("barrel_rows = 6", "barrel_rows = 60"), r"sensors of radius 4 cm overlap at a pitch of 1\.33 cm"),
        (('name = "bucket"', 'name = ""'), r"name: .*at least 1 character"),
        (("PMT3inchR12199_02", "PMT9inch"), r"pmt_type: must be 'PMT20inch'.*found 'PMT9inch'"),
        (("[cylinder]", "[cylinder"), r"not valid TOML"),
        (
            ("[cylinder]", '[table]\nfile = "x.npz"\n[cylinder]'),
            r"exactly one of the tables \[cylinder\] and \[table\]",
        ),
    ],
)
def test_errors_name_file_and_key(tmp_path, change, message):
    path = write(tmp_path, GOOD.replace(*change))
    with pytest.raises(ConfigError, match=message) as caught:
        load_detector(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_missing_files(tmp_path):
    with pytest.raises(ConfigError, match=r"no detector 'nowhere': expected hyper-k, .*, wcte, or the path"):
        load_detector("nowhere")
    with pytest.raises(ConfigError, match="no detector"):
        load_detector(tmp_path / "no.toml")
    text = GOOD.split("[cylinder]", maxsplit=1)[0] + '[table]\nfile = "no.npz"\n'
    path = write(tmp_path, text)
    with pytest.raises(ConfigError, match=r"bucket\.toml: .*no\.npz: no such file"):
        load_detector(path)
