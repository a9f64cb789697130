"""Results that version 0.1 stored are read, shown under its name, and never crash."""

import copy
import io
import json
from pathlib import Path

import pytest

from seqmem.cli.main import run
from seqmem.config.run_config import RunConfig
from seqmem.render.list_view import draw_list
from seqmem.render.run_view import draw_run
from seqmem.results.columns import ListedRun, run_row
from seqmem.results.run import RunResult
from seqmem.terminal.console import build_console

CEILING = {"accuracy": 0.875, "recall_accuracy": 0.5, "loss": 0.0693, "recall_loss": 0.2773}
PREDICTION = {
    "replicate": 0,
    "inputs": [3, 0],
    "expected": [0, 3],
    "predicted": [0, 4],
    "probability": [0.9, 0.6],
    "margin": [0.8, 0.2],
    "error": [0.1, 0.4],
    "settled": [True, True],
    "recall": [False, True],
}


def document(verdict="unsolved", recall_loss=0.1, recall_accuracy=1.0, ceiling=CEILING, held_out=False):
    """The content of a `result.json` as version 0.1 wrote it."""
    solved = verdict == "solved"
    replicate = {
        "seed": 0,
        "solved": solved,
        "diverged": False,
        "presentations": 500,
        "presentations_to_success": 500 if solved else None,
        "loss": 0.05,
        "recall_loss": recall_loss,
        "accuracy": 1.0,
        "recall_accuracy": recall_accuracy,
        "settled_accuracy": 1.0,
        "max_error": 0.4,
    }
    return {
        "schema": 1,
        "config": RunConfig().to_settings(),
        "ceiling": ceiling,
        "summary": {"replicates": 1, "solved": int(solved), "verdict": verdict},
        "control_ceiling": None,
        "replicates": [replicate],
        "evaluation": {"sequences": 2, "held_out": held_out},
        "predictions": [PREDICTION],
        "cost": {"updates": 500, "time_steps": 2000},
    }


def drawn(renderable, width=80):
    stream = io.StringIO()
    build_console(stream, width=width, environment={}).print(renderable)
    return " ".join(stream.getvalue().split())


@pytest.mark.parametrize("width", [60, 80, 120])
def test_unsolved_is_shown_as_judged_by_version_0_1(width):
    result = RunResult.from_json(document())
    text = drawn(draw_run(result), width)
    assert "Unsolved (judged by version 0.1): 0 of 1 replicate" in text
    assert "trained on" not in text
    assert "never saw" not in text
    assert "evidence" not in text


@pytest.mark.parametrize("verdict", ["solved", "partly", "memoryless", "unsolved", "diverged"])
@pytest.mark.parametrize("held_out", [False, True])
def test_every_verdict_of_version_0_1_keeps_its_name_and_is_drawn(verdict, held_out):
    result = RunResult.from_json(document(verdict, held_out=held_out))
    assert result.summary.verdict == verdict
    assert "judged by version 0.1" in drawn(draw_run(result))
    again = RunResult.from_json(json.loads(json.dumps(result.to_json())))
    assert again == result


def test_the_list_says_that_no_version_now_would_call_it_so():
    result = RunResult.from_json(document())
    old = ListedRun(Path("runs/old"), "complete", result.config, result.summary)
    text = drawn(draw_list([run_row(old)]))
    assert "? unsolved (0.1)" in text
    assert "unsolved (0.1): judged by version 0.1" in text


def test_a_task_without_recall_and_a_network_that_diverged_are_read():
    ceiling = CEILING | {"recall_accuracy": None, "recall_loss": None}
    found = RunResult.from_json(document(recall_loss=None, recall_accuracy=None, ceiling=ceiling))
    assert found.summary.success_rate is None
    lost = document("diverged")
    lost["replicates"][0] |= {"diverged": True, "loss": None, "recall_loss": None, "max_error": None}
    assert "-" in drawn(draw_run(RunResult.from_json(lost)))


@pytest.mark.parametrize("key", ["ceiling", "summary", "evaluation", "replicates"])
@pytest.mark.parametrize("value", [None, [], {}, "x", [[]], {"\x1b": 1}])
def test_a_damaged_document_is_a_value_error(key, value):
    broken = copy.deepcopy(document())
    broken[key] = value
    with pytest.raises(ValueError, match=r"has|must|seeds|expected|missing"):
        RunResult.from_json(broken)


@pytest.fixture
def sweep_folder(tmp_path, monkeypatch):
    """A sweep as version 0.1 left it: its first trial complete, its second never begun."""
    monkeypatch.chdir(tmp_path)
    plan = {
        **{"schema": 1, "base": {"replicates": 1, "presentations": 500}, "search": "grid", "total": 2, "threads": 1},
        **{"rank": "success_rate", "prune": False, "ahead": 8, "axes": [{"name": "units", "values": [10, 20]}]},
        "trials": [[10], [20]],
    }
    stored = document()
    others = {"presentations": 500, "epochs": None, "head": "sigmoid", "init": "glorot", "loss_at": "all"}
    stored["config"] |= {"units": 10, "replicates": 1, **others}
    trial = tmp_path / "map" / "trials" / "1-units10"
    trial.mkdir(parents=True)
    (trial / "result.json").write_text(json.dumps(stored))
    (tmp_path / "map" / "plan.json").write_text(json.dumps(plan))
    return tmp_path / "map"


def test_a_sweep_is_shown_and_listed(sweep_folder, capsys):
    assert run(["show", "map"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "1 of 2 trials complete" in text
    assert "unsolved (0.1)" in text
    assert "In all trials" not in text
    assert run(["list", "map"]) == 0
    assert "sweep 1/2" in capsys.readouterr().out


def test_a_result_of_other_settings_than_were_given_is_no_trial_of_a_sweep(sweep_folder, capsys):
    (sweep_folder / "plan.json").write_text((sweep_folder / "plan.json").read_text().replace("10", "11"))
    (sweep_folder / "trials" / "1-units10").rename(sweep_folder / "trials" / "1-units11")
    assert run(["show", "map"]) == 0
    assert "is of other settings than the plan" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("more", [[], ["--units", "8"], ["--vary", "gap=3,4"], ["--dry-run"]])
def test_a_sweep_is_not_resumed(sweep_folder, capsys, more):
    before = sorted(sweep_folder.rglob("*"))
    assert run(["sweep", "--resume", "map", *more]) == 2
    assert capsys.readouterr().err == (
        "Error: map: was started by version 0.1, whose defaults were others, and cannot be resumed: "
        "start a new sweep; `seqmem show map` shows what it found\n"
    )
    assert sorted(sweep_folder.rglob("*")) == before
