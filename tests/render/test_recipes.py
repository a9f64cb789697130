"""What is told of a recipe, and which settings of it contradict each other."""

import pytest

from seqmem.config.run_config import RunConfig
from seqmem.errors import SettingError
from seqmem.render.notes import recipe_note


def note(**settings) -> str:
    return recipe_note(RunConfig.from_settings(settings)) or ""


def test_the_whole_sequence_reaches_the_cue():
    assert note() == "The gradient of an update goes back over the whole sequence, to the cue."


def test_the_tutorial_carries_the_cue_but_nothing_teaches_it_to():
    assert note(window=1) == (
        "The state carries the cue, but the gradient of an update reaches back over the last symbol and the recall "
        "needs 4: nothing teaches the network to keep the cue."
    )


def test_a_perceptron_is_told_by_what_it_sees():
    assert note(cell="mlp", context=3).startswith("An mlp has no memory: it sees the last 3 symbols, and the recall ne")
    assert note(cell="mlp", context=4) == (
        "No memory is needed: an input vector of the last 4 symbols still holds the cue."
    )


def test_a_state_that_starts_anew_is_told_by_what_is_left_at_the_recall():
    assert "at the recall the network knows the last symbol, and the recall needs 4" in note(window=1, stateful=False)
    assert "begins again with every sample of 2 time steps" in note(window=1, lags=2, stateful=False)
    assert note(window=1, lags=4, stateful=False).endswith("knows the last 4 symbols, which holds the cue.")
    assert note(stateful=False).startswith("A sample is a whole sequence here")


def test_rows_of_steps_are_told_by_which_row_saw_the_cue():
    assert note(window=1, rows="steps", batch_size=2).endswith("The row of the recall never sees the cue.")
    assert note(window=1, rows="steps", batch_size=3).endswith("the gradient is cut after each window.")


def test_batches_shuffling_and_pools_are_told_after_the_reach():
    told = note(batch_size=2, shuffle=True, fillers="fresh", pool=8)
    assert "averages over 2 sequences" in told
    assert "new order" in told
    assert "8 strings only" in told


def test_a_task_without_recall_needs_no_words():
    assert recipe_note(RunConfig.from_settings({"sequences": ["a b c d"]})) is None


def test_the_memory_that_own_sequences_need_is_their_longest_settling_suffix():
    assert RunConfig.from_settings({"sequences": ["a x b", "c x d"]}).task.memory_needed == 2
    assert RunConfig().task.memory_needed == 4


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"cell": "mlp", "stateful": False}, "stateful = False: an mlp has no state to keep or to start again"),
        ({"cell": "mlp", "lags": 2}, "lags = 2: an mlp sees no earlier time steps: give it a context"),
        ({"rows": "steps", "window": 1}, "rows = steps: needs a batch_size of at least 2"),
        ({"rows": "steps", "batch_size": 2}, "rows = steps: needs a window, such as 1"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(settings, message):
    with pytest.raises(SettingError) as caught:
        RunConfig.from_settings(settings)
    assert str(caught.value).startswith(message)
