"""What is said of long gaps and of memory horizons is what was recorded."""

import json
from pathlib import Path

from scripts import load_script

from seqmem.judge.verdict import wilson_interval

ROOT = Path(__file__).parents[2] / "experiments"


def recorded(name):
    """The script, the rows and the README of an experiment."""
    module = load_script(ROOT / name / "record.py")
    rows = json.loads((ROOT / name / "rows.json").read_text(encoding="utf-8"))
    return module, rows, (ROOT / name / "README.md").read_text(encoding="utf-8")


def test_the_table_of_long_gaps_is_what_was_recorded():
    record, rows, readme = recorded("long-gaps")
    assert "\n".join(["<!-- table -->", *record.table(rows), "<!-- end -->"]) in readme
    for row in rows:
        assert row["command"] == f"seqmem {record.command(row['gap'])}"
        assert row["replicates"] == record.REPLICATES[row["gap"]]
        assert tuple(row["interval"]) == wilson_interval(row["solved"], row["replicates"])


def test_the_tables_of_horizons_are_what_was_recorded():
    record, rows, readme = recorded("memory-horizon")
    assert "\n".join(["<!-- table -->", *record.table(rows), "<!-- end -->"]) in readme
    assert "](horizon.svg)" in readme
    assert (ROOT / "memory-horizon" / "horizon.svg").read_text(encoding="utf-8").startswith("<svg")


def test_every_rate_was_chosen_on_other_seeds_than_those_reported():
    record, rows, _ = recorded("memory-horizon")
    chosen, reported = (
        set(range(some["seed"], some["seed"] + some["replicates"])) for some in (record.CHOSEN_ON, record.REPORTED_ON)
    )
    assert not chosen & reported
    for row in rows:
        assert [one["rate"] for one in row["tried"]] == list(record.RATES)
        assert row["reported"]["rate"] == record.best(row["tried"])
        found = row["reported"]
        assert tuple(found["interval"]) == wilson_interval(found["held"], found["replicates"])
