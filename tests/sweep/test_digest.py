"""The digest spares reading run directories, and is believed only while they are as they were."""

import json

import pytest

from seqmem.storage import sweep_directory
from seqmem.storage.sweep_directory import DIGEST, TRIALS, read_sweep


@pytest.fixture
def finished(begin, finish):
    """A finished sweep: its folder, and its table."""
    directory = begin("units=5,20,30", base={"replicates": 3})
    return directory.path, finish(directory).to_json()


def test_the_table_is_the_same_with_a_digest_and_without(finished):
    path, table = finished
    assert len((path / DIGEST).read_text().splitlines()) == 3
    with_digest = json.dumps(read_sweep(path).to_json())
    (path / DIGEST).unlink()
    assert with_digest == json.dumps(read_sweep(path).to_json()) == json.dumps(table)


def test_a_digest_spares_reading_what_it_was_taken_from(finished, monkeypatch):
    path, table = finished
    monkeypatch.setattr(sweep_directory, "read_outcome", lambda *arguments: pytest.fail("read a run directory"))
    assert read_sweep(path).to_json() == table


def test_a_result_that_is_gone_or_changed_is_not_taken_from_the_digest(finished):
    path, _ = finished
    (path / TRIALS / "1-units5" / "result.json").unlink()
    (path / TRIALS / "2-units20" / "result.json").write_text("{}")
    assert [trial.status for trial in read_sweep(path).trials] == ["missing", "failed", "complete"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: "not JSON\n",
        lambda text: text.replace('"baseline"', '"cieling"'),
        lambda text: text[: len(text) // 2],
        lambda text: json.dumps({"trial": 3, "stamp": None, "result": []}) + "\n",
    ],
)
def test_a_damaged_digest_costs_time_and_nothing_else(finished, damage):
    path, table = finished
    (path / DIGEST).write_text(damage((path / DIGEST).read_text()))
    assert read_sweep(path).to_json() == table
