"""What charts are drawn of: the numbers of the result, and nothing that contradicts them."""

import dataclasses
import statistics
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from render_samples import (
    CELLS,
    GAPS,
    UNITS,
    finished_sweep,
    judged_again,
    memoryless_run,
    replaced_replicates,
    solved_run,
    states_record,
)

from seqmem.config.axis import Axis
from seqmem.errors import UsageError
from seqmem.pictures.chart import CHARTS, charts_of, draw_chart
from seqmem.pictures.files import PICTURES, chart_content
from seqmem.pictures.look import DARK, LIGHT, THEMES
from seqmem.results.evaluation import EvalResult
from seqmem.results.sweep import Outcome

RESULTS = {
    "run": solved_run(replicates=12),
    "one replicate": solved_run(),
    "memoryless": memoryless_run(replicates=9),
    "evaluation": judged_again(),
    "states": EvalResult(solved_run(), states=states_record()),
    "one axis": finished_sweep(GAPS),
    "words": finished_sweep(CELLS),
    "two axes": finished_sweep(GAPS, UNITS),
    "three axes": finished_sweep(GAPS, UNITS, CELLS),
}
PAIRS = [(what, name) for what, result in RESULTS.items() for name in charts_of(result)]


def rows_of(chart):
    """Every row of data in a chart."""
    return [row for rows in chart.to_dict().get("datasets", {}).values() for row in rows] + [
        row for layer in layers_of(chart.to_dict()) for row in layer.get("data", {}).get("values", [])
    ]


def layers_of(spec):
    return [spec, *(one for layer in spec.get("layer", []) for one in layers_of(layer))]


def words_of(chart):
    title = chart.to_dict()["title"]
    return " ".join([title["text"], *title["subtitle"]])


def test_each_kind_of_result_has_its_charts():
    assert {what: charts_of(result) for what, result in RESULTS.items()} == {
        "run": ["loss", "success"],
        "one replicate": ["loss", "success"],
        "memoryless": ["loss", "success"],
        "evaluation": ["gaps"],
        "states": ["states"],
        "one axis": ["curve", "success"],
        "words": ["curve", "success"],
        "two axes": ["map", "curve", "success"],
        "three axes": ["success"],
    }


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("what", "name"), PAIRS)
def test_a_chart_is_valid_vega_lite_with_a_title_and_axes_named(what, name, theme):
    # altair checks it against Vega-Lite's own schema
    spec = draw_chart(RESULTS[what], name, THEMES[theme]).to_dict(validate=True)
    assert spec["title"]["text"]
    assert spec["title"]["subtitle"]
    named = {
        encoding["title"]
        for layer in layers_of(spec)
        for axis, encoding in layer.get("encoding", {}).items()
        if axis in ("x", "y") and encoding.get("title")
    }
    assert named


@pytest.mark.parametrize("format", PICTURES)
@pytest.mark.parametrize(("what", "name"), [("run", "loss"), ("two axes", "map")])
def test_a_file_begins_as_its_format_does(what, name, format):
    content = chart_content(RESULTS[what], format, name, LIGHT)
    assert content.startswith({"png": b"\x89PNG\r\n", "pdf": b"%PDF-", "svg": b"<svg ", "html": b"<!DOCTYPE"}[format])


def test_the_loss_curve_is_that_of_the_history():
    run = RESULTS["run"]
    drawn = {row["x"]: row["median"] for row in rows_of(draw_chart(run, "loss", LIGHT)) if "median" in row}
    assert drawn == {record.presentations: statistics.median(record.recall_loss) for record in run.history}


def test_the_baseline_is_a_line_with_its_value_in_words():
    run = RESULTS["memoryless"]
    rows = rows_of(draw_chart(run, "loss", LIGHT))
    assert {"y": run.baseline.recall_loss, "words": "baseline 0.277"} in rows


