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
# From the bottom up: each may import what stands in the lines before its own, and nothing else of seqmem.
LAYERS = (
    ("errors",),
    ("settings", "plain_values", "runtime"),
    ("network_settings", "files"),
    ("user_cells",),
    ("new_files", "array_files", "run_lock"),
    ("tasks",),
    ("recipes", "judge"),
    ("defaults",),
    ("config", "results_reading"),
    ("results", "sweep_axes"),
    ("eval_results", "sweep_results", "history", "config_file", "checkpoints", "ranking", "listing", "task_files"),
    ("presets", "rundir"),
    ("models",),
    ("training", "evaluation"),
    ("session",),
    ("experiment", "reevaluation"),
    ("sweep",),
    ("render",),
    ("export",),
    ("cli",),
    ("__init__", "__main__"),
)
RANKS = {name: rank for rank, names in enumerate(LAYERS) for name in names}
# What is drawn is a result: drawing knows nothing of how it came about.
SEEN_BY_RENDER = {
    *("errors", "settings", "network_settings", "plain_values", "files", "new_files", "tasks", "recipes", "defaults"),
    *("config", "judge"),
    *("results", "eval_results", "sweep_axes", "sweep_results", "ranking", "listing", "rundir", "presets"),
}
MAY_USE_TENSORFLOW = {"models", "training", "evaluation"}


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


def layer_of(module):
    """Returns the part of the package that a module belongs to."""
    return module.split(".")[1] if "." in module else "__init__"


EDGES = [(module, name, line) for module, path in SOURCES.items() for name, line in imported_modules(path)]
INTERNAL = [edge for edge in EDGES if edge[1].split(".")[0] == "seqmem"]


def test_every_module_has_a_layer():
    assert {layer_of(module) for module in SOURCES} - set(RANKS) == set()


def test_imports_run_one_way():
    wrong = [
        f"{module}:{line} imports {name}"
        for module, name, line in INTERNAL
        if layer_of(module) != layer_of(name) and RANKS[layer_of(name)] >= RANKS[layer_of(module)]
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


def test_render_sees_results_and_never_training():
    wrong = [
        f"{module}:{line} imports {name}"
        for module, name, line in INTERNAL
        if layer_of(module) == "render" and layer_of(name) not in {*SEEN_BY_RENDER, "render"}
    ]
    assert wrong == []


def test_tensorflow_and_keras_are_imported_in_three_folders_only():
    wrong = [
        f"{module}:{line} imports {name}"
        for module, name, line in EDGES
        if name.split(".")[0] in ("tensorflow", "keras") and layer_of(module) not in MAY_USE_TENSORFLOW
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


def test_no_file_is_named_after_nothing():
    vague = {"utils", "util", "common", "helpers", "helper", "manager", "misc"}
    assert [module for module in SOURCES if module.rsplit(".", 1)[-1] in vague] == []


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("seqmem.config", ("numpy", "rich", "click", "tensorflow", "keras")),
        ("seqmem.presets", ("numpy", "rich", "click", "tensorflow", "keras")),
        ("seqmem.rundir", ("rich", "click", "tensorflow", "keras")),
        ("seqmem.results", ("rich", "click", "tensorflow", "keras")),
    ],
)
def test_module_loads_nothing_heavy(module, absent):
    code = f"import sys, {module}; print([name for name in {absent!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
