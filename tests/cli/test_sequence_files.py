"""Files of sequences: what is read of each format, and what is refused, word for word."""

import csv
import dataclasses
import io
import json
import re
import shlex
import subprocess
import sys

import numpy as np
import pytest
from tasks.test_task_contract import INSTANCES, SEED

from seqmem.cli.main import run
from seqmem.config.run_config import RunConfig
from seqmem.config.sequence_file import read_sequences
from seqmem.config.sequence_formats import FORMATS, Reading
from seqmem.config.sources import read_config
from seqmem.config.toml import config_text
from seqmem.errors import UsageError
from seqmem.export.task_files import write_sequences
from seqmem.tasks import ExplicitSequences
from seqmem.tasks.streams import finite_sequences

TWO = ["3 0 1 2 3", "4 0 1 2 4"]
STEPS = "sequence,step,input,target,recall,settled\n0,0,a,b,0,1\n0,1,b,c,1,1\n1,0,d,b,0,1\n1,1,b,e,1,1\n"
READ = [
    ("x.txt", "3 0 1 2 3\n4 0 1 2 4\n", Reading(), TWO),
    ("x.txt", "\ufeffthe  cat sat\r\n\n\u03b1\tcat ran \r", Reading(), ["the cat sat", "\u03b1 cat ran"]),
    ("x", "a b\nb a\n", Reading(), ["a b", "b a"]),
    ("x.data", "a b\nb a", Reading(), ["a b", "b a"]),
    ("x.txt", "GATTACA\nTACCA", Reading(chars=True), ["G A T T A C A", "T A C C A"]),
    ("x.txt", "to be,\nor not", Reading(chars=True), ["t o ␣ b e ,", "o r ␣ n o t"]),
    ("x.txt", "one two\na b\nc b", Reading(header=True), ["a b", "c b"]),
    ("x.txt", "one two\na b\nc b", Reading(header=False), ["one two", "a b", "c b"]),
    ("x.txt", "the, cat, sat\na, b, c", Reading("txt"), ["the, cat, sat", "a, b, c"]),
    ("x.txt", "[ a ]\n[ b ]", Reading("txt"), ["[ a ]", "[ b ]"]),
    ("x.csv", "3,0,1,2,3\n4,0,1,2,4\n", Reading(), TWO),
    ("X.CSV", '3, 0 ,"1",2,3,,\r\n\r\n4, 0, "1",2,4\r\n', Reading(), TWO),
    ("x.csv", 'a,",",b\n"b ",a\n', Reading(), ["a , b", "b a"]),
    ("x.csv", "first,second\na,b\nc,b\n", Reading(header=True), ["a b", "c b"]),
    ("x.csv", "hello\nhalle", Reading(chars=True), ["h e l l o", "h a l l e"]),
    ("x.csv", STEPS, Reading(), ["a b c", "d b e"]),
    ("x.txt", "a,b\nc,d", Reading("csv"), ["a b", "c d"]),
    ("x.csv", "1,2\n3,4\n5,4\n6,7", Reading(), ["1 2", "3 4", "5 4", "6 7"]),
    ("x.csv", "a,1\nb,2", Reading(), ["a 1", "b 2"]),
    ("x.tsv", 'a\t"b"\nc\td\t\n', Reading(), ["a b", "c d"]),
    ("x.json", '[["a", 1, 2.5], "b a"]', Reading(), ["a 1 2.5", "b a"]),
    ("x.json", '["abc", ["de", "f"]]', Reading(chars=True), ["a b c", "d e f"]),
    ("x.json", '{"sequences": [{"inputs": ["a", "b"], "targets": ["b", "c"]}]}', Reading(), ["a b c"]),
    ("x.jsonl", '["a", "b"]\n\n"b a"\n{"inputs": ["a"], "targets": ["c"]}\n', Reading(), ["a b", "b a", "a c"]),
    ("x.toml", 'units = 3\nsequences = ["a b", "b a"]', Reading(), ["a b", "b a"]),
]


