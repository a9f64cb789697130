"""Checkpoints: one file each, two kept, damaged ones passed over, nothing in them trusted."""

import json
import os
import pickle
import random
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from builders import Mark

from seqmem.errors import DamagedFileError, DamageWarning, SeqmemError
from seqmem.storage import checkpoints
from seqmem.storage.checkpoints import holds_checkpoints, read_checkpoint, save_checkpoint, shapes_of

ARRAYS = {
    "lstm/kernel": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
    "lstm/bias": np.array([np.nan, np.inf, -0.0], np.float32),
    "optimizer/iterations": np.array(7, np.int64),
    "solved": np.array([True, False]),
    "empty": np.zeros((0, 3), np.float64),
    "transposed": np.arange(6, dtype=np.int32).reshape(2, 3).T,
}
STATE = {
    "position": 3,
    "generators": {"order": {"state": 2**127 + 1}},
    "best": None,
    "names": ["\u03b1", "b"],
    "streams": [{"epoch": np.array([2, 0, 1])}, {"epoch": np.arange(3)}],
}
RUN = "a run"


def save(folder, presentations, arrays=ARRAYS, state=STATE, run=RUN):
    save_checkpoint(folder, run, presentations, arrays, state)


def read(folder, run=RUN, check=lambda shapes: None):
    return read_checkpoint(folder, run, check)


def place(folder, presentations):
    return folder / f"{presentations:012d}.safetensors"


def names(folder):
    return sorted(name.removesuffix(".safetensors") for name in os.listdir(folder))


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "checkpoints"
    for presentations in (100, 200):
        save(folder, presentations, state=STATE | {"at": presentations})
    return folder


