"""The report: the words and the numbers of the result, harmless whatever a user typed, complete in itself."""

import dataclasses
import html
import re
from html.parser import HTMLParser

import pytest
from builders import build_result
from render_samples import (
    CELLS,
    GAPS,
    UNITS,
    finished_sweep,
    judged_again,
    make_history,
    memoryless_run,
    solved_run,
    states_record,
)

from seqmem.config.axis import Axis
from seqmem.config.plan import Plan
from seqmem.config.run_config import RunConfig
from seqmem.pictures.chart import charts_of
from seqmem.pictures.files import chart_content
from seqmem.pictures.look import LIGHT
from seqmem.pictures.report import report_page
from seqmem.render.headline import headline
from seqmem.render.report import evaluation_report, run_report
from seqmem.render.sweep_report import sweep_report
from seqmem.results.evaluation import EvalResult
from seqmem.results.run import Prediction
from seqmem.terminal.wording import shown_score

VERSIONS = {"python": "3.11.7", "tensorflow": "2.21.0"}
EVIL = "</title><script>console.error('pwned')</script><img src=x onerror=console.error('pwned')>"


def page_of(result, title="first"):
    return report_page(run_report(result, title, VERSIONS), result)


def sweep_page(sweep):
    plan = Plan({"replicates": 20}, sweep.axes, "grid", sweep.total, sweep.rank, False, 1, ())
    return report_page(sweep_report(sweep, "map", VERSIONS, plan), sweep)


def own_sequences(word):
    """A run of sequences that begin and end with a word."""
    config = RunConfig.from_settings({"sequences": [f"0 1 2 {word}", f"{word} 1 2 3"]})
    figures = {"probability": (0.9,) * 3, "margin": (0.8,) * 3, "error": (0.1,) * 3}
    steps = {"settled": (True,) * 3, "recall": (False, False, True)}
    prediction = Prediction(0, (word, "1", "2"), ("1", "2", "3"), ("1", "2", word), **figures, **steps)
    return build_result(config, predictions=(prediction,), history=make_history(config))


