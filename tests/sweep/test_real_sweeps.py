"""Real sweeps of real networks: the same table on every engine."""

import json
import subprocess
import sys

import pytest

AXES = ["--vary", "gap=3,4", "--vary", "units=4,6", "--replicates", "2", "--epochs", "20", "--json", "--quiet"]
CLUSTER = """
from distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        input()
"""

pytestmark = pytest.mark.slow


def command(folder, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "seqmem", "sweep", *arguments], cwd=folder, stdout=subprocess.PIPE, text=True
    )


def table(folder, *arguments):
    with command(folder, *arguments) as sweep:
        out, _ = sweep.communicate()
        assert sweep.returncode == 0
    return json.loads(out)


@pytest.fixture
def scheduler(tmp_path):
    """The address of a Dask scheduler with two worker processes."""
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER)
    with subprocess.Popen(
        [sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as cluster:
        yield cluster.stdout.readline().strip()
        cluster.communicate("\n")


def test_every_engine_gives_the_same_table(tmp_path, scheduler):
    here = table(tmp_path, *AXES, "--out", "here")
    assert here["counts"]["complete"] == 4
    assert table(tmp_path, *AXES, "--out", "jobs", "--jobs", "2") == here
    assert table(tmp_path, *AXES, "--out", "dask", "--scheduler", scheduler) == here
