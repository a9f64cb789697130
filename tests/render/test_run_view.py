import dataclasses
import io
import re
import shlex
import subprocess
import sys

import pytest
from render_samples import memoryless_run, solved_run

from seqmem.config.run_config import RunConfig
from seqmem.judge.baseline import Baseline
from seqmem.judge.evidence import weigh
from seqmem.judge.metrics import Metrics
from seqmem.render.header import header_lines
from seqmem.render.next_command import next_commands, train_command, with_cues
from seqmem.render.run_view import draw_run
from seqmem.terminal.console import build_console, view


def drawn(renderable, width=80, color="never"):
    stream = io.StringIO()
    build_console(stream, color=color, width=width, environment={}).print(renderable)
    return stream.getvalue()


def partly_run():
    run = solved_run(replicates=4)
    lost = dataclasses.replace(
        run.replicates[0],
        solved=False,
        presentations_to_success=None,
        met_at=None,
        presentations=500,
        metrics=Metrics(0.05, 0.1, 1.0, 1.0, 1.0, 0.4, 2, 2),
    )
    return dataclasses.replace(run, replicates=(lost, *run.replicates[1:]))


def diverged_run():
    run = solved_run(replicates=2)
    nan = float("nan")
    lost = [
        dataclasses.replace(
            one,
            solved=False,
            diverged=True,
            presentations_to_success=None,
            met_at=None,
            metrics=Metrics(nan, None, nan, None, None, None),
            evidence=weigh(1, 0, 2, None, 0.2773),
        )
        for one in run.replicates
    ]
    return dataclasses.replace(run, replicates=tuple(lost))


RUNS = {
    "one": solved_run,
    "twenty": lambda: solved_run(replicates=20),
    "tutorial": lambda: memoryless_run(replicates=100),
    "long": lambda: memoryless_run(replicates=3, gap=300),
    "partly": partly_run,
    "diverged": diverged_run,
}


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("width", [60, 80, 120, 160])
def test_a_run_keeps_to_its_width(name, width):
    lines = drawn(draw_run(RUNS[name]()), width).splitlines()
    commands = [line for line in lines if line.startswith("   seqmem ")]
    assert len(commands) == 1
    assert max(len(line) for line in lines if line not in commands) <= width


def test_a_run_without_colour_says_all_that_colour_says():
    plain = drawn(draw_run(memoryless_run(replicates=100)))
    assert "No memory: the loss sits at the baseline" in plain
    assert "≈ right, but more than 0.25 off, or by luck" in plain
    assert "▸ recall" in plain


def test_a_coloured_run_has_the_same_letters():
    coloured = drawn(draw_run(solved_run()), color="always")
    assert "\x1b[" in coloured
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == drawn(draw_run(solved_run()))


def test_the_tutorial_is_told_how_many_only_look_right():
    text = drawn(draw_run(memoryless_run(replicates=100)), 120)
    assert "40 of 100 answer every settled step right, 0 within 0.25 of the target" in text


def test_solved_gives_interval_and_presentations():
    text = drawn(draw_run(solved_run(replicates=20)), 120)
    assert "Solved: 20 of 20 replicates (95 % interval 0.84 to 1.00)." in text
    assert "error:0.25 met after a median of 275 presentations (180 to 370)" in text


def test_failures_are_counted_beside_the_median_never_in_it():
    text = drawn(draw_run(partly_run()), 120)
    assert "Partly solved: 3 of 4 replicates" in text
    assert "a median of 200 presentations (190 to 210); by 1 not within 2,000" in text
    assert "> 500" in text


def test_open_steps_are_noted():
    run = solved_run()
    opened = tuple(dataclasses.replace(one, settled=(False, True, True, True)) for one in run.predictions)
    text = drawn(draw_run(dataclasses.replace(run, predictions=opened)), 120)
    assert "no predictor can settle them" in text
    assert "· open: nothing settles it" in text


