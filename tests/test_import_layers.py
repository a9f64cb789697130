"""Imports run one way, also those inside functions and those for the type checker; and files stay short."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import seqmem

PACKAGE = Path(seqmem.__file__).parent
SOURCES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
# From the bottom up: a folder, or a module beside the folders, imports from lower floors only, never from its own.
FLOORS = (
    ("errors", "terminal"),
    ("settings", "backend", "charts"),
    ("tasks", "cells"),
    ("judge",),
    ("config",),
    ("results", "models"),
    ("training", "evaluation", "storage", "render", "export", "interchange", "pictures"),
    ("experiment",),
    ("sweep",),
    ("commands",),
    ("cli", "__init__"),
    ("__main__",),
)
RANKS = {name: rank for rank, names in enumerate(FLOORS) for name in names}
# What is drawn is a result: drawing knows nothing of how it came about.
DRAWING = {"render", "export", "pictures"}
SEEN_BY_DRAWING = {"errors", "settings", "config", "results", "terminal", "charts", "seqmem.backend.extras"}
MAY_USE_TENSORFLOW = {"backend"}


def imported_modules(path):
    """Returns every name that a file imports, wherever in it, as (dotted name, line)."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [(name if name in SOURCES else node.module, node.lineno) for name in names]
    return found


def room_of(module):
    """Returns the folder of a module, or the module itself where it stands beside the folders."""
    return module.split(".")[1] if "." in module else "__init__"


EDGES = [(module, name, line) for module, path in SOURCES.items() for name, line in imported_modules(path)]
INTERNAL = [edge for edge in EDGES if edge[1].split(".")[0] == "seqmem"]
BETWEEN_ROOMS = [(module, name, line) for module, name, line in INTERNAL if room_of(module) != room_of(name)]


def test_every_module_has_a_floor():
    assert {room_of(module) for module in SOURCES} == set(RANKS)


def test_imports_run_down():
    wrong = [
        f"{module}:{line} imports {name}"
        for module, name, line in BETWEEN_ROOMS
        if RANKS[room_of(name)] >= RANKS[room_of(module)]
    ]
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle():
    below = {module: {name for source, name, _ in INTERNAL if source == module} for module in SOURCES}
    left = dict(below)
    # take away what imports nothing that is left, and what nothing that is left imports, until only circles remain
    while free := [
        module
        for module, names in left.items()
        if not names & left.keys() or not any(module in other for other in left.values())
    ]:
        for module in free:
            del left[module]
    assert {module: sorted(names & left.keys()) for module, names in left.items()} == {}


def test_drawing_sees_results_and_never_training():
    wrong = [
        f"{module}:{line} imports {name}"
        for module, name, line in BETWEEN_ROOMS
        if room_of(module) in DRAWING and not {room_of(name), name} & SEEN_BY_DRAWING
    ]
    assert wrong == []


def test_tensorflow_and_keras_are_imported_in_one_folder_only():
    wrong = [
        f"{module}:{line} imports {name}"
        for module, name, line in EDGES
        if name.split(".")[0] in ("tensorflow", "keras") and room_of(module) not in MAY_USE_TENSORFLOW
    ]
    assert wrong == []


def test_nothing_unpickles_or_evaluates():
    wrong = [edge for edge in EDGES if edge[1].split(".")[0] in ("pickle", "shelve", "marshal", "dill", "joblib")]
    calls = [
        f"{module}:{node.lineno} calls {node.func.id}"
        for module, path in SOURCES.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec")
    ]
    assert wrong + calls == []


def test_files_have_at_most_300_lines():
    lengths = {module: len(path.read_text(encoding="utf-8").splitlines()) for module, path in SOURCES.items()}
    assert {module: length for module, length in lengths.items() if length > 300} == {}


def test_functions_have_at_most_60_lines():
    functions = {
        f"{module}.{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for module, path in SOURCES.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    assert {name: length for name, length in functions.items() if length > 60} == {}


def test_no_file_is_named_after_nothing():
    vague = {"utils", "util", "common", "helpers", "helper", "manager", "misc"}
    assert [module for module in SOURCES if module.rsplit(".", 1)[-1] in vague] == []


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("seqmem.config.run_config", ("rich", "click", "tensorflow", "keras")),
        ("seqmem.config.presets", ("rich", "click", "tensorflow", "keras")),
        ("seqmem.storage.run_directory", ("rich", "click", "tensorflow", "keras")),
        ("seqmem.results.run", ("rich", "click", "tensorflow", "keras")),
    ],
)
def test_module_loads_nothing_heavy(module, absent):
    code = f"import sys, {module}; print([name for name in {absent!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_every_module_loads_no_tensorflow():
    code = f"""
import importlib, sys
for name in {sorted(SOURCES)!r}:
    if name != "seqmem.__main__":
        importlib.import_module(name)
print([name for name in ("tensorflow", "keras") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
