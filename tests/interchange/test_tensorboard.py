"""What is exported for TensorBoard is read by TensorBoard itself, through the API that its pages use."""

import json
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import builders
import pytest

from seqmem.config.axis import parse_axis
from seqmem.config.plan import Point
from seqmem.config.run_config import RunConfig
from seqmem.interchange.tensorboard import write_events
from seqmem.results.sweep import Outcome, SweepResult, Trial

TESTS = Path(__file__).parents[1]
HISTORY = (
    builders.build_record(10, loss=(0.5, 0.25), recall_loss=(0.75, 0.5), recall_accuracy=(0.5, 1.0)),
    builders.build_record(20, loss=(0.125, None), recall_loss=(0.25, None), recall_accuracy=(1.0, None), solved=True),
)


def example_sweep():
    """Two trials over the gap."""
    axis = parse_axis("gap=3,10")
    summary = builders.build_result().summary
    trials = [
        Trial(Point(number, f"trial-{number}", {"gap": gap}), Outcome("complete", summary))
        for number, gap in enumerate(axis.values, 1)
    ]
    return SweepResult((axis,), "grid", "success_rate", 2, tuple(trials))


def read(folder):
    """The scalars of each folder as TensorBoard's own reader finds them: tag -> [(step, value)]."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util.tensor_util import make_ndarray

    found = {}
    for path in sorted(folder.iterdir()):
        events = EventAccumulator(str(path)).Reload()
        tags = events.Tags()
        found[path.name] = {tag: [(one.step, one.value) for one in events.Scalars(tag)] for tag in tags["scalars"]} | {
            tag: [(one.step, float(make_ndarray(one.tensor_proto))) for one in events.Tensors(tag)]
            for tag in tags["tensors"]
            if not tag.startswith("_hparams_")
        }
    return found


def test_a_run_has_the_scalars_of_each_replicate_and_the_baseline(tmp_path):
    result = builders.build_result(RunConfig(replicates=2), history=HISTORY)
    assert write_events(result, tmp_path / "tb") == 3
    found = read(tmp_path / "tb")
    assert list(found) == ["baseline", "replicate-0", "replicate-1"]
    assert found["replicate-0"]["recall_loss"] == [(10, 0.75), (20, 0.25)]
    assert found["replicate-0"]["solved"] == [(10, 0.0), (20, 1.0)]
    # a replicate that has diverged has no more scalars
    assert found["replicate-1"]["recall_loss"] == [(10, 0.5)]
    assert found["baseline"]["recall_accuracy"] == [(10, 0.5), (20, 0.5)]


def test_nothing_of_tensorflow_is_imported(tmp_path):
    program = f"""
import sys
import builders
from seqmem.interchange.tensorboard import write_events
write_events(builders.build_result(), __import__("pathlib").Path({str(tmp_path / "tb")!r}))
print("tensorflow" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=TESTS, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.fixture
def board(tmp_path):
    """A TensorBoard of a run and a sweep; asks its HTTP interface."""
    write_events(builders.build_result(RunConfig(replicates=2), history=HISTORY), tmp_path / "tb" / "run")
    write_events(example_sweep(), tmp_path / "tb" / "sweep")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(tmp_path / "tb"), "--port", str(port)]
    with subprocess.Popen(
        [*command, "--load_fast=false"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as done:

        def ask(path, document=None):
            data = None if document is None else json.dumps(document).encode()
            headers = {"Content-Type": "application/json"}
            request = urllib.request.Request(f"http://127.0.0.1:{port}/data/plugin/{path}", data, headers)
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)

        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    if len(ask("scalars/tags")) == 5:
                        break
                except OSError:
                    pass
                assert time.monotonic() < deadline, "TensorBoard did not answer"
                time.sleep(0.3)
            yield ask
        finally:
            done.kill()


@pytest.mark.slow
def test_a_real_tensorboard_shows_scalars_and_hyperparameters(board):
    tags = board("scalars/tags")
    assert set(tags["run/replicate-0"]) == {"loss", "recall_loss", "accuracy", "recall_accuracy", "solved"}
    query = urllib.parse.urlencode({"tag": "recall_loss", "run": "run/replicate-0"})
    assert [row[1:] for row in board(f"scalars/scalars?{query}")] == [[10, 0.75], [20, 0.25]]
    experiment = board("hparams/experiment", {"experimentName": "", "hparamsLimit": 10})
    assert [one["name"] for one in experiment["hparamInfos"]] == ["gap"]
    assert {one["name"]["tag"] for one in experiment["metricInfos"]} >= {"success_rate"}
