"""The user's own sequences: settled and recall steps worked out by hand."""

import numpy as np
import pytest

from seqmem.errors import SettingError
from seqmem.judge.baseline import baseline
from seqmem.tasks import ConflictingSequences, ExplicitSequences
from seqmem.tasks.contexts import settling_lengths
from seqmem.tasks.streams import finite_sequences


def lengths_of(*sequences):
    batch = finite_sequences(ExplicitSequences(sequences=sequences), 0)
    found = settling_lengths(batch.inputs, batch.targets, batch.valid)
    assert (batch.settled == (found > 0)).all()
    return [row[valid].tolist() for row, valid in zip(found, batch.valid, strict=True)]


def test_only_the_last_step_of_the_tutorial_needs_memory_and_all_of_its_prefix():
    # after 2 come 3 or 4, after 1 2 as well, after 0 1 2 too: it takes the first symbol, four back
    assert lengths_of("3 0 1 2 3", "4 0 1 2 4") == [[1, 1, 1, 4], [1, 1, 1, 4]]


def test_step_that_no_prefix_settles_is_neither_settled_nor_recall():
    # after 0 come 1 and 2, and there is nothing before
    assert lengths_of("0 1 2", "0 2 1") == [[0, 1], [0, 1]]


def test_sequences_of_different_lengths_settle_each_on_their_own():
    # "cat" goes on with "sat" or "ran": the word before tells; "a" goes on with "cat" or "dog": nothing tells
    assert lengths_of("the cat sat", "a cat ran off", "a dog") == [[1, 2], [0, 2, 1], [0]]


def test_shortest_suffix_counts_wherever_it_occurs():
    # b: followed by a and c; "a b" by both as well (rows one and two); "x a b" and "y a b" tell
    assert lengths_of("x a b a", "y a b c")[0] == [1, 1, 3]


def test_place_at_the_start_can_be_what_settles():
    # "a" opens row one and is followed by b; after x it is followed by c: the start itself is the context
    assert lengths_of("a b", "x a c") == [[2], [1, 2]]


def test_single_sequence_with_a_repeated_symbol_needs_memory():
    # a -> b at the start, a -> c after b
    assert lengths_of("a b a c") == [[2, 1, 2]]


def recalls_of(*sequences, **settings):
    batch = finite_sequences(ExplicitSequences(sequences=sequences, **settings), 0)
    return [np.flatnonzero(row).tolist() for row in batch.recall]


def test_a_recall_step_is_one_that_another_sequence_answers_otherwise_at_the_same_place():
    assert recalls_of("3 0 1 2 3", "4 0 1 2 4") == [[3], [3]]
    # as far from the end, though not from the start
    assert recalls_of("a x b", "c y x d") == [[1], [2]]
    # as far from the start, though not from the end
    assert recalls_of("a x b e", "c x d") == [[1], [1]]


def test_a_step_that_its_place_settles_is_no_recall_step():
    # the last 1 is followed by 2, the first by 0, in both sequences: counting tells, no cue is needed
    assert recalls_of("3 1 0 1 2 3", "4 1 0 1 2 4") == [[4], [4]]
    assert recalls_of("a b a c") == [[]]


def test_a_step_that_no_prefix_settles_is_no_recall_step():
    assert recalls_of("0 1", "0 2") == [[], []]


@pytest.mark.parametrize(
    "task",
    [
        ConflictingSequences(),
        ConflictingSequences(gap=100, alphabet_size=12),
        ConflictingSequences(gap=30, alphabet_size=12, fillers="fixed"),
        ConflictingSequences(gap=9, alphabet_size=8, cues=4, fillers="fixed", trigger=True),
    ],
    ids=str,
)
def test_generated_sequences_given_by_hand_have_the_same_recall_steps_and_baseline(task):
    generated = finite_sequences(task, 7)
    rows = [" ".join(task.input_symbols[symbol] for symbol in row) for row in generated.symbols]
    by_hand = ExplicitSequences(sequences=tuple(rows), symbols=task.input_symbols)
    given = finite_sequences(by_hand, 7)
    np.testing.assert_array_equal(given.recall, generated.recall)
    assert (given.recall.sum(axis=1) == 1).all()
    assert baseline(by_hand, 7, "softmax") == baseline(task, 7, "softmax")
    assert baseline(by_hand, 7, "softmax").recall_accuracy == 1 / task.cues


def test_numbers_are_ordered_by_value_and_words_by_appearance():
    assert ExplicitSequences(sequences=("10 2 1",)).input_symbols == ("1", "2", "10")
    assert ExplicitSequences(sequences=("b a", "c a")).input_symbols == ("b", "a", "c")
    assert ExplicitSequences(sequences=("b a",), symbols="a b c").input_symbols == ("a", "b", "c")


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"sequences": ("a",)}, "at least 2 symbols"),
        ({"sequences": ("a a a",)}, "at least 2 different"),
        ({"sequences": ()}, "list of sequences"),
        ({"sequences": ("a b",), "symbols": "a"}, "'b' is missing"),
        ({"sequences": ("a b",), "symbols": "a b a"}, "all be different"),
        ({"sequences": ("a \x1b[31m",)}, "control characters"),
        ({"sequences": "a b"}, "list of sequences"),
    ],
)
def test_malformed_sequences_are_refused(settings, problem):
    with pytest.raises(SettingError, match=problem):
        ExplicitSequences(**settings)
