"""A user's sequences, read from files of several formats."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from seqmem.config.sequence_formats import FORMATS, MisfitError, Reading, Row
from seqmem.config.toml import LIMIT
from seqmem.errors import UsageError, one_line

STANDARD_INPUT = Path("-")
LARGEST_FILE = LIMIT // 4  # as TOML, with each character a symbol, it is at most four times as long
# control characters that a text file may not hold: all but tab and line feed
CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
AS_NAMED = Reading()
BLANK = "␣"  # the symbol for a blank if each character is a symbol, since symbols cannot contain blanks
EXPECTED = {
    "txt": "one per line, its symbols set apart by blanks",
    "csv": "one per line, its symbols set apart by commas",
    "tsv": "one per line, its symbols set apart by tabs",
    "json": "a list of them, each a list of symbols",
    "jsonl": "one per line, each a list of symbols",
    "toml": "sequences = [...]",
}
# longer ones first: the mark of UTF-32 begins with that of UTF-16
BYTE_ORDER_MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


def read_sequences(path: Path, reading: Reading = AS_NAMED) -> list[str]:
    """Reads a file of sequences; `-` is standard input.

    Args:
        path: `.txt` holds one sequence per line, its symbols set apart by blanks; `.csv` and `.tsv` one per row;
            `.json` a list, and `.jsonl` one line each, of lists or texts; `.toml` the settings of a run. Files written
            by `seqmem task --to` are read too. Any other name is read as `.txt`.
        reading: Options for the reading.

    Returns:
        Each sequence as its symbols set apart by single blanks.

    Raises:
        UsageError: In one line with the file, the place in it and what to do.
    """
    name = "standard input" if path == STANDARD_INPUT else str(path)
    try:
        rows = _rows(_text(path), path, reading)
    except MisfitError as misfit:
        raise UsageError(f"{name}: {misfit}", "sequences", str(path)) from None
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror or error}", "sequences", str(path)) from None
    return [" ".join(symbols) for _, symbols in rows]


def _rows(text: str, path: Path, reading: Reading) -> list[Row]:
    suffix = path.suffix.lower().removeprefix(".")
    kind = reading.format or (suffix if suffix in FORMATS else "txt")
    rows = [
        (place, characters(symbols) if reading.chars else symbols) for place, symbols in FORMATS[kind](text, reading)
    ]
    for place, symbols in rows:
        _check(place, symbols)
    if not rows:
        raise MisfitError("", f"has no sequence; write {EXPECTED[kind]}")
    return rows


def _check(place: str, symbols: list[str]) -> None:
    for symbol in symbols:
        if control := CONTROL_CHARACTERS.search(symbol):
            raise MisfitError(place, f"has the control character {_escaped(control.group())}: take it out")
        if not symbol:
            raise MisfitError(place, "has an empty symbol between others")
        if symbol.split() != [symbol]:
            raise MisfitError(place, f"the symbol {symbol!r} has a blank in it: write {'_'.join(symbol.split())!r}")
    if len(symbols) < 2:
        got = f", got {one_line(symbols[0], 40)!r}" if symbols else ""
        got += "; --chars makes each character one" if symbols and len(symbols[0]) > 1 else ""
        raise MisfitError(place, f"a sequence must have at least 2 symbols{got}")


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


def characters(symbols: Sequence[str]) -> list[str]:
    """Returns each character of texts as a symbol, a blank as `BLANK`."""
    return [BLANK if character.isspace() else character for symbol in symbols for character in symbol]


def _text(path: Path) -> str:
    """The content of a file, its line ends as line feeds."""
    if path == STANDARD_INPUT:
        # a pipe has no size; one byte more than allowed shows that it is too large
        content = sys.stdin.buffer.read(LARGEST_FILE + 1)
    else:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise MisfitError("", f"is larger than {LARGEST_FILE} bytes")
    # the first bytes of a ZIP archive
    if content.startswith(b"PK\x03\x04"):
        raise MisfitError("", "is a packed file, as .xlsx and .npz are: save it as .csv")
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            raise MisfitError("byte 0", f"is {encoding}, not UTF-8: {_conversion(encoding, path)}")
    # UTF-16 without a mark: of Latin text every other byte is NUL, in big-endian order the first; one by itself is not
    if 4 * content.count(0) > len(content):
        encoding, place = "UTF-16BE" if content.startswith(b"\0") else "UTF-16LE", f"byte {content.index(0)}"
        raise MisfitError(place, f"is NUL, as every other one in {encoding}, not UTF-8: {_conversion(encoding, path)}")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        encoding = _guessed(content)
        place = f"line {line}, byte {error.start}"
        raise MisfitError(place, f"is not UTF-8, but may be {encoding}: {_conversion(encoding, path)}") from None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if control := CONTROL_CHARACTERS.search(text):
        place = f"line {text.count(chr(10), 0, control.start()) + 1}"
        raise MisfitError(place, f"has the control character {_escaped(control.group())}: take it out")
    return text


def _guessed(content: bytes) -> str:
    """Windows-1252, unless the content has one of the five bytes that only ISO-8859-1 defines."""
    try:
        content.decode("cp1252")
    except UnicodeDecodeError:
        return "ISO-8859-1"
    return "WINDOWS-1252"


def _conversion(encoding: str, path: Path) -> str:
    command = f"iconv -f {encoding} -t UTF-8"
    if path == STANDARD_INPUT:
        return f"convert it first, by {command}"
    utf8 = path.with_name(f"{path.stem}-utf8{path.suffix}")
    return f"convert it: {command} {shlex.quote(str(path))} > {shlex.quote(str(utf8))}"
