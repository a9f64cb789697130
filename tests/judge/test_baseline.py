"""Baselines against counting by hand, in full and slowly."""

import itertools
import math
from collections import Counter, defaultdict

import pytest

from seqmem.judge.baseline import baseline
from seqmem.tasks import ConflictingSequences, ExplicitSequences
from seqmem.tasks.streams import finite_sequences


def test_baselines_of_the_tutorial_are_the_known_ones():
    found = baseline(ConflictingSequences(), 0, "sigmoid")
    assert found.accuracy == 0.875
    assert found.recall_accuracy == 0.5
    assert found.loss == pytest.approx(math.log(2) / 10, abs=1e-15)
    assert found.recall_loss == pytest.approx(2 * math.log(2) / 5, abs=1e-15)
    assert (round(found.loss, 4), round(found.recall_loss, 4)) == (0.0693, 0.2773)


def test_softmax_baseline_of_the_tutorial_is_a_coin_at_recall():
    found = baseline(ConflictingSequences(), 0, "softmax")
    assert found.recall_loss == pytest.approx(math.log(2), abs=1e-15)
    assert found.loss == pytest.approx(math.log(2) / 4, abs=1e-15)


def weighted_steps(task):
    """Yields (probability, prefix, target, whether it is the recall step) for every fresh sequence there is."""
    low, high = task.gap
    last = len(task.input_symbols) - 1
    for gap in range(low, high + 1):
        for cue in range(task.cues):
            for fillers in itertools.product(range(task.filler_count), repeat=gap):
                chance = 1 / (high - low + 1) / task.cues / task.filler_count**gap
                word = (task.filler_count + cue, *fillers, *([last] if task.trigger else []), task.filler_count + cue)
                for step in range(len(word) - 1):
                    yield chance, word[: step + 1], word[step + 1], step == len(word) - 2


def listed_steps(batch):
    """The same for sequences that are all equally likely."""
    for row in range(len(batch)):
        for step in range(int(batch.valid[row].sum())):
            symbols = batch.symbols[row].tolist()
            yield 1 / len(batch), tuple(symbols[: step + 1]), symbols[step + 1], bool(batch.recall[row, step])


def squared_error(right, shares):
    """Half the squared distance of these shares from the one-hot target whose share is `right`."""
    return ((1 - right) ** 2 + sum(share**2 for share in shares) - right**2) / 2


def counted_baseline(steps, alphabet_size, head, order):
    """Accuracy and loss of the best predictor of the last `order` symbols, with a mark before the start."""
    tables = defaultdict(Counter)
    for chance, prefix, target, _ in steps:
        padded = ("start",) * order + prefix
        tables[padded[-order:]][target] += chance
    total = sum(sum(table.values()) for table in tables.values())
    if not total:
        return None, None
    right = sum(max(table.values()) for table in tables.values()) / total
    nats = 0.0
    for table in tables.values():
        mass = sum(table.values())
        for chance in table.values():
            share = chance / mass
            if head == "squared":
                shares = [other / mass for other in table.values()]
                nats += chance * squared_error(share, shares)
            elif head == "softmax":
                nats -= chance * math.log(share)
            else:
                away = (1 - share) * math.log(1 - share) if share < 1 - 1e-12 else 0.0
                nats -= mass * (share * math.log(share) + away) / alphabet_size
    return right, nats / total


def counted_trained(steps, alphabet_size, head, order):
    """Recall accuracy and loss of the predictor that gives each context of all steps the shares of its targets."""
    tables = defaultdict(Counter)
    for chance, prefix, target, _ in steps:
        tables[(("start",) * order + prefix)[-order:]][target] += chance
    right = nats = mass = 0.0
    for chance, prefix, target, recall in steps:
        if not recall:
            continue
        table = tables[(("start",) * order + prefix)[-order:]]
        shares = {symbol: count / sum(table.values()) for symbol, count in table.items()}
        tied = [symbol for symbol, share in shares.items() if share >= max(shares.values()) - 1e-12]
        mass += chance
        right += chance * (target in tied) / len(tied)
        if head == "squared":
            nats += chance * squared_error(shares[target], shares.values())
            continue
        nats -= chance * math.log(shares[target]) / (1 if head == "softmax" else alphabet_size)
        if head == "sigmoid":
            others = [share for symbol, share in shares.items() if symbol != target]
            nats -= chance * sum(math.log(1 - share) for share in others) / alphabet_size
    return (right / mass, nats / mass) if mass else (None, None)


