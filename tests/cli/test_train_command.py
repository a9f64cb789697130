"""`seqmem train`, with training replaced by a made-up run."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tmux import Terminal, needs_tmux

from seqmem.cli.main import run
from seqmem.commands.stopping import SIGNALS
from seqmem.config.presets import preset_names
from seqmem.experiment import run as experiment
from seqmem.storage.run_directory import read_run


def test_train_draws_the_result_on_stdout_and_stores_the_run(workplace, made_up_training, capsys):
    assert run(["train", "--gap", "3", "--units", "7", "--out", "first"]) == 0
    captured = capsys.readouterr()
    assert "solved" in captured.out.lower()
    assert "Stored in first" in captured.err
    stored = read_run(workplace / "first")
    assert (stored.status, stored.config.units) == ("complete", 7)


def test_train_makes_a_new_directory_each_time(workplace, made_up_training, capsys):
    assert [run(["train"]), run(["train"])] == [0, 0]
    assert len(list((workplace / "runs").iterdir())) == 2


def test_json_is_the_only_thing_on_stdout_and_is_what_is_stored(workplace, made_up_training, capsys):
    assert run(["train", "--json", "--replicates", "3", "--out", "first"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document == json.loads((workplace / "first" / "result.json").read_text())
    assert document["summary"]["solved"] == 3


def test_quiet_leaves_the_result_alone(workplace, made_up_training, capsys):
    assert run(["train", "--quiet"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out != ""


def test_threads_and_cache_reach_the_run(workplace, made_up_training, capsys):
    assert run(["train", "--threads", "2", "--no-cache"]) == 0
    [(_, how)] = made_up_training
    assert (how["threads"], how["cache"]) == (2, False)


def test_a_preset_and_options_make_the_config(workplace, made_up_training, capsys):
    assert run(["train", "--preset", "tutorial", "--replicates", "5"]) == 0
    [(config, _)] = made_up_training
    assert (config.window, config.stop, config.replicates) == (1, False, 5)


def test_the_stored_settings_make_the_same_run_again(workplace, made_up_training, capsys):
    assert run(["train", "--gap", "2:4", "--fillers", "fresh", "--out", "first"]) == 0
    assert run(["train", "first/config.toml", "--out", "second"]) == 0
    assert made_up_training[0][0] == made_up_training[1][0]


def test_a_taken_directory_is_refused_before_anything_runs(workplace, made_up_training, capsys):
    (workplace / "first").mkdir()
    assert run(["train", "--out", "first"]) == 2
    assert made_up_training == []
    assert list((workplace / "first").iterdir()) == []


def test_preset_list_names_each_preset_on_a_line(workplace, capsys):
    assert run(["train", "--preset", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(preset_names())
    assert run(["task", "--preset", "list", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)) == list(preset_names())


def test_interrupting_ends_with_status_130_in_one_line(workplace, monkeypatch, capsys):
    class Interrupted(experiment.Run):
        def __iter__(self):
            raise KeyboardInterrupt
            yield

    monkeypatch.setattr(experiment, "Run", Interrupted)
    assert run(["train", "--quiet"]) == 130
    assert capsys.readouterr().err == "Interrupted.\n"


@pytest.mark.parametrize(
    "words", [["--gap", "3"], ["--preset", "tutorial"], ["a.toml"], ["--out", "x"], ["--no-stop"], ["--threads", "1"]]
)
def test_resume_takes_no_settings(words, workplace, capsys):
    assert run(["train", "--resume", "first", *words]) == 2
    assert "does not go with --resume" in capsys.readouterr().err


def test_training_steps_on_recall_alone_needs_a_recall_step(workplace, capsys):
    assert run(["train", "--sequence", "a b c", "--loss-at", "recall"]) == 2
    assert capsys.readouterr().err.startswith("Error: --loss-at recall: ")
    assert list(workplace.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_closes_the_run_after_the_chunk_and_says_how_to_go_on(
    number, made_up_run, workplace, monkeypatch, capsys
):
    closed = []

    class Signalled(made_up_run):
        def __iter__(self):
            first, second = list(super().__iter__())
            (self.directory.path / "result.json").unlink()
            yield first
            signal.raise_signal(number)
            yield second

        def close(self):
            closed.append(self.directory.path)
            super().close()

    monkeypatch.setattr(experiment, "Run", Signalled)
    assert run(["train", "--quiet", "--out", "first"]) == 128 + number
    assert capsys.readouterr().err.endswith("Stopped. Go on with: seqmem train --resume first\n")
    assert set(closed) == {Path("first")}
    assert read_run(Path("first")).result is None


BEFORE_THE_FIRST_CHUNK = """
import signal, sys, time
from seqmem.experiment import run as experiment
from seqmem.cli.main import main

