"""What the README says is so. `python tests/test_readme.py` writes its layout anew from the modules' docstrings."""

import ast
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
from test_import_layers import FLOORS

from seqmem.cli.main import group

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / ".github" / "CONTRIBUTING.md", *sorted(ROOT.glob("experiments/**/*.md"))]
LAYOUT = re.compile(r"(?<=```layout\n).*?(?=```)", re.DOTALL)
INSTALL = "python3 -m venv .venv && .venv/bin/pip install -e"


def role(path: Path) -> str:
    """The first sentence of a module's docstring."""
    words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return re.split(r"(?<=\.)\s|\n\n", words)[0].replace("\n", " ").removesuffix(".")


def layout() -> str:
    """Every folder of the package with its role, from the lowest floor to the highest."""
    lines = []
    for name in [name for floor in FLOORS for name in floor]:
        path = ROOT / "seqmem" / name
        found = path / "__init__.py" if path.is_dir() else path.with_name(f"{name}.py")
        shown = f"{name}/" if path.is_dir() else f"{name}.py"
        if not name.startswith("__"):
            lines.append(f"{shown:<14}{role(found)}")
    return "\n".join(lines) + "\n"


def shown_commands(path: Path) -> list[str]:
    """The `seqmem ...` lines of a document's code blocks, without the remark after two blanks."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    return [re.split(r"\s{2,}", line)[0] for line in lines if re.match(r"seqmem \w", line)]


@pytest.mark.parametrize(
    "line", [line for path in DOCUMENTS for line in shown_commands(path)], ids=lambda line: line.removeprefix("seqmem ")
)
def test_every_command_that_is_shown_is_understood(line):
    name, *arguments = shlex.split(line)[1:]
    context = group.make_context("seqmem", [name, *arguments])
    command = group.get_command(context, name)
    assert command is not None, f"there is no command {name}"
    with command.make_context(name, arguments, parent=context, resilient_parsing=False) as inner:
        assert isinstance(inner, click.Context)


def test_the_two_commands_do_everything_on_a_bare_machine():
    assert f"\n{INSTALL} . && .venv/bin/seqmem train\n" in README
    assert len(README.splitlines()) <= 170
    assert f"\n{INSTALL} '.[test]' && .venv/bin/pytest\n" in README


def test_the_layout_names_every_folder_with_its_role():
    found = LAYOUT.search(README)
    assert found is not None
    assert found.group() == layout()


@pytest.mark.slow
def test_the_lines_of_python_run(tmp_path, monkeypatch):
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert code is not None
    assert len(code.group(1).strip().splitlines()) <= 12
    done = subprocess.run(
        [sys.executable, "-c", code.group(1)], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "solved 1.0 1.0" in done.stdout
    assert "2 cues" in done.stdout


@pytest.mark.slow
def test_the_sequences_that_are_piped_are_learned(tmp_path):
    line = re.search(r"^(printf .*?) {2,}", README, re.MULTILINE)
    assert line is not None
    program = f'seqmem() {{ {shlex.quote(sys.executable)} -m seqmem "$@"; }}; {line.group(1)}'
    done = subprocess.run(program, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "2 sequences of your own" in done.stderr
    assert "Solved: 1 of 1 replicate" in done.stdout
    assert "--sequences runs/" in done.stdout or "--sequence 'the cat sat'" in done.stdout


def test_every_linked_file_is_there():
    for path in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_every_command_of_seqmem_is_in_the_readme():
    for name in group.list_commands(click.Context(group)):
        assert f"seqmem {name}" in README


if __name__ == "__main__":
    (ROOT / "README.md").write_text(LAYOUT.sub(lambda _: layout(), README), encoding="utf-8")


def test_the_changes_and_the_citation_are_those_of_this_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changes = (ROOT / ".github" / "CHANGELOG.md").read_text(encoding="utf-8")
    citation = (ROOT / ".github" / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\n## {project['version']}" in changes
    assert f"- name: {project['authors'][0]['name']}\n" in citation
    assert citation.startswith("cff-version: 1.2.0\n")
    doi = re.search(r"doi: (\S+)", citation)
    assert doi is not None
    assert doi.group(1) in README
