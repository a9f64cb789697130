"""Results to JSON and back, and every malformed document told as one ValueError."""

import copy
import dataclasses
import json
import math

import pytest
from builders import example_record, example_result
from hypothesis import given, settings
from hypothesis import strategies as st

from seqmem.config.run_config import RunConfig
from seqmem.judge.baseline import Baseline
from seqmem.results.evaluation import EvalResult, FreeRun, GapResult
from seqmem.results.json import from_plain, to_plain
from seqmem.results.run import Record, RunResult

DOCUMENT = json.loads(json.dumps(example_result(diverged=True).to_json()))


def paths(value, path=()):
    """Yields the path of every value in a document."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in items:
        yield from paths(one, (*path, key))


def replaced(path, value):
    document = copy.deepcopy(DOCUMENT)
    part = document
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return document


READ_PATHS = [path for path in paths(DOCUMENT) if path and path[0] != "summary"]


def test_result_reads_back_from_its_json():
    result = example_result()
    assert RunResult.from_json(json.loads(json.dumps(result.to_json())), result.history) == result


def test_document_has_the_keys_that_others_rely_on():
    document = example_result().to_json()
    assert list(document)[:4] == ["schema", "config", "baseline", "summary"]
    assert document["schema"] == 2
    assert {"accuracy", "recall_accuracy", "loss", "recall_loss"} <= set(document["baseline"])
    assert document["replicates"][0]["presentations_to_success"] == 10
    assert document["replicates"][0]["max_error"] == 0.125
    assert document["summary"]["presentations_to_success"] == {"median": 10, "min": 10, "max": 10}
    assert document["predictions"][0]["inputs"] == [3, 0]
    counts = [document["summary"][name] for name in ("solved", "remember", "memoryless", "diverged")]
    assert counts == [2, 2, 0, 0]
    assert document["evaluation"] == {"sequences": 2, "different": 4, "trained_on": 4, "exhaustive": True}
    assert set(document["replicates"][0]["evidence"]) == {
        *("groups", "groups_right", "p_value", "loss_share", "remembers")
    }
    assert set(document["cost"]) == {"updates", "time_steps"}
    assert document["config"]["gap"] == 3


def test_numbers_that_are_not_finite_become_null_and_read_back_as_such():
    text = json.dumps(example_result(diverged=True).to_json(), allow_nan=False)
    read = RunResult.from_json(json.loads(text))
    assert math.isnan(read.replicates[1].metrics.loss)
    assert read.replicates[1].metrics.recall_loss is None
    assert read.replicates[1].diverged
    assert read.to_json() == json.loads(text)


def test_summary_counts_solved_replicates_with_their_interval():
    summary = example_result(diverged=True).summary
    assert (summary.replicates, summary.solved, summary.success_rate, summary.verdict) == (2, 1, 0.5, "partly")
    assert summary.interval == pytest.approx((0.0945, 0.9055), abs=1e-4)


def test_presentations_to_success_are_none_where_none_is_solved():
    document = replaced(("replicates", 0, "solved"), False)
    assert RunResult.from_json(document).summary.presentations_to_success is None


@pytest.mark.parametrize("path", READ_PATHS, ids=lambda path: ".".join(map(str, path)))
def test_value_of_another_type_is_a_value_error_or_means_something(path):
    for value in ("\x1b[31m", [], {}, [[]], -1, 1e300, True, None, 10**400, {"\x1b": 1}):
        try:
            result = RunResult.from_json(replaced(path, value))
        except ValueError:
            continue
        again = json.loads(json.dumps(result.to_json(), allow_nan=False))
        assert RunResult.from_json(again).to_json() == result.to_json()
        assert "\\u001b" not in json.dumps(again)


@pytest.mark.parametrize("path", [path for path in READ_PATHS if path[0] != "config"], ids=str)
def test_value_of_a_wrong_type_is_refused(path):
    with pytest.raises(ValueError, match=r"expected `|missing required field|schema|alphabet|seeds|must"):
        RunResult.from_json(replaced(path, {"\x1b": [[]]}))


def test_recipe_limit_is_kept_and_may_be_absent():
    result = dataclasses.replace(example_result(), recipe_limit=Baseline(0.9, 0.5, 0.05, 0.2))
    assert RunResult.from_json(result.to_json()).recipe_limit == result.recipe_limit
    before_controls = {key: value for key, value in DOCUMENT.items() if key != "recipe_limit"}
    assert RunResult.from_json(before_controls).recipe_limit is None


# What has a default may be absent: version 0.1 did not know it.
MAY_BE_ABSENT = {"recipe_limit", "judged", "trained_recall_accuracy", "trained_recall_loss"}
MAY_BE_ABSENT |= {"recall_right", "recall_steps"}


@pytest.mark.parametrize(
    "path", [path for path in READ_PATHS if path[0] != "config" and not MAY_BE_ABSENT & set(path)], ids=str
)
def test_missing_part_is_refused(path):
    document = copy.deepcopy(DOCUMENT)
    part = document
    for key in path[:-1]:
        part = part[key]
    del part[path[-1]]
    if path == ("predictions", 0):
        assert RunResult.from_json(document).predictions == ()
    else:
        with pytest.raises(ValueError, match=r"has no|missing required field|seeds|expected `|must|schema"):
            RunResult.from_json(document)


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("schema",), 3, "schema 3 is not 1 or 2"),
        (("config", "units"), 0, "config: units = 0: must be"),
        (("config", "unit"), 3, "config: unknown setting 'unit'"),
        (("replicates",), DOCUMENT["replicates"][:1], "seeds of the settings"),
        (("replicates", 0, "seed"), 9, "seeds of the settings"),
        (("replicates", 0, "solved"), 1, "replicates.solved: expected `bool`, got `int`"),
        (("replicates", 0, "loss"), "0.1", "replicates.metrics.loss: expected `float`, got `str`"),
        (("predictions", 0, "probability"), [0.5], "a value of each kind for every step"),
        (("predictions", 0, "replicate"), 2, "of replicate 2, which does not exist"),
        (("predictions", 0, "inputs"), [3, "x"], "'x', which is not in the alphabet"),
        (("evaluation", "exhaustive"), "no", "evaluation.exhaustive: expected `bool`, got `str`"),
        (("cost", "updates"), 1.5, r"cost\[...\]: expected `int`, got `float`"),
    ],
)
def test_problem_is_named(path, value, problem):
    with pytest.raises(ValueError, match=problem):
        RunResult.from_json(replaced(path, value))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(READ_PATHS), json_values)
def test_any_document_is_read_or_is_a_value_error(path, value):
    try:
        RunResult.from_json(replaced(path, value))
    except ValueError:
        return


@given(json_values)
def test_any_record_is_read_or_is_a_value_error(value):
    try:
        from_plain(Record, value, "record")
    except ValueError:
        return
    raise AssertionError("no value made at random is a record")


def test_keys_of_a_later_version_are_passed_over():
    document = replaced(("replicates", 0, "notes"), {"groups": 3})
    assert RunResult.from_json(document).to_json() == RunResult.from_json(DOCUMENT).to_json()


def test_record_reads_back():
    record = example_record()
    assert from_plain(Record, json.loads(json.dumps(to_plain(record))), "record") == record


def test_plain_values_refuse_what_json_cannot_hold():
    with pytest.raises(TypeError, match="object is no plain value"):
        to_plain({"a": [object()]})


def test_document_of_eval_adds_gaps_and_free_runs():
    gap = GapResult(10, False, 0.5, (0.5, math.nan), (1.0, 1.0), (0.3, 0.4), (0.25, 1.0), (False, False))
    free = FreeRun(0, (3,), (0, 1), (0.9, 0.8), (0, 1))
    document = EvalResult(example_result(), (gap,), (free,)).to_json()
    assert document["gaps"][0]["recall_accuracy"] == [0.5, None]
    assert document["free_runs"][0]["generated"] == [0, 1]
    assert document["config"] == RunConfig(replicates=2, seed=5).to_settings()
    assert document["summary"]["verdict"] == "solved"


def test_on_other_sequences_the_document_of_eval_has_no_verdict():
    document = EvalResult(example_result(), own_task=False).to_json()
    assert (document["own_task"], document["summary"]["verdict"]) == (False, None)
