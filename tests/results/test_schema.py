"""The schema of stored and printed documents, against the documents that the code writes."""

import copy
import dataclasses
import json
import math
import subprocess
import sys

import jsonschema
import pytest
from builders import example_record, example_result
from render_samples import (
    CELLS,
    GAPS,
    UNITS,
    finished_sweep,
    fresh_run,
    judged_again,
    memoryless_run,
    solved_run,
    states_record,
)
from schemas import VALIDATORS

from seqmem.cli.main import run
from seqmem.cli.schema import DOCUMENTS
from seqmem.results.evaluation import EvalResult
from seqmem.results.json import json_text
from seqmem.results.schema import SCHEMAS

RUNS = {
    "solved": solved_run(replicates=3),
    "memoryless": memoryless_run(replicates=2),
    "diverged": example_result(diverged=True),
    "fresh": fresh_run(),
    "own sequences": solved_run(gap="2:5", cell="gru", window=1),
}


def plain(result):
    return json.loads(json_text(result.to_json()))


@pytest.mark.parametrize("document", SCHEMAS)
def test_a_schema_is_one_of_the_dialect_it_names(document):
    schema = SCHEMAS[document]()
    jsonschema.validators.validator_for(schema, default=None).check_schema(schema)
    assert "Attributes:" not in json.dumps(schema)


@pytest.mark.parametrize("what", RUNS)
def test_a_result_validates_and_each_missing_or_mistyped_part_does_not(what):
    document, validator = plain(RUNS[what]), VALIDATORS["result"]
    validator.validate(document)
    for name in document:
        damaged = {key: value for key, value in document.items() if key != name}
        assert not validator.is_valid(damaged), name
        assert not validator.is_valid(document | {name: 7}), name


def test_fields_within_parts_are_described_and_checked():
    document, validator = plain(RUNS["solved"]), VALIDATORS["result"]
    for place in (("replicates", 0, "loss"), ("predictions", 0, "margin"), ("replicates", 0, "evidence")):
        damaged = copy.deepcopy(document)
        part = damaged[place[0]][place[1]]
        part[place[2]] = "much"
        assert not validator.is_valid(damaged), place
    metrics = SCHEMAS["result"]()["properties"]["replicates"]["items"]["properties"]
    assert metrics["recall_loss"]["description"] == "Nats, mean over recall steps; None where there are none."
    assert all("description" in field for field in metrics.values())


def test_numbers_that_are_not_finite_are_null_and_valid():
    document = plain(RUNS["diverged"])
    assert document["replicates"][1]["loss"] is None
    VALIDATORS["result"].validate(document)


def test_evaluations_histories_and_sweeps_validate():
    VALIDATORS["evaluation"].validate(plain(judged_again()))
    VALIDATORS["history"].validate(json.loads(json_text(example_record())))
    for axes in ((GAPS,), (GAPS, UNITS), (CELLS,)):
        VALIDATORS["sweep"].validate(plain(finished_sweep(*axes)))


def shorter(record):
    """The same states, the sequences having ended one step before the last on record: what is not there is NaN."""
    units = []
    for unit in record.units:
        states = [
            dataclasses.replace(
                state,
                tells=(*state.tells[:-1], math.nan),
                values=tuple((*values[:-1], math.nan) for values in state.values),
            )
            for state in unit.states
        ]
        units.append(dataclasses.replace(unit, states=tuple(states)))
    return dataclasses.replace(record, units=tuple(units))


def test_an_evaluation_is_read_as_it_was_written_and_damaged_states_are_refused():
    of_random_length = EvalResult(solved_run(), states=shorter(states_record()))
    for result in (judged_again(), of_random_length, EvalResult(solved_run(), states=states_record())):
        document = plain(result)
        VALIDATORS["evaluation"].validate(document)
        assert plain(EvalResult.from_json(document)) == document
    damaged = copy.deepcopy(document)
    damaged["states"]["units"][0]["states"][0]["values"][1].pop()
    with pytest.raises(ValueError, match="states must have two sequences"):
        EvalResult.from_json(damaged)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_command_prints_the_schema(document, capsys):
    assert run(["schema", document]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(SCHEMAS[document]()))


def test_the_documents_of_the_command_are_those_with_a_schema():
    assert set(DOCUMENTS) == set(SCHEMAS)


def test_printing_a_schema_loads_no_tensorflow():
    code = "import sys; from seqmem.cli.main import run; run(['schema']); sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0
