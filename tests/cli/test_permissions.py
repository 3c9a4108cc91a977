"""Files that may not be read and folders that may not be written to: one sentence and exit code 2."""

import os

import pytest

from ringcast.cli.main import main

CHAIN = "5x5 conv(1,1,3)"
SIMULATED = ("simulate", "-d", "mini", "-n", "1", "--particles", "e-", "--workers", "1")


@pytest.fixture
def locked(tmp_path):
    """A folder with a file, neither of which can be used."""
    folder = tmp_path / "locked"
    folder.mkdir()
    for place, mode in ((folder / "file", 0o000), (tmp_path / "file", 0o000), (folder, 0o500)):
        place.touch()
        place.chmod(mode)
    if os.access(tmp_path / "file", os.R_OK):
        pytest.skip("root may do everything")
    yield tmp_path
    folder.chmod(0o700)


@pytest.mark.parametrize(
    "arguments",
    [
        (*SIMULATED, "-o", "locked/x.h5"),
        (*SIMULATED, "-o", "x.h5", "--dead", "file"),
        ("simulate", "-d", "mini", "--primaries", "file", "--primaries-format", "kin", "-o", "x.h5"),
        ("detector", "show", "mini", "-o", "locked/x.png"),
        ("conv", "draw", CHAIN, "-o", "locked/x.svg"),
        ("conv", "check", "file", "--chain", CHAIN),
        ("show", "file"),
        ("merge", "file", "-o", "x.h5"),
        ("train", "file"),
        ("demo", "-o", "locked/report"),
        ("demo", "-o", "file"),
    ],
)
def test_what_may_not_be_used_is_refused(run, locked, monkeypatch, arguments):
    monkeypatch.chdir(locked)
    code, out, error = run(*arguments)
    assert (code, out, error.count("\n")) == (2, "", 1)
    assert "No such file" not in error
    assert ("locked" if any("locked" in word for word in arguments) else "file") in error


@pytest.mark.parametrize("arguments", [("detector", "show", "tank.toml"), (*SIMULATED, "-o", "folder/x.h5")])
def test_a_refusal_of_the_system_names_the_file(capsys, monkeypatch, arguments):
    def refuse(path, *_arguments, **_options):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.stat", refuse)
    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    assert end.value.code == 2
    assert "Permission denied; check who may read and write there" in capsys.readouterr().err
