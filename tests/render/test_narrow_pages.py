"""Twenty columns: what is too wide for a line goes on in the next, and nothing is cut."""

from pathlib import Path

import pytest
from builders import build_result
from render_samples import memoryless_run

from seqmem.config.run_config import RunConfig
from seqmem.render.comparison_view import draw_comparison
from seqmem.render.list_view import draw_list
from seqmem.render.run_view import draw_run
from seqmem.render.task_view import draw_task
from seqmem.results.columns import ListedRun, run_row
from seqmem.results.comparison import Comparison
from seqmem.results.task import TaskResult
from seqmem.terminal.console import recorded

RUN = build_result(RunConfig(replicates=3), path=Path("runs/2026-11-25-conflicting-gap3-lstm20-seed0"))
LISTED = run_row(ListedRun(RUN.path, "complete", RUN.config, RUN.summary))


@pytest.mark.parametrize(
    ("drawing", "words"),
    [
        (draw_run(memoryless_run(replicates=4)), ["ordered fillers", "recall accuracy", "the best has the same marks"]),
        (draw_run(RUN), ["Solved: 3 of 3 replicates", str(RUN.path), "seqmem train --replicates 20"]),
        (draw_task(TaskResult(RunConfig(), pairs=True, arrays=True)), ["only the cue tells", "recall steps 0.5000"]),
        (draw_comparison(Comparison((RUN, RUN))), ["success rate [95 %]", str(RUN.path), "no difference shown"]),
        (draw_list([LISTED, LISTED]), [str(RUN.path), "solved 3/3"]),
    ],
    ids=["memoryless", "solved", "task", "comparison", "list"],
)
def test_nothing_is_cut_on_a_page_of_20_columns(drawing, words):
    text = recorded(drawing, 20).export_text()
    assert all(len(line) <= 20 for line in text.splitlines())
    assert "…" not in text
    joined = "".join(text.replace("\\\n", "").split())
    for phrase in words:
        assert "".join(phrase.split()) in joined, phrase
