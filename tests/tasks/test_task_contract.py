"""What every task must hold, over several instances of each."""

import itertools

import numpy as np
import pytest
from tasks.parity import Parity

from seqmem.judge.baseline import baseline, finite_baseline
from seqmem.tasks import TASKS, ConflictingSequences, ExplicitSequences, Hochreiter1997
from seqmem.tasks.streams import SequenceStream, finite_sequences
from seqmem.tasks.task import ROLES, stream_rng

INSTANCES = {
    "ordered": ConflictingSequences(),
    "ordered, wrapping": ConflictingSequences(alphabet_size=5, gap=7),
    "ordered, trigger": ConflictingSequences(gap=4, cues=3, trigger=True),
    "ordered, gap range": ConflictingSequences(gap=(1, 4)),
    "ordered, gap range, trigger": ConflictingSequences(gap=(2, 5), trigger=True),
    "fixed": ConflictingSequences(alphabet_size=6, gap=9, fillers="fixed"),
    "fixed, gap range": ConflictingSequences(alphabet_size=6, gap=(3, 5), fillers="fixed", trigger=True),
    "fresh": ConflictingSequences(alphabet_size=6, gap=5, cues=3, fillers="fresh"),
    "fresh, gap range": ConflictingSequences(alphabet_size=6, gap=(2, 6), fillers="fresh"),
    "fresh, gap range, trigger": ConflictingSequences(alphabet_size=6, gap=(2, 6), fillers="fresh", trigger=True),
    "fresh, one filler": ConflictingSequences(alphabet_size=3, gap=(2, 4), fillers="fresh"),
    "pool": ConflictingSequences(alphabet_size=6, gap=4, fillers="fresh", pool=3),
    "pool, gap range": ConflictingSequences(alphabet_size=6, gap=(1, 4), cues=4, fillers="fresh", pool=2, trigger=True),
    "explicit": ExplicitSequences(sequences=("3 0 1 2 3", "4 0 1 2 4")),
    "explicit, words and lengths": ExplicitSequences(sequences=("the cat sat", "a cat ran off", "a dog")),
    "explicit, single": ExplicitSequences(sequences=("a b a c",)),
    "1997, 2a": Hochreiter1997("2a", lag=5),
    "1997, 2b": Hochreiter1997("2b", lag=4, distractors=2),
    "1997, 2c": Hochreiter1997("2c", lag=2, distractors=2),
    "parity": Parity(length=(3, 6)),
    "parity at the end": Parity(length=4, ask="end"),
}
SEED = 3

every_task = pytest.mark.parametrize("task", INSTANCES.values(), ids=INSTANCES.keys())
every_generated_task = pytest.mark.parametrize(
    "task", [task for task in INSTANCES.values() if isinstance(task, ConflictingSequences)]
)


def sample(task, count=240, role="training", shuffle=False):
    return SequenceStream(task, SEED, role, shuffle).take(count)


def drawing_rngs():
    return {"variants": stream_rng(SEED, "training"), "fillers": stream_rng(SEED, "checks")}


def same(one, other):
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in vars(one))


def test_every_registered_task_has_instances_here():
    assert {type(task) for task in INSTANCES.values()} == {*TASKS.values(), Parity}
    assert all(TASKS[name].name == name for name in TASKS)


@every_task
def test_shapes_and_types_are_as_documented(task):
    batch = sample(task, 7)
    kinds = {"inputs": np.int32, "targets": np.int32, "weights": np.float32, "recall": bool, "settled": bool}
    for name, kind in (kinds | {"valid": bool}).items():
        assert getattr(batch, name).shape == (7, task.time)
        assert getattr(batch, name).dtype == kind
    for part in (batch.settled, batch.recall, batch.asked):
        assert not (part & ~batch.valid).any()
    assert not ((batch.settled | batch.recall) & ~batch.asked).any()
    assert (batch.asked == batch.valid).all() == task.asks_everywhere
    assert len(batch) == 7
    assert same(batch[2:4], batch[np.array([2, 3])])


@every_task
def test_symbols_stay_in_the_alphabet_and_padding_comes_last(task):
    batch = sample(task)
    assert 0 <= batch.inputs.min() <= batch.inputs.max() < len(task.input_symbols)
    assert 0 <= batch.targets.min() <= batch.targets.max() < len(task.output_symbols)
    assert not (~batch.valid[:, :-1] & batch.valid[:, 1:]).any()
    assert batch.valid[:, 0].all()
    assert (batch.targets[~batch.asked] == 0).all()
    if not task.labelled:
        assert (batch.symbols[:, :-1] == batch.inputs)[batch.valid].all()


@every_task
def test_oracle_that_sees_the_whole_prefix_is_right_at_settled_steps(task):
    batch = finite_sequences(task, SEED) if task.finite else sample(task, 4000)
    answers = {}
    for row in range(len(batch)):
        for step in np.flatnonzero(batch.settled[row]):
            prefix = batch.inputs[row, : step + 1].tobytes()
            assert answers.setdefault(prefix, batch.targets[row, step]) == batch.targets[row, step]
    assert answers or not batch.settled.any()


