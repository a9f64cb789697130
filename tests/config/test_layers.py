"""Which source of settings wins, and how a wrong one is named."""

import pytest

from seqmem.config.sources import merge, option_name, read_config, read_typed, read_values, setting_kinds
from seqmem.errors import UsageError
from seqmem.tasks import ConflictingSequences, ExplicitSequences


@pytest.fixture
def toml(tmp_path):
    def write(text: str):
        path = tmp_path / "b.toml"
        path.write_text(text)
        return path

    return write


def options(typed: dict) -> dict:
    """Returns what click collects; sequences are strings or files."""
    own = {name: typed[name] for name in ("sequence", "sequences") if name in typed}
    kinds = setting_kinds()
    return own | {
        name: read_typed(name, kinds[name], text, option_name(name)) for name, text in typed.items() if name not in own
    }


def test_nothing_typed_gives_the_defaults():
    config = read_config(None, None, {})
    assert (config.task.gap, config.units, config.epochs) == ((3, 3), 20, 1000)


def test_a_file_wins_over_a_preset_and_options_win_over_both(toml):
    path = toml("units = 7\nlearning_rate = 0.5\n")
    config = read_config(path, "tutorial", options({"units": 9}))
    assert (config.units, config.learning_rate, config.window) == (9, 0.5, 1)


@pytest.mark.parametrize(
    ("given", "typed"), [("epochs = 7", {"presentations": 90}), ("presentations = 90", {"epochs": 7})]
)
def test_a_typed_budget_replaces_the_other_budget(given, typed, toml):
    config = read_config(toml(given), None, options(typed))
    assert {name: getattr(config, name) for name in typed} == typed


def test_typed_sequences_replace_the_whole_task_of_a_file(toml):
    config = read_config(
        toml("gap = 9\nfillers = 'fresh'\npool = 4\nunits = 5\n"), None, options({"sequence": ("a b", "c d")})
    )
    assert isinstance(config.task, ExplicitSequences)
    assert config.units == 5


def test_a_file_that_names_the_task_replaces_the_sequences_below():
    below = {"sequences": ["a b"], "symbols": ["a", "b"], "units": 3}
    merged = merge(read_values(below, "a.toml"), read_values({"task": "conflicting", "gap": 4}, "b.toml"))
    assert {name: one.value for name, one in merged.items()} == {"units": 3, "task": "conflicting", "gap": (4, 4)}


def test_symbols_typed_over_sequences_of_a_file_order_its_alphabet(toml):
    config = read_config(toml("sequences = ['a b c']\n"), None, options({"symbols": ["c", "b", "a"]}))
    assert config.task.input_symbols == ("c", "b", "a")


def test_a_typed_gap_over_sequences_of_a_file_is_refused_by_its_option(toml):
    with pytest.raises(UsageError, match=r"^--gap 3: does not go with sequences of your own"):
        read_config(toml("sequences = ['a b c']\n"), None, options({"gap": 3}))


def test_a_key_that_contradicts_another_is_named_with_its_file(toml):
    path = toml("pool = 5\n")
    with pytest.raises(UsageError) as caught:
        read_config(path, None, {})
    assert str(caught.value) == f"{path}: pool = 5: needs fillers = fresh"


def test_a_wrong_value_of_a_key_is_named_with_its_file(toml):
    path = toml("gap = 0\n")
    with pytest.raises(UsageError) as caught:
        read_config(path, None, {})
    assert str(caught.value) == f"{path}: gap = 0: must be a whole number or a range N:M, from 1 to 1000000"


def test_a_key_of_a_file_that_an_option_overrules_is_not_blamed(toml):
    with pytest.raises(UsageError, match=r"^--pool 6: needs"):
        read_config(toml("pool = 5\n"), None, options({"pool": 6}))


def test_sequences_come_from_a_file_of_words(tmp_path):
    file = tmp_path / "words.txt"
    file.write_text("the cat sat\n\na cat ran away\n")
    task = read_config(None, None, options({"sequences": (file,)})).task
    assert task.sequences == (("the", "cat", "sat"), ("a", "cat", "ran", "away"))


def test_a_file_of_sequences_is_named_where_they_are_no_task(tmp_path):
    file = tmp_path / "words.txt"
    file.write_text("a a\n")
    with pytest.raises(UsageError) as caught:
        read_config(None, None, options({"sequences": (file,)}))
    assert str(caught.value) == f"{file}: must use at least 2 different symbols"


def test_sequences_typed_and_from_a_file_do_not_mix(tmp_path):
    with pytest.raises(UsageError, match="--sequence does not go with --sequences"):
        read_config(None, None, options({"sequence": ("a b",), "sequences": (tmp_path / "words.txt",)}))


def test_the_task_stays_conflicting_without_sequences():
    assert isinstance(read_config(None, None, options({"gap": "2:5"})).task, ConflictingSequences)
