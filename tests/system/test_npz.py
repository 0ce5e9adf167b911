"""Arrays in a file, and files that are something else."""

import io
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqflip.system.npz import Arrays, NpzError, load_npz, save_npz


def npy(array: np.ndarray[Any, Any]) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=(1, 0))
    return stream.getvalue()


def archive(path: Path, entries: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, content in entries.items():
            file.writestr(name, content)


def test_arrays_come_back_bit_for_bit_and_can_be_changed(tmp_path: Path) -> None:
    arrays: Arrays = {
        "embedding.weight": np.array([[np.nan, -0.0], [np.inf, 1e-45]], np.float32),
        "order": np.arange(5),
        "transposed": np.arange(6.0).reshape(2, 3).T,
        "empty": np.empty((0, 3)),
        "scalar": np.array(7, np.uint64),
        "flags": np.array([True, False]),
    }
    save_npz(tmp_path / "file.npz", arrays)
    loaded = load_npz(tmp_path / "file.npz")
    assert list(loaded) == list(arrays)
    for name, array in arrays.items():
        assert loaded[name].dtype == array.dtype
        assert loaded[name].tobytes() == array.tobytes()
        assert loaded[name].shape == array.shape
        assert loaded[name].flags.writeable
    with np.load(tmp_path / "file.npz") as numpys:
        assert set(numpys) == set(arrays)


def test_the_same_arrays_make_the_same_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_npz(tmp_path / name, {"x": np.arange(3.0)})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def lying_about_its_shape() -> bytes:
    return npy(np.zeros((2, 2))).replace(b"(2, 2)", b"(9, 9)")


def asking_for_the_moon() -> bytes:
    return npy(np.zeros(2)).replace(b"(2,), }" + b" " * 12, b"(888888888888,), }" + b" ")


FOREIGN: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("hello", encoding="utf-8"),
    "pickle": lambda path: path.write_bytes(pickle.dumps({"a": 1})),
    "one array": lambda path: path.write_bytes(npy(np.zeros(3))),
    "other zip": lambda path: archive(path, {"readme.txt": b"hello"}),
    "compressed": lambda path: archive(path, {"x.npy": npy(np.zeros(9))}, zipfile.ZIP_DEFLATED),
    "objects": lambda path: np.savez(path.open("wb"), x=np.array([{}, []], object)),
    "texts": lambda path: np.savez(path.open("wb"), x=np.array(["a", "b"])),
    "records": lambda path: np.savez(path.open("wb"), x=np.zeros(2, "i4,f8")),
    "no array": lambda path: archive(path, {"x.npy": b"not an array"}),
    "wrong shape": lambda path: archive(path, {"x.npy": lying_about_its_shape()}),
    "huge shape": lambda path: archive(path, {"x.npy": asking_for_the_moon()}),
    "path": lambda path: archive(path, {"../../x": npy(np.zeros(2))}),
}


@pytest.mark.parametrize("kind", FOREIGN)
@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_anything_else_is_refused_in_one_sentence(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "file.npz"
    FOREIGN[kind](path)
    with pytest.raises(NpzError, match=r"not a whole \.npz file of plain arrays") as caught:
        load_npz(path)
    assert "\n" not in str(caught.value)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.npz"
    archive(path, {"x.npy": npy(np.zeros(10**7))}, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 100_000
    with pytest.raises(NpzError, match=r"claim more than the [0-9,]+ bytes that they may have"):
        load_npz(path)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    save_npz(tmp_path / "file.npz", {"x": np.zeros(1000)})
    with pytest.raises(NpzError, match="at most 1,000 can be read"):
        load_npz(tmp_path / "file.npz", max_bytes=1000)


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NpzError, match="cannot be read"):
        load_npz(tmp_path)


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_npz(tmp_path / "nothing.npz")


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7), cut=st.booleans())
def test_damage_is_never_a_crash(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int, cut: bool
) -> None:
    path = tmp_path_factory.mktemp("npz") / "file.npz"
    arrays = {"x": np.arange(50.0), "y": np.arange(20)}
    save_npz(path, arrays, durable=False)
    data = bytearray(path.read_bytes())
    place %= len(data)
    if cut:
        del data[place:]
    else:
        data[place] ^= 1 << bit
    path.write_bytes(data)
    try:
        loaded = load_npz(path)
    except NpzError:
        return
    # What is still read is what was written: only names and unused fields have no checksum.
    for name, array in arrays.items():
        if name in loaded and loaded[name].shape == array.shape:
            assert loaded[name].tobytes() == array.tobytes()
