"""Checkpoints: whole generations, two kept, damaged ones passed over, nothing in them trusted."""

import io
import os
import pickle
import random
import shutil
import zipfile

import numpy as np
import pytest
from builders import Mark

from seqmem.errors import DamagedFileError, DamageWarning, SeqmemError
from seqmem.storage import checkpoints
from seqmem.storage.checkpoints import arrays_bytes, holds_checkpoints, parse_arrays, read_checkpoint, write_checkpoint

ARRAYS = {
    "lstm/kernel": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
    "lstm/bias": np.array([np.nan, np.inf, -0.0], np.float32),
    "optimizer/iterations": np.array(7, np.int64),
    "solved": np.array([True, False]),
    "empty": np.zeros((0, 3), np.float64),
    "transposed": np.arange(6, dtype=np.int32).reshape(2, 3).T,
}
STATE = {"position": 3, "generators": {"order": {"state": 2**127 + 1}}, "best": None, "names": ["\u03b1", "b"]}


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "checkpoints"
    for presentations in (100, 200):
        write_checkpoint(folder, presentations, ARRAYS, STATE | {"at": presentations})
    return folder


def names(folder):
    return sorted(os.listdir(folder))


def test_checkpoint_reads_back_bit_for_bit(folder):
    found = read_checkpoint(folder)
    assert (found.presentations, found.state) == (200, STATE | {"at": 200})
    assert list(found.arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert found.arrays[name].dtype == array.dtype
        assert found.arrays[name].shape == array.shape
        assert found.arrays[name].tobytes() == array.tobytes()


def test_same_checkpoint_makes_the_same_bytes(folder, tmp_path):
    write_checkpoint(tmp_path / "other", 200, ARRAYS, STATE | {"at": 200})
    for name in ("arrays.npz", "state.json", "manifest.json"):
        content = (tmp_path / "other" / "000000000200" / name).read_bytes()
        assert content == (folder / "000000000200" / name).read_bytes()


def test_arrays_can_be_read_by_numpy_alone(folder):
    with np.load(folder / "000000000200" / "arrays.npz", allow_pickle=False) as arrays:
        assert (arrays["lstm/kernel"] == ARRAYS["lstm/kernel"]).all()


def test_two_newest_generations_are_kept(folder):
    write_checkpoint(folder, 300, ARRAYS, STATE)
    assert names(folder) == ["000000000200", "000000000300"]


def test_generations_of_a_future_that_was_left_are_removed(folder):
    write_checkpoint(folder, 150, ARRAYS, STATE)
    assert names(folder) == ["000000000100", "000000000150"]


def test_generation_of_the_same_presentations_is_replaced(folder):
    write_checkpoint(folder, 200, {"a": np.ones(2)}, {"again": True})
    assert names(folder) == ["000000000100", "000000000200"]
    assert read_checkpoint(folder).state == {"again": True}


def test_what_a_killed_writer_left_is_passed_over_and_then_removed(folder):
    shutil.copytree(folder / "000000000200", folder / "000000000300.partial")
    shutil.copytree(folder / "000000000200", folder / "000000000050.retired")
    assert read_checkpoint(folder).presentations == 200
    write_checkpoint(folder, 300, ARRAYS, STATE)
    assert names(folder) == ["000000000200", "000000000300"]


@pytest.mark.parametrize("call", ["fsync", "rename", "mkdir"])
def test_full_disk_keeps_the_generations_there_are(folder, monkeypatch, call):
    def full_disk(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full_disk)
        with pytest.raises(SeqmemError, match="No space left on device"):
            write_checkpoint(folder, 300, ARRAYS, STATE)
    assert names(folder) == ["000000000100", "000000000200"]
    assert read_checkpoint(folder).presentations == 200


@pytest.mark.parametrize("name", ["arrays.npz", "state.json", "manifest.json"])
@pytest.mark.parametrize("damage", ["missing", "emptied", "truncated", "flipped", "pickle", "folder", "pipe", "link"])
def test_damaged_generation_is_passed_over_for_the_one_before(folder, tmp_path, name, damage):
    path, mark = folder / "000000000200" / name, tmp_path / "mark"
    content = path.read_bytes()
    path.unlink()
    if damage == "emptied":
        path.touch()
    elif damage == "truncated":
        path.write_bytes(content[:-1])
    elif damage == "flipped":
        path.write_bytes(bytes([*content[:20], content[20] ^ 1, *content[21:]]))
    elif damage == "pickle":
        path.write_bytes(pickle.dumps(Mark(mark)))
    elif damage == "folder":
        path.mkdir()
    elif damage == "pipe":
        os.mkfifo(path)
    elif damage == "link":
        (tmp_path / "elsewhere").write_bytes(content)
        path.symlink_to(tmp_path / "elsewhere")
    with pytest.warns(DamageWarning) as told:
        assert read_checkpoint(folder).presentations == 100
    [text] = [str(one.message) for one in told]
    assert text.startswith(str(path.parent))
    assert text.endswith("; using the checkpoint 000000000100 before it")
    assert text.isprintable()
    assert not mark.exists()
    (folder / "000000000100" / name).write_bytes(b"")
    with pytest.raises(DamagedFileError, match="holds no checkpoint that is whole; the newest: "):
        read_checkpoint(folder)


def test_every_flipped_byte_is_noticed(tmp_path):
    write_checkpoint(tmp_path, 5, {"a": np.arange(3.0)}, {"b": 1})
    generator = random.Random(0)
    for name in ("arrays.npz", "state.json", "manifest.json"):
        path = tmp_path / "000000000005" / name
        content = path.read_bytes()
        for position in generator.sample(range(len(content)), 40 if len(content) > 40 else len(content)):
            path.write_bytes(bytes([*content[:position], content[position] ^ 0x10, *content[position + 1 :]]))
            with pytest.raises(DamagedFileError):
                read_checkpoint(tmp_path)
        path.write_bytes(content)
    assert read_checkpoint(tmp_path).state == {"b": 1}


def test_folder_without_generations_is_told_so(tmp_path):
    for folder in (tmp_path, tmp_path / "none"):
        assert not holds_checkpoints(folder)
        with pytest.raises(DamagedFileError, match="holds no checkpoint"):
            read_checkpoint(folder)


def test_generation_under_another_name_is_not_taken_for_it(folder):
    (folder / "000000000200").rename(folder / "000000000300")
    with pytest.warns(DamageWarning, match="is not of this checkpoint"):
        assert read_checkpoint(folder).presentations == 100


def test_checkpoint_too_large_to_be_read_back_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "LIMITS", {"arrays.npz": 100, "state.json": 100})
    with pytest.raises(SeqmemError, match="larger than 100"):
        write_checkpoint(tmp_path / "folder", 5, ARRAYS, STATE)
    assert not (tmp_path / "folder").exists()