@pytest.mark.parametrize(("name", "text", "reading", "found"), READ)
def test_a_file_is_read_as_its_format_says(name, text, reading, found, tmp_path):
    path = tmp_path / name
    path.write_bytes(text.encode())
    assert read_sequences(path, reading) == found


def test_every_format_is_read_here():
    assert {reading.format or name.lower().partition(".")[2] for name, _, reading, _ in READ} >= {*FORMATS}


def refusal(format: str, other: str, reason: str) -> str:
    return f"looks like {other.upper()}, not {format.upper()} ({reason}): give --format {other}, or --format {format}"


def iconv(encoding: str, name: str) -> str:
    return f"convert it: iconv -f {encoding} -t UTF-8 {name} > {name.replace('.', '-utf8.')}"


HEADER = "looks like a header (none of its symbols comes again): give --header, or --no-header to keep it"
COMMAS = "a comma at the end of most symbols"
NUL = "is NUL, as every other one in UTF-16LE, not UTF-8: "
LABELS = "line 2: its targets are not the next symbols, so that it is no sequence of your own"
REFUSED = [
    ("x.txt", b"\n \n", "has no sequence; write one per line, its symbols set apart by blanks"),
    ("x.csv", b"\n", "has no sequence; write one per line, its symbols set apart by commas"),
    ("x.jsonl", b"", "has no sequence; write one per line, each a list of symbols"),
    ("x.txt", b"a b\nc\n", "line 2: a sequence must have at least 2 symbols, got 'c'"),
    (
        "x.txt",
        b"TACA\n",
        "line 1: a sequence must have at least 2 symbols, got 'TACA'; --chars makes each character one",
    ),
    ("x.txt", b"a, b, c\nd, b, e\n", "line 1: " + refusal("txt", "csv", COMMAS)),
    ("x.txt", b"a b\na,b,c\n", "line 2: " + refusal("txt", "csv", "commas and no blank")),
    ("x.txt", b'["a", "b"]\n["b", "a"]', "line 1: " + refusal("txt", "jsonl", "it begins with [")),
    ("x.txt", b'\n[["a", "b"],\n["b", "a"]]', "line 2: " + refusal("txt", "json", "it begins with [")),
    ("x.csv", b'{"inputs": 1}', "line 1: " + refusal("csv", "json", "it begins with {")),
    ("x.txt", b"first second\na b\nc b\n", f"line 1: {HEADER}"),
    ("x.csv", b"first,second\na,b\nc,b\n", f"line 1: {HEADER}"),
    ("x.csv", b"first,second\n-1,2.5\n", f"line 1: {HEADER}"),
    ("x.csv", b"a b c\n", "line 1: " + refusal("csv", "txt", "blanks set its symbols apart")),
    ("x.csv", b"a\tb\n", "line 1: " + refusal("csv", "tsv", "tabs set its symbols apart")),
    ("x.csv", b"a;b;c\n", "line 1: is not CSV: semicolons set its symbols apart: write commas"),
    ("x.tsv", b"a,b\n", "line 1: " + refusal("tsv", "csv", "commas set its symbols apart")),
    ("x.csv", b"a,b\n\na,,b\n", "line 3: has an empty symbol between others"),
    ("x.csv", b"a,New York\n", "line 1: the symbol 'New York' has a blank in it: write 'New_York'"),
    ("x.csv", b'a,b\n"a,b\n', "line 2: is not CSV: unexpected end of data"),
    ("x.csv", STEPS.replace("0,0,a,b", "0,0,a,0").encode(), LABELS),
    ("x.json", b'["a", "b"]\n["b", "a"]', "line 2: " + refusal("json", "jsonl", "each line is a document of its own")),
    ("x.json", b'[["a", "b"],\n["b" "a"]]', "line 2: is not JSON: Expecting ',' delimiter"),
    ("x.json", b'[["a", "b"], 3]', "sequence 2: must be a list or a text, not 3"),
    ("x.json", b'[["a", null]]', "sequence 1: a symbol must be a text or a number, not null"),
    ("x.json", b'["a\\u0007 b"]', "sequence 1: has the control character \\x07: take it out"),
    ("x.json", b"[[1, NaN]]", "is not JSON: NaN is no number of JSON"),
    ("x.json", b"[" * 100_000, "is nested too deeply"),
    ("x.json", b'{"a": 1}', "must be a list of sequences, each a list or a text"),
    ("x.jsonl", b'[["a", "b"],\n["b", "a"]]', "line 1: " + refusal("jsonl", "json", "one document on several lines")),
    ("x.jsonl", b'[["a", "b"]]', "line 1: " + refusal("jsonl", "json", "a list of lists")),
    ("x.jsonl", b'["a", "b"]\n["b"', "line 2: is not JSON: Expecting ',' delimiter"),
    ("x.toml", b"units = 3", "has no sequences = [...]"),
    ("x.txt", b"a b\nc \x07d\n", "line 2: has the control character \\x07: take it out"),
    ("x.txt", b"a b\nc\0 d\n", "line 2: has the control character \\x00: take it out"),
    (
        "x.txt",
        b"a b\nc \xe9t\xe9\n",
        "line 2, byte 6: is not UTF-8, but may be WINDOWS-1252: " + iconv("WINDOWS-1252", "x.txt"),
    ),
    ("x.csv", b"a,\x81\n", "line 1, byte 2: is not UTF-8, but may be ISO-8859-1: " + iconv("ISO-8859-1", "x.csv")),
    ("x.txt", "a é".encode("utf-16"), "byte 0: is UTF-16, not UTF-8: " + iconv("UTF-16", "x.txt")),
    (
        "x.txt",
        "a b".encode("utf-16-le"),
        f"byte 1: {NUL}" + iconv("UTF-16LE", "x.txt"),
    ),
    ("x.xlsx", b"PK\x03\x04\0\0", "is a packed file, as .xlsx and .npz are: save it as .csv"),
    ("x.txt", b"a " * 2**21 + b"b", "is larger than 4194304 bytes"),
]


