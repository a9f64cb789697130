"""Sweep directories: whole plans, torn tails, damaged trials."""

import json

import pytest

from seqmem.errors import DamagedFileError, UsageError
from seqmem.results.sweep import TRIALS, Outcome, Trial
from seqmem.storage.load import sweep_rows
from seqmem.storage.sweep_directory import (
    ASKED,
    FAILURES,
    PLAN,
    create_sweep_directory,
    known_points,
    open_sweep_directory,
    read_plan,
    read_sweep,
)


def test_a_directory_that_is_there_is_never_taken(begin):
    directory = begin("gap=3,4")
    with pytest.raises(UsageError, match="is there already"):
        create_sweep_directory(directory.plan, directory.path)


def test_names_are_made_from_the_axes_with_a_counter(begin, tmp_path):
    plan = begin("gap=3,4", "units=5,6").plan
    names = [create_sweep_directory(plan, root=tmp_path / "runs").path.name for _ in range(2)]
    assert names[0].endswith("-sweep-gap-units")
    assert names[1] == f"{names[0]}-2"


def test_a_sweep_has_one_driver_at_a_time(begin):
    directory = begin("gap=3,4")
    with pytest.raises(UsageError, match="is running in another process"):
        open_sweep_directory(directory.path)
    directory.close()
    open_sweep_directory(directory.path).close()


def test_the_plan_reads_back_equal(begin):
    directory = begin("gap=3,4", "clip-norm=none,1")
    assert read_plan(directory.path) == directory.plan


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"schema": 1}', '{"schema": 1, "axes": [[]]}'])
def test_a_damaged_plan_is_told_by_its_name(begin, content):
    directory = begin("gap=3,4")
    (directory.path / PLAN).write_text(content)
    with pytest.raises(DamagedFileError, match=r"plan\.json"):
        read_sweep(directory.path)


def test_a_damaged_trial_is_told_as_failed_and_the_others_are_read(begin, finish):
    directory = begin("gap=3,4,5")
    finish(directory)
    (directory.path / TRIALS / "2-gap4" / "result.json").write_text("{")
    sweep = read_sweep(directory.path)
    assert [trial.status for trial in sweep.trials] == ["complete", "failed", "complete"]
    assert "result.json" in sweep.trials[1].reason


def test_a_result_of_other_settings_is_not_taken_for_a_trial(begin, finish):
    first, second = begin("gap=3,4", name="a"), begin("gap=3,4", name="b", base={"units": 7})
    finish(first)
    finish(second)
    problems = {"result.json": "summary.json has another checksum", "summary.json": "other settings than the plan"}
    for name, problem in problems.items():
        trial = f"{TRIALS}/1-gap3/{name}"
        (first.path / trial).write_bytes((second.path / trial).read_bytes())
        assert problem in read_sweep(first.path).trials[0].reason
    (first.path / TRIALS / "1-gap3/summary.json").unlink()
    assert "other settings than the plan" in read_sweep(first.path).trials[0].reason


def test_a_torn_line_of_what_was_asked_does_not_count(begin):
    directory = begin("units=4..9", search="tpe", count=4)
    path = directory.path / ASKED
    path.write_text('{"values": [[4], [5]]}\n{"values": [[6')
    assert [trial.values["units"] for trial in known_points(directory.path, directory.plan)] == [4, 5]
    directory.append_asked(known_points(directory.path, directory.plan)[0])
    assert [json.loads(line)["values"] for line in path.read_text().splitlines()] == [[[4], [5]], [[4]]]
    path.write_text(path.read_text().replace("[[4]]", "[[5]]"))
    with pytest.raises(DamagedFileError, match=r"asked\.jsonl: line 2 is not as it was written here"):
        known_points(directory.path, directory.plan)


def test_why_a_trial_failed_is_kept_until_it_succeeds(begin, finish):
    directory = begin("gap=3,4")
    directory.append_failure(Trial(directory.plan.points[0], Outcome("failed", reason="no luck")))
    with (directory.path / FAILURES).open("a") as file:
        file.write('{"trial": "torn')
    assert [(trial.status, trial.reason) for trial in read_sweep(directory.path).trials] == [
        ("failed", "no luck"), ("missing", ""),
    ]  # fmt: skip
    finish(directory)
    assert read_sweep(directory.path).counts["complete"] == 2


def test_a_sweep_is_a_row_of_the_list(begin, finish, tmp_path):
    directory = begin("gap=3,10", base={"units": 7})
    [row] = sweep_rows(tmp_path)
    assert (row["status"], row["verdict"], row["gap"], row["units"]) == ("running", "sweep 0/2", "3,10", 7)
    finish(directory)
    [row] = sweep_rows(tmp_path)
    assert (row["status"], row["verdict"]) == ("complete", "sweep 2/2")
    (directory.path / PLAN).write_text("{")
    [row] = sweep_rows(tmp_path)
    assert row["status"] == "corrupt"
