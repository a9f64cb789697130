"""What surrounds TensorFlow: its environment, its cache, its silence."""

import json
import os
import stat
import subprocess
import sys

import pytest

from seqmem.backend import process

TINY = [sys.executable, "-m", "seqmem", "train", "--epochs", "4", "--units", "3", "--quiet", "--json"]


def environment(folder) -> dict[str, str]:
    """The environment of a user with an empty cache."""
    own = ("TF_", "XLA_", "KERAS", "SEQMEM")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return kept | {"SEQMEM_CACHE": str(folder)}


def run(folder, cwd) -> subprocess.CompletedProcess:
    return subprocess.run(TINY, env=environment(folder), cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_damaged_cache_costs_time_and_nothing_else(tmp_path):
    first = run(tmp_path / "cache", tmp_path)
    entries = list((tmp_path / "cache").glob("xla-*/*.pb"))
    assert entries
    for number, entry in enumerate(entries):
        entry.write_bytes(b"" if number % 2 else entry.read_bytes()[:1000])
    again = run(tmp_path / "cache", tmp_path)
    assert (again.returncode, again.stderr) == (0, "")
    assert json.loads(again.stdout) == json.loads(first.stdout)


@pytest.mark.slow
def test_tensorflow_says_nothing_on_standard_error(tmp_path):
    done = run(tmp_path / "cache", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_cache_is_the_users_own_and_of_this_tensorflow(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQMEM_CACHE", str(tmp_path / "cache"))
    folder = process.cache_folder()
    assert process._usable(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert folder.parent == tmp_path / "cache"


def test_a_cache_folder_that_cannot_be_made_is_not_used(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SEQMEM_CACHE", str(tmp_path / "file"))
    assert not process._usable(process.cache_folder())


def test_clearing_the_cache_tells_whether_there_was_one(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQMEM_CACHE", str(tmp_path))
    assert not process.clear_cache()
    process.cache_folder().mkdir(parents=True)
    (process.cache_folder() / "entry.pb").write_bytes(b"x")
    assert process.clear_cache()
    assert not process.clear_cache()


def test_the_oldest_programs_make_room_for_new_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "CACHE_BYTES", 25)
    for age in range(4):
        (tmp_path / f"{age}.pb").write_bytes(b"x" * 10)
        os.utime(tmp_path / f"{age}.pb", (1000 - age, 1000 - age))
    process._prune(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.pb", "1.pb"]


def test_the_environment_tells_versions_threads_and_processor():
    told = process.environment(threads=3)
    assert told["threads"] == 3
    assert set(told["versions"]) == {"python", "seqmem", "tensorflow", "keras", "numpy"}


def test_a_gpu_has_a_cache_of_its_own_and_is_told(tmp_path, monkeypatch):
    without = process.cache_folder()
    (tmp_path / "0000:01:00.0").mkdir()
    (tmp_path / "0000:01:00.0" / "information").write_text("Model: \t\t NVIDIA H200\nIRQ:   \t\t 44\n")
    monkeypatch.setattr(process, "NVIDIA_GPUS", tmp_path)
    assert process.cache_folder() != without
    assert process.environment(threads=1)["processor"].endswith(", NVIDIA H200")


def test_threads_and_cache_that_were_chosen_hold_when_tensorflow_is_loaded(tmp_path):
    code = """
import os
from seqmem.backend import process
process.prepare(threads=3, cache=False)
from seqmem.backend.lazy import tf
tf.constant(0)
print(os.environ["TF_NUM_INTRAOP_THREADS"], "TF_XLA_FLAGS" in os.environ)
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=True)
    assert done.stdout == "3 False\n"
