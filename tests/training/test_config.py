"""Recipes: defaults, the shipped examples, and refusals that name file and key."""

from pathlib import Path

import pytest

from ringcast.errors import ConfigError
from ringcast.training import read_recipe

RECIPES = sorted((Path(__file__).parents[2] / "recipes").glob("*.toml"))
WHOLE = """
output = "runs/trial"
[data]
files = ["events.h5"]
[network]
preset = "slide-narrow"
[budget]
max_steps = 10
"""


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_shipped_recipes_are_sound(path):
    assert read_recipe(path).network["preset"] in ("slide", "slide-narrow")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("max_steps = 10", "", r"trial.toml: budget: .*max_minutes, max_steps and max_epochs"),
        ("max_steps = 10", "max_steps = -1", r"trial.toml: budget.max_steps: .*greater than 0; found -1"),
        ("[budget]", "[budjet]", r"trial.toml: budjet: unknown key"),
        ('preset = "slide-narrow"', 'preset = "x"', r"trial.toml: network: .*preset is 'x'; expected one of slide"),
        ('preset = "slide-narrow"', 'preset = "slide"\nfingerprint = "1"', r"network: .*unknown key 'fingerprint'"),
        ('files = ["events.h5"]', "files = []", r"trial.toml: data.files: .*at least 1 item"),
        ('files = ["events.h5"]', 'files = ["a"]\nshuffle = true', r"trial.toml: data.shuffle: unknown key"),
        ("[data]", "[data", r"trial.toml: not valid TOML"),
    ],
)
def test_refusals_name_file_and_key(tmp_path, before, after, message):
    path = tmp_path / "trial.toml"
    path.write_text(WHOLE.replace(before, after))
    with pytest.raises(ConfigError, match=message):
        read_recipe(path)


def test_refuses_a_missing_file(tmp_path):
    with pytest.raises(ConfigError, match=r"recipe .*none.toml cannot be read: No such file"):
        read_recipe(tmp_path / "none.toml")