@every_task
def test_steps_left_open_really_are_open(task):
    batch = finite_sequences(task, SEED) if task.finite else sample(task, 20_000)
    followers = {}
    for row, step in zip(*np.nonzero(batch.asked), strict=True):
        prefix = batch.inputs[row, : step + 1].tobytes()
        if not task.finite and step > 2:  # longer fresh prefixes are too rare to be seen twice
            continue
        settled, targets = followers.setdefault(prefix, (batch.settled[row, step], set()))
        assert settled == batch.settled[row, step]
        targets.add(batch.targets[row, step])
    assert all((len(targets) == 1) == settled for settled, targets in followers.values())


@every_task
@pytest.mark.parametrize("head", ["sigmoid", "softmax"])
def test_memoryless_predictor_scores_exactly_the_baseline(task, head):
    count = 200_000
    batch = finite_sequences(task, SEED) if task.finite else sample(task, count)
    found = baseline(task, SEED, head)
    tolerance = 1e-12 if task.finite else 8e-3
    for steps, best in ((batch.asked, found.accuracy), (batch.recall, found.recall_accuracy)):
        if not steps.any():
            assert best is None
            continue
        pairs = np.zeros((len(task.input_symbols), len(task.output_symbols)))
        np.add.at(pairs, (batch.inputs[steps], batch.targets[steps]), 1)
        right = pairs.argmax(axis=1)[batch.inputs[steps]] == batch.targets[steps]
        assert right.mean() == pytest.approx(best, abs=tolerance)


@every_task
def test_baselines_rise_with_the_symbols_seen_until_nothing_is_hidden(task):
    orders = [baseline(task, SEED, "sigmoid", order) for order in range(1, task.time + 2)]
    for fewer, more in itertools.pairwise(orders):
        assert more.accuracy >= fewer.accuracy - 1e-12
        assert more.loss <= fewer.loss + 1e-12
    if task.finite:
        batch = finite_sequences(task, SEED)
        whole = finite_baseline(batch, len(task.input_symbols), "sigmoid", task.time + 1)
        assert (whole.loss < 1e-12) == bool(batch.settled[batch.valid].all())


@every_task
@pytest.mark.parametrize("shuffle", [False, True])
def test_same_seed_gives_the_same_batch_and_another_seed_does_not_change_the_task(task, shuffle):
    assert same(sample(task, 9, shuffle=shuffle), sample(task, 9, shuffle=shuffle))
    if task.same_for_every_seed and task.finite:
        assert same(finite_sequences(task, 0), finite_sequences(task, 1))


@every_task
@pytest.mark.parametrize("shuffle", [False, True])
def test_stream_does_not_depend_on_how_many_are_taken_at_a_time(task, shuffle):
    whole = SequenceStream(task, SEED, "training", shuffle).take(30)
    stream = SequenceStream(task, SEED, "training", shuffle)
    start = 0
    for count in (1, 2, 3, 5, 8, 4, 7):
        assert same(stream.take(count), whole[start : start + count])
        start += count


@every_task
@pytest.mark.parametrize("shuffle", [False, True])
def test_restored_stream_goes_on_where_it_was(task, shuffle):
    stream = SequenceStream(task, SEED, "training", shuffle)
    stream.take(5)
    state = stream.state()
    expected = stream.take(11)
    other = SequenceStream(task, SEED, "training", shuffle)
    other.restore(state)
    assert same(other.take(11), expected)


@every_task
@pytest.mark.parametrize("shuffle", [False, True])
def test_every_epoch_presents_each_sequence_or_cue_once(task, shuffle):
    if task.at_random:
        pytest.skip("drawn at random: see test_hochreiter.py")
    epochs = 6
    first = sample(task, epochs * task.epoch_size, shuffle=shuffle)
    if isinstance(task, Parity):
        shown, expected = first.inputs[:, 0].tolist(), [0] * 50 + [1] * 50
    elif isinstance(task, ExplicitSequences):
        shown = [row.tobytes() for row in first.symbols]
        expected = sorted(row.tobytes() for row in finite_sequences(task, SEED).symbols)
    else:
        shown = first.symbols[:, 0].tolist()
        expected = list(range(task.filler_count, task.filler_count + task.cues))
    for epoch in range(epochs):
        assert sorted(shown[epoch * task.epoch_size :][: task.epoch_size]) == expected


@every_task
def test_roles_are_streams_of_their_own(task):
    draws = {role: stream_rng(SEED, role).integers(2**62) for role in ROLES}
    assert len(set(draws.values())) == len(ROLES)
    if not task.finite:
        assert not same(sample(task), sample(task, role="evaluation"))


