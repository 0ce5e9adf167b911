"""Pairs that visitors bring: each finds their own, and nothing grows without bound."""

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from seqflip.data.pairs import MAX_BYTES
from seqflip.server.brought import FOLDER, BroughtError, File, bring, read_brought

PAIRS = File("mine.csv", b"hello,bonjour\ngood evening,bonsoir\n")


def read(path: Path) -> list[tuple[list[str], list[str]]]:
    pairs = read_brought(path, {})
    return list(zip(pairs.sources, pairs.targets, strict=True))


def test_what_is_brought_can_be_read(tmp_path: Path) -> None:
    path = bring(tmp_path, [PAIRS], "me")
    assert path.parent.parent == tmp_path / FOLDER
    assert read(path) == [(["hello"], ["bonjour"]), (["good", "evening"], ["bonsoir"])]


def test_the_same_lie_there_once_and_those_of_another_elsewhere(tmp_path: Path) -> None:
    mine = bring(tmp_path, [PAIRS], "me")
    assert bring(tmp_path, [PAIRS], "me") == mine
    assert bring(tmp_path, [PAIRS], "you") != mine
    assert bring(tmp_path, [File("other.csv", b"a,b\nc,d\n")], "me") != mine


@pytest.mark.parametrize("names", [("x.src", "x.tgt"), ("x.tgt", "x.src"), ("a.txt", "target.txt")])
def test_two_files_are_read_line_by_line(tmp_path: Path, names: tuple[str, str]) -> None:
    content = {False: b"one two\nthree\n", True: b"un deux\ntrois\n"}
    files = [File(name, content["tgt" in name or "target" in name]) for name in names]
    assert read(bring(tmp_path, files, "me")) == [
        (["one", "two"], ["un", "deux"]),
        (["three"], ["trois"]),
    ]


def test_two_files_of_other_lengths_are_refused(tmp_path: Path) -> None:
    files = [File("a.src", b"one\ntwo\n"), File("a.tgt", b"un\n")]
    with pytest.raises(BroughtError, match="each source needs its target in the same line"):
        bring(tmp_path, files, "me")


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([], "give one file of pairs, or two"),
        ([PAIRS] * 3, "give one file of pairs, or two"),
        ([File("big.csv", b"a,b\n" * (MAX_BYTES // 4 + 1))], "bytes are too many"),
    ],
)
def test_what_is_no_file_or_too_large_is_refused(
    tmp_path: Path, files: list[File], told: str
) -> None:
    with pytest.raises(BroughtError, match=told):
        bring(tmp_path, files, "me")


def test_a_name_becomes_no_path(tmp_path: Path) -> None:
    path = bring(
        tmp_path / "runs", [File("../../evil.src", b"a\n"), File("/etc/evil.tgt", b"b\n")], "me"
    )
    assert sorted(file.name for file in tmp_path.rglob("*") if file.is_file()) == [path.name]


def test_what_is_old_goes_and_there_are_never_many(tmp_path: Path) -> None:
    old = bring(tmp_path, [File("old.csv", b"a,b\nc,d\n")], "me")
    os.utime(old.parent, (0, time.time() - 2 * 86_400))
    for i in range(60):
        newest = bring(tmp_path, [File("new.csv", f"a,{i}\nb,c\n".encode())], "me")
    assert not old.exists()
    assert newest.exists()
    assert len(list((tmp_path / FOLDER).iterdir())) <= 50


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(content=some.binary(max_size=400))
def test_whatever_is_dropped_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = bring(tmp_path, [File("any", content)], "me")
    try:
        pairs = read_brought(path, {"tokens": "letters", "lower_case": True})
    except BroughtError as error:
        told = str(error)
        assert str(tmp_path) not in told
    else:
        assert len(pairs.sources) == len(pairs.targets)
