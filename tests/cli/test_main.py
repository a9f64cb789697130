"""The group itself: start-up, help, errors and exit statuses."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from seqmem.backend.process import CACHE_BYTES
from seqmem.cli import main as main_module
from seqmem.cli.main import COMMANDS, ENVIRONMENT, LazyGroup, describe, group, run
from seqmem.errors import DamagedFileError

HEAVY = ("rich", "tensorflow", "keras")
PROBE = """
import json, sys
from seqmem.cli.main import run
status = run(sys.argv[1:])
print(json.dumps([status, sorted({name.partition(".")[0] for name in sys.modules})]), file=sys.stderr)
"""


def words_of(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else ""


def run_program(*arguments: str, **kwargs) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "seqmem", *arguments], capture_output=True, text=True, **kwargs)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ([], 0),
        (["--help"], 0),
        (["--version"], 0),
        *([[name, "--help"], 0] for name in COMMANDS),
        (["train", "--gapp", "3"], 2),
        (["train", "--gap", "0"], 2),
        (["train", "--pool", "3"], 2),
        (["train", "--sequence", "a b", "--gap", "3"], 2),
        (["train", "--preset", "tutoral"], 2),
        (["train", "missing.toml"], 2),
        (["trian"], 2),
        (["task", "--units", "3"], 2),
    ],
    ids=words_of,
)
def test_help_and_wrong_usage_load_nothing_heavy(arguments, status):
    done = subprocess.run([sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=True)
    found, modules = json.loads(done.stderr.splitlines()[-1])
    assert found == status
    assert not set(HEAVY) & set(modules)


@pytest.mark.parametrize(
    "arguments", [["task"], ["task", "--json"], ["list"], ["train", "--preset", "list"]], ids=words_of
)
def test_what_needs_no_network_loads_no_tensorflow(arguments, tmp_path):
    command = [sys.executable, "-c", PROBE, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    found, modules = json.loads(done.stderr.splitlines()[-1])
    assert found == 0
    assert not {"tensorflow", "keras"} & set(modules)


def test_every_command_is_listed_with_the_first_sentence_of_its_own_help():
    context = group.make_context("seqmem", [])
    for name, words in COMMANDS.items():
        command = group.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert (command.help or "").split("\n")[0] == words


def test_the_group_help_names_every_command(capsys):
    assert run([]) == 0
    printed = capsys.readouterr().out
    assert all(f"  {name} " in printed for name in COMMANDS)
    assert "Example" in printed


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_ends_with_examples_that_parse(name, capsys):
    import shlex

    assert run([name, "--help"]) == 0
    assert "Example" in capsys.readouterr().out
    command = LazyGroup.get_command(group, group.make_context("seqmem", []), name)
    for line in command.examples:
        words = shlex.split(line.removeprefix('eval "$(').removesuffix(')"').partition(" > ")[0])
        assert words[:2] == ["seqmem", name]
        command.make_context(name, words[2:])


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["trian"], "Error: no such command 'trian' (did you mean 'train'?)"),
        (["train", "--gapp", "3"], "Error: no such option '--gapp' (did you mean '--gap'?)"),
        (
            ["train", "--learning_rate", "3"],
            "Error: no such option '--learning_rate' (did you mean '--learning-rate'?)",
        ),
        (["train", "--lr", "3"], "Error: no such option '--lr' (did you mean '--learning-rate'?)"),
        (["train", "--neurons", "3"], "Error: no such option '--neurons' (did you mean '--units'?)"),
        (["train", "--hidden", "3"], "Error: no such option '--hidden' (did you mean '--units'?)"),
        (["train", "--batch", "3"], "Error: no such option '--batch' (did you mean '--batch-size'?)"),
        (["train", "--alphabet", "3"], "Error: no such option '--alphabet' (did you mean '--alphabet-size'?)"),
        (["train", "--dropout", "3"], "Error: no such option '--dropout' (see 'seqmem train --help')"),
        (["sweep", "--vary", "lr=1,2"], "Error: --vary lr=1,2: unknown setting 'lr' (did you mean 'learning_rate'?)"),
        (["predict", "x"], "Error: no such command 'predict' (did you mean 'eval'?)"),
        (["frobnicate"], "Error: no such command 'frobnicate' (see 'seqmem --help')"),
        (["help", "trian"], "Error: no such command 'trian' (did you mean 'train'?)"),
        (
            ["train", "--gap", "3,10"],
            "Error: --gap 3,10: is one value; several make a sweep: seqmem sweep --vary gap=3,10",
        ),
        (
            ["train", "--cell", "lstm,gru"],
            "Error: --cell lstm,gru: is one value; several make a sweep: seqmem sweep --vary cell=lstm,gru",
        ),
        (["train", "--gap", "3,x"], "Error: --gap 3,x: must be a whole number or a range N:M, from 1 to 1000000"),
        (
            ["train", "--fillers", "random"],
            "Error: --fillers random: must be one of ordered, fixed, fresh (did you mean 'fixed' or 'fresh'?)",
        ),
        (["train", "--gap", "0"], "Error: --gap 0: must be a whole number or a range N:M, from 1 to 1000000"),
        (["train", "--gap", "5:3"], "Error: --gap 5:3: must be a whole number or a range N:M, from 1 to 1000000"),
        (["train", "--units", "many"], "Error: --units many: must be a whole number from 1 to 8192"),
        (["train", "--learning-rate", "nan"], "Error: --learning-rate nan: must be a number above 0 and at most 1000"),
        (
            ["train", "--fillers", "frsh"],
            "Error: --fillers frsh: must be one of ordered, fixed, fresh (did you mean 'fresh'?)",
        ),
        (["train", "--window", "0"], "Error: --window 0: must be a number of steps of at least 1, or 'sequence'"),
        (["train", "--gap"], "Error: option '--gap' requires an argument"),
        (["train", "a.toml", "b"], "Error: got unexpected extra argument (b) (see 'seqmem train --help')"),
        (["train", "--pool", "3"], "Error: --pool 3: needs fillers = fresh"),
        (
            ["train", "--epochs", "3", "--presentations", "9"],
            "Error: --presentations 9: cannot be given together with epochs",
        ),
        (["train", "--preset", "tutoral"], "Error: unknown preset 'tutoral' (did you mean 'tutorial'?): there are "),
        (["train", "tutorial"], "Error: tutorial: no such file (did you mean --preset tutorial?)"),
        (["train", "missing.toml"], "Error: missing.toml: No such file or directory"),
        (["train", "--sequence", "alone"], "Error: --sequence alone: a sequence must have at least 2 symbols"),
        (["train", "--sequence", "a a"], "Error: --sequence a: must use at least 2 different symbols"),
        (["train", "--sequences", "missing.txt"], "Error: missing.txt: No such file or directory"),
        (
            ["train", "--sequence", "a b", "--gap", "3"],
            "Error: --gap 3: does not go with sequences of your own: they say it themselves",
        ),
        (["train", "--symbols", "a b"], 'Error: --symbols "a b": must be at least 3: the cues and the trigger take 2'),
        (["train", "--out", "taken"], "Error: taken"),
        (["eval"], "Error: missing argument 'RUN' (see 'seqmem eval --help')"),
        (
            ["eval", "taken", "--gaps", "3,x"],
            "Error: --gaps 3,x: must be whole numbers from 1 to 1000000, set apart by",
        ),
        (
            ["eval", "taken", "--replicate", "first"],
            "Error: --replicate first: must be the number of a replicate, from",
        ),
        (["task", "--to", "a.np"], "Error: a.np: must end in one of .npz, .csv, .jsonl, .txt (did you mean '.npz'?)"),
        (["task", "--to", "there.csv"], "Error: there.csv: is there already, and nothing is written over"),
        (["list", "--where", "gaps=3"], "Error: no such column 'gaps' (did you mean 'gap'?)"),
        (["list", "--where", "gap"], "Error: --where gap: must be COLUMN=VALUE, or with != < <= > >="),
        (["list", "--where", "acuracy>0.9"], "Error: no such column 'acuracy' (did you mean 'accuracy'?)"),
        (["list", "--where", "cell<gru"], "Error: --where cell<gru: < needs a number"),
        (["list", "--sort", "sped"], "Error: no such column 'sped' (did you mean 'seed'?)"),
        (["completion", "tcsh"], "Error: shell tcsh: must be one of bash, zsh, fish"),
    ],
    ids=words_of,
)
def test_wrong_usage_is_one_line_and_status_2_and_writes_nothing(arguments, line, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").mkdir()
    (tmp_path / "there.csv").write_text("")
    before = sorted(tmp_path.rglob("*"))
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(line)
    assert captured.err.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "setting", "value"),
    [
        (["train", "--learning-rate", "nan"], "learning_rate", "nan"),
        (["train", "--gap", "5:3"], "gap", "5:3"),
        (["train", "--units", "0"], "units", 0),
        (["train", "--pool", "3"], "pool", 3),
        (["train", "--sequence", "a b", "--gap", "3"], "gap", None),
        (["train", "--sequences", "none.txt"], "sequences", "none.txt"),
        (["train", "--preset", "tutoral"], "preset", "tutoral"),
        (["train", "--gapp", "3"], "gapp", None),
        (["train", "--gap"], "gap", None),
        (["train", "bad.toml"], "units", "many"),
        (["train", "stray.toml"], "unts", 3),
        (["task", "--to", "a.np"], "to", "a.np"),
        (["sweep", "--vary", "gpa=3"], "gpa", None),
        (["sweep", "--vary", "units=0"], "units", 0),
        (["sweep", "--vary", "gap"], "vary", "gap"),
        (["sweep", "--vary", "gap=3", "--rank", "lss"], "rank", "lss"),
        (["eval"], "run", None),
        (["eval", "folder"], None, None),
        (["eval", "folder", "--gaps", "x"], "gaps", "x"),
        (["show", "folder"], None, None),
        (["show", "absent"], None, None),
        (["list", "--sort", "sped"], "column", "sped"),
        (["export", "folder", "--to", "a.txt"], "to", "a.txt"),
        (["export", "folder", "--to", "a.pdf", "--chart", "lss"], "chart", "lss"),
        (["trian"], None, None),
    ],
    ids=words_of,
)
def test_json_tells_wrong_usage_as_a_document_beside_the_line(arguments, setting, value, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "bad.toml").write_text('units = "many"\n')
    (tmp_path / "stray.toml").write_text("unts = 3\n")
    assert run([*arguments, "--json"]) == 2
    captured = capsys.readouterr()
    error = json.loads(captured.out)["error"]
    assert list(error) == ["setting", "value", "message"]
    assert captured.err == f"Error: {error['message']}\n"
    assert error["setting"] == setting
    assert value is None or error["value"] == value


def test_json_tells_a_failed_run_too(stored_run, capsys):
    path = stored_run("first")
    (path / "result.json").write_text("{")
    assert run(["show", str(path), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["message"].startswith(f"{path}/result.json: ")


def test_a_line_break_in_a_value_does_not_break_the_line(capsys):
    assert run(["train", "--fillers", "a\nb"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "line", "status"),
    [
        (KeyboardInterrupt(), "Interrupted.", 130),
        (MemoryError(), "Error: out of memory: ask for fewer units, replicates, symbols or sequences", 1),
        (OSError(28, "No space left on device"), "Error: No space left on device", 1),
        (PermissionError(13, "Permission denied", "/x"), "Error: /x: Permission denied", 1),
        (DamagedFileError("r/config.toml", "is missing"), "Error: r/config.toml: is missing", 1),
    ],
)
def test_an_error_has_one_line_and_one_status(error, line, status):
    assert describe(error) == (line, status)


def test_a_fault_of_the_program_keeps_its_traceback():
    with pytest.raises(OSError, match="unknown"):
        describe(OSError("unknown"))


def test_verbose_shows_where_an_error_came_from(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert run(["show", "missing", "--verbose"]) in (1, 2)
    printed = capsys.readouterr().err
    assert "Traceback" in printed
    assert printed.splitlines()[-1].startswith("Error: missing")


def test_a_broken_pipe_is_quiet():
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "seqmem", "train", "--help"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode == main_module.BROKEN_PIPE


def test_the_version_is_that_of_the_package():
    from importlib.metadata import version

    assert run_program("--version").stdout == f"seqmem {version('seqmem')}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_the_shell(shell, capsys):
    assert run(["completion", shell]) == 0
    assert "_SEQMEM_COMPLETE" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("short", "long"),
    [
        (["-V"], ["--version"]),
        (["-h"], ["--help"]),
        (["help"], ["--help"]),
        (["train", "-h"], ["train", "--help"]),
        (["help", "train"], ["train", "--help"]),
        (["train", "-q", "-o", "taken"], ["train", "--quiet", "--out", "taken"]),
        (["sweep", "--vary", "gap=3", "-o", "taken"], ["sweep", "--vary", "gap=3", "--out", "taken"]),
    ],
    ids=words_of,
)
def test_a_short_form_does_what_the_long_one_does(short, long, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").mkdir()
    done = [(run(arguments), *capsys.readouterr()) for arguments in (short, long)]
    assert done[0] == done[1]


def test_completion_offers_commands_and_the_words_of_a_choice():
    def completed(words: str) -> list[str]:
        environment = os.environ | {
            "_SEQMEM_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(words.count(" ")),
        }
        done = run_program(env=environment)
        return [line.partition(",")[2] for line in done.stdout.splitlines()]

    assert completed("seqmem tr") == ["train"]
    assert completed("seqmem train --fillers f") == ["fixed", "fresh"]
    assert completed("seqmem train --preset tut") == ["tutorial"]
    assert completed("seqmem train --cell l") == ["lstm", "lstm1997"]
    assert completed("seqmem eval run --replicate ") == ["best", "worst", "all"]
    assert completed("seqmem list --sort recall_a") == ["recall_accuracy"]
    assert completed("seqmem sweep --vary le") == ["learning-rate="]
    assert "gap=" in completed("seqmem sweep --vary ")


def test_every_variable_of_the_environment_is_documented_and_read(capsys):
    root = Path(main_module.__file__).parents[1]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(root.rglob("*.py")))
    read = set(re.findall(r"\bSEQMEM_[A-Z_]+", text))
    assert read == {name for names in ENVIRONMENT for name in names.split(", ") if name.startswith("SEQMEM_")}
    assert run(["--help"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in read)


def test_the_limit_of_the_cache_is_the_one_that_is_documented():
    megabytes = f"at most {CACHE_BYTES // 2**20} MB"
    readme = Path(__file__).parents[2] / "README.md"
    assert megabytes in ENVIRONMENT["SEQMEM_CACHE"]
    assert megabytes in " ".join(readme.read_text(encoding="utf-8").split())
