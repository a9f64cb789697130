"""The lock of a run directory, on both systems' ways of locking; Windows is played by a stand-in."""

import json
import os
import subprocess
import sys
import time
import types

import pytest

from seqmem.errors import SeqmemError, UsageError
from seqmem.storage import atomic, lock
from seqmem.storage.lock import LOCK_NAME, RunLock, is_locked

# What `msvcrt` does, as far as the lock uses it: exclusive, at once or not at all, whatever the file is open for.
STAND_IN = """
import fcntl, types
def locking(descriptor, mode, length, flock=fcntl.flock, how=fcntl.LOCK_EX | fcntl.LOCK_NB):
    try:
        flock(descriptor, how)
    except BlockingIOError:
        raise PermissionError(13, "Permission denied") from None
msvcrt = types.ModuleType("msvcrt")
msvcrt.locking, msvcrt.LK_NBLCK = locking, 2
"""
# Python as it is on Windows, where it matters here.
WINDOWS = (
    STAND_IN
    + """
import os, signal, subprocess, sys  # subprocess takes msvcrt for a sign of Windows
for name in ("O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "getuid"):
    delattr(os, name)
for name in ("SIGHUP", "SIGKILL"):
    delattr(signal, name)
sys.modules |= {"fcntl": None, "resource": None, "termios": None, "pwd": None, "msvcrt": msvcrt}
"""
)
PROGRAM = "from seqmem.__main__ import main; main()"


@pytest.fixture(params=["fcntl", "msvcrt"])
def system(request, monkeypatch):
    if request.param == "msvcrt":
        names: dict[str, types.ModuleType] = {}
        exec(STAND_IN, names)
        monkeypatch.setattr(lock, "fcntl", None)
        monkeypatch.setattr(lock, "msvcrt", names["msvcrt"])
        monkeypatch.setattr(atomic, "NOT_FOLLOWED", 0)
    return request.param


def test_a_lock_is_held_until_it_is_released_or_gone(system, tmp_path):
    assert not is_locked(tmp_path)
    held = RunLock(tmp_path)
    assert is_locked(tmp_path)
    with pytest.raises(UsageError, match="is running in another process"):
        RunLock(tmp_path)
    held.release()
    held.release()
    assert not is_locked(tmp_path)
    again = RunLock(tmp_path)
    assert is_locked(tmp_path)
    del again
    assert not is_locked(tmp_path)


def test_asking_leaves_no_trace(system, tmp_path):
    assert not is_locked(tmp_path)
    assert list(tmp_path.iterdir()) == []
    RunLock(tmp_path).release()
    before = (tmp_path / LOCK_NAME).stat()
    assert not is_locked(tmp_path)
    after = (tmp_path / LOCK_NAME).stat()
    assert (before.st_mtime_ns, before.st_size, before.st_mode) == (after.st_mtime_ns, after.st_size, after.st_mode)


def test_asking_needs_no_permission_to_write(system, tmp_path):
    held = RunLock(tmp_path)
    (tmp_path / LOCK_NAME).chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        assert is_locked(tmp_path)
        held.release()
        assert not is_locked(tmp_path)
    finally:
        tmp_path.chmod(0o755)


def test_no_link_is_followed(system, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / LOCK_NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SeqmemError, match="lock: cannot be written: Too many levels of symbolic links"):
        RunLock(folder)
    assert not is_locked(folder)
    assert not (tmp_path / "elsewhere").exists()


def test_a_pipe_in_its_place_makes_nobody_wait(system, tmp_path):
    os.mkfifo(tmp_path / LOCK_NAME)
    begun = time.monotonic()
    is_locked(tmp_path)
    assert time.monotonic() - begun < 1


def test_a_system_that_cannot_lock_refuses_nobody(monkeypatch, tmp_path):
    monkeypatch.setattr(lock, "fcntl", None)
    one, other = RunLock(tmp_path), RunLock(tmp_path)
    assert not is_locked(tmp_path)
    one.release()
    other.release()


@pytest.mark.parametrize("start", ["", WINDOWS], ids=["fcntl", "msvcrt"])
def test_a_lock_is_seen_by_other_processes_and_dies_with_its_own(start, tmp_path):
    code = (
        "from pathlib import Path; from seqmem.storage.lock import RunLock, is_locked\n"
        f"held = RunLock(Path({str(tmp_path)!r})); print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", start + code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert is_locked(tmp_path)
        other.kill()
    assert not is_locked(tmp_path)


def run_as_on_windows(*arguments, cwd):
    command = [sys.executable, "-c", WINDOWS + PROGRAM, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [["--help"], ["task"], ["list"], ["train", "--gap", "0"]], ids=" ".join)
def test_the_program_starts_without_what_windows_lacks(arguments, tmp_path):
    done = run_as_on_windows(*arguments, cwd=tmp_path)
    assert done.returncode == (2 if "0" in arguments else 0), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_runs_are_trained_resumed_shown_listed_and_judged_without_what_windows_lacks(tmp_path):
    def run(*arguments):
        done = run_as_on_windows(*arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout

    trained = json.loads(run("train", "--replicates", "2", "--out", "first", "--json"))
    assert trained["summary"]["verdict"] == "solved"
    assert json.loads(run("show", "first", "--json")) == trained
    assert json.loads(run("list", "first", "--json"))[0]["status"] == "complete"
    assert [gap["gap"] for gap in json.loads(run("eval", "first", "--gaps", "3,4", "--json"))["gaps"]] == [3, 4]
    assert json.loads(run("sweep", "--vary", "units=5,6", "--jobs", "1", "--json"))["counts"]["complete"] == 2
    run("export", "first", "--to", "first.csv")
    assert (tmp_path / "first.csv").read_bytes().count(b"\r") == 0