@every_generated_task
def test_recall_is_the_last_step_and_asks_for_the_cue(task):
    batch = sample(task)
    last = batch.valid.sum(axis=1) - 1
    assert (batch.recall.argmax(axis=1) == last).all()
    assert (batch.recall.sum(axis=1) == 1).all()
    rows = np.arange(len(batch))
    assert (batch.targets[rows, last] == batch.symbols[:, 0]).all()
    gaps = last - task.trigger
    assert set(gaps.tolist()) == set(range(task.gap[0], task.gap[1] + 1))
    if task.trigger:
        assert (batch.inputs[rows, last] == len(task.input_symbols) - 1).all()
    between = np.arange(1, task.gap[1] + 1) <= gaps[:, None]
    assert (batch.symbols[:, 1 : task.gap[1] + 1][between] < task.filler_count).all()


@every_generated_task
def test_fillers_never_depend_on_the_cue(task):
    if not task.finite:
        cues = np.arange(task.cues)
        one, other = (task.draw(order, drawing_rngs()) for order in (cues, cues[::-1]))
    else:
        batch = finite_sequences(task, SEED)
        one, other = batch[:: task.cues], batch[1 :: task.cues]
    last = one.valid.sum(axis=1)
    assert (last == other.valid.sum(axis=1)).all()
    inner = (np.arange(task.time + 1) >= 1) & (np.arange(task.time + 1) < last[:, None])
    assert (one.symbols[inner] == other.symbols[inner]).all()


@every_generated_task
def test_paired_sequences_share_gap_and_fillers_and_differ_in_their_cues(task):
    cues = min(task.cues, 8)
    batch = SequenceStream(task, SEED, "evaluation").take_paired(10 * cues)
    for start in range(0, 10 * cues, cues):
        pair = batch[start : start + cues]
        assert len(set(pair.symbols[:, 0].tolist())) == cues
        inner = pair.valid.copy()
        inner[:, 0] = False
        assert (pair.inputs[inner].reshape(cues, -1) == pair.inputs[0][inner[0]]).all()
        assert (pair.valid == pair.valid[0]).all()


def test_more_than_eight_cues_are_judged_eight_at_a_time_and_all_in_turn():
    task = ConflictingSequences(alphabet_size=20, gap=4, cues=11, fillers="fresh")
    batch = SequenceStream(task, SEED, "evaluation").take_paired(88)
    strings = [batch.symbols[start : start + 8, 1:-1] for start in range(0, 88, 8)]
    assert all((string == string[0]).all() for string in strings)
    assert len({string[0].tobytes() for string in strings}) == 11
    assert len(set(batch.symbols[:, 0].tolist())) == 11


@every_task
def test_groups_number_the_recall_steps_and_no_group_is_answered_by_its_last_symbol(task):
    batch = SequenceStream(task, SEED, "evaluation").take_paired(64)
    groups = task.groups(batch)
    seen = batch.inputs[batch.recall]
    assert groups.shape == seen.shape
    for group in np.unique(groups[groups >= 0]):
        assert len(np.unique(seen[groups == group])) == 1


@pytest.mark.parametrize("fillers", ["ordered", "fixed"])
@pytest.mark.parametrize("gap", [(3, 3), (2, 9)])
def test_strings_that_begin_alike_are_one_group(fillers, gap):
    task = ConflictingSequences(alphabet_size=8, gap=gap, fillers=fillers)
    groups = task.groups(finite_sequences(task, SEED))
    assert len(np.unique(groups[groups >= 0])) == 1
    assert (groups >= 0).sum() == task.cues


def test_different_fresh_strings_are_different_groups():
    task = ConflictingSequences(alphabet_size=12, gap=8, fillers="fresh")
    batch = SequenceStream(task, SEED, "evaluation").take_paired(256)
    groups = task.groups(batch)
    assert len(np.unique(groups[groups >= 0])) == len({row.tobytes() for row in batch.symbols[:, 1:-1]}) == 128


@every_task
def test_recallable_symbols_are_the_targets_of_recall_steps(task):
    batch = finite_sequences(task, SEED) if task.finite else sample(task)
    assert set(np.flatnonzero(task.recallable())) == set(batch.targets[batch.recall].tolist())


def test_fresh_fillers_differ_between_presentations():
    batch = sample(ConflictingSequences(alphabet_size=10, gap=20, fillers="fresh"), 50)
    assert len({row.tobytes() for row in batch.symbols[:, 1:-1]}) == 50


def test_pool_strings_are_the_only_fillers():
    task = ConflictingSequences(alphabet_size=12, gap=8, fillers="fresh", pool=4)
    batch = sample(task, 400)
    assert len({row.tobytes() for row in batch.symbols[:, 1:-1]}) == 4
    assert len(finite_sequences(task, SEED)) == 8


def test_fixed_fillers_come_from_the_seed():
    task = ConflictingSequences(alphabet_size=12, gap=8, fillers="fixed")
    assert same(finite_sequences(task, 1), finite_sequences(task, 1))
    assert not same(finite_sequences(task, 1), finite_sequences(task, 2))


def test_shuffled_epochs_come_in_different_orders():
    task = ConflictingSequences(alphabet_size=12, gap=2, cues=6)
    shown = sample(task, 60, shuffle=True).symbols[:, 0].reshape(10, 6)
    assert len({row.tobytes() for row in shown}) > 5