def test_checkpoint_reads_back_bit_for_bit(folder):
    found = read(folder)
    assert found.presentations == 200
    assert [one["epoch"].tolist() for one in found.state.pop("streams")] == [[2, 0, 1], [0, 1, 2]]
    assert found.state == {name: value for name, value in STATE.items() if name != "streams"} | {"at": 200}
    assert set(found.arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert found.arrays[name].dtype == array.dtype
        assert found.arrays[name].shape == array.shape
        assert found.arrays[name].tobytes() == array.tobytes()


def test_same_checkpoint_makes_the_same_bytes_in_every_process(folder, tmp_path):
    code = (
        "import sys; from pathlib import Path; sys.path[:0] = sys.argv[1], sys.argv[1] + '/..';"
        "import test_checkpoints as tests;"
        "tests.save(Path(sys.argv[2]), 200, state=tests.STATE | {'at': 200})"
    )
    for seed in ("1", "2"):
        command = [sys.executable, "-c", code, str(Path(__file__).parent), str(tmp_path / seed)]
        subprocess.run(command, check=True, env=os.environ | {"PYTHONHASHSEED": seed})
        assert place(tmp_path / seed, 200).read_bytes() == place(folder, 200).read_bytes()


def test_checkpoint_is_one_file_that_safetensors_alone_reads(folder):
    assert all(path.is_file() for path in folder.iterdir())
    arrays = safetensors.numpy.load_file(place(folder, 200))
    assert (arrays["lstm/kernel"] == ARRAYS["lstm/kernel"]).all()
    with safetensors.safe_open(place(folder, 200), "numpy") as file:
        assert list(file.metadata()) == ["state"]
        assert json.loads(file.metadata()["state"])["presentations"] == 200


def test_orders_are_arrays_and_not_text(tmp_path):
    save(tmp_path, 1, {}, {"epoch": np.arange(100_000)})
    assert int.from_bytes(place(tmp_path, 1).read_bytes()[:8], "little") < 1000
    assert read(tmp_path).state["epoch"].tolist() == list(range(100_000))


def test_two_newest_generations_are_kept(folder):
    save(folder, 300)
    assert names(folder) == ["000000000200", "000000000300"]


def test_generations_of_a_future_that_was_left_are_removed(folder):
    save(folder, 150)
    assert names(folder) == ["000000000100", "000000000150"]


def test_generation_of_the_same_presentations_is_replaced(folder):
    save(folder, 200, {"a": np.ones(2)}, {"again": True})
    assert names(folder) == ["000000000100", "000000000200"]
    assert read(folder).state == {"again": True}


def test_what_a_killed_writer_left_is_passed_over_and_then_removed(folder):
    (folder / ".000000000300.safetensors.77.partial").write_bytes(place(folder, 200).read_bytes()[:99])
    assert read(folder).presentations == 200
    save(folder, 300)
    assert names(folder) == ["000000000200", "000000000300"]


@pytest.mark.parametrize("call", ["fsync", "replace", "open"])
def test_full_disk_keeps_the_generations_there_are(folder, monkeypatch, call):
    def full_disk(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full_disk)
        with pytest.raises(SeqmemError, match="No space left on device"):
            save(folder, 300)
    assert names(folder) == ["000000000100", "000000000200"]
    assert read(folder).presentations == 200


def test_interrupted_writer_leaves_nothing(folder, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            save(folder, 300)
    assert names(folder) == ["000000000100", "000000000200"]


DAMAGES = ("missing header", "emptied", "truncated", "longer", "flipped", "pickle", "folder", "pipe", "link", "swapped")


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_generation_is_passed_over_for_the_one_before(folder, tmp_path, damage):
    path, mark = place(folder, 200), tmp_path / "mark"
    content = path.read_bytes()
    path.unlink()
    if damage == "emptied":
        path.touch()
    elif damage == "missing header":
        path.write_bytes(content[8 + int.from_bytes(content[:8], "little") :])
    elif damage == "truncated":
        path.write_bytes(content[:-1])
    elif damage == "longer":
        path.write_bytes(content + b"\0")
    elif damage == "flipped":
        path.write_bytes(bytes([*content[:-20], content[-20] ^ 1, *content[-19:]]))
    elif damage == "pickle":
        path.write_bytes(pickle.dumps(Mark(mark)))
    elif damage == "folder":
        path.mkdir()
    elif damage == "pipe":
        os.mkfifo(path)
    elif damage == "link":
        (tmp_path / "elsewhere").write_bytes(content)
        path.symlink_to(tmp_path / "elsewhere")
    elif damage == "swapped":
        save(tmp_path / "other", 200, run="another run")
        path.write_bytes(place(tmp_path / "other", 200).read_bytes())
    with pytest.warns(DamageWarning) as told:
        assert read(folder).presentations == 100
    [text] = [str(one.message) for one in told]
    assert text.startswith(f"{path}: ")
    assert text.endswith("; using the checkpoint 000000000100 before it")
    assert text.isprintable()
    assert not mark.exists()
    place(folder, 100).write_bytes(b"")
    with pytest.raises(DamagedFileError, match="holds no checkpoint that can be used; the newest: "):
        read(folder)


def test_every_flipped_bit_is_noticed(tmp_path):
    save(tmp_path, 5, {"a": np.arange(3.0)}, {"b": 1})
    path, generator = place(tmp_path, 5), random.Random(0)
    content = path.read_bytes()
    for position in range(len(content)):
        flipped = content[position] ^ (1 << generator.randrange(8))
        path.write_bytes(bytes([*content[:position], flipped, *content[position + 1 :]]))
        with pytest.raises(DamagedFileError):
            read(tmp_path)
    path.write_bytes(content)
    assert read(tmp_path).state == {"b": 1}


def test_folder_without_generations_is_told_so(tmp_path):
    for folder in (tmp_path, tmp_path / "none"):
        assert not holds_checkpoints(folder)
        with pytest.raises(DamagedFileError, match="holds no checkpoint"):
            read(folder)


def test_checkpoints_of_version_0_1_are_refused(tmp_path):
    (tmp_path / "000000000200").mkdir()
    assert holds_checkpoints(tmp_path)
    with pytest.raises(DamagedFileError, match=r"was written by version 0\.1, whose checkpoints are no longer read"):
        read(tmp_path)


def test_generation_under_another_name_is_not_taken_for_it(folder):
    place(folder, 200).rename(place(folder, 300))
    with pytest.warns(DamageWarning, match="it is of schema 2, after "):
        assert read(folder).presentations == 100


def test_generation_that_does_not_fit_is_refused_before_it_is_read(folder, monkeypatch):
    def check(shapes):
        assert shapes == shapes_of(ARRAYS, STATE)
        raise ValueError("does not fit")

    monkeypatch.setattr(safetensors.numpy, "load", lambda content: pytest.fail("read the arrays"))
    with pytest.raises(DamagedFileError, match="does not fit"):
        read(folder, check=check)


def test_link_in_place_of_the_folder_is_not_followed(folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    for call in (read, lambda folder: save(folder, 300)):
        with pytest.raises(DamagedFileError, match="is a link"):
            call(tmp_path / "link")
    assert names(folder) == ["000000000100", "000000000200"]


@pytest.mark.parametrize("name", ["LARGEST", "LARGEST_HEADER"])
def test_checkpoint_too_large_to_be_read_back_is_not_written(tmp_path, monkeypatch, name):
    monkeypatch.setattr(checkpoints, name, 100)
    with pytest.raises(SeqmemError, match="is larger than seqmem reads back"):
        save(tmp_path / "folder", 5)
    assert not (tmp_path / "folder").exists()


def test_objects_are_not_written(tmp_path):
    with pytest.raises(ValueError, match="holds object, not plain numbers"):
        save(tmp_path, 1, {"a": np.array([object()])})


CLAIMS = {"a": {"dtype": "F64", "shape": [3], "data_offsets": [0, 24]}}


def strange(header, data=b"\0" * 24, **changes):
    """The content of a file with a checksum that holds, whatever else a stranger has put into it."""
    note = {"sha256": "0" * 64, "schema": 2, "run": RUN, "presentations": 5, "state": {}} | changes
    text = json.dumps({"__metadata__": {"state": json.dumps(note)}} | header).encode()
    content = len(text).to_bytes(8, "little") + text + data
    return content.replace(b"0" * 64, checkpoints.hashlib.sha256(content).hexdigest().encode(), 1)


def claim(**changes):
    return {"a": CLAIMS["a"] | changes}


def test_honest_stranger_is_read(tmp_path):
    place(tmp_path, 5).write_bytes(strange(CLAIMS))
    assert read(tmp_path).arrays["a"].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "Error while deserializing header"),
        (b"\0" * 7, "Error while deserializing header"),
        ((2**62).to_bytes(8, "little") + b"{}", "Error while deserializing header"),
        ((2).to_bytes(8, "little") + b"{}", "is no checkpoint of this run: "),
        ((2).to_bytes(8, "little") + b"[]", "Error while deserializing header"),
        ((10**5).to_bytes(8, "little") + b"[" * 10**5, "is no checkpoint of this run: "),
        (pickle.dumps(np.ones(3)), "Error while deserializing header"),
        (strange(CLAIMS | {"__metadata__": {}}), "is no checkpoint of this run: "),
        (strange(CLAIMS | {"__metadata__": {"state": 3}}), "is no checkpoint of this run: "),
        (strange(CLAIMS | {"__metadata__": {"state": "[" * 10**5}}), "is no checkpoint of this run: "),
        (strange(CLAIMS, schema=3), "it is of schema 3, after 5 presentations"),
        (strange(CLAIMS, run=3), "state.run: expected `str`, got `int`"),
        (strange(CLAIMS, presentations=10**400), "it is of schema 2, after "),
        (strange(CLAIMS, presentations=-5), "it is of schema 2, after "),
        (strange(CLAIMS, sha256="0"), "its checksum differs"),
        (strange(CLAIMS, state={"epoch": {"array": "b"}}), "is no checkpoint of this run: "),
        (strange(CLAIMS, state={"epoch": {"array": []}}), "is no checkpoint of this run: "),
        (strange(claim(shape=[10**9])), "Error while deserializing header"),
        (strange(claim(shape=[-3])), "Error while deserializing header"),
        (strange(claim(shape=[3.0])), "Error while deserializing header"),
        (strange(claim(shape=[10**18] * 10**5)), "Error while deserializing header"),
        (strange(claim(shape=None)), "is no checkpoint of this run: "),
        (strange(claim(dtype="O")), "is no checkpoint of this run: "),
        (strange(claim(dtype=["F64"])), "is no checkpoint of this run: "),
        (strange({"a": []}), "is no checkpoint of this run: "),
        (strange(claim(data_offsets=[0, 10**12])), "Error while deserializing header"),
        (strange(claim(data_offsets=[24, 48])), "Error while deserializing header"),
        (strange(claim(shape=[1]) | {"b": claim(shape=[2])["a"]}), "Error while deserializing header"),
    ],
)
def test_lie_of_a_stranger_is_named(tmp_path, content, problem):
    place(tmp_path, 5).write_bytes(content)
    with pytest.raises(DamagedFileError, match=re.compile(problem)) as caught:
        read(tmp_path)
    assert str(caught.value).isprintable()


def test_claim_of_a_huge_file_costs_nothing(tmp_path):
    with place(tmp_path, 5).open("wb") as file:
        file.write(strange(claim(shape=[2**29], data_offsets=[0, 2**32]), b""))
        file.truncate(file.tell() + 2**32)

    def check(shapes):
        assert shapes == {"a": ((2**29,), "float64")}
        raise ValueError("is not of this run")

    with pytest.raises(DamagedFileError, match="is not of this run"):
        read(tmp_path, check=check)


def test_names_of_arrays_are_only_keys(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "folder", 5, {"../escape": np.ones(3), "/etc/x": np.ones(3)}, {})
    assert set(read(tmp_path / "folder").arrays) == {"../escape", "/etc/x"}
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
