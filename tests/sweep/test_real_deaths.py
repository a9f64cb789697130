"""Real sweeps of real networks, and what becomes of them when something dies: nothing that was finished is lost."""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
import time

import psutil
import pytest

from seqmem.storage.lock import is_locked
from seqmem.storage.sweep_directory import read_sweep

# How often a driver is killed at a random moment; ten times over is a claim to be shown, once is a test.
ROUNDS = int(os.environ.get("SEQMEM_ROUNDS", "1"))
HOW = ["--replicates", "2", "--json", "--quiet"]
SHORT = ["--vary", "gap=3,4", "--vary", "units=4,5,6", "--epochs", "20", *HOW]
LONGER = ["--vary", "units=4,5,6,7", "--gap", "20", "--alphabet-size", "12", "--epochs", "2000", "--no-stop", *HOW]
ENDLESS = ["--vary", "units=4,5,6,7", "--epochs", "1000000", "--no-stop", "--check-every", "1000"]
CELLS = """
    import os
    import time
    import keras

    class Raises(keras.layers.SimpleRNNCell):
        def call(self, inputs, states, training=False):
            raise RuntimeError("this cell is broken")

    class Exits(keras.layers.SimpleRNNCell):
        def call(self, inputs, states, training=False):
            os._exit(3)

    class Hangs(keras.layers.SimpleRNNCell):
        def call(self, inputs, states, training=False):
            time.sleep(600)

    class NaN(keras.layers.SimpleRNNCell):
        def call(self, inputs, states, training=False):
            output, states = super().call(inputs, states)
            return output * float("nan"), states

    class Drifts(keras.layers.SimpleRNNCell):
        def call(self, inputs, states, training=False):
            output, following = super().call(inputs, states)
            at_start = keras.ops.cast(keras.ops.equal(states[0], 0.0), "float32")
            return output + 0.0 / keras.ops.stop_gradient(at_start), following
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    """The table of a sweep to which nothing happens."""
    command = [sys.executable, "-m", "seqmem", "sweep", *LONGER, "--out", "unbroken"]
    done = subprocess.run(command, cwd=tmp_path_factory.mktemp("unbroken"), stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


@pytest.fixture
def poison(tmp_path):
    """Puts cells that do harm where sweeps and workers find them."""
    (tmp_path / "poison.py").write_text(textwrap.dedent(CELLS))


def wait_for(found, seconds=120):
    """Waits until something is found, and returns it."""
    until = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.05)
    return result


def workers_of(process):
    """The processes below another."""
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def at_work(process, folder):
    """The process below another that has the lock of a trial in a folder open."""
    locks = {str(path) for path in folder.glob("trials/*/lock") if is_locked(path.parent)}
    assert process.poll() is None, process.communicate()
    for worker in workers_of(process):
        with contextlib.suppress(psutil.Error):
            if locks & {file.path for file in worker.open_files()}:
                return worker
    return None


def test_a_driver_killed_at_any_moment_is_gone_on_with_to_the_same_table(sweep, table, tmp_path):
    began = time.monotonic()
    unbroken, _, _ = table(*SHORT, "--out", "unbroken", "--jobs", "2")
    longest, rng, kills = time.monotonic() - began, random.Random(0), 0
    while kills < ROUNDS:
        name, moment, jobs = f"killed{kills}", rng.uniform(0.5, longest), rng.choice([1, 2])
        engine = ["--jobs", "2"] if jobs == 2 else []
        with sweep(*SHORT, "--out", name, *engine) as process:
            try:
                process.wait(moment)
            except subprocess.TimeoutExpired:
                process.kill()
        if process.returncode != -signal.SIGKILL:  # it had ended before
            longest = moment
            shutil.rmtree(tmp_path / name)
            continue
        kills += 1
        begun = (tmp_path / name / "plan.json").exists()
        if not begun:  # nothing was planned yet: there is nothing to go on with
            shutil.rmtree(tmp_path / name, ignore_errors=True)
        resumed = ["--resume", name, "--json", "--quiet"] if begun else [*SHORT, "--out", name]
        before = sum(1 for _ in (tmp_path / name).glob("trials/*/result.json"))
        again, err, status = table(*resumed, *engine)
        print(
            f"kill {kills}: after {moment:.1f} s, {before} of 6 trials finished, {jobs} at a time: {again == unbroken}"
        )
        assert (again, err, status) == (unbroken, "", 0)


@pytest.mark.parametrize("engine", ["jobs", "dask"])
def test_a_worker_killed_in_mid_trial_costs_nothing_but_time(request, sweep, unbroken, tmp_path, engine):
    owner, address = request.getfixturevalue("cluster") if engine == "dask" else (None, None)
    how = ["--scheduler", address] if address else ["--jobs", "2"]
    with sweep(*LONGER, "--out", "killed", *how) as driver:
        os.kill(wait_for(lambda: at_work(owner or driver, tmp_path / "killed")).pid, signal.SIGKILL)
        out, _ = driver.communicate()
    assert driver.returncode == 0
    assert json.loads(out) == unbroken


def test_a_lost_scheduler_ends_in_one_line_and_the_sweep_goes_on_without_it(cluster, sweep, table, unbroken, tmp_path):
    process, address = cluster
    with sweep(*LONGER, "--out", "lost", "--scheduler", address) as driver:
        wait_for(lambda: list((tmp_path / "lost").glob("trials/*/result.json")))
        os.kill(process.pid, signal.SIGKILL)
        out, err = driver.communicate()
    message = "the workers are lost; `seqmem sweep --resume lost` goes on"
    assert (driver.returncode, err) == (1, f"Error: {message}\n")
    assert json.loads(out) == {"error": {"setting": None, "value": None, "message": message}}
    again, _, status = table("--resume", "lost", "--json", "--quiet", "--jobs", "2")
    assert (again, status) == (unbroken, 0)


@pytest.mark.parametrize("engine", [[], ["--jobs", "2"]])
def test_ctrl_c_ends_driver_and_workers_and_says_how_to_go_on(sweep, table, tmp_path, engine):
    with sweep(*ENDLESS, "--out", "stopped", *engine) as process:
        wait_for(lambda: list((tmp_path / "stopped").glob("trials/*/history.jsonl")))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert "`seqmem sweep --resume stopped` goes on" in err
    assert "Traceback" not in err
    assert not any(is_locked(path) for path in (tmp_path / "stopped").glob("trials/*"))


@pytest.mark.parametrize("engine", ["jobs", "dask"])
def test_cells_that_raise_exit_hang_or_diverge_take_no_other_trial_with_them(request, poison, table, tmp_path, engine):
    cells = ",".join(f"poison:{name}" for name in ("Raises", "Exits", "Hangs", "NaN", "Drifts"))
    how = ["--jobs", "2"] if engine == "jobs" else ["--scheduler", request.getfixturevalue("cluster")[1]]
    axes = ["--vary", f"cell={cells},rnn,lstm", "--units", "4", "--epochs", "20", "--replicates", "2"]
    found, err, status = table(*axes, *how, "--trial-timeout", "30", "--retries", "1", "--out", "poisoned", "--json")
    trials = {trial["values"]["cell"]: trial for trial in found["trials"]}
    print(engine, err, sep="\n")
    assert status == 1
    assert "4 of 7 trials failed; `seqmem sweep --resume poisoned` tries them again" in err
    assert "this cell is broken" in trials["poison:Raises"]["reason"]
    assert trials["poison:Exits"]["reason"].startswith(f"its worker died {4 if engine == 'dask' else 2} times")
    assert "--trial-timeout" in trials["poison:Hangs"]["reason"]
    assert "not finite" in trials["poison:NaN"]["reason"]
    assert trials["poison:Drifts"]["result"]["summary"]["verdict"] == "diverged"
    assert {cell: trials[cell]["status"] for cell in ("rnn", "lstm")} == {"rnn": "complete", "lstm": "complete"}
    assert read_sweep(tmp_path / "poisoned").counts["complete"] == 3
