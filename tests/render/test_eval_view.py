import dataclasses
import io

import pytest
from render_samples import solved_run

from seqmem.render.eval_view import draw_eval
from seqmem.results.evaluation import EvalResult, FreeRun, GapResult
from seqmem.terminal.console import build_console


def drawn(renderable, width=80):
    stream = io.StringIO()
    build_console(stream, width=width, environment={}).print(renderable)
    return stream.getvalue()


def evaluation(replicates=5):
    gaps = tuple(
        GapResult(
            gap,
            gap == 3,
            0.5,
            tuple(1 - gap / 300 - i / 50 for i in range(replicates)),
            (1.0,) * replicates,
            (0.1,),
            (0.0,) * replicates,
            (gap < 100,) * replicates,
        )
        for gap in (3, 10, 100)
    )
    free = FreeRun(0, ("3",), ("0", "1", "1", "3", "0"), (0.9,) * 5, ("0", "1", "2", "3"))
    return EvalResult(solved_run(replicates=replicates), gaps, (free,))


@pytest.mark.parametrize("width", [60, 80, 120, 160])
def test_an_evaluation_keeps_to_its_width_and_marks_the_trained_gap(width):
    text = drawn(draw_eval(evaluation()), width)
    assert max(map(len, text.splitlines())) <= width
    assert text.count("trained 3 ") == 1
    assert "baseline 0.500" in text


def test_a_free_run_stands_beside_what_was_expected():
    lines = drawn(draw_eval(evaluation())).splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith("   network   3"))
    assert lines[at].split() == ["network", "3", "→", "0", "1", "1", "3", "0"]
    assert lines[at + 1].split() == ["expected", "0", "1", "2", "3"]
    assert lines[at + 2].split() == ["✓", "✓", "✗", "✓"]


def test_baselines_that_differ_from_gap_to_gap_are_a_line_of_their_own():
    base = evaluation()
    gaps = tuple(dataclasses.replace(one, baseline=1 / one.gap) for one in base.gaps)
    assert "■ baseline" in drawn(draw_eval(dataclasses.replace(base, gaps=gaps)))


def test_a_gap_says_how_many_remember_and_by_what_rule():
    lines = drawn(draw_eval(evaluation())).splitlines()
    rows = {line.split("%")[0].split()[0]: line for line in lines if " of 5 " in line}
    assert "5 of 5 ✓" in rows["trained"]
    assert "0 of 5 ✗" in rows["100"]
    assert any(line.strip().startswith("remembers: p < 0.001 / (gaps x replicates)") for line in lines)


def test_one_replicate_remembers_or_does_not():
    text = drawn(draw_eval(evaluation(replicates=1)))
    assert "yes ✓" in text
    assert "no ✗" in text


def test_other_sequences_get_scores_and_no_verdict_and_no_advice():
    own = drawn(draw_eval(EvalResult(solved_run(replicates=5))))
    other = drawn(draw_eval(EvalResult(solved_run(replicates=5), own_task=False)))
    assert "Solved: 5 of 5" in own
    assert "Not the sequences that this run was made for" in other
    assert "evidence: " in other
    assert "recall accuracy" in other
    for word in ("Solved", "No memory", "seqmem train", "met after"):
        assert word not in other
