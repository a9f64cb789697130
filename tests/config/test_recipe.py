"""Settings of training that contradict each other are refused in one line."""

import pytest

from seqmem.config.run_config import RunConfig
from seqmem.errors import SettingError

TRACES = {"gradient": "traces"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            TRACES | {"cell": "gru"},
            "gradient = traces: needs lstm or lstm1997, which hold a state of their own, not gru",
        ),
        (
            TRACES | {"cell": "mlp"},
            "gradient = traces: needs lstm or lstm1997, which hold a state of their own, not mlp",
        ),
        (TRACES | {"layers": 2}, "layers = 2: must be 1 with gradient = traces"),
        (TRACES | {"window": 2}, "window = 2: does not go with gradient = traces: they update at every step"),
        (TRACES | {"lags": 2}, "lags = 2: does not go with gradient = traces, which go through a sequence in order"),
        (
            TRACES | {"stateful": False},
            "stateful = False: does not go with gradient = traces, which go through a sequence in order",
        ),
        (
            TRACES | {"rows": "steps", "batch_size": 2, "window": 1},
            "rows = steps: does not go with gradient = traces, which go through a sequence in order",
        ),
        ({"cell_joins": 10, "batch_size": 2}, "cell_joins = 10: needs batch_size = 1"),
        ({"cell_joins": 0}, "cell_joins = 0: must be start, plateau, or a number of presentations of at least 1"),
        (
            {"cell_joins": "late"},
            "cell_joins = late: must be start, plateau, or a number of presentations of at least 1",
        ),
        ({"cell_joins": True}, "cell_joins = True: must be start, plateau, or a number of presentations of at least 1"),
        ({"streak": 5, "criterion": "argmax"}, "streak = 5: needs a criterion error:E"),
    ],
)
def test_what_does_not_go_together_is_refused(settings, message):
    with pytest.raises(SettingError) as refused:
        RunConfig.from_settings(settings)
    assert str(refused.value) == message


@pytest.mark.parametrize(("written", "held"), [("start", None), ("plateau", "plateau"), ("300", 300), (300, 300)])
def test_a_moment_to_join_is_read_and_written(written, held):
    config = RunConfig.from_settings({"cell_joins": written})
    assert config.cell_joins == held
    assert config.to_settings().get("cell_joins") == held


def test_traces_make_an_update_at_every_step():
    assert RunConfig.from_settings(TRACES | {"gap": 7}).steps_per_window == 1