def test_many_replicates_take_few_lines():
    assert len(drawn(draw_run(memoryless_run(replicates=100))).splitlines()) < 70


def test_the_header_is_small_and_counts_parameters():
    lines = drawn(view(header_lines)(RunConfig())).splitlines()
    assert len(lines) <= 6
    assert "3 0 1 2 3" in lines[0]
    assert "2,185 parameters" in "".join(lines)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"gap": 6}, "loss at recall steps only: the gap is above 5"),
        ({"gap": 3, "fillers": "fresh"}, "loss at recall steps only: fillers are fresh"),
        ({"gap": 3, "loss_at": "recall"}, "batch 1 · loss at recall steps only\n"),
        ({"gap": 6, "loss_at": "all"}, "batch 1 · loss at all steps\n"),
        ({"gap": 3, "loss_at": "balanced"}, "loss at all steps, recall steps balanced"),
        ({"gap": 3, "cell": "gru"}, "chrono start"),
    ],
)
def test_the_header_says_which_steps_are_trained_and_why_a_rule_chose_them(settings, words):
    assert words in drawn(view(header_lines)(RunConfig.from_settings(settings)), 80)


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize(
    "settings", [{"gap": 1000}, {"gap": "5:50000"}, {"gap": 5, "cues": 500}, {"gap": 90, "fillers": "fresh"}]
)
def test_the_header_of_a_large_task_stays_small(settings, width):
    lines = drawn(view(header_lines)(RunConfig.from_settings(settings)), width).splitlines()
    assert len(lines) <= (10 if width == 80 else 12)
    assert max(map(len, lines)) <= width


def test_parameters_are_those_of_the_cell_and_the_head():
    assert RunConfig().parameter_count == 4 * (5 * 20 + 20 * 20 + 20) + 20 * 5 + 5


def test_a_network_cut_off_from_the_cue_is_told_to_reach_back():
    assert next_commands(memoryless_run(replicates=7))[0][0] == "seqmem train --window sequence --replicates 7"


@pytest.mark.parametrize(
    ("settings", "answer"),
    [
        ({"cell": "mlp"}, "--cell lstm"),
        ({"rows": "steps", "batch_size": 4}, "--rows sequences --window sequence"),
        ({"stateful": False}, "--stateful --window sequence"),
    ],
)
def test_each_recipe_without_memory_is_told_what_it_lacks(settings, answer):
    assert next_commands(memoryless_run(**settings))[0][0].startswith(f"seqmem train {answer}")


def test_the_verdict_says_why_a_recipe_cannot_work():
    text = drawn(draw_run(memoryless_run()), 160)
    assert "the gradient of an update reaches back over the last symbol and the recall needs 4" in text


def test_what_solved_leads_on_to_depends_on_what_is_not_known_yet():
    assert next_commands(solved_run())[0][0] == "seqmem train --replicates 20"
    assert next_commands(solved_run(replicates=20))[0][0] == "seqmem train --fillers fresh --replicates 20"


def test_a_known_run_can_be_judged_over_other_gaps(tmp_path):
    commands = next_commands(solved_run(), tmp_path / "my run")
    assert commands[1][0] == f"seqmem eval '{tmp_path}/my run' --gaps 3,6,30"


def test_a_command_leaves_to_the_rules_what_they_decided_and_says_what_was_given():
    config = RunConfig.from_settings({"gap": 10, "loss_at": "all", "epochs": 20, "check_every": 7})
    command = train_command(config, gap=30)
    assert command == "seqmem train --gap 30 --loss-at all --epochs 20 --check-every 7"
    assert train_command(RunConfig.from_settings({"gap": 10}), cell="gru") == "seqmem train --cell gru --gap 10"


def test_a_diverged_run_is_told_to_take_smaller_steps():
    assert "--learning-rate 0.001 --clip-norm 1" in next_commands(diverged_run())[0][0]


