"""The limit of a network that sees a part of the sequence only, against counting what it sees."""

from collections import Counter, defaultdict

import numpy as np
import pytest

from seqmem.judge.baseline import baseline, of_contexts, recipe_limit, seen_ids
from seqmem.tasks import ConflictingSequences, ExplicitSequences
from seqmem.tasks.contexts import prefix_ids
from seqmem.tasks.layout import Layout
from seqmem.tasks.streams import finite_sequences

TUTORIAL = ConflictingSequences()
TASKS = [
    TUTORIAL,
    ConflictingSequences(alphabet_size=5, gap=(2, 8), cues=3, trigger=True),
    ConflictingSequences(alphabet_size=6, gap=(1, 5), fillers="fresh", pool=4),
    ExplicitSequences(sequences=("the cat sat", "a cat ran off", "a dog sat down the", "a dog")),
]
RECIPES = [
    {"window": 1, "stateful": False},
    {"window": 2, "stateful": False, "context": 2},
    {"window": 1, "lags": 2, "stateful": False},
    {"window": 4, "lags": 3, "stateful": False},
    {"window": 1, "rows": 2},
    {"window": 1, "rows": 3, "lags": 2},
    {"window": 1, "rows": 2, "stateful": False},
]


def histories(task, layout):
    """What a network has seen by each step of each sequence, followed row by row: (sequence, step) -> vectors."""
    batch = finite_sequences(task, 0)
    inputs = layout.lay_out(batch).inputs
    seen = {}
    for sequence in range(len(batch)):
        for row in range(layout.rows):
            history = ()
            for place in range(layout.length):
                if place % layout.reset_every == 0:
                    history = ()
                history = (*history, tuple(inputs[sequence, place, row].tolist()))
                step = layout.step[place, row]
                if layout.predicts[place, 0] and step >= 0 and batch.valid[sequence, step]:
                    seen[sequence, int(step)] = history
    return seen


@pytest.mark.parametrize("task", TASKS, ids=str)
@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_a_network_tells_apart_exactly_what_its_rows_have_shown_it(task, recipe):
    layout = Layout(task.time, **recipe)
    ids = seen_ids(finite_sequences(task, 0), layout, keeps_state=True)
    groups = defaultdict(set)
    for place, history in histories(task, layout).items():
        groups[history].add(int(ids[place]))
    assert all(len(numbers) == 1 for numbers in groups.values())
    assert len({min(numbers) for numbers in groups.values()}) == len(groups)


@pytest.mark.parametrize("task", TASKS, ids=str)
@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_an_oracle_of_what_it_sees_scores_exactly_the_baseline(task, recipe):
    layout = Layout(task.time, **recipe)
    batch = finite_sequences(task, 0)
    followers = defaultdict(Counter)
    seen = histories(task, layout)
    for (sequence, step), history in seen.items():
        followers[history][int(batch.targets[sequence, step])] += 1
    right = sum(
        followers[history].most_common(1)[0][0] == batch.targets[place] for place, history in seen.items()
    ) / len(seen)
    found = recipe_limit(task, [0], "sigmoid", layout, keeps_state=True)
    assert found.accuracy == pytest.approx(right, abs=1e-12)


@pytest.mark.parametrize("task", TASKS, ids=str)
@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_an_mlp_and_lags_both_see_the_last_symbols(task, order):
    expected = baseline(task, 0, "softmax", order)
    context = Layout(task.time, 1, context=order)
    lags = Layout(task.time, 1, lags=order, stateful=False)
    for layout, keeps_state in ((context, False), (lags, True)):
        found = recipe_limit(task, [0], "softmax", layout, keeps_state)
        for name, value in vars(expected).items():
            assert getattr(found, name) == pytest.approx(value, abs=1e-12), name


@pytest.mark.parametrize("gap", [(3, 3), (2, 4), (5, 5)])
@pytest.mark.parametrize("trigger", [False, True])
@pytest.mark.parametrize("window", [1, 2, 3, 4])
@pytest.mark.parametrize("head", ["sigmoid", "softmax"])
def test_stateless_windows_over_fresh_fillers_have_a_closed_form(gap, trigger, window, head):
    task = ConflictingSequences(alphabet_size=4 + trigger, gap=gap, fillers="fresh", trigger=trigger)
    # every filler string of two fillers, once each, stands for all that can be drawn
    listed = ConflictingSequences(alphabet_size=4 + trigger, gap=gap, fillers="fresh", trigger=trigger, pool=1)
    strings = np.array(np.meshgrid(*[[0, 1]] * gap[1], indexing="ij")).reshape(gap[1], -1).T
    batch = every_string(listed, strings)
    for context in (1, 2):
        layout = Layout(task.time, min(window, task.time), context=context, stateful=False)
        expected = of_contexts(seen_ids(batch, layout, keeps_state=True), batch, len(task.input_symbols), head)
        found = recipe_limit(task, [0], head, layout, keeps_state=True) or of_contexts(
            prefix_ids(batch.inputs), batch, len(task.input_symbols), head
        )
        for name in ("accuracy", "recall_accuracy", "loss", "recall_loss"):
            assert getattr(found, name) == pytest.approx(getattr(expected, name), abs=1e-12), name


def every_string(task, strings):
    """All sequences over the given filler strings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ConflictingSequences, "filler_strings", lambda task, rng: strings.astype(np.int32))
        return task.enumerate(np.random.default_rng(0))


def test_what_sees_everything_has_no_control():
    assert recipe_limit(TUTORIAL, [0], "sigmoid", Layout(4, 1), keeps_state=True) is None


def test_rows_that_keep_their_state_over_fresh_fillers_have_no_closed_form():
    fresh = ConflictingSequences(fillers="fresh")
    assert recipe_limit(fresh, [0], "sigmoid", Layout(4, 1, rows=2), keeps_state=True) is None


def test_two_rows_of_the_tutorial_cannot_recall():
    found = recipe_limit(TUTORIAL, [0], "sigmoid", Layout(4, 1, rows=2), keeps_state=True)
    assert found.recall_accuracy == 0.5


def test_the_control_is_the_mean_where_replicates_have_fillers_of_their_own():
    task = ConflictingSequences(alphabet_size=4, gap=6, fillers="fixed")
    layout = Layout(task.time, 1, context=2)
    each = [recipe_limit(task, [seed], "sigmoid", layout, keeps_state=False).loss for seed in range(5)]
    together = recipe_limit(task, range(5), "sigmoid", layout, keeps_state=False).loss
    assert together == pytest.approx(np.mean(each), abs=1e-12)
    assert len(set(each)) > 1
