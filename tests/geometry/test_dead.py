import pytest

from ringcast.errors import ArgumentError, ConfigError, FileError
from ringcast.geometry import load_detector
from ringcast.geometry.dead import read_dead, with_dead

TOML = """
name = "bucket"
pmt_type = "PMT3inchR12199_02"
pmt_radius_cm = 4.0
dead = DEAD

[cylinder]
radius_cm = 50.0
half_height_cm = 40.0
barrel_rows = 6
barrel_columns = 20
"""


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def dead_in(tank):
    return [] if tank.alive is None else (~tank.alive).nonzero().squeeze(-1).tolist()


def test_lists_of_dead_sensors(tmp_path):
    path = write(tmp_path / "dead.txt", "# worst first\n17, 3\n\n5 3  # again\n")
    assert read_dead(path) == (3, 5, 17)
    assert read_dead(write(tmp_path / "none.txt", "# all well\n")) == ()
    assert dead_in(load_detector("mini", dead=path)) == [3, 5, 17]
    assert dead_in(load_detector("mini", dead=[5])) == [5]
    assert load_detector("mini", dead=tmp_path / "none.txt").alive is None


@pytest.mark.parametrize("word", ["-1", "3.5", "nan", "PMT7", "²"])
def test_a_list_of_something_else_is_refused(tmp_path, word):
    path = write(tmp_path / "dead.txt", f"1 2\n3 {word}\n")
    with pytest.raises(FileError, match=r"dead\.txt: line 2 holds .*; expected numbers of dead sensors, from 0"):
        read_dead(path)


def test_a_missing_list_is_refused(tmp_path):
    with pytest.raises(FileError, match=r"no\.txt: not a readable list of dead sensors"):
        load_detector("mini", dead=tmp_path / "no.txt")


def test_sensors_that_are_not_there():
    tank = load_detector("mini")
    for number in (-1, 1024, 10**30):
        with pytest.raises(
            ArgumentError, match=rf"dead sensor {number} is not in detector mini; expected numbers 0 to 1023"
        ):
            with_dead(tank, [4, number])
    with pytest.raises(ArgumentError, match="all 1024 sensors of detector mini are dead"):
        with_dead(tank, range(1024))


@pytest.mark.parametrize("value", ["[7, 2]", '"dead.txt"'])
def test_a_toml_file_may_name_them(tmp_path, value):
    write(tmp_path / "dead.txt", "2\n7\n")
    path = write(tmp_path / "bucket.toml", TOML.replace("DEAD", value))
    assert dead_in(load_detector(path)) == [2, 7]
    assert dead_in(load_detector(path, dead=[9])) == [2, 7, 9]


def test_refusals_name_the_toml_file(tmp_path):
    for value, message in (("[-2]", r"dead.*found -2"), ("[500]", "dead sensor 500 is not in detector bucket")):
        path = write(tmp_path / "bucket.toml", TOML.replace("DEAD", value))
        with pytest.raises(ConfigError, match=message) as caught:
            load_detector(path)
        assert str(caught.value).startswith(f"{path}: ")


def test_the_tank_stays_the_same_tank():
    whole, part = load_detector("mini"), load_detector("mini", dead=[1, 2])
    assert (part.fingerprint, part.coverage, len(part)) == (whole.fingerprint, whole.coverage, len(whole))
    assert (whole.n_dead, part.n_dead, with_dead(part, [2, 3]).n_dead) == (0, 2, 3)