def test_the_moments_of_success_are_drawn_and_counted():
    run = RESULTS["run"]
    chart = draw_chart(run, "loss", LIGHT)
    ticks = {row["x"] for row in rows_of(chart) if "count" in row}
    assert ticks == {one.presentations_to_success for one in run.replicates}
    assert "12 of 12 were solved" in words_of(chart)


def test_the_success_curve_ends_at_the_success_rate_and_tells_who_never_succeeded():
    run = solved_run(replicates=10)
    never = [dataclasses.replace(one, solved=False, presentations_to_success=None) for one in run.replicates[:4]]
    run = dataclasses.replace(run, replicates=(*never, *run.replicates[4:]))
    chart = draw_chart(run, "success", LIGHT)
    assert max(row["y"] for row in rows_of(chart)) == run.summary.success_rate == 0.6
    assert "6 of 10 replicates solved" in words_of(chart)
    assert "4 not solved within" in words_of(chart)


def test_replicates_that_diverged_are_told_beside_the_curve_that_leaves_them_out():
    run = solved_run(replicates=9)
    gone = [
        dataclasses.replace(one, solved=False, diverged=True, presentations_to_success=None)
        for one in run.replicates[:2]
    ]
    run = dataclasses.replace(run, replicates=(*gone, *run.replicates[2:]))
    assert "2 diverged, and from then on are left out" in words_of(draw_chart(run, "loss", LIGHT))
    assert "2 diverged" in words_of(draw_chart(run, "success", LIGHT))


def test_a_loss_that_is_a_squared_error_is_not_called_nats():
    for function, unit in (("squared", "squared error"), ("cross-entropy", "nats")):
        run = solved_run(replicates=2, head="sigmoid", loss_function=function)
        titles = {
            layer.get("encoding", {}).get("y", {}).get("title")
            for layer in layers_of(draw_chart(run, "loss", LIGHT).to_dict())
        }
        assert f"recall loss, {unit}" in titles


def test_the_states_of_a_long_sequence_are_drawn_at_evenly_spread_steps():
    found = EvalResult(solved_run(), states=states_record(time=300))
    chart = draw_chart(found, "states", LIGHT)
    steps = sorted({row["step"] for row in rows_of(chart)})
    assert (steps[0], steps[-1], len(steps)) == (1, 300, 48)
    assert "48 of 300 steps are drawn" in words_of(chart)


def test_a_trial_that_never_succeeds_has_no_point_and_is_told():
    chart = draw_chart(RESULTS["three axes"], "success", LIGHT)
    rows = {row["trial"]: row for row in rows_of(chart) if "trial" in row}
    assert len(rows) == 12
    assert sum("x" not in row for row in rows.values()) == 7
    assert "none within the budget" in words_of(chart)


def test_recall_over_gaps_has_the_range_of_the_replicates_and_the_baseline():
    found = RESULTS["evaluation"]
    rows = rows_of(draw_chart(found, "gaps", LIGHT))
    recall = {row["x"]: (row["y"], row["low"], row["high"]) for row in rows if row.get("series") == "recall accuracy"}
    assert recall == {
        one.gap: (statistics.median(one.recall_accuracy), min(one.recall_accuracy), max(one.recall_accuracy))
        for one in found.gaps
    }
    assert {"x": 100, "y": 0.5} in rows


def test_a_sweep_has_its_intervals_and_the_baseline():
    found = RESULTS["one axis"]
    rows = rows_of(draw_chart(found, "curve", LIGHT))
    rates = {row["x"]: (row["y"], row["low"], row["high"]) for row in rows if row.get("series") == "success rate"}
    assert rates == {trial.values["gap"]: (trial.result.success_rate, *trial.result.interval) for trial in found.trials}
    assert {"y": 0.5, "words": "baseline of recall 0.500"} in rows


def test_a_heat_map_has_a_cell_a_trial():
    found = RESULTS["two axes"]
    cells = {(row["row"], row["column"]): row["value"] for row in rows_of(draw_chart(found, "map", LIGHT))}
    assert cells == {
        (str(trial.values["gap"]), str(trial.values["units"])): trial.result.success_rate for trial in found.trials
    }


