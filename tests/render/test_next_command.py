"""The advice after a run: what is untried of what works, with its reason."""

import dataclasses

import pytest
from builders import build_record
from render_samples import fresh_run, make_history, memoryless_run, replaced_replicates

from seqmem.config.run_config import RunConfig
from seqmem.render.next_command import next_commands, untried
from seqmem.results.findings import still_falling

WORKS = {"init": "chrono", "head": "softmax", "loss_at": "recall"}
OLD = {"init": "glorot", "head": "sigmoid", "loss_at": "all"}


def untried_of(**settings):
    return untried(RunConfig.from_settings(OLD | settings))


def history(losses):
    return [build_record(10 * at, loss, accuracy=0.5) for at, loss in enumerate(losses, 1)]


def test_the_untried_is_what_differs_from_the_recipe_that_works():
    assert untried_of() == WORKS
    assert untried_of(**WORKS) == {}
    assert untried_of(cell="rnn") == {"head": "softmax", "loss_at": "recall"}
    assert untried_of(init="uniform:0.2")["init"] == "chrono"
    assert untried_of(learning_rate=0.001)["learning_rate"] == 0.01
    assert "learning_rate" not in untried_of(learning_rate=0.1)


@pytest.mark.parametrize(
    ("settings", "size"),
    [
        ({"gap": 30, "alphabet_size": 32}, 12),
        ({"gap": 30, "alphabet_size": 12}, None),
        ({"gap": 30, "alphabet_size": 32, "cues": 11}, 12),
        ({"gap": 30, "alphabet_size": 42, "cues": 12}, None),
        ({"sequences": [f"{cue} " + " ".join("bcdefghijklmnop") + f" {cue}" for cue in "xy"]}, None),
    ],
)
def test_a_large_alphabet_is_made_smaller_where_the_task_allows_it(settings, size):
    assert untried_of(**settings).get("alphabet_size") == size


def test_a_task_without_recall_is_not_told_to_train_at_recall():
    assert "loss_at" not in untried_of(sequences=["a b c"])


@pytest.mark.parametrize(
    ("losses", "falls"),
    [
        ([1 / at for at in range(1, 31)], True),
        ([0.3] * 30, False),
        # it fell long ago, and stands still since
        ([1 / at for at in range(1, 11)] + [0.1] * 20, False),
        # up and down is not falling
        ([0.3, 0.2] * 15, False),
        ([0.5, 0.4, 0.3], False),
        ([], False),
    ],
)
def test_a_loss_falls_where_it_fell_over_the_last_third(losses, falls):
    assert still_falling(history(losses)) is falls


def test_a_longer_budget_is_advised_only_where_the_loss_still_falls():
    run = fresh_run(**OLD)
    falling = dataclasses.replace(run, history=make_history(run.config))
    assert next_commands(falling)[0] == (
        "seqmem train --epochs 4000 --gap 5 --fillers fresh --init glorot --head sigmoid --loss-at all "
        "--learning-rate 0.001 --no-stop --replicates 4",
        "the loss still falls: train longer:",
    )
    flat = dataclasses.replace(run, history=make_history(run.config, baseline=0.1981))
    command, why = next_commands(flat)[0]
    assert command.startswith("seqmem train --init chrono --head softmax --loss-at recall --gap 5 ")
    assert why == (
        "what helps over long gaps and was not tried: gates that begin by holding the state, softmax outputs, "
        "loss at recall steps only, larger steps:"
    )


def test_a_loss_that_never_came_to_the_baseline_also_needs_more_time():
    run = replaced_replicates(memoryless_run(window=None, **OLD), metrics={"recall_loss": 0.5})
    assert "--epochs 4000" in next_commands(run)[0][0]


def test_where_all_is_tried_it_is_asked_how_often_and_then_for_smaller_steps():
    best = WORKS | {"window": None, "learning_rate": 0.01}
    assert next_commands(memoryless_run(**best))[0][0].startswith("seqmem train --replicates 20")
    many = next_commands(memoryless_run(replicates=20, **best))[0]
    assert many[1] == "smaller, clipped steps, and more of them:"
    assert "--clip-norm 1" in many[0]
