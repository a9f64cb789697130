"""A Keras model from elsewhere gets the scores, the evidence and the verdict that the same weights get in a run."""

import json
import os
import shutil

import numpy as np
import pytest
from trainings import followed

import seqmem
from seqmem.backend.lazy import keras
from seqmem.cli.main import run as main
from seqmem.config.run_config import RunConfig
from seqmem.errors import SettingError
from seqmem.experiment.run import Run
from seqmem.interchange.keras_model import build_keras_model
from seqmem.tasks import ConflictingSequences

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

FRESH = ConflictingSequences(gap=(3, 5), fillers="fresh")


@pytest.fixture(scope="module")
def trained():
    """A run of two replicates with its result, and the weights of each."""
    run = Run(RunConfig(task=FRESH, units=8, replicates=2, presentations=600, loss_at="all"))
    result = followed(run)
    return result, [
        {name: array[index] for name, array in run.population.arrays().items()}
        for index in range(result.config.replicates)
    ]


@pytest.mark.parametrize("stateful", [False, True])
def test_the_same_weights_get_the_same_scores_and_evidence(trained, stateful):
    result, weights = trained
    models = [build_keras_model(result.config, one, stateful) for one in weights]
    found = seqmem.evaluate_model(models, FRESH, seed=result.config.seed)
    for here, there in zip(result.replicates, found.run.replicates, strict=True):
        assert there.evidence.groups_right == here.evidence.groups_right
        assert there.metrics.recall_right == here.metrics.recall_right
        assert there.metrics.recall_loss == pytest.approx(here.metrics.recall_loss, abs=1e-5)
        assert there.metrics.loss == pytest.approx(here.metrics.loss, abs=1e-5)
        assert there.metrics.max_error == pytest.approx(here.metrics.max_error, abs=1e-5)
    assert found.run.summary.verdict == result.summary.verdict
    assert found.run.baseline == result.baseline


def tutorial_model(**options):
    """The network of the tutorial: stateful, one time step at a time."""
    layers = [keras.Input((1, 5), batch_size=1), keras.layers.LSTM(4, stateful=True), keras.layers.Dense(5, **options)]
    return keras.Sequential(layers, name="tutorial")


def test_a_network_of_single_steps_is_called_once_for_each_and_nothing_is_said_of_its_training():
    found = seqmem.evaluate_model(tutorial_model(activation="sigmoid"), ConflictingSequences())
    text = str(found)
    assert "Keras model 'tutorial', 185 parameters" in text
    assert "No memory" in text
    assert "presentations" not in text
    assert "seqmem train" not in text
    document = json.loads(json.dumps(found.to_json()))
    assert document["model"] == "Keras model 'tutorial', 185 parameters"
    assert "units" not in document["config"]
    assert document["evaluation"]["trained_on"] is None


def test_a_network_that_knows_the_cue_is_solved_and_one_that_does_not_is_memoryless():
    class Oracle(keras.layers.Layer):
        """The target by hand: the next filler, and the cue at the end."""

        def __init__(self, sees_cue):
            super().__init__()
            self.sees_cue = sees_cue

        def call(self, inputs):
            cue = inputs[:, :1] if self.sees_cue else 0 * inputs[:, :1]
            shifted = np.zeros((5, 5), np.float32)
            shifted[[3, 4, 0, 1], [0, 0, 1, 2]] = 0.9
            recall = inputs[:, :, 2:3]
            return inputs @ shifted + recall * (0.9 * cue + 0.05)

    for sees_cue, verdict in ((True, "solved"), (False, "memoryless")):
        model = keras.Sequential([keras.Input((None, 5)), Oracle(sees_cue)])
        found = seqmem.evaluate_model(model, ConflictingSequences(), head="sigmoid")
        assert found.run.summary.verdict == verdict


@pytest.mark.parametrize(
    ("model", "line"),
    [
        (lambda: tutorial_model(), "head = linear: must be one of sigmoid, softmax: outputs must be probabilities"),
        (
            lambda: keras.Sequential([keras.Input((None, 7)), keras.layers.Dense(5, "sigmoid")], name="wide"),
            "model = wide: takes (None, None, 7), must take (batch, time, 5)",
        ),
        (
            lambda: keras.Sequential([keras.Input((None, 5)), keras.layers.Dense(3, "softmax")], name="narrow"),
            "model = narrow: gives (2, 4, 3) for (2, 4, 5), must give (batch, time, 5)",
        ),
        (
            lambda: keras.Sequential(
                [keras.Input((None, 5)), keras.layers.LSTM(3), keras.layers.Dense(5, "softmax")], name="last"
            ),
            "model = last: gives (2, 5) for (2, 4, 5), must give (batch, time, 5)",
        ),
    ],
)
def test_a_model_of_another_shape_is_refused_in_one_line(model, line):
    with pytest.raises(SettingError) as refused:
        seqmem.evaluate_model(model(), ConflictingSequences())
    assert str(refused.value) == line


def test_an_exported_run_is_judged_as_it_was(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = seqmem.run(FRESH, units=8, replicates=3, presentations=300, seed=4, out="first")
    assert main(["export", "first", "--to", "second.keras", "--replicate", "1", "--stateless", "--quiet"]) == 0
    model = keras.models.load_model("second.keras")
    found = seqmem.evaluate_model(model, FRESH, seed=5, loss_at=result.config.loss_at)
    assert found.run.replicates[0].metrics.recall_right == result.replicates[1].metrics.recall_right
    assert found.run.replicates[0].metrics.loss == pytest.approx(result.replicates[1].metrics.loss, abs=1e-5)


def test_a_run_without_weights_is_not_exported(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    seqmem.run(FRESH, units=3, presentations=4, out="first")
    shutil.rmtree("first/checkpoints")
    assert main(["export", "first", "--to", "first.keras"]) == 1
    assert capsys.readouterr().err == "Error: first/checkpoints: holds no checkpoint\n"
    assert os.listdir() == ["first"]
