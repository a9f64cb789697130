"""Flipped bits, files of other runs, and claims of a stranger's files: named, within bounded time and memory."""

import json
import shutil
import time
import tracemalloc
import warnings

import numpy as np
import pytest
from builders import example_result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seqmem.config.run_config import RunConfig
from seqmem.errors import SeqmemError
from seqmem.storage.checkpoints import read_checkpoint, save_checkpoint
from seqmem.storage.load import list_runs
from seqmem.storage.run_directory import CHECKPOINTS, create_run_directory, read_run, read_run_id

CONFIG = RunConfig(replicates=2, seed=5)
SEALED = ("environment.json", "history.jsonl", "timing.json", "summary.json", "result.json")
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def complete_run(path, config=CONFIG):
    """A complete run with a checkpoint, made without training."""
    result = example_result(config)
    with create_run_directory(config, path) as directory:
        directory.write_environment({"python": "3.11", "threads": 1})
        for record in result.history:
            directory.append_record(record)
        save_checkpoint(path / CHECKPOINTS, directory.run_id, 20, {"cell/0": np.ones((2, 3), "float32")}, {"n": 1})
        directory.write_timing({"train": 1.5})
        directory.write_result(result)
    return path


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A complete run, and another of another seed."""
    folder = tmp_path_factory.mktemp("runs")
    complete_run(folder / "other", RunConfig(replicates=2, seed=6))
    return complete_run(folder / "run")


def read(path):
    """All that is read of a run; a warning is an error here."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stored = read_run(path)
        checkpoint = read_checkpoint(path / CHECKPOINTS, read_run_id(path), lambda shapes: None)
    arrays = {name: array.tolist() for name, array in checkpoint.arrays.items()}
    return stored.config, stored.history, stored.result, checkpoint.presentations, arrays, checkpoint.state


def problem_of(path):
    """What reading a damaged run says, in one line that can be printed; None where it reads as it was."""
    try:
        read(path)
    except (SeqmemError, Warning) as error:
        problem = str(error)
    else:
        return None
    assert problem.isprintable()
    return problem


@MANY
@given(name=st.sampled_from([*SEALED, "checkpoint"]), at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_is_named_or_changes_nothing(good, tmp_path_factory, name, at, bit):
    path = tmp_path_factory.mktemp("flipped") / "run"
    shutil.copytree(good, path)
    [file] = (path / CHECKPOINTS).iterdir() if name == "checkpoint" else [path / name]
    content = bytearray(file.read_bytes())
    content[int(at * len(content))] ^= 1 << bit
    file.write_bytes(content)
    problem = problem_of(path)
    if problem is None:
        # only in the name of a checksum: the file then counts as one of an older version, which has none
        assert read(path) == read(good)
        assert b'"sha256"' not in content or b'"crc"' in content
    else:
        assert str(file) in problem
    shutil.rmtree(path)


@MANY
@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_of_the_settings_is_refused_or_means_the_same(good, tmp_path_factory, at, bit):
    path = tmp_path_factory.mktemp("flipped") / "run"
    shutil.copytree(good, path)
    content = bytearray((path / "config.toml").read_bytes())
    content[int(at * len(content))] ^= 1 << bit
    (path / "config.toml").write_bytes(content)
    if problem_of(path) is None:  # in a comment
        assert read(path) == read(good)
    shutil.rmtree(path)


@MANY
@given(
    name=st.sampled_from(["config.toml", *SEALED, "checkpoint"]),
    content=st.binary(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ).map(lambda value: json.dumps(value).encode() + b"\n"),
)
def test_any_content_is_one_line(good, tmp_path_factory, name, content):
    path = tmp_path_factory.mktemp("any") / "run"
    shutil.copytree(good, path)
    [file] = (path / CHECKPOINTS).iterdir() if name == "checkpoint" else [path / name]
    file.write_bytes(content)
    problem = problem_of(path)
    assert problem is not None or name in ("environment.json", "timing.json")  # any object is a note
    assert list_runs(path)[0].status in ("complete", "corrupt")
    shutil.rmtree(path)


@pytest.mark.parametrize("name", ["config.toml", *SEALED, CHECKPOINTS])
def test_a_file_of_another_run_is_named(good, tmp_path, name):
    path = tmp_path / "run"
    shutil.copytree(good, path)
    if name == CHECKPOINTS:
        shutil.rmtree(path / name)
        shutil.copytree(good.parent / "other" / name, path / name)
    else:
        shutil.copy(good.parent / "other" / name, path / name)
    problem = problem_of(path)
    assert problem is not None
    assert str(path / ("result.json" if name in ("config.toml", "summary.json") else name)) in problem


@pytest.mark.parametrize("name", [*SEALED, "config.toml", CHECKPOINTS])
def test_a_link_out_of_the_folder_is_named(good, tmp_path, name):
    path = tmp_path / "run"
    shutil.copytree(good, path)
    (path / name).rename(tmp_path / "elsewhere")
    (path / name).symlink_to(tmp_path / "elsewhere")
    assert str(path / name) in (problem_of(path) or "")


CLAIMS = {
    # 16 MiB each: what is no record, result or plan is refused before it has become values in memory
    "history.jsonl": [b"\n" * 2**24, b"{}\n" * (2**24 // 3), b'{"a":' + b"[]," * (2**24 // 3)],
    "result.json": [b'{"a":[' + b"[]," * (2**24 // 3) + b"[]]}", b"[" * 2**24, b"9" * 2**24],
    "summary.json": [b'{"a":[' + b"{}," * (2**24 // 3) + b"{}]}"],
    "checkpoint": [
        (2**60).to_bytes(8, "little") + b"{}",
        (2**24 - 8).to_bytes(8, "little") + b"[" * (2**24 - 8),
        (80).to_bytes(8, "little")
        + b'{"cell/0":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}}'.ljust(80),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("name", "content"), [(name, text) for name, texts in CLAIMS.items() for text in texts])
def test_what_a_file_claims_takes_bounded_time_and_memory(good, tmp_path, name, content):
    path = tmp_path / "run"
    shutil.copytree(good, path)
    (path / "summary.json").unlink()  # whose checksum would spare reading a result
    [file] = (path / CHECKPOINTS).iterdir() if name == "checkpoint" else [path / name]
    file.write_bytes(content)
    tracemalloc.start()
    started = time.process_time()
    problem = problem_of(path)
    seconds, (_, peak) = time.process_time() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert str(file) in (problem or "")
    assert seconds < 5
    assert peak < 12 * 2**24
