"""What is said of growth is what was measured, and nothing grows faster than what it grows with."""

import json
from pathlib import Path

import pytest
from scripts import load_script

from seqmem.config.run_config import RunConfig
from seqmem.experiment.memory import bytes_needed

FOLDER = Path(__file__).parents[2] / "experiments" / "speed"
ROWS = json.loads((FOLDER / "growth.json").read_text(encoding="utf-8"))


growth = load_script(FOLDER / "growth.py")


def held(row):
    """The most memory, MiB; a check that would take hours is not made."""
    return row.get("check_mib", row["train_mib"])


def test_the_table_is_what_was_measured():
    measured = [row["point"] for row in ROWS]
    assert measured == [point for point in growth.points() if point in measured]
    assert "\n".join(growth.table(ROWS)) + "\n" == (FOLDER / "growth.md").read_text(encoding="utf-8")
    assert (FOLDER / "growth.svg").read_text(encoding="utf-8").startswith("<svg")


def test_an_update_and_its_memory_grow_at_most_in_proportion():
    for name, found in growth.slopes(ROWS).items():
        # work of a step goes with the square of the units: that of the recurrent kernel
        most = {"units": 2.0, "replicates": 1.2}
        assert found["update"] <= most.get(name, 1.1), name
        assert found["memory"] <= 1.0, name


def test_no_point_takes_2_gib():
    assert max(held(row) for row in ROWS) < 2048


@pytest.mark.parametrize("row", ROWS, ids=lambda row: growth.words(row["point"]))
def test_the_estimate_that_runs_are_refused_by_bounds_what_was_measured(row):
    estimate = bytes_needed(RunConfig.from_settings(growth.settings(row["point"]))) / 2**20
    assert 0.9 * held(row) <= estimate <= 3 * held(row)
