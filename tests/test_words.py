"""One word per thing: the words that were given up stand nowhere a reader looks, nor in the names of the code."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "seqmem"

PART = r"(row|line|step|window|update|heading|run directory|sequence|presentation|record|column|file|entry|trial|cue)"
WHOLE = r"(replicate|trial|sequence|symbol|step|row|line|epoch|update|group|command|sample|run|axis|cell|window|task)"
# What is given up, as a pattern, and what is said in its place.
PROSE = {
    r"\bceilings?\b": "baseline, or recipe limit",
    r"\b(memoryless|loss|recall|accuracy) floor\b": "baseline",
    r"(\d|\b(recall|loss|accuracy)) without memory\b": "baseline",
    r"\bhangs? on\b": "depends on",
    r"\banew\b": "again, new",
    r"\b(gone|going) on with\b": "resumed",
    r"\bbegun\b": "started",
    r"\bso (many|often|long)\b": "N, at most",
    r"\bsomebody\b": "the user; user code",
    r"\bletters\b": "characters",
    r"\bsigns\b": "glyphs",
    r"\b(told|heard)\b(?! apart)": "reported, received",
    r"\bhopeless\b": "what is pruned, and why",
    r"\b[Ww]hole or absent\b": "atomic",
    r"\brundir\b": "run directory",
    rf"\b(an?|one) {PART} an? {WHOLE}\b|\b(one|each) an? {WHOLE}\b": "one ... per ...",
}
# Names that are given up, and those that do not say what they hold.
NAMES = {
    *("Arrangement", "arrangement", "Examples", "Feed", "Training", "Session", "Judge", "reevaluation", "Course"),
    *("Lookback", "looks_back", "Clock", "Courses", "Reply", "Digest", "digest", "hopeless", "ceiling", "floor"),
    *("control_ceiling", "take_up", "resting", "restarted", "through_time", "pull", "pulled", "write_whole"),
    *("write_through", "printable", "run_lock", "rundir", "plain_values", "views", "said", "told", "heard"),
    *("one", "many", "known", "found", "how"),
}
LONGEST_HEADING = 70
MODULES = sorted(PACKAGE.rglob("*.py"))
PAGES = [ROOT / "README.md", ROOT / ".github" / "CONTRIBUTING.md", *sorted((ROOT / "experiments").rglob("README.md"))]


def prose_of(path: Path) -> list[tuple[int, str]]:
    """What a person reads of a module: comments, docstrings, and texts of several words; each with its line."""
    source = path.read_text(encoding="utf-8")
    texts = [
        (token.start[0], token.string)
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    ]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
            texts.append((node.lineno, node.value))
        elif isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "1" for part in node.values]
            texts.append((node.lineno, "".join(map(str, parts))))
    return texts


def names_of(path: Path) -> list[tuple[int, str]]:
    """The names that a module gives: classes, functions, arguments, variables."""
    given = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            given.append((node.lineno, node.name))
        elif isinstance(node, ast.arg):
            given.append((node.lineno, node.arg))
        elif isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            given.append((node.lineno, node.id if isinstance(node, ast.Name) else node.attr))
    return given


def given_up(texts: list[tuple[int, str]]) -> list[str]:
    """What is found in these texts, with what to write in its place."""
    return [
        f"line {line}: '{match.group()}': write {better}"
        for line, text in texts
        for pattern, better in PROSE.items()
        for match in re.finditer(pattern, " ".join(text.split()), re.IGNORECASE)
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_is_written_in_the_words_of_the_house(path):
    assert given_up(prose_of(path)) == []
    assert [f"line {line}: {name}" for line, name in names_of(path) if name in NAMES] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_heading_of_a_module_is_a_short_noun_phrase(path):
    heading = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]
    assert 0 < len(heading) <= LONGEST_HEADING
    assert not re.match(r"(What|How|Where|Who|When|Why)\b", heading), heading


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_is_written_in_the_words_of_the_house(path):
    # what stands between fences was recorded, and is compared with what is drawn elsewhere
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    assert given_up(list(enumerate(text.split("\n\n"), 1))) == []


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.toml")), ids=lambda path: path.stem)
def test_a_preset_is_summarised_in_the_words_of_the_house(path):
    assert given_up(list(enumerate(path.read_text(encoding="utf-8").splitlines(), 1))) == []


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ("drawn anew, a row a replicate, 0.50 without memory", 3),
        ("at most so many letters", 2),
        ("what the answer hangs on", 1),
        ("a ceiling that nobody was told of", 2),
        # what must stay sayable
        ("a verdict without memory; the row of a replicate; an update every step", 0),
        ("retold floors and designs; the whole sequence; one per line", 0),
    ],
)
def test_old_words_are_found_and_others_left_alone(text, complaints):
    assert len(given_up([(1, text)])) == complaints
