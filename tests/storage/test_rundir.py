"""Run directories: made once, whole or absent, read without trust."""

import dataclasses
import datetime
import json
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from builders import Mark, example_record, example_result

from seqmem.config.run_config import RunConfig
from seqmem.config.toml import read_toml_file
from seqmem.errors import DamagedFileError, DamageWarning, SeqmemError, UsageError
from seqmem.results.json import json_bytes
from seqmem.storage.load import list_runs
from seqmem.storage.run_directory import (
    create_run_directory,
    directory_name,
    open_run_directory,
    read_run,
)
from seqmem.tasks import ConflictingSequences, ExplicitSequences

CONFIG = RunConfig(replicates=2, seed=5)
FILES = ("config.toml", "environment.json", "history.jsonl", "timing.json", "summary.json", "result.json")


@pytest.fixture
def complete(tmp_path):
    result = example_result(CONFIG)
    with create_run_directory(CONFIG, root=tmp_path / "runs") as directory:
        directory.write_environment({"python": "3.11", "threads": 1})
        for record in result.history:
            directory.append_record(record)
        directory.write_timing({"train": 1.5})
        directory.write_result(result)
    return directory.path


def test_run_reads_back_as_it_was_written(complete):
    stored = read_run(complete)
    assert stored.config == CONFIG
    assert stored.result == example_result(CONFIG)
    assert stored.history == stored.result.history
    assert (stored.environment, stored.timing) == ({"python": "3.11", "threads": 1}, {"train": 1.5})
    assert stored.status == "complete"


def test_settings_file_of_a_run_makes_the_same_run(complete):
    assert RunConfig.from_settings(read_toml_file(complete / "config.toml")) == CONFIG


def test_same_result_makes_the_same_bytes(complete, tmp_path):
    with create_run_directory(CONFIG, tmp_path / "again") as other:
        other.write_result(example_result(CONFIG))
    assert (other.path / "result.json").read_bytes() == (complete / "result.json").read_bytes()


@pytest.mark.parametrize(
    ("config", "name"),
    [
        (RunConfig(), "2026-11-22-conflicting-gap3-lstm20-seed0"),
        (
            RunConfig(task=ConflictingSequences(gap=(3, 10)), units=8, seed=4),
            "2026-11-22-conflicting-gap3to10-lstm8-seed4",
        ),
        (RunConfig(task=ExplicitSequences(sequences=("a b",))), "2026-11-22-explicit-lstm20-seed0"),
    ],
)
def test_name_tells_day_task_network_and_seed(config, name):
    assert directory_name(config, datetime.date(2026, 11, 22)) == name


def test_taken_names_get_a_counter_and_nothing_is_overwritten(tmp_path):
    made = [create_run_directory(CONFIG, root=tmp_path).path for _ in range(3)]
    assert [path.name.removeprefix(made[0].name) for path in made] == ["", "-2", "-3"]


def test_runs_that_start_at_the_same_moment_get_folders_of_their_own(tmp_path):
    with ThreadPoolExecutor(20) as threads:
        made = list(threads.map(lambda _: create_run_directory(CONFIG, root=tmp_path), range(20)))
    assert len({directory.path for directory in made}) == 20


def test_chosen_directory_that_exists_is_refused_and_left_alone(tmp_path):
    with pytest.raises(UsageError, match="is there already, and nothing is written over"):
        create_run_directory(CONFIG, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_parents_of_a_chosen_directory_are_made(tmp_path):
    assert create_run_directory(CONFIG, tmp_path / "a" / "b").path == tmp_path / "a" / "b"


def test_file_in_the_way_of_a_parent_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SeqmemError, match="cannot be written: ") as caught:
        create_run_directory(CONFIG, tmp_path / "file" / "run")
    assert "\n" not in str(caught.value)


def full_disk(*_):
    raise OSError(28, "No space left on device")


