"""Every verdict in words: no word contradicts a figure, and none needs colour."""

import dataclasses
import io
import subprocess

import pytest
from builders import BASELINE
from render_samples import fresh_run, memoryless_run, replaced_replicates, solved_run

from seqmem.config.run_config import RunConfig
from seqmem.judge.baseline import Baseline
from seqmem.judge.evidence import weigh
from seqmem.judge.verdict import VERDICTS
from seqmem.render.evidence_words import evidence_words, judged_words
from seqmem.render.headline import headline
from seqmem.render.run_view import draw_run
from seqmem.render.verdict_view import command_lines
from seqmem.render.verdict_words import false_claims, is_luck, verdict_word
from seqmem.results.run import JudgedOn
from seqmem.terminal.console import build_console
from seqmem.terminal.style import ASCII, STYLES, UNICODE


def text_of(run, width=120):
    stream = io.StringIO()
    build_console(stream, width=width, environment={}).print(draw_run(run))
    return stream.getvalue()


def words_of(run):
    return " ".join(text_of(run).split())


def missing_run(missed=1, replicates=1, **settings):
    """Stopped as solved, and missing some sequences of the report."""
    run = fresh_run(replicates=replicates, recall=0.996, **{"stop": True} | settings)
    at = [dataclasses.replace(one, met_at=640 + one.seed, missed=missed) for one in run.replicates]
    return dataclasses.replace(run, replicates=tuple(at))


def test_each_verdict_has_its_own_sign_and_style():
    for glyphs in (UNICODE, ASCII):
        assert len({getattr(glyphs, verdict) for verdict in VERDICTS}) == len(VERDICTS)
    assert len({STYLES[verdict] for verdict in VERDICTS}) == len(VERDICTS)
    assert verdict_word("nothing_to_remember", ASCII) == "= nothing to remember"
    assert verdict_word("sweep 3/4", ASCII) == "sweep 3/4"


def test_a_badly_calibrated_memory_remembers_and_is_not_called_memoryless():
    assert headline(fresh_run()) == (
        "Remembers, not yet sure of it: 4 of 4 replicates recall the cue on 0.98 of 256 fresh sequences "
        "(baseline 0.50); none within 0.25 of its target."
    )
    assert "memoryless" not in text_of(fresh_run())


def test_few_that_remember_among_many_are_called_few():
    run = memoryless_run(replicates=3)
    one = dataclasses.replace(run.replicates[0], evidence=weigh(1, 1, 2, 0.2, 0.2773))
    text = headline(dataclasses.replace(run, replicates=(one, *run.replicates[1:])))
    assert text == (
        "Few remember, not yet sure of it: 1 of 3 replicates recalls the cue on 1.00 of all 2 sequences "
        "(baseline 0.50); none within 0.25 of its target; 2 memoryless."
    )
    assert "let the gradient reach back" in text_of(dataclasses.replace(run, replicates=(one, *run.replicates[1:])))


def test_a_trace_of_the_cue_is_not_said_to_be_recalled():
    text = headline(fresh_run(replicates=1, recall=0.1, right=60, recall_loss=0.4))
    assert text == (
        "Remembers a trace: 1 of 1 replicate tells the cues of a string of fillers apart more often than guessing "
        "does; the recall accuracy is 0.10 (baseline 0.50)."
    )


def test_a_share_is_a_whole_only_where_it_is_one():
    assert "on 1.00 of 256" in headline(fresh_run(recall=1.0))
    assert "on 0.996 of 256" in headline(fresh_run(recall=0.996))


@pytest.mark.parametrize(
    ("criterion", "words"),
    [("recall:1", "none right on 1 of them"), ("argmax", "none always right"), ("error:0.1", "none within 0.1")],
)
def test_what_is_missing_is_what_the_criterion_asks(criterion, words):
    run = replaced_replicates(fresh_run(criterion=criterion), metrics={"settled_accuracy": 0.9})
    assert words in headline(run)


