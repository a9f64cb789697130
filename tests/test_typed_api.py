"""A program that uses the public names passes `mypy --strict`, and its types are those of the results."""

import subprocess
import sys
from pathlib import Path

import pytest

import seqmem

PROGRAM = """
from typing import assert_type

import seqmem
from seqmem.results.evaluation import EvalResult
from seqmem.results.run import RunResult
from seqmem.results.sweep import SweepResult
from seqmem.results.task import TaskResult

task = seqmem.ConflictingSequences(gap=(2, 5), fillers="fresh")
other = seqmem.Hochreiter1997(experiment="2b", lag=10)
own = seqmem.ExplicitSequences(sequences=(("a", "b"), ("b", "a")))
config = seqmem.RunConfig(task=other, units=8, replicates=2)
result = seqmem.run(task, units=8, replicates=2, out="runs/first")
assert_type(result, RunResult)
assert_type(result.summary.verdict, str)
assert_type(result.replicates[0].metrics.recall_accuracy, float | None)
assert_type(result.predictions[0].margin, tuple[float, ...])
assert_type(seqmem.load("runs/first"), RunResult | SweepResult | EvalResult)
assert_type(seqmem.evaluate("runs/first", gaps=[10, 20]), EvalResult)
assert_type(seqmem.evaluate_model(result.keras_model(0, stateful=False), task), EvalResult)
assert_type(seqmem.sweep(config, vary={"gap": [3, 10], "cell": ["lstm", "gru"]}), SweepResult)
assert_type(seqmem.describe(own), TaskResult)
seqmem.run(3)  # type: ignore[arg-type]
"""


def test_the_program_uses_every_public_name():
    assert [name for name in seqmem.__all__ if name != "__version__" and f"seqmem.{name}(" not in PROGRAM] == []


@pytest.mark.slow
def test_a_program_that_uses_the_public_names_is_typed(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--python-version=3.11", "program.py"]
    # what seqmem itself imports may have no types; that is no matter of its users
    command += ["--follow-imports=silent", "--ignore-missing-imports"]
    environment = {"MYPYPATH": str(Path(seqmem.__file__).parents[1]), "PATH": ""}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