def test_full_disk_is_one_line_and_leaves_no_directory(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(SeqmemError, match=r"config.toml: cannot be written: No space left on device"):
        create_run_directory(CONFIG, tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_result_on_a_full_disk_is_absent_not_half(tmp_path, monkeypatch):
    with create_run_directory(CONFIG, tmp_path / "run") as directory:
        monkeypatch.setattr(os, "fsync", full_disk)
        with pytest.raises(SeqmemError, match="No space left"):
            directory.write_result(example_result(CONFIG))
    assert sorted(os.listdir(directory.path)) == ["config.toml", "lock"]


def test_status_follows_the_lock_and_the_result(tmp_path):
    directory = create_run_directory(CONFIG, tmp_path / "run")
    assert read_run(directory.path).status == "running"
    directory.close()
    directory.close()
    assert read_run(directory.path).status == "interrupted"
    with open_run_directory(directory.path) as again:
        assert read_run(directory.path).status == "running"
        with pytest.raises(UsageError, match="is running in another process"):
            open_run_directory(directory.path)
        for record in example_result(CONFIG).history:
            again.append_record(record)
        again.write_result(example_result(CONFIG))
    assert read_run(directory.path).status == "complete"


def test_lock_dies_with_its_owner(tmp_path):
    directory = create_run_directory(CONFIG, tmp_path / "run")
    path = directory.path
    del directory
    assert read_run(path).status == "interrupted"


def test_lock_dies_with_its_process(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from seqmem.config.run_config import RunConfig;"
        "from seqmem.storage.run_directory import create_run_directory, read_run;"
        "directory = create_run_directory(RunConfig(), Path(sys.argv[1]));"
        "print(read_run(directory.path).status, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "run")], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("running\n", -9)
    assert read_run(tmp_path / "run").status == "interrupted"


def test_torn_last_line_is_passed_over_and_cut_before_the_next(complete):
    path = complete / "history.jsonl"
    whole = path.read_bytes()
    for torn in (b'{"presentations": 3', b"\0" * 5000, whole.splitlines()[0]):
        path.write_bytes(whole + torn)
        assert len(read_run(complete).history) == 2
        with open_run_directory(complete) as directory:
            directory.append_record(example_record(30))
        assert [one.presentations for one in read_run(complete).history] == [10, 20, 30]
        path.write_bytes(whole)


def test_first_line_that_is_torn_leaves_an_empty_history(complete):
    (complete / "result.json").unlink()
    (complete / "history.jsonl").write_bytes(b'{"presen')
    assert read_run(complete).history == ()
    with open_run_directory(complete) as directory:
        directory.append_record(example_record(10))
    assert len(read_run(complete).history) == 1


def test_history_is_cut_at_a_checkpoint(complete):
    before = (complete / "history.jsonl").read_bytes().splitlines(keepends=True)
    with open_run_directory(complete) as directory:
        directory.cut_history(19)
        assert (complete / "history.jsonl").read_bytes() == before[0]
        directory.cut_history(0)
    (complete / "result.json").unlink()
    assert read_run(complete).history == ()


def test_history_holds_null_where_a_number_is_not_finite(tmp_path):
    record = dataclasses.replace(example_record(), loss=(float("nan"), float("inf")))
    with create_run_directory(CONFIG, tmp_path / "run") as directory:
        directory.append_record(record)
    line = (directory.path / "history.jsonl").read_text()
    assert json.loads(line)["loss"] == [None, None]
    assert read_run(directory.path).history[0].loss == (None, None)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["emptied", "truncated", "pickle", "folder", "pipe", "link", "bytes", "sparse"])
def test_damaged_file_is_one_line_that_names_it(complete, tmp_path, name, damage):
    path, mark = complete / name, tmp_path / "mark"
    content = path.read_bytes()
    path.unlink()
    if damage == "emptied":
        path.touch()
    elif damage == "truncated":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "pickle":
        path.write_bytes(pickle.dumps(Mark(mark)) + b"\n")
    elif damage == "folder":
        path.mkdir()
    elif damage == "pipe":
        os.mkfifo(path)
    elif damage == "link":
        (tmp_path / "elsewhere").write_bytes(content)
        path.symlink_to(tmp_path / "elsewhere")
    elif damage == "bytes":
        path.write_bytes(b"\x1b[31m\xff\x00\n")
    else:
        with path.open("wb") as file:
            file.truncate(2**40)
    assert not mark.exists()
    if name == "history.jsonl" and damage in ("emptied", "truncated"):
        with pytest.warns(DamageWarning, match=r"history.jsonl: ends after (0|10) of 20 presentations"):
            assert len(read_run(complete).history) < 2
        return
    with pytest.raises(DamagedFileError) as caught:
        read_run(complete)
    text = str(caught.value)
    assert text.startswith(str(complete))
    assert name in text
    assert text.isprintable()
    assert not mark.exists()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"[]", "line 2 is not a JSON object"),
        (b"{}", "line 2: record: object missing required field `presentations`"),
        (b"NaN", "line 2 is not JSON"),
        (b'{"presentations": NaN}', "NaN is no number"),
        (b'{"loss": [1e400]}', "1e400 is no number"),
        (b'{"presentations": 1' + b"0" * 400 + b"}", "a number is too large"),
        (b"[" * 100_000, "line 2 is nested too deeply"),
        (json_bytes(example_record(5)), "line 2: presentations must not go down"),
        (json_bytes(example_record(15, replicates=3)), "line 2: must have 2 values"),
    ],
)
def test_line_that_is_no_record_is_named_by_number(complete, line, problem):
    path = complete / "history.jsonl"
    first, second = path.read_bytes().splitlines()
    path.write_bytes(first + b"\n" + line + b"\n" + second + b"\n")
    with pytest.raises(DamagedFileError, match=problem):
        read_run(complete)


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9])
def test_settings_that_lost_their_end_are_not_taken_for_others(tmp_path, share):
    path = create_run_directory(CONFIG, tmp_path / "run").path / "config.toml"
    content = path.read_bytes()
    for length in (int(share * len(content)), len(content) - 1):
        path.write_bytes(content[:length])
        with pytest.raises(DamagedFileError, match=r"config.toml: is (cut short|not TOML)"):
            read_run(path.parent)


