"""Settings in TOML: written complete, read back equal, and wrong ones named with their file."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import configs

from seqmem.config.run_config import RunConfig
from seqmem.config.sources import build, read_file
from seqmem.config.toml import config_text, parse_toml, toml_value
from seqmem.errors import UsageError
from seqmem.settings import settings_of
from seqmem.tasks import ConflictingSequences, ExplicitSequences

texts = st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)


@given(texts | st.booleans() | numbers | st.lists(texts))
def test_any_value_reads_back_equal_from_toml(value):
    found = tomllib.loads(f"key = {toml_value(value)}\n")["key"]
    assert found == value
    assert type(found) is type(value)


@settings(max_examples=150, deadline=None)
@given(configs())
def test_any_config_reads_back_equal_from_its_file(config):
    assert RunConfig.from_settings(parse_toml(config_text(config).encode(), "x.toml")) == config


@pytest.mark.parametrize("task", [ConflictingSequences(), ExplicitSequences(sequences=("a b", "b a"))])
def test_file_names_every_setting_under_its_heading(task):
    text = config_text(RunConfig(task=task))
    headings = [line for line in text.splitlines() if line in ("# Task", "# Network", "# Training")]
    assert headings == ["# Task", "# Network", "# Training"]
    for field in (*settings_of(type(task)), *settings_of(RunConfig)):
        name = field.name
        section = text.split(f"# {field.metadata['group']}\n")[1].split("\n\n")[0]
        assert f"\n{name} = " in f"\n{section}" or f"# {name} is not set" in section


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"epochs = 0", "epochs = 0: must be a whole number of at least 1"),
        (b"epocs = 3", "unknown key 'epocs' (did you mean 'epochs'?)"),
        (b"learning-rate = 3", "unknown key 'learning-rate' (did you mean 'learning_rate'?)"),
        (b"[training]\nepochs = 3", "unknown key 'training'"),
        (b"epochs = ", "is not TOML: Invalid value (at"),
        (b"epochs = 3\nepochs = 4", "is not TOML: Cannot overwrite a value"),
        (b"learning_rate = nan", "learning_rate = nan: must be a number above 0"),
        (b"learning_rate = inf", "learning_rate = inf: must be a number above 0"),
        (b"units = true", "units = True: must be a whole number"),
        (b"stop = 1", "stop = 1: must be true or false"),
        (b"gap = 1979-05-27", "gap = 1979-05-27: must be"),
        (b"gap = {a = 1}", "gap = {'a': 1}: must be"),
        (b"task = 'conflict'", "task = conflict: must be one of conflicting, explicit"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"gap = " + b"[" * 5000, "is nested too deeply"),
        (b"units = " + b"9" * 5000, "is not TOML"),
        (b"units = 0x" + b"f" * 5000, "units = a number of thousands of digits: must be"),
        (b'"\\u001b[31m" = 1', r"unknown key '\x1b[31m'"),
        (b'cell = "\\u001b[31m"', r"cell = \x1b[31m: must be one of"),
    ],
)
def test_wrong_file_is_one_line_that_names_it(tmp_path, content, problem):
    path = tmp_path / "b.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_file(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: {problem}")
    assert text.isprintable()


def test_file_may_give_a_few_settings_only(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text('\ufeffgap = "3:5"\nwindow = 2\nclip_norm = 1\nsymbols = "a b c d e f g"\n', encoding="utf-8")
    config = build(read_file(path))
    assert (config.task.gap, config.window, config.clip_norm) == ((3, 5), 2, 1.0)


def test_missing_file_and_folder_are_named(tmp_path):
    with pytest.raises(UsageError, match=r"none.toml: No such file"):
        read_file(tmp_path / "none.toml")
    with pytest.raises(UsageError, match="Is a directory"):
        read_file(tmp_path)


def test_file_that_is_too_large_is_refused(tmp_path):
    path = tmp_path / "large.toml"
    with path.open("wb") as file:
        file.truncate(2**24 + 1)
    with pytest.raises(UsageError, match="is larger than 16777216 bytes"):
        read_file(path)