class Reader(HTMLParser):
    """The elements of a page in order, which of them were closed, and its text."""

    VOID = ("meta", "br", "img", "link", "input")

    def __init__(self, page):
        super().__init__()
        self.tags, self.open, self.texts, self.attributes = [], [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


PAGES = {
    "run": lambda: page_of(solved_run(replicates=12)),
    "one replicate": lambda: page_of(solved_run()),
    "memoryless": lambda: page_of(memoryless_run(replicates=9)),
    "long": lambda: page_of(solved_run(gap=1000, replicates=3)),
    "evaluation": lambda: report_page(evaluation_report(judged_again(), "judged.json", VERSIONS), judged_again()),
    "sweep": lambda: sweep_page(finished_sweep(GAPS, UNITS)),
    "three axes": lambda: sweep_page(finished_sweep(GAPS, UNITS, CELLS)),
}


@pytest.mark.parametrize("what", PAGES)
def test_a_page_is_well_formed_and_holds_no_script_and_no_address(what):
    page = PAGES[what]()
    reader = Reader(page)
    assert reader.open == []
    assert not {"script", "link", "iframe", "object", "img"} & set(reader.tags)
    assert not [name for name, _ in reader.attributes if name.startswith("on") or name in ("src", "href", "srcset")]
    assert set(re.findall(r"https?://[^\"' ]*", page)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "url(" not in re.sub(r"url\(#[\w-]+\)", "", page)


@pytest.mark.parametrize("what", PAGES)
def test_no_two_elements_have_one_name_and_every_reference_is_there(what):
    page = PAGES[what]()
    names = re.findall(r'\bid="([^"]+)"', page)
    assert len(names) == len(set(names))
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(names)


@pytest.mark.parametrize("result", [solved_run(replicates=12), memoryless_run(replicates=9)], ids=["solved", "none"])
def test_a_report_says_the_verdict_and_shows_the_numbers_of_every_replicate(result):
    text = Reader(page_of(result)).text
    assert headline(result) in text
    for replicate in result.replicates:
        assert shown_score(replicate.metrics.recall_loss, 4) in text
    assert shown_score(result.baseline.recall_loss) in text
    assert all(f"{value:.3f}" in text for value in result.predictions[-1].probability)
    assert f"learning rate {result.config.learning_rate:g}" in text
    assert all(version in text for version in VERSIONS.values())


def test_a_report_names_the_command_that_makes_the_run_again():
    text = Reader(page_of(solved_run(gap=7, replicates=3))).text
    assert "This run again: seqmem train --gap 7 --replicates 3" in text


def test_a_report_of_a_sweep_has_its_trials_and_its_command():
    sweep = finished_sweep(GAPS, UNITS)
    text = Reader(sweep_page(sweep)).text
    assert "How does the success rate depend on gap and units?" in text
    assert "The best success rate, 1.000 (95 % interval 0.84 to 1.00), is found with gap 3, units 5." in text
    assert text.count("[") >= 6
    assert "seqmem sweep --replicates 20 --vary gap=3,10,30 --vary units=5,20" in text


def test_a_report_of_gaps_says_over_which_all_remember():
    text = Reader(PAGES["evaluation"]()).text
    assert "All replicates remember over 2 of 3 gaps, the longest of them 10." in text


def test_charts_take_the_colours_of_the_page():
    pictures = re.findall(r"<svg.*?</svg>", PAGES["run"](), re.DOTALL)
    assert len(pictures) == 4
    assert all("var(--series-0)" in picture for picture in pictures)
    assert not any(colour in picture for picture in pictures for colour in (LIGHT.ink, LIGHT.muted, LIGHT.series[0]))


def labelled_run():
    """A run of the task of 1997 that has labels."""
    config = RunConfig.from_settings({"task": "hs1997", "lag": 4, "replicates": 2})
    return build_result(config, history=make_history(config))


def test_a_label_stands_below_the_symbol_that_it_is_the_answer_to():
    page = page_of(labelled_run())
    assert re.search(
        r'<span class="trigger" title="trigger">e</span>\s*<span class="recall" title="recall">[xy]<', page
    )
    assert "Can 20 LSTM units learn task 2c of 1997?" in Reader(page).text
    assert "Thick frame: the cue. Thin frame: the trigger." in Reader(page).text


def test_a_chart_of_success_is_left_out_where_nothing_was_solved():
    assert "Presentations to success" in Reader(PAGES["run"]()).text
    assert "Presentations to success" not in Reader(PAGES["memoryless"]()).text
    assert "Presentations to success" not in Reader(PAGES["one replicate"]()).text


def test_an_evaluation_says_how_to_make_it_again_and_which_units_keep_the_cue():
    found = EvalResult(solved_run(), judged_again(replicates=1).gaps, states=states_record())
    text = Reader(report_page(evaluation_report(found, "judged.json", VERSIONS), found)).text
    assert "seqmem train --out RUN" in text
    assert "seqmem eval RUN --gaps 3,10,100 --states" in text
    assert "Unit 4 carries the cue: silenced, recall falls from 1.000 to 0.500 (baseline 0.500)." in text
    other = dataclasses.replace(judged_again(), own_task=False)
    text = Reader(report_page(evaluation_report(other, "judged.json", VERSIONS), other)).text
    assert "seqmem train" not in text
    assert "seqmem eval RUN --gaps 3,10,100 --fillers ordered" in text


def evil_pages():
    word = EVIL.replace(" ", "/")
    yield page_of(own_sequences(word), EVIL)
    yield sweep_page(finished_sweep(Axis("cell", (word, "gru")), UNITS))


def test_what_a_user_typed_is_text():
    for page in evil_pages():
        reader = Reader(page)
        assert not {"script", "img"} & set(reader.tags)
        assert "console.error" in reader.text


def test_a_browser_finds_no_error_and_asks_for_nothing(browse):
    for what in ("run", "sweep"):
        opened = browse(PAGES[what]())
        assert opened.console == []
        assert opened.requests == []
        assert "<h1>" in opened.document


def test_a_browser_shows_what_a_user_typed_and_runs_none_of_it(browse):
    for page in evil_pages():
        opened = browse(page)
        assert opened.console == []
        assert opened.requests == []


def test_a_browser_draws_the_page_of_a_chart(browse):
    sweep = finished_sweep(Axis("cell", (EVIL, "gru")), UNITS)
    for name in charts_of(sweep):
        opened = browse(chart_content(sweep, "html", name, LIGHT).decode())
        assert [line for line in opened.console if "pwned" in line] == []
        assert opened.requests == []
        assert re.search(r'<svg[^>]*class="marks"', opened.document)
        assert html.escape("<script>") in opened.document or name == "curve"


def test_the_browser_of_these_tests_sees_an_error_and_a_request(browse):
    opened = browse("<img src='http://127.0.0.1:9/absent.png'><script>console.error('heard')</script>")
    assert any("heard" in line for line in opened.console)
    assert opened.requests == ["http://127.0.0.1:9/absent.png"]
