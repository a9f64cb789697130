"""Groups of recall steps, counted by hand."""

import numpy as np
import pytest

from seqmem.evaluation.scores import count_groups


@pytest.mark.parametrize(
    ("groups", "targets", "right", "counted"),
    [
        # two strings of fillers, each after both cues: one recalled after both
        ([0, 0, 1, 1], [3, 4, 3, 4], [1, 1, 1, 0], (2, 1, 2)),
        # without memory one of two is right, in every string
        ([0, 0, 1, 1, 2, 2], [3, 4, 3, 4, 3, 4], [1, 0, 0, 1, 1, 0], (3, 0, 2)),
        # a string judged after one cue only proves nothing
        ([0, 0, 1], [3, 4, 3], [1, 1, 1], (1, 1, 2)),
        # the same cue twice is one cue, and must be right each time
        ([0, 0, 0, 0], [3, 3, 4, 4], [1, 0, 1, 1], (1, 0, 2)),
        # two of three cues are enough
        ([0, 0, 0], [3, 4, 5], [1, 0, 1], (1, 1, 3)),
        # steps that belong to no group are not counted
        ([-1, -1, 7, 7], [3, 4, 3, 4], [1, 1, 1, 1], (1, 1, 2)),
        ([-1, -1], [3, 4], [1, 1], (0, 0, 2)),
    ],
)
def test_a_group_counts_where_two_of_its_cues_are_recalled(groups, targets, right, counted):
    found = count_groups(np.array(right, bool), np.array(groups), np.array(targets))
    assert (found.groups, found.right, found.cues) == counted
