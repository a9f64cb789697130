"""Results in Python: a frame, a chart, a Keras model, each by a method."""

import dataclasses
import sys

import altair
import builders
import numpy as np
import pandas
import pytest

import seqmem
from seqmem.config.run_config import RunConfig
from seqmem.errors import UsageError

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
RUN = builders.build_result(RunConfig(replicates=2), history=(builders.example_record(10), builders.example_record(20)))


@pytest.fixture(autouse=True)
def registered():
    """Methods are registered by the page of Python, as with any of its functions."""
    assert seqmem.run


def test_a_run_is_a_frame_of_its_replicates_or_of_its_checks():
    frame = RUN.to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert frame["seed"].tolist() == [0, 1]
    assert frame["solved"].all()
    checks = RUN.to_frame("history")
    assert checks["presentations"].tolist() == [10, 10, 20, 20]
    steps = RUN.to_frame("predictions")
    assert len(steps) == sum(len(prediction.inputs) for prediction in RUN.predictions)
    assert steps["predicted"].tolist() == [symbol for one in RUN.predictions for symbol in one.predicted]
    with pytest.raises(UsageError, match="rows = steps: must be one of results, history, predictions"):
        RUN.to_frame("steps")


def test_a_run_is_a_chart():
    chart = RUN.plot()
    assert isinstance(chart, altair.TopLevelMixin)
    assert chart.to_dict() != RUN.plot(theme="dark").to_dict()
    with pytest.raises(UsageError, match="theme = blue: must be one of light, dark"):
        RUN.plot(theme="blue")


@pytest.mark.parametrize(("package", "ask"), [("pandas", "to_frame"), ("altair", "plot")])
def test_a_missing_extra_is_named(package, ask, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UsageError, match=f"needs {package}, which is not installed: pip install 'seqmem"):
        getattr(RUN, ask)()


def test_a_stored_run_is_a_keras_model_and_one_that_was_not_stored_is_none(tmp_path):
    result = seqmem.run(seqmem.ConflictingSequences(), units=4, replicates=2, presentations=40, out=tmp_path / "first")
    model = result.keras_model(1, stateful=False)
    (shown,) = [one for one in result.predictions if one.replicate == 1 and one.inputs[0] == 3]
    answers = model(np.eye(5, dtype=np.float32)[None, list(shown.inputs)]).numpy()[0]
    np.testing.assert_allclose(answers.max(axis=-1), shown.probability, atol=2e-6)
    loaded = seqmem.load(tmp_path / "first").keras_model(1)
    np.testing.assert_array_equal(loaded.get_weights()[0], model.get_weights()[0])
    with pytest.raises(UsageError, match="give run\\(\\) a directory with out="):
        dataclasses.replace(result, path=None).keras_model()
    with pytest.raises(UsageError, match="must be best, worst"):
        result.keras_model(2)
