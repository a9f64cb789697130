"""`summary.json` spares reading whole results, and is believed only while it belongs to the result beside it."""

import json

import pytest
from builders import example_result

from seqmem.config.run_config import RunConfig
from seqmem.errors import DamagedFileError
from seqmem.results.run import RunResult
from seqmem.storage.load import list_runs, read_stored
from seqmem.storage.result_files import RESULT, SUMMARY, read_summary
from seqmem.storage.run_directory import create_run_directory

CONFIG = RunConfig(replicates=2, seed=5)


def stored(path, config=CONFIG, **kind):
    result = example_result(config, **kind)
    with create_run_directory(config, path) as directory:
        for record in result.history:
            directory.append_record(record)
        directory.write_result(result)
    return directory.path


@pytest.mark.parametrize("diverged", [False, True])
def test_the_row_is_that_of_the_result(tmp_path, diverged):
    row = read_summary(stored(tmp_path / "run", diverged=diverged))
    assert row.config == CONFIG.to_settings()
    assert row.summary == example_result(CONFIG, diverged).summary


def test_a_row_is_small_and_the_same_result_makes_the_same_bytes(tmp_path):
    first, second = (stored(tmp_path / name) / SUMMARY for name in "ab")
    assert first.read_bytes() == second.read_bytes()
    assert first.stat().st_size < 2500


def test_with_a_row_no_result_is_read_and_without_one_it_is(tmp_path, monkeypatch):
    path = stored(tmp_path / "run")
    row, [listed] = read_summary(path), list_runs(path)
    (path / SUMMARY).unlink()
    assert read_summary(path) == row
    assert list_runs(path) == (listed,)
    assert read_stored(path).result == example_result(CONFIG)
    monkeypatch.setattr(RunResult, "from_json", lambda *arguments: pytest.fail("read a result"))
    assert read_summary(stored(tmp_path / "new")) == row


def test_a_row_counts_only_beside_a_result(tmp_path):
    path = stored(tmp_path / "run")
    (path / RESULT).unlink()
    assert read_summary(path) is None
    assert [run.status for run in list_runs(path)] == ["interrupted"]


@pytest.mark.parametrize("name", [SUMMARY, RESULT])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_one_flipped_bit_is_noticed_and_named(tmp_path, name, share):
    path = stored(tmp_path / "run")
    content = bytearray((path / name).read_bytes())
    # a digit, so that the file is as well formed as before
    at = next(place for place in range(int(share * len(content)), 0, -1) if chr(content[place]).isdigit())
    content[at] ^= 1
    (path / name).write_bytes(content)
    for read in (read_summary, read_stored):
        with pytest.raises(DamagedFileError, match=rf"{name}: .*checksum"):
            read(path)
    assert name in list_runs(path)[0].problem


@pytest.mark.parametrize("names", [[SUMMARY], [RESULT], [SUMMARY, RESULT]])
def test_files_of_another_run_are_noticed(tmp_path, names):
    path, other = stored(tmp_path / "run"), stored(tmp_path / "other", RunConfig(replicates=2, seed=6))
    for name in names:
        (path / name).write_bytes((other / name).read_bytes())
    with pytest.raises(DamagedFileError, match=r"result\.json"):
        read_stored(path)
    assert [run.status for run in list_runs(path)] == ["corrupt"]


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 3},
        {"config": []},
        {"summary": None},
        {"summary": {}},
        {"verdict": "\x1b[31m"},
        {"spreads": {}},
        {"presentations_to_success": {"median": 1}},
        {"replicates": 10**400},
    ],
)
def test_a_row_of_a_stranger_is_checked(tmp_path, change):
    path = stored(tmp_path / "run")
    document = json.loads((path / SUMMARY).read_text())
    del document["sha256"]
    part = document if change.keys() & document.keys() else document["summary"]
    part.update(change)
    (path / SUMMARY).write_text(json.dumps(document))
    with pytest.raises(DamagedFileError, match=r"summary\.json") as caught:
        read_summary(path)
    assert str(caught.value).isprintable()
