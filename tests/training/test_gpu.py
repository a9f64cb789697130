"""A GPU that TensorFlow finds is used as it is, and gives what a processor gives."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import tensorflow as tf

from seqmem.config.run_config import RunConfig
from seqmem.experiment.run import Run

pytestmark = [pytest.mark.gpu]
CELLS = ["lstm", "gru", "mlp"]  # of both ways to take a step: derivatives written out, and a tape


@pytest.fixture(autouse=True, scope="module")
def gpu():
    if not tf.config.list_physical_devices("GPU"):
        pytest.skip("TensorFlow finds no GPU here")


@pytest.mark.parametrize("cell", CELLS)
def test_it_trains_on_the_gpu_what_a_processor_trains(cell, tmp_path):
    run = Run(RunConfig(cell=cell, epochs=20, replicates=3, stop=False))
    losses = [progress.record.loss for progress in run if progress.record is not None]
    assert "GPU" in run.population.parameters.value.device
    options = ["--cell", cell, "--epochs", "20", "--replicates", "3", "--no-stop", "--out", tmp_path / "run", "--quiet"]
    hidden = os.environ | {"CUDA_VISIBLE_DEVICES": "-1"}
    subprocess.run([sys.executable, "-m", "seqmem", "train", *options], env=hidden, check=True)
    lines = (tmp_path / "run" / "history.jsonl").read_text().splitlines()
    assert losses[-1] == pytest.approx(json.loads(lines[-1])["loss"], abs=1e-3)


@pytest.mark.slow
def test_the_speed_table_runs_on_the_gpu(tmp_path):
    speed = Path(__file__).parents[2] / "experiments" / "speed" / "speed.py"
    subprocess.run([sys.executable, speed, "--json", tmp_path / "speed.json"], check=True)
    assert (tmp_path / "speed.json").exists()
