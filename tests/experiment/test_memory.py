"""A run that this machine has no room for is refused before it starts."""

import pytest

from seqmem.cli.main import run


@pytest.mark.parametrize(
    "options",
    [
        "--replicates 1000 --units 512 --alphabet-size 10000",
        "--gap 1000000 --replicates 1000 --fillers fresh",
        "--gap 100000 --fillers fresh --pool 100000",
        "--gap 1000 --fillers fresh --batch-size 4096 --replicates 1000 --presentations 4096",
    ],
)
def test_what_takes_more_memory_than_there_is_is_refused_in_one_line(options, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("seqmem.experiment.memory.machine_memory", lambda: 16 * 2**30)
    assert run(["train", *options.split()]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "GiB of memory, and there are 16.0 GiB" in said
    assert not list(tmp_path.iterdir())
