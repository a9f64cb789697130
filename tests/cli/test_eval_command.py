"""`seqmem eval`, with judging replaced."""

import json

import pytest

from seqmem.cli.main import run
from seqmem.errors import SettingError
from seqmem.experiment import evaluate as reevaluation
from seqmem.judge.criterion import Criterion
from seqmem.results.evaluation import EvalResult, GapResult
from seqmem.storage.run_directory import read_run


@pytest.fixture
def judging(monkeypatch):
    calls = []

    def evaluate(path, **asked):
        calls.append(asked)
        if asked["replicate"] == "7":
            raise SettingError("replicate", 7, "must be from 0 to 0: the run has 1")
        gaps = tuple(GapResult(gap, gap == 3, 0.5, (1.0,), (1.0,), (0.01,), (0.25,), (True,)) for gap in asked["gaps"])
        return EvalResult(read_run(path).result, gaps)

    monkeypatch.setattr(reevaluation, "evaluate", evaluate)
    return calls


def test_eval_asks_for_what_was_typed(stored_run, judging, capsys):
    path = stored_run("first")
    words = ["--gaps", "3,10", "--sequences-count", "50", "--fillers", "fresh", "--replicate", "best"]
    words += ["--criterion", "recall:0.9", "--free-run", "5", "--states"]
    assert run(["eval", str(path), *words]) == 0
    assert judging == [
        {
            "gaps": [3, 10],
            "sequences_count": 50,
            "fillers": "fresh",
            "sequences": [],
            "trusted": (),
            "replicate": "best",
            "criterion": Criterion("recall", 0.9),
            "free_run": 5,
            "states": True,
            "cache": True,
        }
    ]
    assert "10" in capsys.readouterr().out


def test_eval_asks_for_nothing_that_was_not_typed(stored_run, judging, capsys):
    assert run(["eval", str(stored_run("first")), "--json"]) == 0
    [asked] = judging
    assert (asked.pop("replicate"), asked.pop("cache")) == ("all", True)
    assert not any(asked.values())
    assert json.loads(capsys.readouterr().out)["gaps"] == []


def test_eval_takes_sequences_typed_or_from_a_file(stored_run, judging, workplace, capsys):
    path = str(stored_run("first"))
    (workplace / "words.txt").write_text("3 0 1\n")
    assert run(["eval", path, "--sequence", "3 0", "--sequence", "4 0"]) == 0
    assert run(["eval", path, "--sequences", "words.txt"]) == 0
    assert [asked["sequences"] for asked in judging] == [["3 0", "4 0"], ["3 0 1"]]


def test_out_keeps_the_document_and_never_writes_over(stored_run, judging, workplace, capsys):
    path = str(stored_run("first"))
    assert run(["eval", path, "--gaps", "10", "--out", "found.json", "--json"]) == 0
    assert json.loads((workplace / "found.json").read_text()) == json.loads(capsys.readouterr().out)
    assert run(["eval", path, "--out", "found.json"]) == 2
    assert len(judging) == 1


def test_a_value_that_the_run_does_not_allow_is_named_as_typed(stored_run, judging, capsys):
    assert run(["eval", str(stored_run("first")), "--replicate", "7"]) == 2
    assert capsys.readouterr().err == "Error: --replicate 7: must be from 0 to 0: the run has 1\n"


def test_states_are_refused_where_nothing_is_to_be_recalled(stored_run, capsys):
    path = stored_run("plain", sequences=["0 1 2", "1 2 0"])
    assert run(["eval", str(path), "--states"]) == 2
    assert capsys.readouterr().err == "Error: --states: no recall step of this task asks for one of several cues\n"


def test_eval_writes_nothing_into_the_run(stored_run, judging, capsys):
    path = stored_run("first")
    before = {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}
    assert run(["eval", str(path)]) == 0
    assert {file: file.read_bytes() for file in path.rglob("*") if file.is_file()} == before


def test_a_sequence_that_the_run_does_not_allow_is_named_as_typed(stored_run, capsys):
    assert run(["eval", str(stored_run("first")), "--sequence", "3 0", "--sequence", "3 a"]) == 2
    assert capsys.readouterr().err == "Error: --sequence \"3 a\": 'a' is not one of this run's symbols: 0 1 2 3 4\n"