def test_counts_of_the_others_stand_in_the_headline():
    run = fresh_run(replicates=5)
    lost = dataclasses.replace(run.replicates[0], evidence=weigh(126, 20, 2, 0.21, 0.1981))
    gone = dataclasses.replace(run.replicates[1], diverged=True, evidence=weigh(126, 0, 2, None, 0.1981))
    mixed = dataclasses.replace(run, replicates=(lost, gone, *run.replicates[2:]))
    assert headline(mixed).endswith("; 1 memoryless, 1 diverged.")
    solved = dataclasses.replace(run.replicates[2], solved=True, presentations_to_success=10, met_at=10)
    partly = dataclasses.replace(mixed, replicates=(lost, gone, solved, *run.replicates[3:]))
    assert headline(partly).startswith("Partly solved: 1 of 5 replicates (95 % interval ")
    assert headline(partly).endswith("; 3 remember, 1 memoryless, 1 diverged.")


def test_one_of_many_that_passes_by_luck_is_explained():
    run = fresh_run(replicates=20, recall=0.5, right=30)
    lucky = dataclasses.replace(run.replicates[3], evidence=weigh(126, 49, 2, 0.2, 0.1981))
    replicates = [*run.replicates[:3], lucky, *run.replicates[4:]]
    text = headline(dataclasses.replace(run, replicates=tuple(replicates)))
    assert text == (
        "No memory: the loss sits at the baseline; 1 of 20 would pass by itself at p = 0.0004, which chance explains: "
        "among 20, p must be below 5e-05."
    )


def test_the_memoryless_loss_is_told_by_where_it_stands():
    run = memoryless_run()
    assert "sits at the baseline; the network answers without the cue" in headline(run)
    assert "still above the baseline" in headline(replaced_replicates(run, metrics={"recall_loss": 0.4}))
    far = replaced_replicates(run, metrics={"recall_loss": 4.0})
    assert headline(far) == "No memory: training blew up, the recall loss of 4.000 is 14.4 times the baseline."
    assert "smaller, clipped steps" in words_of(far)


def test_an_untrained_network_of_many_symbols_has_not_blown_up():
    run = replaced_replicates(memoryless_run(alphabet_size=12), metrics={"recall_loss": 0.69})
    small = dataclasses.replace(run, baseline=Baseline(0.9, 0.5, 0.03, 0.1155), history=())
    assert "still above the baseline" in headline(small)


@pytest.mark.parametrize(("missed", "replicates", "many"), [(1, 1, ""), (3, 4, "4 ")])
def test_what_stopped_as_solved_and_missed_is_not_called_a_matter_of_budget(missed, replicates, many):
    text = words_of(missing_run(missed, replicates))
    at = "640" if replicates == 1 else "640 to 643"
    assert f"{many}stopped as solved at {at}; {missed} of 256 missed in the report" in text
    assert "within 500" not in text
    assert "seqmem train --no-stop --gap 5 --fillers fresh" in text
    best = {"init": "chrono", "head": "softmax", "loss_at": "recall"}
    assert "seqmem train --no-stop" in words_of(missing_run(missed, replicates, **best))
    assert "seqmem train --epochs 4000" in words_of(missing_run(missed, replicates, stop=False, **best))


def test_luck_is_marked_where_so_little_was_judged_that_chance_explains_it():
    assert is_luck(0.98, 0.5, "memoryless")
    assert not is_luck(0.98, 0.5, "remembers")
    assert not is_luck(0.55, 0.5, "memoryless")
    assert "≈ 1.000" in text_of(memoryless_run(replicates=2))
    rows = [line for line in text_of(memoryless_run(replicates=100)).splitlines() if "✗ memoryless" in line]
    assert all("1.000" not in row.replace("≈ 1.000", "").rpartition("0.506")[0] for row in rows)


def test_a_diverged_replicate_shows_dashes_and_never_a_tick():
    run = solved_run(replicates=2)
    lost = dataclasses.replace(run.replicates[1], diverged=True, solved=False, presentations_to_success=None)
    text = text_of(dataclasses.replace(run, replicates=(run.replicates[0], lost)))
    [row] = [line for line in text.splitlines() if "∞ diverged" in line]
    assert row.split() == ["1", "-", "-", "-", "-", "-", "∞", "diverged"]


def test_evidence_is_told_in_plain_words():
    assert evidence_words(fresh_run(replicates=1)) == (
        "evidence: 126 of 126 strings of fillers recalled after at least two cues (guessing: 1 in 4), p < 0.001"
    )
    assert evidence_words(fresh_run(replicates=1, right=33)).endswith("p = 0.41")
    assert evidence_words(fresh_run()).endswith("p < 0.001 for 4 of 4 replicates")


