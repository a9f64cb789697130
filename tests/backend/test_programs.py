"""A traced program is kept on disk, and is traced again only where it must be."""

import re
import threading

import pytest
import tensorflow as tf

import seqmem.backend.compiled as compiled_module
from seqmem.backend import process
from seqmem.backend.compiled import compiled
from seqmem.backend.programs import SUFFIX, graph_of, imported
from seqmem.config.run_config import RunConfig
from seqmem.evaluation.evaluator import Evaluator
from seqmem.judge.baseline import replicate_baselines
from seqmem.models.population import build_population
from seqmem.training.trainer import Trainer

BASE = {"units": 3, "replicates": 2}
PAPER = {"experiment": "2c", "lag": 8, "distractors": 4, "cell": "lstm1997", "units": 8, "init": "uniform:0.2"}
# Each changes what is trained, or how it starts.
CHANGES = [
    {},
    {"seed": 5},
    {"units": 4},
    {"layers": 2},
    {"replicates": 3},
    {"cell": "gru"},
    {"cell": "rnn"},
    {"init": "chrono"},
    {"gap": 5},
    {"fillers": "fresh"},
    {"loss_at": "recall"},
    {"loss_at": "recall", "fillers": "fresh", "batch_size": 2},
    {"batch_size": 2},
    {"window": 1},
    {"optimizer": "sgd"},
    {"optimizer": "rmsprop"},
    {"learning_rate": 0.1},
    {"clip_norm": 1.0},
    {"clip_norm": 2.0},
    {"head": "sigmoid"},
    {"head": "sigmoid", "loss_function": "squared"},
    {"head_bias": False},
    {"head_inputs": True},
    {"context": 2},
    {"lags": 2},
    {"cell_joins": 10},
    {"cell_joins": 20},
    {"stateful": False},
    {"gradient": "traces", "window": 1},
    PAPER,
    PAPER | {"recurrence": "gates"},
    PAPER | {"recurrence": "none"},
    PAPER | {"streak": 10},
]


class StoppedError(Exception):
    """Raised where a program would be compiled next."""


def grown(calls: list):
    """A function with a loop, which notes each time that it is traced."""

    def grow(numbers, count):
        calls.append(1)
        _, grown = tf.while_loop(lambda step, _: step < count, lambda step, kept: (step + 1, kept * 2), (0, *numbers))
        return [grown, count + 1]

    return compiled("grow", own=True)(grow)


def results(function) -> list[int]:
    return [int(part) for part in function([tf.constant(3)], tf.constant(4))]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "programs", tmp_path)
    return tmp_path


def test_a_program_is_traced_once_and_then_found_on_disk(folder):
    calls: list = []
    assert results(grown(calls)) == results(grown(calls)) == [48, 5]
    assert len(calls) == 1
    assert len(list(folder.glob(f"*{SUFFIX}"))) == 1


def test_without_a_folder_of_programs_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(process, "programs", None)
    calls: list = []
    assert results(grown(calls)) == results(grown(calls)) == [48, 5]
    assert len(calls) == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[:-1], lambda data: data[:40] + data[41:]])
def test_a_damaged_program_is_traced_again_and_mended(folder, damage):
    calls: list = []
    results(grown(calls))
    (path,) = folder.glob(f"*{SUFFIX}")
    path.write_bytes(damage(path.read_bytes()))
    assert results(grown(calls)) == results(grown(calls)) == [48, 5]
    assert len(calls) == 2


def test_a_folder_that_cannot_be_written_to_costs_time_only(folder, monkeypatch):
    monkeypatch.setattr(process, "programs", folder / "absent")
    assert results(grown([])) == [48, 5]


def test_two_who_want_a_program_at_once_trace_it_once(folder):
    calls: list = []
    found: list = []
    threads = [threading.Thread(target=lambda: found.append(results(grown(calls)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[48, 5]] * 4
    assert len(calls) == 1


def test_what_is_no_function_of_its_arguments_alone_is_refused():
    state = tf.Variable(1)
    with pytest.raises(ValueError, match="are not its arguments"):
        graph_of("program", lambda number: [number + state], [tf.constant(1)])


def test_an_imported_program_takes_arguments_that_it_does_not_use():
    graph = graph_of("unused", lambda one, _, three: [one + three], [tf.constant(1)] * 3)
    (total,) = tf.function(imported(graph))(tf.constant(1), tf.constant(2), tf.constant(3))
    assert total.numpy() == 4


def programs_of(settings, monkeypatch) -> list[tuple[str, object]]:
    """The texts that name the programs that train and check, and their graphs."""
    found = []

    def noted(program, *arguments):
        found.append((program, graph_of(program, *arguments)))
        raise StoppedError

    monkeypatch.setattr(compiled_module, "graph_of", noted)
    config = RunConfig.from_settings(BASE | settings)
    population = build_population(config)
    baselines = replicate_baselines(config.task, config.seeds, config.scoring)
    for part in (Trainer(config, population), Evaluator(config, population, baselines)):
        with pytest.raises(StoppedError):
            part.compile()
    return found


def text_of(graph) -> list[str]:
    """A graph as text, without the numbers that its loops got as this process traced them."""
    parts = [*graph.node, *graph.library.function]
    return sorted(re.sub(r"_[0-9a-f]{16}_[0-9]+", "", str(part)) for part in parts)


def constants_that_stay(graph) -> list[int]:
    """How many constants go through each loop unchanged."""
    bodies = {function.signature.name: function for function in graph.library.function}
    counts = []
    for nodes in (graph.node, *(function.node_def for function in bodies.values())):
        constants = {node.name for node in nodes if node.op == "Const"}
        for loop in (node for node in nodes if node.op in ("While", "StatelessWhile")):
            body = bodies[loop.attr["body"].func.name]
            arguments, returned = body.signature.input_arg, body.signature.output_arg
            stays = [body.ret[after.name] == before.name for before, after in zip(arguments, returned, strict=True)]
            enters = [name.partition(":")[0] in constants for name in loop.input]
            counts.append(sum(a and b for a, b in zip(stays, enters, strict=True)))
    return counts


@pytest.mark.slow
def test_programs_of_the_same_text_have_the_same_graph_and_names_that_do_not_change(folder, monkeypatch):
    texts: dict[str, list[str]] = {}
    programs = [(change, *program) for change in CHANGES for program in programs_of(change, monkeypatch)]
    for change, program, graph in programs:
        assert texts.setdefault(program, text_of(graph)) == text_of(graph), change
        # TensorFlow's own bound of steps is one; XLA names several in an order that differs between processes
        assert max(constants_that_stay(graph)) <= 1, change
    assert 30 < len(texts) < len(programs) == 2 * len(CHANGES)
