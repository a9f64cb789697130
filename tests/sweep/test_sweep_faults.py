"""What a stranger's sweep claims, and where its links lead."""

import json
import os

import pytest

from seqmem.errors import DamagedFileError
from seqmem.storage.sweep_directory import PLAN, TRIALS, read_plan, read_sweep
from seqmem.sweep.trial import Job, run_trial


@pytest.mark.parametrize(("name", "value"), [("total", 10**9), ("total", 0), ("threads", 10**9), ("threads", 0)])
def test_a_plan_that_claims_too_much_is_refused(begin, name, value):
    directory = begin("units=4..9", search="tpe", count=4)
    document = json.loads((directory.path / PLAN).read_text()) | {name: value}
    (directory.path / PLAN).write_text(json.dumps(document))
    with pytest.raises(DamagedFileError, match=r"plan\.json: is not as it was written here"):
        read_plan(directory.path)
    del document["sha256"]  # a stranger's
    (directory.path / PLAN).write_text(json.dumps(document))
    with pytest.raises(DamagedFileError, match=r"plan\.json: must have 1 to"):
        read_sweep(directory.path)


@pytest.mark.parametrize("where", [TRIALS, f"{TRIALS}/1-gap3"])
def test_a_link_in_a_stranger_s_sweep_leads_nowhere(begin, tmp_path, where):
    directory = begin("gap=3,4")
    precious = tmp_path / "precious"
    (precious / "checkpoints").mkdir(parents=True)
    (precious / "notes.txt").write_text("mine")
    if where == TRIALS:
        (directory.path / TRIALS).rmdir()
    (directory.path / where).symlink_to(precious)
    config = directory.plan.config(directory.plan.points[0])
    outcome = run_trial(Job(str(directory.path / TRIALS / "1-gap3"), config.to_settings()))
    assert (outcome.status, outcome.reason) == ("failed", f"{directory.path / where}: is a link")
    assert sorted(os.listdir(precious)) == ["checkpoints", "notes.txt"]
