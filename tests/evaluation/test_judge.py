"""Judging: what a population answers, beside a Keras model of the same weights."""

import dataclasses

import keras
import numpy as np
import pytest
from trainings import followed

from seqmem.config.run_config import RunConfig
from seqmem.evaluation import evaluator
from seqmem.evaluation.evaluator import GATE_SEQUENCES, Evaluator, Report, ReportedSequences
from seqmem.evaluation.forward import StepOutputs
from seqmem.evaluation.gaps import gap_results
from seqmem.evaluation.generation import free_runs
from seqmem.evaluation.scores import tallies
from seqmem.experiment.run import Run
from seqmem.judge.baseline import replicate_baselines
from seqmem.judge.evidence import weigh
from seqmem.judge.metrics import Metrics
from seqmem.models.population import build_population
from seqmem.tasks.layout import one_hot
from seqmem.tasks.streams import SequenceStream


def judged(settings: dict) -> tuple[RunConfig, object, Evaluator]:
    """A population at its start, with its judge."""
    config = RunConfig.from_settings(settings)
    population = build_population(config)
    population.start(config)
    baselines = replicate_baselines(config.task, config.seeds, config.head)
    return config, population, Evaluator(config, population, baselines)


def keras_outputs(config: RunConfig, population: object, inputs: np.ndarray, replicate: int) -> np.ndarray:
    """The outputs of a Keras model with the weights of one replicate, `(batch, time, alphabet)`."""
    size = len(config.task.input_symbols)
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
        report = judge.report()
        metrics, answers, batch = report.metrics, report.outputs, report.sequences[1]
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
    _, _, judge = judged({"sequences": rows, "units": 7, "init": "glorot"})
    together = judge.report().outputs
    _, _, alone = judged({"sequences": rows[1:], "symbols": "a b c d e f", "units": 7, "init": "glorot"})
    answers = alone.report().outputs
    np.testing.assert_allclose(together.error[0, 1, :2], answers.error[0, 0], atol=1e-6)


def test_the_reported_sequences_are_none_of_those_checked():
    config, _, judge = judged({"gap": 30, "fillers": "fresh", "units": 7})
    reported = {row.tobytes() for row in ReportedSequences(config)[0].symbols}
    checked = {row.tobytes() for row in judge._streams[0].take_paired(GATE_SEQUENCES + 1024).symbols}
    assert len(reported) == 256
    assert not reported & checked


@pytest.mark.parametrize(("cues", "count"), [(2, 256), (3, 258), (4, 256), (10, 256)])
def test_reported_sequences_are_strings_after_several_cues_each(cues, count):
    config, _, _ = judged({"gap": 12, "fillers": "fresh", "alphabet_size": 20, "cues": cues, "units": 3})
    batch = ReportedSequences(config)[0]
    assert len(batch) == count
    strings, sizes = np.unique(batch.symbols[:, 1:-1], axis=0, return_counts=True)
    assert len(strings) >= 32
    assert set(sizes.tolist()) == {min(cues, 8)}


def test_few_replicates_are_judged_in_the_places_of_many_with_the_same_answers():
    _, _, judge = judged({"gap": 6, "fillers": "fresh", "alphabet_size": 8, "units": 5, "replicates": 5})
    sequences = [stream.take_paired(100) for stream in judge._streams]
    together = judge.outputs(sequences)
    for wanted in ([3], [4, 0], [1, 2, 3]):
        alone = judge.outputs([sequences[index] for index in wanted], wanted)
        for name, array in vars(alone).items():
            np.testing.assert_array_equal(array, getattr(together, name)[wanted], err_msg=name)


@pytest.mark.parametrize(
    "settings", [{"fillers": "fresh"}, {"fillers": "fresh", "window": 2, "rows": "steps", "batch_size": 2}]
)
def test_outputs_of_recall_steps_alone_are_the_same_there_and_nothing_before(settings):
    _, _, judge = judged({"gap": 6, "alphabet_size": 8, "units": 5, **settings})
    sequences = [stream.take_paired(32) for stream in judge._streams]
    everywhere, alone = judge.outputs(sequences), judge.outputs(sequences, recall_only=True)
    recall = np.stack([batch.recall for batch in sequences])
    for name, array in vars(alone).items():
        np.testing.assert_array_equal(array[recall], getattr(everywhere, name)[recall], err_msg=name)
        assert not array[:, :, 0].any()


def test_sequences_that_do_not_fit_at_once_are_judged_in_parts_with_the_same_findings(monkeypatch):
    settings = {
        "gap": 6,
        "fillers": "fresh",
        "alphabet_size": 8,
        "units": 5,
        "replicates": 3,
        "criterion": "recall:0.01",
    }
    _, _, whole = judged(settings)
    monkeypatch.setattr(evaluator, "MOST_STEPS", 3 * 7 * 8)
    monkeypatch.setattr(evaluator, "MOST_SYMBOLS", 2 * 256 * 7)
    _, _, parts = judged(settings)
    together, apart = whole.report(), parts.report()
    assert (whole._rows, parts._rows, apart.outputs.loss.shape) == (32, 8, (3, 8, 7))
    assert (apart.evidence, apart.met) == (together.evidence, together.met)
    for one, other in zip(together.metrics, apart.metrics, strict=True):
        assert dataclasses.astuple(one) == pytest.approx(dataclasses.astuple(other), rel=1e-6)
    for index in range(3):
        np.testing.assert_array_equal(together.tallies[index].recalled, apart.tallies[index].recalled)
    assert whole.check()[1] == parts.check()[1]


