"""Readers of sequences, from text in several formats to symbols."""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from seqmem.config.toml import parse_toml
from seqmem.errors import UsageError, one_line

# the columns of `seqmem task --to x.csv`, one step per line
STEP_COLUMNS = ["sequence", "step", "input", "target", "recall", "settled"]
# The place of a sequence in its file, and its symbols.
Row = tuple[str, list[str]]


class MisfitError(Exception):
    """A problem of a file and its place; `read_sequences` puts the name of the file in front."""

    def __init__(self, place: str, problem: str):
        super().__init__(f"{place}: {problem}" if place else problem)


@dataclasses.dataclass(frozen=True)
class Reading:
    """How files of sequences are read.

    Attributes:
        format: One of `FORMATS`; None takes it from the file's name, and refuses content that looks like another one.
        header: Whether the first row is skipped; None refuses a row that looks like a header.
        chars: Whether each character is a symbol.
    """

    format: str | None = None
    header: bool | None = None
    chars: bool = False

    def options(self) -> str:
        """Returns the options of the command line that give this."""
        header = {None: "", True: " --header", False: " --no-header"}[self.header]
        return (f" --format {self.format}" if self.format else "") + header + " --chars" * self.chars


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers."""
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _looks_like(format: str, other: str, reason: str) -> str:
    return f"looks like {other.upper()}, not {format.upper()} ({reason}): give --format {other}, or --format {format}"


def _txt(text: str, reading: Reading) -> list[Row]:
    if reading.format is None:
        _refuse_json("txt", text)
    rows = []
    for number, line in _lines(text):
        symbols = line.split()
        if reading.format is None and not reading.chars:
            # more than half of the symbols: in prose some commas end a word
            ends = sum(symbol.endswith(",") for symbol in symbols[:-1])
            if 2 * ends > len(symbols) - 1 or (len(symbols) == 1 and "," in line.strip().strip(",")):
                reason = "a comma at the end of most symbols" if ends else "commas and no blank"
                raise MisfitError(f"line {number}", _looks_like("txt", "csv", reason))
        rows.append((f"line {number}", [line.strip()] if reading.chars else symbols))
    return _without_header(rows, reading)


def _table(format: str, delimiter: str) -> Callable[[str, Reading], Iterable[Row]]:
    """A reader of tables; quoted cells may contain the delimiter, and blanks around cells are dropped."""

    def read(text: str, reading: Reading) -> Iterable[Row]:
        if reading.format is None:
            _refuse_json(format, text)
        # newline: csv handles line ends within quotes itself
        cells = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
        rows = list(_numbered(cells))
        if rows and rows[0][1] == STEP_COLUMNS:
            return _sequences_of_steps(rows[1:])
        for place, row in rows:
            if reading.format is None and not reading.chars and len(row) == 1:
                _refuse_single(format, place, row[0])
        return _without_header(rows, reading)

    return read


def _numbered(cells: Any) -> Iterator[Row]:
    """The rows of a table that are not empty, without the empty cells that spreadsheets leave at the end."""
    while True:
        # the number of the row's first line: a quoted cell may span several
        line = cells.line_num + 1
        try:
            row = [cell.strip() for cell in next(cells)]
        except StopIteration:
            return
        except csv.Error as error:
            raise MisfitError(f"line {max(line, cells.line_num)}", f"is not CSV: {one_line(error, 100)}") from None
        while row and not row[-1]:
            row.pop()
        if row:
            yield f"line {line}", row


def _refuse_single(format: str, place: str, cell: str) -> None:
    """Refuses a row of a single cell that contains other delimiters."""
    # tabs first, which are in no symbol; blanks last, which may stand beside commas
    for mark, other in (("\t", "tsv"), (",", "csv"), (" ", "txt")):
        if mark in cell and other != format:
            name = {"\t": "tabs", ",": "commas", " ": "blanks"}[mark]
            raise MisfitError(place, _looks_like(format, other, f"{name} set its symbols apart"))
    if ";" in cell:
        raise MisfitError(place, f"is not {format.upper()}: semicolons set its symbols apart: write commas")


def _sequences_of_steps(rows: Iterable[Row]) -> Iterator[Row]:
    """Joins the steps of `seqmem task --to x.csv` to sequences."""
    for _, steps in itertools.groupby(rows, key=lambda row: row[1][0]):
        places, cells = zip(*steps, strict=True)
        if any(len(row) != len(STEP_COLUMNS) for row in cells):
            raise MisfitError(places[0], f"has not {len(STEP_COLUMNS)} columns, as the first line has")
        yield places[0], _joined(places[0], [row[2] for row in cells], [row[3] for row in cells])


def _joined(place: str, inputs: list[Any], targets: list[Any]) -> list[str]:
    """The symbols of a sequence whose targets are the next symbols."""
    # each target must be the next input; None is a step without a target
    if not inputs or inputs[1:] != targets[:-1] or None in targets:
        raise MisfitError(place, "its targets are not the next symbols, so that it is no sequence of your own")
    return _plain_symbols(place, [*inputs, targets[-1]])


def _without_header(rows: list[Row], reading: Reading) -> list[Row]:
    """The rows without the header; refuses a first row that looks like one if no option was given."""
    if reading.header or not rows:
        return rows[1:]
    first, *others = [set(symbols) for _, symbols in rows]
    rest = set().union(*others)
    if reading.header is None and not reading.chars and others and first.isdisjoint(rest):
        # a header shares no symbol with the rows, which share some with each other; or it has words above numbers
        alike = all(any(row & other for other in others if other is not row) for row in others[:100])
        numbers = all(map(_is_number, rest)) and not any(map(_is_number, first))
        if numbers or (alike and len(others) > 1):
            words = "looks like a header (none of its symbols comes again): give --header, or --no-header to keep it"
            raise MisfitError(rows[0][0], words)
    return rows


def _is_number(symbol: str) -> bool:
    return symbol.lstrip("+-").replace(".", "", 1).isdecimal()


def _refuse_json(format: str, text: str) -> None:
    number, line = next(_lines(text), (1, ""))
    if line.lstrip()[:1] in ("[", "{"):
        other = "jsonl" if _is_json(line) and not _is_json(text) else "json"
        raise MisfitError(f"line {number}", _looks_like(format, other, f"it begins with {line.lstrip()[0]}"))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _json(text: str, reading: Reading) -> Iterator[Row]:
    try:
        # Python would accept NaN and Infinity, which are not JSON
        document = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise MisfitError("", "is nested too deeply") from None
    except json.JSONDecodeError as error:
        lines = list(_lines(text))
        if len(lines) > 1 and all(_is_json(line) for _, line in lines):
            reason = "each line is a document of its own"
            raise MisfitError(f"line {lines[1][0]}", _looks_like("json", "jsonl", reason)) from None
        raise MisfitError(f"line {error.lineno}", f"is not JSON: {error.msg}") from None
    except ValueError as error:
        raise MisfitError("", f"is not JSON: {one_line(error, 100)}") from None
    # the output of `seqmem task --json` has them under a key
    rows = document.get("sequences") if isinstance(document, dict) else document
    if not isinstance(rows, list):
        raise MisfitError("", "must be a list of sequences, each a list or a text")
    for number, row in enumerate(rows, 1):
        yield f"sequence {number}", _symbols(f"sequence {number}", row, reading)


def _jsonl(text: str, reading: Reading) -> Iterator[Row]:
    for number, line in _lines(text):
        place = f"line {number}"
        try:
            row = json.loads(line, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            if _is_json(text):
                raise MisfitError(place, _looks_like("jsonl", "json", "one document on several lines")) from None
            problem = error.msg if isinstance(error, json.JSONDecodeError) else one_line(error, 100)
            raise MisfitError(place, f"is not JSON: {problem}") from None
        if isinstance(row, list) and row and all(isinstance(entry, list) for entry in row):
            raise MisfitError(place, _looks_like("jsonl", "json", "a list of lists"))
        yield place, _symbols(place, row, reading)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _symbols(place: str, row: Any, reading: Reading) -> list[str]:
    """The symbols of one sequence in JSON: a text, a list, or the inputs and targets that `seqmem task` writes."""
    if isinstance(row, str):
        return [row.strip()] if reading.chars else row.split()
    if isinstance(row, dict) and isinstance(row.get("inputs"), list) and isinstance(row.get("targets"), list):
        return _joined(place, row["inputs"], row["targets"])
    if not isinstance(row, list):
        raise MisfitError(place, f"must be a list or a text, not {one_line(json.dumps(row), 40)}")
    return _plain_symbols(place, row)


def _plain_symbols(place: str, row: list[Any]) -> list[str]:
    for symbol in row:
        # bool is a subclass of int in Python
        if isinstance(symbol, bool) or not isinstance(symbol, (str, int, float)):
            raise MisfitError(place, f"a symbol must be a text or a number, not {one_line(json.dumps(symbol), 40)}")
    return [str(symbol) for symbol in row]


def _toml(text: str, reading: Reading) -> Iterator[Row]:
    try:
        rows = parse_toml(text.encode(), "").get("sequences")
    except UsageError as error:
        raise MisfitError("", str(error).removeprefix(": ")) from None
    if not isinstance(rows, list):
        raise MisfitError("", "has no sequences = [...]")
    for number, row in enumerate(rows, 1):
        yield f"sequence {number}", _symbols(f"sequence {number}", row, reading)


FORMATS: dict[str, Callable[[str, Reading], Iterable[Row]]] = {
    "txt": _txt,
    "csv": _table("csv", ","),
    "tsv": _table("tsv", "\t"),
    "json": _json,
    "jsonl": _jsonl,
    "toml": _toml,
}