def test_the_states_of_every_unit_are_drawn_in_both_sequences_and_their_difference():
    rows = rows_of(draw_chart(RESULTS["states"], "states", LIGHT))
    states = {(row["unit"], row["panel"], row["step"]): row["value"] for row in rows}
    assert states["4 *", "cue 3", 1] == 1.0
    assert states["4 *", "cue 4", 1] == -1.0
    assert states["4 *", "difference", 1] == -2.0
    assert {row["panel"] for row in rows} == {"cue 3", "cue 4", "difference"}


@pytest.mark.parametrize(("factor", "tick"), [(1, "200"), (30, "10,000")])
def test_an_axis_writes_numbers_out(factor, tick):
    found = finished_sweep(GAPS, UNITS)
    trials = []
    for trial in found.trials:
        spread = trial.result.presentations_to_success
        spread = spread and {name: factor * value for name, value in spread.items()}
        outcome = Outcome("complete", dataclasses.replace(trial.result, presentations_to_success=spread), "")
        trials.append(dataclasses.replace(trial, outcome=outcome))
    picture = chart_content(dataclasses.replace(found, trials=tuple(trials)), "svg", "success", LIGHT).decode()
    assert f">{tick}<" in picture
    assert "e+" not in picture


def test_more_than_six_curves_are_no_chart():
    assert charts_of(finished_sweep(Axis("gap", tuple(range(3, 11))), Axis("units", tuple(range(5, 13))))) == [
        "map",
        "success",
    ]


def test_a_number_that_is_none_is_left_out():
    run = replaced_replicates(solved_run(replicates=2), metrics={"loss": float("nan")}.items())
    for name in charts_of(run):
        assert b"NaN" not in chart_content(run, "svg", name, LIGHT)


@pytest.mark.parametrize(
    ("what", "name", "words"),
    [
        ("run", "los", "must be one of loss, gaps, states, map, curve, success (did you mean 'loss'?)"),
        ("run", "map", "needs a sweep over two axes of listed values; this one has loss, success"),
        ("evaluation", "loss", "needs a run with checks; this one has gaps"),
    ],
)
def test_a_chart_that_is_not_there_is_one_line(what, name, words):
    with pytest.raises(UsageError, match=f"--chart {name}: ") as error:
        draw_chart(RESULTS[what], name, LIGHT)
    assert words in str(error.value)


def test_words_of_a_user_are_text_in_a_picture_and_in_a_page():
    evil = Axis("cell", ("</script><script>alert(1)</script>", "<b>&"))
    found = finished_sweep(evil, UNITS)
    for name in charts_of(found):
        picture = ElementTree.fromstring(chart_content(found, "svg", name, LIGHT))
        assert {element.tag.rpartition("}")[2] for element in picture.iter()} <= {
            "svg",
            "g",
            "path",
            "rect",
            "line",
            "text",
            "defs",
            "linearGradient",
            "stop",
            "clipPath",
        }
        page = chart_content(found, "html", name, LIGHT)
        assert b"<script>alert" not in page
        assert page.count(b"</script>") == 2


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_can_be_told_apart_in_grey_and_read_on_their_ground(look):
    def brightness(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    def contrast(one, other):  # of the Web Content Accessibility Guidelines
        dark, light = sorted((brightness(one), brightness(other)))
        return (light + 0.05) / (dark + 0.05)

    assert min(contrast(colour, look.paper) for colour in (look.ink, look.muted, look.baseline)) > 4.5
    assert min(contrast(colour, look.paper) for colour in look.series[:3]) > 3
    assert contrast(look.series[0], look.series[1]) > 1.25


def test_exporting_data_and_naming_charts_load_no_package_of_the_extra():
    code = "import sys, seqmem.commands.export; print({'altair', 'vl_convert', 'jinja2', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_every_chart_is_named_in_help(capsys):
    from seqmem.cli.main import run

    assert run(["export", "--help"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in CHARTS)
