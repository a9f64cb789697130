"""Options as they are generated from the settings."""

import click
import pytest

from seqmem.cli.train import command
from seqmem.config.run_config import RunConfig, setting_fields
from seqmem.config.sources import option_name, quoted, read_config, typed_option, typed_settings
from seqmem.errors import UsageError
from seqmem.settings import Flag, Kind
from seqmem.tasks import TASKS, ConflictingSequences, ExplicitSequences

DECLARED = {param.name: param for param in command.params if isinstance(param, click.Option)}


def typed(*arguments: str) -> dict:
    return command.make_context("train", list(arguments)).params


def values_of(given: dict) -> dict:
    return {name: one.value for name, one in given.items()}


@pytest.mark.parametrize("name", setting_fields())
def test_every_setting_is_an_option_of_train_under_its_heading(name):
    option = DECLARED[name]
    assert option.opts == [option_name(name)]
    assert option.heading.startswith(setting_fields()[name].metadata["group"])


@pytest.mark.parametrize("name", [name for name in setting_fields() if name != "sequences"])
def test_the_help_of_a_setting_is_that_of_its_declaration(name):
    assert DECLARED[name].help.startswith(setting_fields()[name].metadata["help"])


def test_every_task_has_a_heading_of_its_own():
    headings = {option.heading for option in DECLARED.values() if option.heading.startswith("Task")}
    assert headings == {"Task", *(f"Task {name} ({task.summary})" for name, task in TASKS.items())}
    assert DECLARED["task"].heading == DECLARED["symbols"].heading == "Task"


def test_a_task_is_asked_for_by_name_or_by_a_setting_that_it_alone_has():
    assert read_config(None, None, typed("--task", "conflicting", "--gap", "5")).task == ConflictingSequences(gap=5)
    assert read_config(None, None, typed("--sequence", "a b a")).task == ExplicitSequences(sequences=("a b a",))
    with pytest.raises(UsageError, match="--gap 3: does not go with sequences of your own"):
        read_config(None, None, typed("--task", "explicit", "--gap", "3"))


def test_only_what_is_typed_is_collected():
    assert typed_settings(typed()) == {}
    given = typed_settings(typed("--gap", "2:5", "--no-stop", "--window", "sequence"))
    assert values_of(given) == {"gap": (2, 5), "stop": False, "window": None}


def test_flags_are_typed_both_ways():
    for name, field in setting_fields().items():
        if isinstance(field.metadata["kind"], Flag):
            assert values_of(typed_settings(typed(option_name(name)))) == {name: True}
            assert values_of(typed_settings(typed(typed_option(name, False)))) == {name: False}


def test_every_setting_of_a_config_can_be_typed_and_gives_the_config_back():
    settings = {"gap": "2:4", "fillers": "fresh", "pool": 8, "trigger": True, "cues": 3, "alphabet_size": 9}
    settings |= {"symbols": list("abcdefghi"), "window": 2, "clip_norm": 0.5, "optimizer": "sgd", "stop": False}
    settings |= {"criterion": "recall:0.9", "presentations": 1000, "check_every": 50, "shuffle": True, "seed": 3}
    words = []
    for name, value in settings.items():
        flag = isinstance(value, bool)
        text = " ".join(value) if isinstance(value, list) else str(value)
        words += [option_name(name if value else "no_" + name)] if flag else [option_name(name), text]
    assert read_config(None, None, typed(*words)) == RunConfig.from_settings(settings)


def test_each_typed_value_is_read_once(monkeypatch):
    read, reader = [], Kind.read

    def count(kind, name, value):
        read.append(name)
        return reader(kind, name, value)

    monkeypatch.setattr(Kind, "read", count)
    values = {"gap": "2:4", "fillers": "fresh", "pool": "8", "symbols": "a b c d e f g h i", "cell": "gru", "lags": "2"}
    values |= {"init": "uniform:0.2", "criterion": "recall:0.9", "learning_rate": "0.5", "window": "2", "seed": "3"}
    words = [word for name, value in values.items() for word in (option_name(name), value)]
    read_config(None, None, typed(*words, "--trigger"))
    assert {name: read.count(name) for name in values} == dict.fromkeys(values, 1)


def test_help_shows_the_default_of_each_setting_that_has_one():
    assert DECLARED["gap"].help.endswith("[default: 3]")
    assert DECLARED["window"].help.endswith("[default: sequence]")
    assert DECLARED["trigger"].help.endswith("[default: no-trigger]")
    assert DECLARED["epochs"].help.count("default") == 1
    assert "default" not in DECLARED["pool"].help


def test_headings_stand_in_the_order_of_the_house(capsys):
    with pytest.raises(click.exceptions.Exit):
        typed("--help")
    printed = capsys.readouterr().out
    places = [printed.index(f"\n{heading}:") for heading in ("Task", "Network", "Training", "Run", "Examples")]
    assert places == sorted(places)


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_help_fits_the_width(columns):
    help_text = command.get_help(click.Context(command, info_name="train", max_content_width=columns))
    examples = help_text.index("\nExamples:")
    assert max(map(len, help_text[:examples].splitlines())) <= columns


@pytest.mark.parametrize(
    ("value", "text"), [("a b", '"a b"'), ("", '""'), (3, "3"), (["a", "b"], '"a b"'), ("a\nb", "a\\nb")]
)
def test_a_value_is_quoted_where_it_must_be(value, text):
    assert quoted(value) == text


def test_a_long_value_is_cut():
    assert len(quoted("x" * 10_000)) == 60


def test_a_setting_is_spelled_as_it_is_typed():
    assert typed_option("learning_rate", 0.5) == "--learning-rate 0.5"
    assert typed_option("stop", False) == "--no-stop"
    assert typed_option("stateful", False) == "--stateless"
    assert typed_option("sequences", "a b") == '--sequence "a b"'
