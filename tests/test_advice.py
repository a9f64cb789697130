"""The command that a failed run suggests, run as it stands, does better."""

import json
import shlex

import pytest

from seqmem.cli.main import run
from seqmem.render.next_command import next_commands
from seqmem.results.run import RunResult

OLD_RECIPE = {"init": "glorot", "head": "sigmoid", "loss-at": "all"}


def trained(words, place, capsys):
    """The result of `seqmem train` with these words."""
    assert run(["train", *words, "--out", str(place), "--json", "--quiet"]) == 0
    return RunResult.from_json(json.loads(capsys.readouterr().out))


def spelled(**settings):
    return [word for name, value in settings.items() for word in (f"--{name.replace('_', '-')}", str(value))]


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        {"gap": 10, "fillers": "ordered"},
        {"gap": 20, "fillers": "fresh", "alphabet-size": 22},
        {"gap": 10, "fillers": "fresh", "cell": "gru"},
        {"gap": 10, "fillers": "ordered", "window": 1},
        {"gap": 5, "fillers": "ordered", "cell": "mlp"},
        {"gap": 5, "fillers": "ordered", "optimizer": "sgd", "learning-rate": 1000},
    ],
    ids=lambda settings: " ".join(map(str, settings.values())),
)
def test_following_the_advice_after_a_failure_ends_in_success(settings, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    result = trained(spelled(**OLD_RECIPE | settings, epochs=150, replicates=4), tmp_path / "0", capsys)
    assert result.summary.verdict != "solved"
    before = result
    for attempt in range(1, 5):
        program, command, *words = shlex.split(next_commands(before)[0][0])
        assert (program, command) == ("seqmem", "train")
        after = trained(words, tmp_path / str(attempt), capsys)
        better = after.summary.solved > before.summary.solved or after.summary.remember > before.summary.remember
        if after.summary.verdict == "solved":
            return
        # what has not helped yet says so by another command
        assert better or next_commands(after)[0][0] != next_commands(before)[0][0]
        before = after
    pytest.fail(f"four commands on it is {before.summary.verdict}, and suggests {next_commands(before)[0][0]}")