def test_an_unsolved_run_is_given_four_times_the_budget_under_its_own_name():
    one = partly_run()
    assert "--epochs 4000" in next_commands(one)[0][0]
    config = RunConfig.from_settings({"presentations": 300, "replicates": 4})
    assert "--presentations 1200" in next_commands(dataclasses.replace(one, config=config))[0][0]


def test_a_flag_is_spelled_in_its_own_words():
    config = RunConfig.from_settings({"stateful": False, "stop": False})
    assert train_command(config) == "seqmem train --stateless --no-stop"


def test_own_sequences_are_repeated_in_the_command():
    config = RunConfig.from_settings({"sequences": ["the cat sat", "a cat ran"]})
    line = "seqmem train --replicates 20 --sequence 'the cat sat' --sequence 'a cat ran'"
    assert train_command(config, replicates=20) == line


@pytest.mark.parametrize(
    ("modules", "absent"),
    [
        ("run_view, seqmem.render.task_view, seqmem.render.list_view, seqmem.export.pages", ["rich.live"]),
        ("live_run, seqmem.render.live_sweep", []),
    ],
)
def test_drawing_needs_no_tensorflow(modules, absent):
    absent = {"tensorflow", "keras", "click", *absent}
    code = f"import sys, seqmem.render.{modules}; print(sorted({absent} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


@pytest.mark.parametrize("width", [50, 80])
def test_a_command_too_long_for_a_line_goes_on_behind_a_backslash(width):
    run = memoryless_run(rows="steps", batch_size=4, replicates=20, trigger=True)
    shown = drawn(draw_run(run), width).partition("let each row be a whole sequence:\n")[2]
    lines = [line.rstrip() for line in shown.rstrip().splitlines()]
    assert len(lines) > 1
    assert max(map(len, lines)) <= width
    assert all(line.endswith(" \\") for line in lines[:-1])
    assert shlex.split("\n".join(lines).replace("\\\n", "")) == shlex.split(next_commands(run)[0][0])


def open_run():
    """Sequences that begin alike: nothing tells what follows."""
    run = solved_run(replicates=2)
    config = RunConfig.from_settings({"sequences": ["0 1", "0 2"], "replicates": 2})
    metrics = Metrics(0.46, None, 0.5, None, None, None)
    lost = [
        dataclasses.replace(one, solved=False, presentations_to_success=None, met_at=None, metrics=metrics)
        for one in run.replicates
    ]
    best = Baseline(accuracy=0.5, recall_accuracy=None, loss=0.462, recall_loss=None)
    return dataclasses.replace(run, config=config, baseline=best, replicates=tuple(lost), predictions=())


def test_where_nothing_is_settled_there_is_nothing_to_remember():
    text = drawn(draw_run(open_run()), 120)
    assert "Nothing to remember: no step has a target that what came before could tell" in text
    assert "no predictor can settle it." in text
    assert "replicates have" not in text


def test_sequences_that_begin_alike_are_given_cues():
    command, why = next_commands(open_run())[0]
    assert why == "begin each sequence with a word that tells them apart:"
    assert shlex.split(command)[2:] == ["--sequence", "a 0 1", "--sequence", "b 0 2", "--replicates", "2"]
    taken = RunConfig.from_settings({"sequences": ["a 0", "a b"]})
    assert [row[0] for row in with_cues(taken).task.sequences] == ["c", "d"]


@pytest.mark.parametrize("width", [40, 60])
def test_a_narrow_page_loses_columns_and_never_a_mark_or_a_verdict(width):
    lines = drawn(draw_run(memoryless_run(replicates=3, loss_at="recall")), width).splitlines()
    assert max(map(len, lines)) <= width
    text = " ".join(" ".join(lines).split())
    assert "loss at recall steps only" in text
    assert "no stop, judged by error:0.25" in text
    assert sum(line.endswith(("✗ memoryless", "✗")) for line in lines) >= 3
    assert any(line.endswith(" ≈") for line in lines)
    assert "…" not in text