def test_where_one_string_was_judged_the_loss_decides():
    text = evidence_words(solved_run())
    assert text == (
        "evidence: guessing may recall one string of fillers by luck, so the recall loss decides: "
        "0.06 times the baseline's (memory: below 0.9)"
    )


@pytest.mark.parametrize(
    ("judged", "replicates", "words"),
    [
        (JudgedOn(4, 4, 4, True), 1, "judged on all 4 that exist, all of them trained on"),
        (JudgedOn(4, 80, 80, True), 20, "judged on all 4 that exist, all of them trained on"),
        (JudgedOn(100, 100, 90, True), 1, "judged on all 100 that exist, 90 of 100 trained on"),
        (JudgedOn(2, 8, 0, True), 4, "judged on all 2 that exist, none of them trained on"),
        (JudgedOn(2, None, None, True), 1, "judged on all 2 that exist"),
        (JudgedOn(256, 256, 0, False), 1, "judged on 256 sequences that training never saw"),
        (JudgedOn(256, 240, 12, False), 1, "judged on 256 drawn, 240 different, 12 of them trained on"),
        (JudgedOn(256, None, None, False), 1, "judged on 256 sequences, drawn for it"),
        (
            JudgedOn(256, 4800, 240, False),
            20,
            "judged on 256 drawn for each of 20 replicates: 5,120 in all, 4,800 different, 240 of them trained on",
        ),
    ],
)
def test_what_training_saw_is_said_only_where_it_was_counted(judged, replicates, words):
    assert judged_words(judged, replicates) == words


def test_without_recall_the_criterion_is_every_settled_step():
    config = RunConfig.from_settings({"sequences": ["a b c", "d b c"], "replicates": 2})
    run = dataclasses.replace(solved_run(replicates=2), config=config)
    run = replaced_replicates(run, metrics={"recall_loss": None, "recall_accuracy": None})
    run = dataclasses.replace(run, baseline=Baseline(1.0, None, 0.0, None), predictions=(), history=())
    text = words_of(run)
    assert "∅ Nothing to remember: no settled target depends on which sequence it is in." in text
    assert "criterion: every settled step right (error:0.25), met by 2 of 2" in text
    assert "stops at every settled step right (error:0.25)" in text
    assert "nothing to remember: no settled target depends" in text
    assert "✓ solved" not in text


def test_the_blind_control_stands_on_a_number_that_is_shown():
    run = dataclasses.replace(
        fresh_run(cell="mlp", loss_at="all"), recipe_limit=Baseline(0.2, 0.5, 0.39, 0.19, 0.0, 0.4687)
    )
    rows = [line.split() for line in text_of(run).splitlines() if line.strip().startswith("trained at all steps")]
    assert rows == [["trained", "at", "all", "steps", "0.000", "0.000"], [*rows[1][:4], "0.469", "0.469"]]
    assert "trained at all steps" not in text_of(dataclasses.replace(run, baseline=BASELINE, recipe_limit=None))


def test_steps_that_were_not_trained_are_not_judged():
    text = text_of(solved_run(loss_at="recall"))
    assert "· not trained" in text
    assert "at all steps" not in text
    assert text.count("✓") == 4  # two recall steps, the key and the verdict


def test_how_many_trials_chance_calls_remembers():
    assert false_claims(20) == "at most 0.02 of these 20 trials"


@pytest.mark.parametrize("width", [20, 24, 40, 80])
def test_a_command_is_broken_so_that_a_shell_takes_all_of_it(width):
    command = "seqmem eval runs/2026-11-25-a-long-name-of-a-run/trials/003 --gaps 3,6,30 --fillers fresh"
    lines = [line.plain for line in command_lines(command, width)]
    assert max(map(len, lines)) <= width
    script = "\n".join(lines).replace("seqmem", "echo seqmem", 1)
    echoed = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert echoed.stdout == command + "\n"


def test_no_line_of_a_command_is_a_backslash_alone():
    command = "seqmem train --window sequence --gap 10 --fillers fresh --epochs 100 --replicates 20"
    for width in range(20, 100):
        lines = [line.plain for line in command_lines(command, width)]
        assert max(map(len, lines)) <= width
        assert "\\" not in lines
