"""The program, run inside the test."""

import pytest

from ringcast.cli.main import main


@pytest.fixture
def run(capsys):
    """Run the program with some arguments: its exit code, standard output and standard error."""

    def run_program(*arguments):
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return end.value.code, printed.out, printed.err

    return run_program
