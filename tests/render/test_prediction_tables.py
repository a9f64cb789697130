import dataclasses

import pytest
from builders import build_prediction
from render_samples import memoryless_run, solved_run

from seqmem.config.run_config import RunConfig
from seqmem.render.predictions import draw_tables, kept_steps, prediction_lines, step_marks, table_lines
from seqmem.terminal.console import Page
from seqmem.terminal.style import ASCII

CONFIG = RunConfig()


def text_of(lines):
    return "\n".join(line.plain for line in lines)


def test_a_sure_right_step_is_right_with_memory():
    assert step_marks(build_prediction(0, CONFIG), 0.25, True) == ("right",) * 4


def test_a_right_recall_step_without_memory_is_never_green():
    assert step_marks(build_prediction(0, CONFIG), 0.25, False)[-1] == "near"


def test_right_by_less_than_the_criterion_asks_is_near():
    assert step_marks(build_prediction(0, CONFIG, sure=0.7), 0.25, True)[-1] == "near"
    assert step_marks(build_prediction(0, CONFIG, sure=0.7), 0.35, True)[-1] == "right"
    assert step_marks(build_prediction(0, CONFIG, sure=0.51), None, True)[-1] == "near"
    assert step_marks(build_prediction(0, CONFIG, sure=0.7), None, True)[-1] == "right"


def test_a_wrong_step_is_wrong_however_sure():
    assert step_marks(build_prediction(0, CONFIG, answer="4"), 0.25, True)[-1] == "wrong"


def test_an_open_step_is_open_right_or_wrong():
    one = dataclasses.replace(build_prediction(0, CONFIG, answer="4"), settled=(False, True, True, False))
    assert step_marks(one, 0.25, True) == ("open", "right", "right", "open")


def test_a_number_that_is_none_is_not_right():
    one = dataclasses.replace(build_prediction(0, CONFIG), error=(float("nan"),) * 4)
    assert set(step_marks(one, 0.25, True)) == {"near"}


@pytest.mark.parametrize("none", [float("nan"), float("-inf")])
def test_the_outputs_of_a_diverged_replicate_are_wrong_and_no_figures(none):
    one = dataclasses.replace(build_prediction(0, CONFIG), probability=(none,) * 4, margin=(none,) * 4)
    marks = step_marks(one, 0.25, False)
    assert set(marks) == {"wrong"}
    assert table_lines(one, marks, Page(80, ASCII))[-1].plain.split()[-3:] == ["-", "-", "x"]


def test_the_network_at_the_baseline_is_not_all_green():
    drawn = prediction_lines(memoryless_run(), Page(80))
    styles = {str(span.style) for line in drawn for span in line.spans}
    assert "near" in styles
    assert text_of(drawn).count("≈") == 3  # two recall steps and the key


def test_each_row_says_what_came_was_expected_and_predicted_and_how_surely():
    line = table_lines(build_prediction(1, CONFIG, sure=0.9), ["right"] * 4, Page(80, ASCII))[-1]
    assert line.plain.split() == [">", "4", "2", "4", "4", "0.900", "0.800", "+"]


def test_tables_stand_side_by_side_from_100_columns():
    both = [(build_prediction(cue, CONFIG), ("right",) * 4) for cue in (0, 1)]
    assert len(draw_tables(both, Page(100))) == 6
    assert len(draw_tables(both, Page(99))) == 12


def test_a_long_sequence_keeps_its_ends_its_faults_and_its_recall():
    one = build_prediction(0, RunConfig.from_settings({"gap": 100}))
    marks = ["right"] * 101
    marks[50] = "wrong"
    kept = kept_steps(one, marks)
    assert kept == [0, 1, 2, 50, 99, 100]
    text = text_of(table_lines(one, marks, Page(80, ASCII)))
    assert "47 steps more: 47 right" in text
    assert len(text.splitlines()) == 9


def test_many_faults_do_not_make_a_long_table():
    one = build_prediction(0, RunConfig.from_settings({"gap": 1000}))
    assert len(kept_steps(one, ["wrong"] * 1001)) < 15


def test_control_letters_in_a_symbol_never_reach_the_terminal():
    one = dataclasses.replace(build_prediction(0, CONFIG), inputs=("\x1b[2J", "\r", "a" * 50, "\u202e"))
    text = text_of(table_lines(one, ["right"] * 4, Page(80, ASCII)))
    assert "\x1b" not in text
    assert "\r" not in text
    assert "\u202e" not in text
    assert max(map(len, text.splitlines())) < 60


@pytest.mark.parametrize("wide", ["漢字", "日本語の単語をここに"])
def test_wide_letters_keep_the_columns_straight(wide):
    one = dataclasses.replace(build_prediction(0, CONFIG), inputs=(wide, "0", "1", "2"))
    lines = table_lines(one, ["right"] * 4, Page(80, ASCII))
    assert len({line.cell_len for line in lines[1:]}) == 1


def test_best_and_worst_are_both_shown_where_they_differ():
    run = solved_run(replicates=20)
    assert "the best has the same marks" in text_of(prediction_lines(run, Page(80)))
    spoilt = tuple(
        dataclasses.replace(one, predicted=("9",) * 4) if one.replicate == 19 else one for one in run.predictions
    )
    text = text_of(prediction_lines(dataclasses.replace(run, predictions=spoilt), Page(80)))
    assert "best replicate 0" in text
    assert "worst replicate 19" in text


def test_no_predictions_draw_nothing():
    assert prediction_lines(dataclasses.replace(solved_run(), predictions=()), Page(80)) == []


@pytest.mark.parametrize("width", [80, 160])
def test_of_many_sequences_two_are_shown_those_with_faults_first(width):
    run = solved_run(cues=6)
    assert len(run.predictions) == 6
    wrong = dataclasses.replace(run.predictions[4], predicted=("9",) * 4)
    run = dataclasses.replace(run, predictions=(*run.predictions[:4], wrong, *run.predictions[5:]))
    text = text_of(prediction_lines(run, Page(width)))
    assert text.count("step input") == 2
    assert "and 4 sequences more" in text
    assert len(text.splitlines()) <= 20
    assert "✗" in text


def test_only_marks_that_are_drawn_are_explained():
    run = solved_run(cues=6)
    assert "wrong" not in text_of(prediction_lines(run, Page(80)))