class Compiling(experiment.Run):
    def __iter__(self):
        signal.raise_signal(int(sys.argv[1]))
        time.sleep(60)  # as a compiler, it answers to no handler
        yield

experiment.Run = Compiling
main(["train", "--quiet", "--out", "first"])
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_before_the_first_chunk_ends_the_process_at_once(number, workplace):
    command = [sys.executable, "-c", BEFORE_THE_FIRST_CHUNK, str(int(number))]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 128 + number
    assert ended.stderr == "Stopped. Go on with: seqmem train --resume first\n"
    assert read_run(Path("first")).status == "interrupted"


def test_after_a_run_signals_mean_what_they_meant_before(workplace, made_up_training, capsys):
    before = [signal.getsignal(number) for number in SIGNALS]
    assert run(["train", "--quiet"]) == 0
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_resume_follows_the_rest_of_a_stored_run(stored_run, made_up_run, monkeypatch, capsys):
    path = stored_run("first", units=7)
    monkeypatch.setattr(experiment.Run, "resume", lambda path, **how: made_up_run(read_run(path).config))
    assert run(["train", "--resume", str(path), "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["config"]["units"] == 7
    assert f"Stored in {path}" in captured.err


MADE_UP = """
import sys
sys.path[:0] = sys.argv[1:3]
from conftest import MadeUpRun
from seqmem.experiment import run as experiment
from seqmem.cli.main import main

experiment.Run = MadeUpRun
main(["train", "--out", "first"])
"""


@pytest.mark.parametrize("together", [True, False])
def test_a_log_has_the_header_once_then_the_result_and_where_it_is_stored_last(together, workplace):
    tests = Path(__file__).parents[1]
    command = [sys.executable, "-c", MADE_UP, str(tests / "cli"), str(tests)]
    stderr = subprocess.STDOUT if together else subprocess.PIPE
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=stderr, text=True, check=True)
    assert done.stdout.count("\n network ") == 1
    if together:
        lines = done.stdout.splitlines()
        assert lines[0].startswith(" task ")
        assert lines[-1] == "Stored in first"
    else:
        assert done.stderr.count("\n network ") == 1


COMPILING = """
import time
from seqmem.experiment import run as experiment
from seqmem.cli.main import main

class Compiling(experiment.Run):
    def __iter__(self):
        self.stage = "compile"
        time.sleep(60)
        yield

experiment.Run = Compiling
main(["train", "--out", "first"])
"""


@needs_tmux
def test_stopping_while_it_compiles_takes_the_line_away_that_says_so(tmp_path):
    (tmp_path / "script.py").write_text(COMPILING)
    with Terminal(tmp_path, f"{sys.executable} script.py", 80, 24) as terminal:
        terminal.wait(lambda lines: any("compiling" in line for line in lines))
        terminal("send-keys", "C-c")
        terminal.wait(lambda lines: any("Stopped" in line for line in lines))
        lines = terminal.lines()
    assert not [line for line in lines if "compiling" in line]
    assert lines[0].startswith(" task ")
    assert lines[-2].startswith(" budget ")
    assert lines[-1] == "Stopped. Go on with: seqmem train --resume first"