@pytest.mark.parametrize(("name", "content", "line"), REFUSED, ids=lambda value: str(value)[:30])
def test_what_is_no_sequence_or_looks_like_another_format_is_refused(name, content, line, workplace, capsys):
    (workplace / name).write_bytes(content)
    assert run(["task", "--sequences", name]) == 2
    assert capsys.readouterr().err == f"Error: {name}: {line}\n"


@pytest.mark.parametrize("name", ["x.txt", "my file.txt"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "windows-1252"])
def test_the_conversion_that_is_named_makes_the_file_readable(name, encoding, workplace, capsys):
    (workplace / name).write_bytes("the café sat\na café ran\n".encode(encoding))
    assert run(["task", "--sequences", name]) == 2
    subprocess.run(capsys.readouterr().err.split("convert it: ")[1], shell=True, check=True)
    assert read_sequences(workplace / name.replace(".txt", "-utf8.txt")) == ["the café sat", "a café ran"]


def test_a_missing_file_and_a_folder_are_named(workplace, capsys):
    for name, words in (("none.txt", "No such file or directory"), (".", "Is a directory")):
        assert run(["task", "--sequences", name]) == 2
        assert capsys.readouterr().err == f"Error: {name}: {words}\n"


def given(monkeypatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_standard_input_is_text_unless_a_format_is_given(monkeypatch, capsys):
    for content, words in ((b"a x b\nc x d\n", []), (b"a,x,b\nc,x,d\n", ["--format", "csv"])):
        given(monkeypatch, content)
        assert run(["task", "--sequences", "-", "--json", *words]) == 0
        assert json.loads(capsys.readouterr().out)["config"]["sequences"] == ["a x b", "c x d"]
    given(monkeypatch, b"a \xe9\n")
    assert run(["task", "--sequences", "-"]) == 2
    assert capsys.readouterr().err == (
        "Error: standard input: line 1, byte 2: is not UTF-8, but may be WINDOWS-1252: "
        "convert it first, by iconv -f WINDOWS-1252 -t UTF-8\n"
    )


def test_standard_input_is_read_once(capsys):
    assert run(["task", "--sequences", "-", "--sequences", "-"]) == 2
    assert capsys.readouterr().err == "Error: --sequences -: standard input can be read once only\n"


def test_several_files_are_joined_in_their_order(workplace, capsys):
    (workplace / "a.txt").write_text("a x b\n")
    (workplace / "b.csv").write_text("c,x,d\n")
    assert run(["task", "--sequences", "a.txt", "--sequences", "b.csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["config"]["sequences"] == ["a x b", "c x d"]


def test_characters_of_typed_sequences_are_symbols_too(capsys):
    assert run(["task", "--sequence", "axb", "--sequence", "cxd", "--chars", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["config"]["sequences"] == ["a x b", "c x d"]


@pytest.mark.parametrize("words", [["--format", "csv"], ["--header"], ["--no-header"], ["--chars"]])
def test_how_a_file_is_read_needs_a_file(words, capsys):
    assert run(["task", *words]) == 2
    assert capsys.readouterr().err == f"Error: {' '.join(words)}: goes with --sequences FILE\n"


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".txt"])
@pytest.mark.parametrize(
    "task",
    [task for task in INSTANCES.values() if task.finite and not task.labelled],
    ids=[name for name, task in INSTANCES.items() if task.finite and not task.labelled],
)
def test_a_finite_task_that_is_written_is_read_as_the_same(task, ending, tmp_path):
    path = tmp_path / f"task{ending}"
    with path.open("wb") as file:
        write_sequences(RunConfig(task=task, seed=SEED), file, ending)
    written, again = finite_sequences(task, SEED), ExplicitSequences(sequences=read_sequences(path))
    read = finite_sequences(again, SEED)

    def words(batch, symbols):
        lengths = batch.valid.sum(axis=1) + 1
        return [[symbols[at] for at in row[:length]] for row, length in zip(batch.symbols, lengths, strict=True)]

    assert words(read, again.input_symbols) == words(written, task.input_symbols)
    for name in ("settled", "weights"):
        np.testing.assert_array_equal(getattr(read, name), getattr(written, name))
    # that a sequence may end at one of several places is what only a generated task declares
    assert (read.recall == written.recall).all() or not task.equal_lengths


def test_a_task_with_labels_is_no_sequences_of_ones_own(tmp_path):
    config = RunConfig(task=INSTANCES["parity"])
    with pytest.raises(UsageError, match=r"^.txt holds symbols alone, and the parity task has labels beside"):
        write_sequences(config, io.BytesIO(), ".txt", 3)
    for ending in (".csv", ".jsonl"):
        path = tmp_path / f"task{ending}"
        with path.open("wb") as file:
            write_sequences(config, file, ending, 3)
        with pytest.raises(UsageError, match="its targets are not the next symbols"):
            read_sequences(path)


def test_what_json_prints_of_a_task_is_read_as_that_task(workplace, capsys):
    assert run(["task", "--gap", "2:4", "--json"]) == 0
    printed = capsys.readouterr().out
    (workplace / "x.json").write_text(printed)
    rows = [[*row["inputs"], row["targets"][-1]] for row in json.loads(printed)["sequences"]]
    assert read_sequences(workplace / "x.json") == [" ".join(row) for row in rows]


def test_settings_hold_the_sequences_and_need_no_file_again(tmp_path):
    path = tmp_path / "mine.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["a", 'x"', "b"], ["c", 'x"', "d,"]])
    config = read_config(None, None, {"sequences": (path,)})
    path.unlink()
    (tmp_path / "config.toml").write_text(config_text(config))
    assert read_config(tmp_path / "config.toml", None, {}) == config
    assert config.task == ExplicitSequences(sequences=('a x" b', 'c x" d,'))


SHORT, LONG = "c x d\na x b\n", "".join(f"{cue} {' '.join(map(str, range(60)))} {cue}\n" for cue in "ab")


def next_command(printed: str) -> str:
    return re.sub(r"\s*\\?\n\s+", " ", printed[printed.rindex("seqmem train") :]).strip()


@pytest.mark.parametrize("text", [SHORT, LONG], ids=["short", "long"])
def test_the_next_command_names_the_file_as_it_was_typed(text, workplace, made_up_training, capsys):
    (workplace / "my file").write_text(text)
    typed = ["--sequences", "my file", "--no-header"]
    assert run(["train", *typed, "--out", "first", "--format", "txt", "--head", "sigmoid"]) == 0
    command = next_command(capsys.readouterr().out)
    assert command.startswith("seqmem train --replicates 20 --sequences 'my file' --format txt --no-header")
    assert run(shlex.split(command.removeprefix("seqmem"))) == 0
    assert made_up_training[1][0] == dataclasses.replace(made_up_training[0][0], replicates=20)


def test_the_next_command_of_a_stored_run_needs_no_file(workplace, made_up_training, monkeypatch, capsys):
    given(monkeypatch, LONG.encode())
    assert run(["train", "--sequences", "-", "--out", "first"]) == 0
    printed = capsys.readouterr().out
    assert run(["show", "first"]) == 0
    assert capsys.readouterr().out == printed
    assert next_command(printed) == "seqmem train --replicates 20 --sequences first/config.toml"
    assert run(shlex.split(next_command(printed).removeprefix("seqmem"))) == 0
    assert made_up_training[1][0] == dataclasses.replace(made_up_training[0][0], replicates=20)


def test_an_axis_of_files_trains_on_each_and_needs_none_to_go_on(workplace, made_up_training, capsys):
    (workplace / "a.txt").write_text(SHORT)
    (workplace / "b.csv").write_text("one,two,three\n" + SHORT.replace(" ", ","))
    arguments = ["--vary", "sequences=a.txt,b.csv", "--vary", "units=5,6", "--header", "--out", "map", "--json"]
    assert run(["sweep", *arguments]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {trial["values"]["sequences"] for trial in document["trials"]} == {"a.txt", "b.csv"}
    trained = [config.task.sequences for config, _ in made_up_training]
    assert trained == [(("a", "x", "b"),)] * 2 + [(("c", "x", "d"), ("a", "x", "b"))] * 2
    for path in [*workplace.glob("?.*"), *(workplace / "map" / "trials" / "3-sequencesb.csv-units5").iterdir()]:
        path.unlink()
    assert run(["sweep", "--resume", "map", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == document
    assert made_up_training[-1][0].task.sequences == trained[2]
    assert run(["show", "map"]) == 0
    assert "b.csv" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--vary", "sequences=a.txt,none.txt"], "none.txt: No such file or directory"),
        (["--vary", "sequences=a.txt", "--gap", "3"], "the trial sequences a.txt: gap = 3: does not go with sequences"),
        (["--vary", "sequences=a.txt", "--sequences", "a.txt"], "--sequences does not go with --vary sequences"),
        (["--vary", "sequences=a.txt,a.txt"], "--vary sequences=a.txt,a.txt: sequences: a.txt is there twice"),
        (["--vary", "sequences="], "--vary sequences=: must be SETTING=VALUES"),
    ],
)
def test_an_axis_of_files_that_cannot_be_is_one_line(words, line, workplace, capsys):
    (workplace / "a.txt").write_text(SHORT)
    assert run(["sweep", *words]) == 2
    assert capsys.readouterr().err.startswith(f"Error: {line}")
