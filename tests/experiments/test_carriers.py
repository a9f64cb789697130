"""What is said of units that carry the cue is what was recorded."""

import json
from pathlib import Path

from scripts import load_script

FOLDER = Path(__file__).parents[2] / "experiments" / "states"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
ROWS = json.loads((FOLDER / "rows.json").read_text(encoding="utf-8"))


def test_the_table_is_what_was_recorded_of_every_command():
    record = load_script(FOLDER / "record.py")
    assert "\n".join(["<!-- table -->", *record.table(ROWS), "<!-- end -->"]) in README
    assert [row["command"] for row in ROWS] == [f"seqmem train {words} {record.COMMON}" for words in record.COMMANDS]
    assert all(len(row["replicates"]) == record.REPLICATES for row in ROWS)


def test_the_answer_is_what_was_recorded():
    counts = {row["command"]: [len(one["kept_by"]) for one in row["replicates"]] for row in ROWS}
    short, long = (counts[f"seqmem train --gap {gap} --fillers fresh --replicates 20 --seed 0"] for gap in (3, 300))
    assert f"over a median of {sorted(short)[9]}; over" in " ".join(README.split())
    assert f"a single unit carries it in {long.count(1)} of 20 replicates" in README


def test_the_picture_is_of_a_unit_that_is_named():
    text = (FOLDER / "states.svg").read_text(encoding="utf-8")
    assert text.startswith("<svg")
    assert "carr" in text