FRESH = [
    ConflictingSequences(alphabet_size=size + cues + trigger, gap=gap, cues=cues, fillers="fresh", trigger=trigger)
    for size, cues, gap in [
        (1, 2, (3, 3)),
        (2, 2, (1, 4)),
        (3, 3, (2, 3)),
        (2, 2, (5, 5)),
        (1, 3, (1, 3)),
        (5, 2, (1, 1)),
    ]
    for trigger in (False, True)
]


@pytest.mark.parametrize("task", FRESH, ids=str)
@pytest.mark.parametrize("head", ["sigmoid", "softmax", "squared"])
def test_closed_form_of_fresh_fillers_equals_counting_all_of_them(task, head):
    steps = list(weighted_steps(task))
    recall = [step for step in steps if step[3]]
    for order in range(1, 7):
        found = baseline(task, 0, head, order)
        counted = counted_baseline(steps, len(task.input_symbols), head, order)
        counted_recall = counted_baseline(recall, len(task.input_symbols), head, order)
        assert (found.accuracy, found.loss) == pytest.approx(counted, abs=1e-12)
        assert (found.recall_accuracy, found.recall_loss) == pytest.approx(counted_recall, abs=1e-12)
        trained = counted_trained(steps, len(task.input_symbols), head, order)
        assert (found.trained_recall_accuracy, found.trained_recall_loss) == pytest.approx(trained, abs=1e-10)


FINITE = [
    ConflictingSequences(),
    ConflictingSequences(alphabet_size=5, gap=(2, 8), cues=3),
    ConflictingSequences(alphabet_size=6, gap=6, fillers="fixed", trigger=True),
    ConflictingSequences(alphabet_size=6, gap=(1, 5), fillers="fresh", pool=4),
    ExplicitSequences(sequences=("the cat sat", "a cat ran off", "a dog sat down the", "a dog")),
    ExplicitSequences(sequences=("a b", "a c", "a b")),
    ExplicitSequences(sequences=("a x x x b x a", "c x x x b x c")),
]


@pytest.mark.parametrize("task", FINITE, ids=str)
@pytest.mark.parametrize("head", ["sigmoid", "softmax", "squared"])
def test_baseline_of_finite_tasks_equals_a_slow_count(task, head):
    steps = list(listed_steps(finite_sequences(task, 5)))
    recall = [step for step in steps if step[3]]
    for order in range(1, 7):
        found = baseline(task, 5, head, order)
        counted = counted_baseline(steps, len(task.input_symbols), head, order)
        counted_recall = counted_baseline(recall, len(task.input_symbols), head, order)
        assert (found.accuracy, found.loss) == pytest.approx(counted, abs=1e-12)
        assert (found.recall_accuracy, found.recall_loss) == pytest.approx(counted_recall, abs=1e-12)
        trained = counted_trained(steps, len(task.input_symbols), head, order)
        assert (found.trained_recall_accuracy, found.trained_recall_loss) == pytest.approx(trained, abs=1e-10)


def test_task_without_recall_steps_has_no_recall_baseline():
    found = baseline(ExplicitSequences(sequences=("a b c",)), 0, "sigmoid")
    assert (found.accuracy, found.recall_accuracy, found.recall_loss) == (1.0, None, None)
    assert found.loss == 0.0


def test_baseline_of_a_long_gap_is_computed_at_once():
    task = ConflictingSequences(alphabet_size=100, gap=1000, fillers="fresh", trigger=True)
    assert baseline(task, 0, "sigmoid").recall_accuracy == 0.5


def test_one_predictor_trained_on_all_steps_misses_what_is_rare():
    # after a fresh filler comes another one four times in five: the best guess is never a cue, though half could be had
    found = baseline(ConflictingSequences(alphabet_size=5, gap=5, fillers="fresh"), 0, "softmax")
    assert (found.recall_accuracy, found.trained_recall_accuracy) == (0.5, 0.0)
    assert found.trained_recall_loss > found.recall_loss == pytest.approx(math.log(2), abs=1e-15)
