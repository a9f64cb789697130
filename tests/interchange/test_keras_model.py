"""A trained network goes on in plain Keras, and answers there as it did here."""

import importlib
import subprocess
import sys

import numpy as np
import pytest
from cells.own_cells import Leaky
from cells.test_made_up_cell import Keeper

from seqmem.backend.lazy import keras
from seqmem.cells import CELLS, UserCell, step_layer
from seqmem.config.run_config import RunConfig
from seqmem.evaluation.forward import step_outputs
from seqmem.interchange.keras_model import build_keras_model, custom_class
from seqmem.models.population import build_population
from seqmem.tasks import ConflictingSequences
from seqmem.tasks.streams import SequenceStream

TASK = ConflictingSequences(gap=(3, 6), fillers="fresh")
SHAPES = {
    **{name: {"cell": name} for name in CELLS},
    "two layers": {"layers": 2},
    "context": {"cell": "gru", "context": 3},
    "softmax": {"cell": "rnn", "head": "softmax"},
    "head": {"head_inputs": True, "head_bias": False},
    "user cell": {"cell": UserCell("cells.own_cells:Leaky", trusted=True)},
}


def drawn(**settings):
    """A run as it starts; the weights of its second replicate, eight sequences as one-hot vectors, and the answers."""
    config = RunConfig(task=TASK, units=6, replicates=2, seed=5, **settings)
    population = build_population(config)
    population.start(config)
    batches = [SequenceStream(config.task, seed, "evaluation").take(8) for seed in config.seeds]
    outputs = step_outputs(population, batches, config.layout, 8, np.ones(len(TASK.output_symbols), bool))
    seen = config.layout.lay_out(batches[1]).inputs[:, :, 0]
    vectors = (seen[..., None] == np.arange(len(TASK.input_symbols))).astype(np.float32)
    vectors = vectors.reshape(*seen.shape[:2], -1)
    weights = {name: array[1] for name, array in population.arrays().items()}
    return config, weights, vectors, outputs, batches[1].valid


# Keras 3.15 reads its files through TensorFlow arrays that know nothing of a keyword of numpy 2
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module", params=SHAPES, ids=str)
def network(request):
    return drawn(**SHAPES[request.param])


def assert_same(found, outputs, valid):
    np.testing.assert_allclose(found.max(axis=-1)[valid], outputs.probability[1][valid], atol=1e-6)
    np.testing.assert_array_equal(found.argmax(axis=-1)[valid], outputs.predicted[1][valid])


def test_whole_sequences_are_answered_as_here(network):
    config, weights, vectors, outputs, valid = network
    assert_same(build_keras_model(config, weights, stateful=False)(vectors).numpy(), outputs, valid)


def test_a_saved_model_that_keeps_its_state_answers_step_by_step_as_here(network, tmp_path):
    config, weights, vectors, outputs, valid = network
    path = tmp_path / "model.keras"
    build_keras_model(config, weights).save(path)
    model = keras.models.load_model(path, custom_objects={"Leaky": Leaky, "StepLayer": step_layer.StepLayer})
    answers = []
    for row in vectors:
        for layer in model.layers:
            if getattr(layer, "stateful", False):
                layer.reset_states()
        answers.append([model(step[None, None]).numpy()[0, 0] for step in row])
    assert_same(np.array(answers), outputs, valid)


def test_a_program_without_seqmem_loads_the_model(tmp_path):
    config, weights, vectors, outputs, valid = drawn()
    build_keras_model(config, weights, stateful=False).save(tmp_path / "model.keras")
    np.save(tmp_path / "vectors.npy", vectors)
    program = """
import sys
sys.modules["seqmem"] = None
import keras, numpy as np
model = keras.models.load_model("model.keras")
print([type(layer).__name__ for layer in model.layers])
np.save("answers.npy", model.predict(np.load("vectors.npy"), verbose=0))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['InputLayer', 'LSTM', 'Dense']"
    assert_same(np.load(tmp_path / "answers.npy"), outputs, valid)


class FurtherKeeper(Keeper):
    name = "further"


@pytest.mark.parametrize(
    ("cell", "needed"),
    [
        (CELLS["lstm"](), None),
        (CELLS["mlp"](), None),
        (CELLS["lstm1997"](), "seqmem.cells.step_layer:StepLayer"),
        (UserCell("cells.own_cells:Leaky"), "cells.own_cells:Leaky"),
    ],
    ids=str,
)
def test_the_class_that_keras_lacks_is_named(cell, needed):
    assert custom_class(cell) == needed
    if needed:
        module, name = needed.split(":")
        assert getattr(importlib.import_module(module), name).__name__ == name


@pytest.mark.parametrize("cell", [Keeper, FurtherKeeper])
def test_a_saved_model_of_a_cell_written_as_formulas_is_loaded_with_its_settings(cell, tmp_path):
    CELLS[cell.name] = cell
    try:
        config, weights, vectors, outputs, valid = drawn(cell=cell(slope=2.0))
        build_keras_model(config, weights, stateful=False).save(tmp_path / "model.keras")
        model = keras.models.load_model(tmp_path / "model.keras", custom_objects={"StepLayer": step_layer.StepLayer})
        assert_same(model(vectors).numpy(), outputs, valid)
    finally:
        del CELLS[cell.name]
