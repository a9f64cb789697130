"""Each file of a run directory damaged in each way: what every command that reads it says.

Always a line that names the file, never a traceback, and nothing in a file is ever executed.
`pytest tests/test_damage.py -s` prints the table.
"""

import itertools
import json
import os
import pickle
import re
import shutil
from pathlib import Path

import pytest
from builders import Mark
from trainings import followed

from seqmem.cli.main import run
from seqmem.config.run_config import RunConfig
from seqmem.experiment import run as experiment
from seqmem.storage.run_directory import create_run_directory

SETTINGS = {"units": 4, "presentations": 40, "check_every": 10, "stop": False}
GENERATIONS = ["000000000010.safetensors", "000000000020.safetensors"]
FILES = ("config.toml", "environment.json", "history.jsonl", "timing.json", "summary.json", "result.json", "lock")
DAMAGES = ("truncated", "emptied", "pickle")
READERS = ("show", "eval", "train --resume")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A real complete run, and one that was interrupted after two checkpoints."""
    folder, config = tmp_path_factory.mktemp("runs"), RunConfig.from_settings(SETTINGS)
    whole = experiment.Run(config, create_run_directory(config, folder / "complete"), checkpoint_every=10)
    assert len(list(whole)) == 4
    whole = experiment.Run(config, create_run_directory(config, folder / "interrupted"), checkpoint_every=10)
    followed(whole, len(GENERATIONS))
    assert sorted(path.name for path in (folder / "interrupted/checkpoints").iterdir()) == GENERATIONS
    other = RunConfig.from_settings(SETTINGS | {"seed": 7, "presentations": 20})
    whole = experiment.Run(other, create_run_directory(other, folder / "elsewhere/other"), checkpoint_every=10)
    assert len(list(whole)) == 2
    return folder


@pytest.fixture
def place(runs, tmp_path, monkeypatch):
    """Copies of both, in the folder `runs` of the working directory."""
    shutil.copytree(runs, tmp_path / "runs")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def damage(path: Path, how: str, mark: Path) -> None:
    content = path.read_bytes() if path.exists() else b"\n"
    if how == "truncated":
        path.write_bytes(content[: len(content) // 2])
    elif how == "emptied":
        path.write_bytes(b"")
    elif how == "flipped":
        path.write_bytes(bytes([*content[:-9], content[-9] ^ 1, *content[-8:]]))
    elif how == "swapped":
        path.write_bytes(Path("runs/elsewhere/other/checkpoints", GENERATIONS[-1]).read_bytes())
    elif how == "huge":
        path.write_bytes(content.replace(b'"shape":[1,', b'"shape":[1000000000,'))
    else:
        path.write_bytes(pickle.dumps(Mark(mark)) + b"\n")


def damaged_run(reader: str) -> Path:
    """The run that a reader is tried on: only an interrupted one can be gone on with."""
    return Path("runs/interrupted" if reader == "train --resume" else "runs/complete")


def newest(path: Path) -> Path:
    return max((path / "checkpoints").iterdir())


def answer(reader: str, path: Path, capsys) -> tuple[int, list[str]]:
    """The exit status of a command, and what it says on stderr."""
    status = run([*reader.split(), str(path), "--quiet"])
    return status, capsys.readouterr().err.splitlines()


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("reader", READERS)
def test_damaged_file_is_one_line_that_names_it(reader, name, how, place, capsys):
    path = damaged_run(reader)
    if reader == "train --resume" and name in ("result.json", "timing.json") and how != "pickle":
        shutil.copy(Path("runs/complete", name), path / name)
    damage(path / name, how, place / "mark")
    status, lines = answer(reader, path, capsys)
    print(f"{reader:15} {name:17} {how:10} {status}  {' '.join(lines)}")
    assert not (place / "mark").exists()
    if name == "lock" or (name, reader) == ("summary.json", "train --resume"):  # it counts beside a result only
        assert (status, lines) == (0, [])
        return
    [line] = lines
    assert line.startswith(("Error: ", "Warning: "))
    assert str(path / name) in line
    assert line.isprintable()
    lost_history = name == "history.jsonl" and how != "pickle" and reader != "train --resume"
    assert status == (0 if lost_history else 1)


@pytest.mark.parametrize("how", [*DAMAGES, "flipped", "swapped", "huge"])
@pytest.mark.parametrize("reader", READERS)
def test_damaged_newest_checkpoint_gives_way_to_the_one_before(reader, how, place, capsys):
    path = damaged_run(reader)
    file = newest(path)
    damage(file, how, place / "mark")
    status, lines = answer(reader, path, capsys)
    print(f"{reader:15} {'checkpoint':17} {how:10} {status}  {' '.join(lines)}")
    assert not (place / "mark").exists()
    assert status == 0
    if reader == "show":
        assert lines == []
        return
    [line] = lines
    assert line.startswith(f"Warning: {file}: ")
    assert "; using the checkpoint 0000000000" in line


def test_run_gone_on_from_an_older_checkpoint_ends_as_the_unbroken_one(place, capsys):
    damage(Path("runs/interrupted/checkpoints", GENERATIONS[-1]), "truncated", place / "mark")
    assert answer("train --resume", Path("runs/interrupted"), capsys)[0] == 0
    for name in ("result.json", "history.jsonl"):
        assert Path("runs/interrupted", name).read_bytes() == Path("runs/complete", name).read_bytes()


@pytest.mark.parametrize("reader", ["eval", "train --resume"])
def test_run_without_a_whole_checkpoint_is_refused(reader, place, capsys):
    path = damaged_run(reader)
    for generation in (path / "checkpoints").iterdir():
        damage(generation, "pickle", place / "mark")
    status, [line] = answer(reader, path, capsys)
    assert status == 1
    assert line.startswith(f"Error: {path / 'checkpoints'}: holds no checkpoint that can be used; the newest: ")
    assert not (place / "mark").exists()


@pytest.mark.parametrize("reader", ["eval", "train --resume"])
def test_checkpoints_of_version_0_1_are_refused_and_the_rest_is_shown(reader, place, capsys):
    path = damaged_run(reader)
    before = (path / "history.jsonl").read_bytes()
    shutil.rmtree(path / "checkpoints")
    (path / "checkpoints/000000000010").mkdir(parents=True)
    status, [line] = answer(reader, path, capsys)
    assert status == 1
    assert line.startswith(
        f"Error: {path / 'checkpoints'}: was written by version 0.1, whose checkpoints are no longer"
    )
    assert (path / "history.jsonl").read_bytes() == before
    assert answer("show", Path("runs/complete"), capsys) == (0, [])


def test_checkpoints_behind_a_link_are_not_read_or_removed(place, capsys):
    path = damaged_run("train --resume")
    (path / "checkpoints").rename("elsewhere")
    (path / "checkpoints").symlink_to(place / "elsewhere")
    assert answer("train --resume", path, capsys) == (1, [f"Error: {path / 'checkpoints'}: is a link"])
    assert sorted(os.listdir("elsewhere")) == GENERATIONS


def test_run_whose_settings_were_changed_is_not_resumed_but_comments_are_free(place, capsys):
    path = damaged_run("train --resume")
    text = (path / "config.toml").read_text()
    (path / "config.toml").write_text(text.replace("learning_rate = 0.01", "learning_rate = 0.02"))
    status, [line] = answer("train --resume", path, capsys)
    assert status == 1
    assert f"{path / 'history.jsonl'}: line 1 is not as it was written here" in line
    (path / "config.toml").write_text("# mine\n" + text)
    assert answer("train --resume", path, capsys) == (0, [])


def test_copy_of_a_run_goes_on_where_the_run_stood(place, capsys):
    shutil.copytree("runs/interrupted", "moved")
    assert answer("train --resume", Path("moved"), capsys) == (0, [])
    assert Path("moved/result.json").read_bytes() == Path("runs/complete/result.json").read_bytes()


@pytest.mark.parametrize("how", DAMAGES)
def test_list_goes_on_past_damaged_runs(how, place, capsys):
    for name in FILES[:-1]:
        shutil.copytree("runs/complete", f"runs/lost-{name}")
        damage(Path(f"runs/lost-{name}", name), how, place / "mark")
    assert run(["list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {Path(row["run"]).name for row in rows if row["status"] == "corrupt"} == {
        f"lost-{name}" for name in ("config.toml", "summary.json", "result.json")
    }
    assert [row["status"] for row in rows].count("complete") == 4  # their rows need no more
    assert [row["status"] for row in rows].count("interrupted") == 1
    assert not (place / "mark").exists()


def test_full_disk_ends_a_run_in_one_line_and_it_goes_on_when_there_is_space(place, monkeypatch, capsys):
    synced, fsync = itertools.count(), os.fsync

    def full_after_a_while(descriptor):
        if next(synced) > 10:
            raise OSError(28, "No space left on device")
        fsync(descriptor)

    words = ["--units", "4", "--presentations", "40", "--check-every", "10", "--no-stop", "--checkpoint-every", "10"]
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full_after_a_while)
        assert run(["train", *words, "--out", "runs/full", "--quiet"]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"Error: runs/full/checkpoints/\d+\.safetensors: cannot be written: No space left on .*", line)
    assert any(Path("runs/full/checkpoints").iterdir())
    assert not Path("runs/full/result.json").exists()
    assert answer("train --resume", Path("runs/full"), capsys) == (0, [])
    for name in ("config.toml", "result.json", "history.jsonl"):
        assert Path("runs/full", name).read_bytes() == Path("runs/complete", name).read_bytes()
