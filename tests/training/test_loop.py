"""Training: it learns, it resumes exactly, and it looks after its files."""

import json

import pytest
import torch

from ringcast.errors import ConfigError, FileError
from ringcast.generator import load, read_training
from ringcast.training import mean_nll, train
from ringcast.training.loop import RECORD, STATE


def stop_after(n):
    asked = iter(range(10**6))
    return lambda: next(asked) >= n


def numbers(record):
    return [(row.step, row.learning_rate, row.train_nll, row.validation_nll) for row in record.rows]


def test_learns(recipe, events):
    config = recipe(budget={"max_steps": 60}, interval_steps=20, optimiser={"learning_rate": 2e-2})
    record = train(config, events)
    assert record.status == "finished"
    assert [row.step for row in record.rows] == [20, 40, 60]
    assert record.best.validation_nll < record.rows[0].validation_nll
    assert record.rows[-1].epoch == pytest.approx(60 / (360 // 32))
    assert all(row.events_per_s > 0 for row in record.rows)


def test_best_weights_are_those_of_the_record(recipe, events):
    record = train(recipe(), events)
    network = load(record.weights)
    row = read_training(record.weights)["row"]
    assert row["validation_nll"] == record.best.validation_nll
    held_out = torch.tensor([n for n in range(len(events)) if n not in set(_split(events).train.tolist())])
    assert mean_nll(network, events, held_out) == pytest.approx(record.best.validation_nll, rel=1e-6)
    assert network.config.domain.events.keys() == {"e-", "mu-"}


def _split(events):
    from ringcast.training.events import split

    return split(len(events), fraction=0.1, most=2000, seed=0)


@pytest.mark.parametrize("precision", ["bfloat16", "float32"])
@pytest.mark.parametrize("interrupted_at", [3, 5, 7])
def test_resumed_equals_uninterrupted_bit_for_bit(recipe, events, precision, interrupted_at):
    optimiser = {"precision": precision}
    whole = train(recipe("whole", optimiser=optimiser), events)
    parts = recipe("parts", optimiser=optimiser)
    assert train(parts, events, stop=stop_after(interrupted_at)).status == "interrupted"
    resumed = train(parts, events, resume=True)
    assert resumed.status == "finished"
    assert numbers(resumed) == numbers(whole)
    ours, theirs = (torch.load(record.output / STATE, weights_only=True) for record in (resumed, whole))
    for name, weight in theirs["network"].items():
        assert torch.equal(ours["network"][name], weight), name
    for place, state in theirs["optimiser"]["state"].items():
        assert all(torch.equal(ours["optimiser"]["state"][place][key], value) for key, value in state.items())


def test_same_seed_same_weights_other_seed_others(recipe, events):
    records = [train(recipe(name, seed=seed), events) for name, seed in (("a", 1), ("b", 1), ("c", 2))]
    assert numbers(records[0]) == numbers(records[1])
    assert numbers(records[0]) != numbers(records[2])


def test_leaves_the_global_generator_alone(recipe, events):
    before = torch.random.get_rng_state()
    train(recipe(), events)
    assert torch.equal(before, torch.random.get_rng_state())


def test_rows_after_the_saved_state_are_dropped_on_resume(recipe, events):
    config = recipe()
    train(config, events, stop=stop_after(6))
    path = config.output / RECORD
    late = json.loads(path.read_text().splitlines()[-1]) | {"step": 10}
    path.write_text(path.read_text() + json.dumps(late) + "\n")
    assert [row.step for row in train(config, events, resume=True).rows] == [5, 10, 12]


def test_a_longer_budget_goes_on(recipe, events):
    train(recipe(), events)
    record = train(recipe(budget={"max_steps": 15}), events, resume=True)
    assert [row.step for row in record.rows] == [5, 10, 12, 15]


def test_watch_hears_every_step(recipe, events):
    heard = []
    train(recipe(), events, watch=lambda fraction, row: heard.append((fraction, row)))
    assert len(heard) == 12
    assert [row.step for _, row in heard if row is not None] == [5, 10, 12]
    assert heard[-1][0] == 1.0


def test_minutes_end_a_run(recipe, events):
    record = train(recipe(budget={"max_steps": 10**9, "max_minutes": 0.01}, interval_steps=10**6), events)
    assert record.status == "finished"
    assert 0.6 <= record.rows[-1].elapsed_s < 30


def test_refuses_to_overwrite_a_run(recipe, events):
    train(recipe(), events)
    with pytest.raises(ConfigError, match=r"run already holds a run; resume it with --resume"):
        train(recipe(), events)


def test_refuses_to_resume_another_recipe(recipe, events):
    train(recipe(), events)
    with pytest.raises(ConfigError, match=r"trained with another optimiser and seed; take its recipe to resume"):
        train(recipe(seed=3, optimiser={"batch_size": 16}), events, resume=True)


def test_refuses_to_resume_nothing_or_damage(recipe, events):
    config = recipe()
    with pytest.raises(FileError, match=r"there is no .*resume.pt to resume"):
        train(config, events, resume=True)
    config.output.mkdir()
    (config.output / STATE).write_bytes(b"not a state")
    with pytest.raises(FileError, match=r"resume.pt is damaged"):
        train(config, events, resume=True)
    torch.save({"step": 3}, config.output / STATE)
    with pytest.raises(FileError, match=r"resume.pt is no state of a training run"):
        train(config, events, resume=True)


def test_says_that_training_diverged(recipe, events):
    config = recipe(optimiser={"learning_rate": 1e30, "warm_up_steps": 0, "precision": "float32"}, interval_steps=6)
    with pytest.raises(ConfigError, match=r"training diverged before step \d+: no gradient was finite"):
        train(config, events)


def test_refuses_symmetries_of_a_cap(recipe, events):
    with pytest.raises(ConfigError, match="only the barrel has symmetries; set it to false"):
        train(recipe(network={"surface": "top"}), events)