def test_result_of_other_settings_is_damage(complete):
    text = (complete / "config.toml").read_text()
    (complete / "config.toml").write_text(text.replace("units = 20", "units = 21"))
    with pytest.raises(DamagedFileError, match=r"result.json: is of other settings than config.toml"):
        read_run(complete)


def test_notes_of_a_stranger_cannot_reach_the_terminal(complete):
    (complete / "environment.json").write_text('{"\\u001b[31m": ["\\u001b]0;x\\u0007"]}')
    assert read_run(complete).environment == {r"\x1b[31m": [r"\x1b]0;x\x07"]}


def test_one_damaged_run_never_breaks_the_list(complete):
    root = complete.parent
    for name, content in (("a-broken", b"\x1b = ["), ("b-started", b'task = "conflicting"\nseed = 0\n')):
        (root / name).mkdir()
        (root / name / "config.toml").write_bytes(content)
    (root / "c-other").mkdir()
    (root / "notes.txt").touch()
    good, broken, started = list_runs(root)
    assert broken.status == "corrupt"
    assert broken.problem.startswith(f"{root / 'a-broken' / 'config.toml'}: is not TOML")
    assert broken.problem.isprintable()
    assert (good.status, good.config) == ("complete", CONFIG)
    assert (started.status, started.config) == ("interrupted", RunConfig())


def test_list_of_a_missing_folder_is_empty_and_of_a_run_is_that_run(complete, tmp_path):
    assert list_runs(tmp_path / "none") == ()
    assert [run.path for run in list_runs(complete)] == [complete]
    assert list_runs(complete / "checkpoints") == ()


def test_path_that_is_no_run_directory_is_told_so(tmp_path):
    with pytest.raises(UsageError, match="is no run directory"):
        read_run(tmp_path / "none")
    for read in (read_run, open_run_directory):
        with pytest.raises(UsageError, match=r"is no run directory: it has no config.toml"):
            read(tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "result.json").write_text("{}")
    with pytest.raises(DamagedFileError, match=r"config.toml: is missing"):
        read_run(tmp_path)


def test_command_line_that_is_not_unicode_is_kept(tmp_path):
    with create_run_directory(CONFIG, tmp_path / "run") as directory:
        directory.write_environment({"command": ["a\udcff", "\u03b1"]})
    assert read_run(directory.path).environment == {"command": [r"a\udcff", "\u03b1"]}