@pytest.mark.parametrize(("alphabet_size", "sequences"), [(12, 32), (10_000, 4)])
def test_a_check_of_a_large_alphabet_over_a_long_gap_looks_at_few_sequences_first(alphabet_size, sequences):
    settings = {"gap": 10_000, "fillers": "fresh", "alphabet_size": alphabet_size, "replicates": 20}
    assert evaluator._gate_sequences(RunConfig.from_settings(settings)) == sequences


class Answers:
    """Stands in for the forward pass: a network that is always right, but in some calls for some sequences."""

    def __init__(self, judge: Evaluator, wrong_in_call: int | None = None):
        self.judge, self.wrong_in_call, self.counts = judge, wrong_in_call, []

    def __call__(self, sequences, replicates=None, recall_only=False):
        batch = sequences[0]
        shape = (len(sequences), *batch.targets.shape)
        right = np.broadcast_to(batch.targets, shape).astype(np.int32)
        error = np.full(shape, 0.1, np.float32)
        if len(self.counts) == self.wrong_in_call:
            error[0, -1] = 0.9
        self.counts.append(len(batch))
        ones = np.full(shape, 0.9, np.float32)
        return StepOutputs(ones * 0.01, right, ones, ones, error, right)


# the gate, then 1,024 fresh ones
CALLS = [32, 32, 64, 128, 256, 512, 32]


@pytest.mark.parametrize(("wrong_in_call", "counts"), [(None, CALLS), (0, CALLS[:1]), (1, CALLS[:2]), (4, CALLS[:5])])
def test_a_check_passes_on_few_and_on_1024_more_and_ends_with_the_first_miss(monkeypatch, wrong_in_call, counts):
    _, _, judge = judged({"gap": 12, "fillers": "fresh", "alphabet_size": 12, "units": 3})
    answers = Answers(judge, wrong_in_call)
    monkeypatch.setattr(judge, "outputs", answers)
    _, passed = judge.check()
    assert answers.counts == counts
    assert passed == [wrong_in_call is None]


def test_a_small_task_is_checked_on_all_its_sequences_once(monkeypatch):
    _, _, judge = judged({"gap": 5, "units": 3})
    answers = Answers(judge)
    monkeypatch.setattr(judge, "outputs", answers)
    assert judge.check()[1] == [True]
    assert answers.counts == [2]


def test_the_report_counts_sequences_that_miss_the_criterion(monkeypatch):
    _, _, judge = judged({"gap": 12, "fillers": "fresh", "alphabet_size": 12, "units": 3})
    monkeypatch.setattr(judge, "outputs", Answers(judge, wrong_in_call=0))
    report = judge.report()
    assert (report.tallies[0].missed, report.met) == (1, [False])
    assert (report.evidence[0].groups, report.evidence[0].groups_right) == (128, 128)


def test_steps_that_are_not_trained_are_not_judged():
    settings = {"gap": 9, "alphabet_size": 6, "units": 5}
    _, _, everywhere = judged(settings | {"loss_at": "all"})
    _, _, at_recall = judged(settings | {"loss_at": "recall"})
    steps, recall = everywhere.report(), at_recall.report()
    batch = steps.sequences[0]
    assert steps.metrics[0].max_error == pytest.approx(steps.outputs.error[0][batch.settled].max())
    assert recall.metrics[0].max_error == pytest.approx(recall.outputs.error[0][batch.recall].max())
    assert steps.metrics[0].max_error > recall.metrics[0].max_error


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
    config = RunConfig(epochs=250)
    followed(run := Run(config))
    runs = free_runs(run.population, ReportedSequences(config), [0], 4, config.task.input_symbols, config.layout)
    assert [one.generated for one in runs] == [(0, 1, 2, 3), (0, 1, 2, 4)]
    assert [one.generated for one in runs] == [one.expected for one in runs]
    assert [one.prompt for one in runs] == [(3,), (4,)]


def test_other_gaps_are_judged_with_their_own_sequences_and_baseline():
    config, population, _ = judged({"gap": "3:5", "fillers": "fresh", "alphabet_size": 6, "units": 7, "replicates": 2})
    found = list(gap_results(config, population, [4, 9], 64))
    assert [(one.gap, one.trained, one.baseline) for one in found] == [(4, True, 0.5), (9, False, 0.5)]
    for one in found:
        assert all(
            0.0 <= recall <= cue <= 1.0 for recall, cue in zip(one.recall_accuracy, one.cue_accuracy, strict=True)
        )
        # a network that was never trained is told from one that remembers
        assert one.remembers == (False, False)
        assert all(0.0 < value <= 1.0 for value in one.p_value)


def test_evidence_over_gaps_is_corrected_for_all_gaps_and_replicates(monkeypatch):
    config, population, _ = judged({"gap": 5, "fillers": "fresh", "alphabet_size": 6, "units": 7, "replicates": 2})
    # p of 16 strings of 28 is 2.5e-4: memory if it is one network, chance if it is the best of eight looks
    lucky = weigh(28, 16, 2, 1.0, 1.0)
    assert (lucky.remembers, lucky.holds_among(8)) == (True, False)
    metrics = [Metrics(1.0, 1.0, 0.5, 0.6, 0.5, 0.9, 6, 10)] * 2
    batch = SequenceStream(config.task, 0, "evaluation").take_paired(2)
    zeros = np.zeros((2, 2, 6))
    outputs = StepOutputs(*[zeros] * 6)
    counted = tallies(outputs, [batch] * 2, "recall", config.criterion)
    report = Report(metrics, [lucky] * 2, [False] * 2, counted, outputs, [batch] * 2)
    monkeypatch.setattr(Evaluator, "report", lambda *_: report)
    assert [one.remembers for one in gap_results(config, population, [1, 2, 3, 4], None)] == [(False, False)] * 4
    assert next(gap_results(config, population, [5], None)).remembers == (True, True)