def test_objects_are_not_written():
    with pytest.raises(ValueError, match="holds object, not plain numbers"):
        arrays_bytes({"a": np.array([object()])})


def archive(members, compression=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name, content in members:
            file.writestr(name, content)
    return buffer.getvalue()


def npy(array, **changes):
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    content = buffer.getvalue()
    for before, after in changes.values():
        assert before in content
        content = content.replace(before, after.ljust(len(before)))
    return content


ONES = np.ones(3)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        pickle.dumps(ONES),
        npy(ONES),
        archive([("a.npy", b"")]),
        archive([("a.npy", b"\x93NUMPY\x01\x00\xff\xff{")]),
        archive([("a.npy", npy(np.array([None])))]),
        archive([("a.npy", npy(np.zeros(2, [("x", "f4")])))]),
        archive([("a.npy", npy(np.array(["text"])))]),
        archive([("a.npy", npy(ONES) + b"more")]),
        archive([("a.npy", npy(ONES)[:-1])]),
        archive([("a.npy", npy(ONES, shape=(b"(3,), }     ", b"(99999999,)}")))]),
        archive([("a.npy", npy(ONES, shape=(b"(3,), }", b"(-3,)}")))]),
        archive([("a.npy", npy(ONES, shape=(b"(3,), }", b"(3.,)}")))]),
        archive([("a.npy", npy(ONES, dtype=(b"<f8", b"|O8")))]),
        archive([("a.npy", b"\x93NUMPY\x01\x00\x00\x20" + b"(" * 8192)]),
        archive([("a.npy", npy(np.zeros(10**6)))], zipfile.ZIP_DEFLATED),
    ],
)
@pytest.mark.filterwarnings("ignore:.*:UserWarning")
def test_anything_but_plain_arrays_is_a_value_error(content):
    with pytest.raises(ValueError, match="is not a file of plain arrays"):
        parse_arrays(content)


def test_names_of_arrays_are_only_keys(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = parse_arrays(archive([("../escape.npy", npy(ONES)), ("/etc/x.npy", npy(ONES))]))
    assert set(found) == {"../escape", "/etc/x"}
    assert list(tmp_path.iterdir()) == []


def test_same_name_twice_is_refused():
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = archive([("a.npy", npy(ONES)), ("a.npy", npy(ONES))])
    with pytest.raises(ValueError, match="the same name"):
        parse_arrays(content)


def test_sizes_that_lie_are_refused():
    content = archive([("a.npy", npy(ONES))])
    honest = len(npy(ONES)).to_bytes(4, "little")
    assert content.count(honest) >= 4
    with pytest.raises(ValueError, match="is not a file of plain arrays"):
        parse_arrays(content.replace(honest, (2**31).to_bytes(4, "little")))
