"""What is said of the tutorial and of its readers' questions is what was recorded."""

import json
import re
from pathlib import Path

import pytest
from scripts import load_script

from seqmem.config.presets import preset_names, read_preset
from seqmem.config.run_config import RunConfig
from seqmem.judge.baseline import recipe_limit
from seqmem.judge.verdict import wilson_interval

FOLDER = Path(__file__).parents[2] / "experiments" / "tutorial"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
QUOTES = re.findall(r"<!-- from: (\S+) -->\n```\n(.*?)```", README, re.DOTALL)
RESULTS = {name: json.loads((FOLDER / name).read_text(encoding="utf-8")) for name in ("claim.json", "presets.json")}
RUNS = [
    (file, preset, f"{preset}{end}.txt")
    for file, end in (("claim.json", "-100"), ("presets.json", ""))
    for preset in RESULTS[file]
]


record = load_script(FOLDER / "record.py")


def printed(name):
    return (FOLDER / name).read_text(encoding="utf-8")


def test_every_command_has_its_recorded_output_and_every_output_its_command():
    names = [name for _, name in record.commands(README)]
    assert len(names) == len(set(names)) == len(re.findall(r"^seqmem ", README, re.MULTILINE))
    assert sorted(names) == sorted(path.name for path in FOLDER.glob("*.txt"))


def test_every_recorded_output_is_plain_and_fits_80_columns():
    for path in FOLDER.glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert text.strip()
        assert "\x1b" not in text
        assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(("name", "quote"), QUOTES, ids=[f"{at}-{name}" for at, (name, _) in enumerate(QUOTES)])
def test_every_quoted_line_stands_in_the_recorded_output_in_this_order(name, quote):
    lines = iter(line.rstrip() for line in printed(name).splitlines())
    assert quote.strip()
    for line in quote.splitlines():
        assert line.rstrip() in lines, f"{name} has no line {line!r} there"


def test_every_answer_quotes_what_was_recorded():
    questions = re.split(r"^## (?=\d)", README.partition("## All presets")[0], flags=re.MULTILINE)[1:]
    assert [question[0] for question in questions] == list("123456")
    for question in questions:
        assert record.commands(question)
        assert "<!-- from: " in question


def test_the_tables_are_what_was_recorded():
    assert len(re.findall("<!-- results: ", README)) == 2
    assert record.filled(README) == README


def test_the_findings_of_the_main_page_are_what_was_recorded():
    page = (FOLDER.parents[1] / "README.md").read_text(encoding="utf-8")
    found = page.partition("## What it found")[2].partition("## ")[0]
    rows = [line.strip("| ").split(" | ") for line in found.splitlines() if line.startswith("|")][2:]
    names = ("tutorial", "tutorial-4000", "tutorial-40000", "whole-500", "whole-1000", "whole-2000")
    for row, name in zip(rows, (*names, "traces", "traces-quick", "default"), strict=True):
        one = RESULTS["claim.json"][name]
        counts = [str(one[key]) for key in ("all_right", "remember", "solved")]
        assert row[2:6] == [*counts, f"{one['recall_loss']['median']:.4f}"], name
        low, high = one["interval"]
        interval = f", 95 % interval {low:.2f} to {high:.2f}" if one["solved"] else ""
        assert row[6] == one["verdict"] + interval, name


def test_every_preset_has_its_line():
    # the networks of 1997 are a question of their own
    own = [name for name in preset_names() if not name.startswith("hs1997")]
    assert sorted(RESULTS["presets.json"]) == sorted(own)


@pytest.mark.parametrize(("file", "preset", "name"), RUNS)
def test_results_and_output_tell_the_same(file, preset, name):
    one, text = RESULTS[file][preset], printed(name)
    assert one["replicates"] == (100 if file == "claim.json" else 20)
    assert (one["success_rate"], *one["interval"]) == pytest.approx(
        (one["solved"] / one["replicates"], *wilson_interval(one["solved"], one["replicates"]))
    )
    if one["solved"]:
        assert f"olved: {one['solved']} of {one['replicates']} replicates" in text
        assert f"after a median of {one['presentations_to_success']['median']:,.0f} presentations" in text
    else:
        # "Remembers" where most do, "Few remember" where few do
        sure = f"[Rr]emembers?, not yet sure of it: {one['remember']} of"
        lead = {"memoryless": "No memory: ", "remembers": sure}
        assert re.search(lead[one["verdict"]], text)
    for label, key in (("recall accuracy  ", "recall_accuracy"), ("recall loss, nats", "recall_loss")):
        [line] = [line for line in text.splitlines() if line.startswith(f"   {label}")]
        figures = [float(figure) for figure in re.findall(r"\d\.\d+", line)]
        assert figures[0] == pytest.approx(one[key]["median"], abs=0.00051)
        assert one[key]["without_memory"] == pytest.approx(figures[-2 if "recipe limit" in text else -1], abs=0.00051)


@pytest.mark.parametrize(("file", "preset", "name"), RUNS)
def test_recorded_baselines_are_those_of_the_recipe_and_hold(file, preset, name):
    one = RESULTS[file][preset]
    [command] = [command for command, output in record.commands(README) if output == name]
    given = re.search(r"--preset (\S+)", command)[1]
    config = RunConfig.from_settings(read_preset(given) | {"replicates": one["replicates"]})
    best = recipe_limit(config.task, config.seeds, config.head, config.layout, config.cell.keeps_state)
    accuracy, loss = one["recall_accuracy"], one["recall_loss"]
    assert accuracy["recipe_limit"] == (1.0 if best is None else pytest.approx(best.recall_accuracy))
    assert loss["recipe_limit"] == (0.0 if best is None else pytest.approx(best.recall_loss))
    assert accuracy["max"] <= accuracy["recipe_limit"]
    assert loss["min"] >= loss["recipe_limit"]


def test_stateless_with_a_whole_sequence_a_sample_is_the_same_as_stateful():
    assert RESULTS["presets.json"]["stateless-sequence"] == RESULTS["presets.json"]["default"]
