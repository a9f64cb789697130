"""Judging: what a population answers, beside a Keras model of the same weights."""

import keras
import numpy as np

from seqmem.config import RunConfig
from seqmem.evaluation.gaps import gap_results
from seqmem.evaluation.generation import free_runs
from seqmem.evaluation.judge import CONFIRMING_SEQUENCES, GATE_SEQUENCES, Judge
from seqmem.judge.baseline import replicate_baselines
from seqmem.models.population import build_population
from seqmem.tasks.encoding import one_hot
from seqmem.training.loop import Training


def judged(settings: dict) -> tuple[RunConfig, object, Judge]:
    """A population at its start, with its judge."""
    config = RunConfig.from_settings(settings)
    population = build_population(config)
    population.start(config)
    return config, population, Judge(config, population, replicate_baselines(config.task, config.seeds, config.head))


def keras_outputs(config: RunConfig, population: object, inputs: np.ndarray, replicate: int) -> np.ndarray:
    """The outputs of a Keras model with the weights of one replicate, `(batch, time, alphabet)`."""
    size = len(config.task.alphabet)
    model = keras.Sequential(
        [
            keras.Input((None, size)),
            keras.layers.LSTM(config.units, return_sequences=True),
            keras.layers.Dense(size, activation=config.head),
        ]
    )
    model.set_weights([array[replicate] for array in population.arrays().values()])
    return model(one_hot(inputs, size)).numpy()


def test_answers_are_those_of_a_keras_model_with_the_same_weights():
    for head in ("sigmoid", "softmax"):
        config, population, judge = judged(
            {"gap": 5, "fillers": "fresh", "alphabet_size": 9, "units": 7, "replicates": 2, "head": head}
        )
        metrics, _, answers, sequences = judge.report()
        batch = sequences[1]
        outputs = keras_outputs(config, population, batch.inputs, 1)
        wanted = one_hot(batch.targets, 9)
        np.testing.assert_array_equal(answers.predicted[1], outputs.argmax(-1))
        np.testing.assert_allclose(answers.probability[1], outputs.max(-1), atol=1e-6)
        np.testing.assert_allclose(answers.error[1], np.abs(outputs - wanted).max(-1), atol=1e-6)
        ranked = np.sort(outputs, axis=-1)
        np.testing.assert_allclose(answers.margin[1], ranked[..., -1] - ranked[..., -2], atol=1e-6)
        loss = keras.losses.binary_crossentropy if head == "sigmoid" else keras.losses.categorical_crossentropy
        np.testing.assert_allclose(metrics[1].loss, np.mean(loss(wanted, outputs)), rtol=1e-5)
        np.testing.assert_allclose(metrics[1].recall_loss, np.mean(loss(wanted, outputs)[:, -1]), rtol=1e-5)
        assert metrics[1].recall_accuracy == np.mean(outputs[:, -1].argmax(-1) == batch.targets[:, -1])


def test_shorter_sequences_are_judged_on_their_own_steps_only():
    rows = ["a b c d e f", "b c a"]
    _, _, judge = judged({"sequences": rows, "units": 7})
    _, _, together, _ = judge.report()
    _, _, alone = judged({"sequences": rows[1:], "symbols": "a b c d e f", "units": 7})
    _, _, answers, _ = alone.report()
    np.testing.assert_allclose(together.error[0, 1, :2], answers.error[0, 0], atol=1e-6)


def test_the_reported_sequences_are_none_of_those_checked_or_trained_on():
    _, _, judge = judged({"gap": 30, "fillers": "fresh", "units": 7})
    reported = {row.tobytes() for row in judge.sequences()[0].symbols}
    checked = {row.tobytes() for row in judge._streams[0].take(GATE_SEQUENCES + CONFIRMING_SEQUENCES).symbols}
    assert len(reported) == 256
    assert not reported & checked


def test_a_judge_goes_on_from_where_it_was_kept():
    settings = {"gap": 4, "fillers": "fresh", "alphabet_size": 6, "units": 7}
    _, _, judge = judged(settings)
    judge.check()
    state = judge.state()
    expected = judge.check()
    _, _, again = judged(settings)
    again.restore(state)
    assert again.check() == expected


def test_a_solved_network_goes_on_by_itself_and_keeps_its_cue():
    config, population, judge = judged({"epochs": 250})
    training = Training(config, population, judge.check)
    while not training.done:
        training.advance()
    runs = free_runs(population, judge.sequences(), [0], 4, config.task.alphabet, config.arrangement)
    assert [one.generated for one in runs] == [(0, 1, 2, 3), (0, 1, 2, 4)]
    assert [one.generated for one in runs] == [one.expected for one in runs]
    assert [one.prompt for one in runs] == [(3,), (4,)]


def test_other_gaps_are_judged_with_their_own_sequences_and_baseline():
    config, population, _ = judged({"gap": "3:5", "fillers": "fresh", "alphabet_size": 6, "units": 7, "replicates": 2})
    found = list(gap_results(config, population, [4, 9], 64))
    assert [(one.gap, one.trained, one.baseline) for one in found] == [(4, True, 0.5), (9, False, 0.5)]
    assert all(0.0 <= value <= 1.0 for one in found for value in one.cue_accuracy)
    assert all(
        cue >= recall for one in found for cue, recall in zip(one.cue_accuracy, one.recall_accuracy, strict=True)
    )


def test_sequences_of_ones_own_have_no_gaps_to_judge():
    config, population, _ = judged({"sequences": ["a b c", "b b a"], "units": 3})
    assert list(gap_results(config, population, (), None)) == []
