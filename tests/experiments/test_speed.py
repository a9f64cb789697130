"""The tables of speed are what was recorded, of the same work; and the limit in C has the right gradient."""

import importlib
import json
import re
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[2] / "experiments" / "speed"
RECORD = json.loads((FOLDER / "speed.json").read_text(encoding="utf-8"))


@pytest.fixture
def scripts(monkeypatch):
    """Imports the scripts of the folder, which import each other by name."""
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module


def microseconds(work, replicates):
    [row] = [row for row in RECORD["rows"] if (row["work"], row["replicates"]) == (work, replicates)]
    return float(np.median(row["microseconds"]["seqmem"]))


def test_the_tables_are_what_was_recorded(scripts):
    pages = scripts("pages")
    for page in pages.PAGES:
        text = page.read_text(encoding="utf-8")
        assert pages.filled(text) == text
        assert pages.short(RECORD) in (FOLDER.parents[1] / "README.md").read_text(encoding="utf-8")


def test_everyone_did_the_same_work(scripts):
    work = scripts("work")
    assert {(row["work"], row["replicates"]) for row in RECORD["rows"]} == {(w.name, w.replicates) for w in work.WORK}
    for row in RECORD["rows"]:
        assert {"seqmem", "JAX", "C"} <= set(row["microseconds"])
        assert max(row["loss_apart"].values()) <= 1e-4


def test_a_large_alphabet_costs_at_most_three_times_a_small_one():
    large = microseconds("T=1000, batch 1, alphabet 10000, loss at recall", 1)
    assert large <= 3 * microseconds("T=1000, batch 1, loss at recall", 1)


def test_nobody_was_faster_than_seqmem_by_more_than_a_twentieth(scripts):
    pages = scripts("pages")
    for row in RECORD["rows"]:
        for peer in {"JAX", "torch"} & set(row["microseconds"]):
            assert float(pages.ratio(row, "seqmem", peer)) <= 1.05, (row["work"], row["replicates"], peer)


@pytest.mark.parametrize("softmax", [False, True])
def test_the_gradient_of_the_limit_is_that_of_finite_differences(scripts, softmax):
    limit = scripts("c_limit")
    if limit.compiler() is None:
        pytest.skip("needs a C compiler")
    units, symbols, time = 3, 4, 5
    library = limit.compile_limit(units, symbols, softmax, "double")
    library.window_gradient.restype = limit.ctypes.c_double
    rng = np.random.default_rng(0)
    weights = rng.normal(size=4 * units * (symbols + units + 1) + symbols * (units + 1))
    inputs, targets = (rng.integers(0, symbols, time).astype(np.int32) for _ in range(2))
    counted, start = np.array([0.0, 0.3, 0.0, 0.5, 0.2]), rng.normal(size=(2, units))
    room = np.zeros(time * 20 * units)

    def loss(weights, gradient):
        h, c = start.copy()
        arrays = [weights, gradient], [inputs, targets, counted, h, c, room]
        before, after = ([limit.pointer(array) for array in some] for some in arrays)
        return library.window_gradient(*before, time, *after)

    gradient, small = np.zeros_like(weights), 1e-6
    loss(weights, gradient)
    for place, step in enumerate(np.eye(len(weights)) * small):
        ends = [loss(weights + sign * step, np.zeros_like(weights)) for sign in (1, -1)]
        assert (ends[0] - ends[1]) / (2 * small) == pytest.approx(gradient[place], abs=1e-7)


def test_what_is_carried_from_update_to_update_took_what_was_recorded():
    page, record = ((FOLDER / name).read_text(encoding="utf-8") for name in ("README.md", "loop.txt"))
    assert f"<!-- loop.txt -->\n```\n{record}```" in page
    times = [float(line.split()[-2]) for line in record.splitlines() if "joined" in line]
    assert len(times) == 6
    assert min(times) > 3


def test_what_a_step_of_traces_takes_is_what_was_recorded():
    page, record = ((FOLDER / name).read_text(encoding="utf-8") for name in ("README.md", "traces.txt"))
    assert f"<!-- traces.txt -->\n```\n{record}```" in page
    traces = [float(line.split()[-6]) for line in record.splitlines() if line.startswith("traces")]
    assert max(traces) < 1.1 * min(traces)


def test_the_page_shows_the_seconds_of_a_start_that_were_measured():
    page, record = ((FOLDER / name).read_text(encoding="utf-8") for name in ("README.md", "start.txt"))
    assert f"<!-- start.txt -->\n```\n{record}```" in page
    clocks = [re.findall(r"([\d.]+) \(", line) for line in record.splitlines() if line.startswith("train")]
    # cold and warm, beyond `import tensorflow`
    assert [max(float(line[column]) for line in clocks) for column in (2, 3)] == [2.95, 1.03]
