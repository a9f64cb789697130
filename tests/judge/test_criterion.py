"""What counts as solved, and how it is written."""

import math

import pytest

from seqmem.errors import SettingError
from seqmem.judge.criterion import Criterion, CriterionText, parse_criterion
from seqmem.judge.metrics import Metrics


def metrics(loss=0.01, recall_loss=0.01, recall_accuracy=1.0, settled_accuracy=1.0, max_error=0.1):
    return Metrics(loss, recall_loss, 1.0, recall_accuracy, settled_accuracy, max_error)


@pytest.mark.parametrize(
    ("criterion", "found", "met"),
    [
        ("error:0.25", metrics(max_error=0.25), True),
        ("error:0.25", metrics(max_error=0.2501), False),
        ("error:0.25", metrics(max_error=None), False),
        ("error:0.25", metrics(max_error=math.nan), False),
        ("error:0.25", metrics(loss=math.nan), False),
        ("recall:0.9", metrics(recall_accuracy=0.9, max_error=0.9), True),
        ("recall:0.9", metrics(recall_accuracy=0.89), False),
        ("recall:0.9", metrics(recall_accuracy=None, recall_loss=None), False),
        ("argmax", metrics(settled_accuracy=1.0, max_error=0.6), True),
        ("argmax", metrics(settled_accuracy=0.999), False),
        # it says nothing about memory: right by a hair meets it
        ("argmax", metrics(recall_loss=0.2773, max_error=0.51), True),
    ],
)
def test_a_criterion_is_met_only_within_its_bound(criterion, found, met):
    assert parse_criterion(criterion).met(found) is met


@pytest.mark.parametrize(
    ("text", "kind", "bound"),
    [
        ("error:0.25", "error", 0.25),
        ("recall:1", "recall", 1.0),
        ("argmax", "argmax", 1.0),
        ("recall:.5", "recall", 0.5),
    ],
)
def test_a_text_means_a_kind_and_a_bound(text, kind, bound):
    assert parse_criterion(text) == Criterion(kind, bound)


@pytest.mark.parametrize(
    "text", ["", "error", "error:", "error:1", "error:0", "recall:0", "recall:1.1", "argmax:1", "x:1"]
)
def test_other_texts_mean_none(text):
    assert parse_criterion(text) is None
    with pytest.raises(SettingError, match="must be error:E"):
        CriterionText().read("criterion", text)


def test_it_is_written_in_the_fewest_digits():
    assert [str(CriterionText().read("criterion", text)) for text in ("recall:1.0", "error:0.2500")] == [
        "recall:1",
        "error:0.25",
    ]
