"""What a page is told of pairs: the same from the server as from a process of its own."""

from pathlib import Path

import pytest

from seqflip.server import measured
from seqflip.server.brought import BroughtError
from seqflip.server.measured import MeasuredPairs, measure
from tests.promptness import takes_at_most

TEXT = "".join(f"number {i},nombre {i}\n" for i in range(30)) + "nothing to pair\n"


@pytest.fixture(params=[1, 10**9], ids=["by a process of its own", "by the server"])
def pairs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(measured, "_MANY", request.param)
    path = tmp_path / "pairs.tsv"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_it_tells_how_many_how_long_and_what_was_left_out(pairs: Path) -> None:
    found = measure(pairs, {"tokens": "words"})
    assert (found.pairs, found.words, found.source, found.target) == (30, 33, 2, 2)
    assert [tuple(pair) for pair in found.first[:2]] == [
        (["number", "0"], ["nombre", "0"]),
        (["number", "1"], ["nombre", "1"]),
    ]
    assert len(found.first) == 10
    assert found.left_out == 1
    assert tuple(found.reasons[0]) == (31, "there is no second column")


def test_what_is_wrong_is_told_without_its_path(pairs: Path) -> None:
    with pytest.raises(BroughtError, match="no token occurs 99 times") as caught:
        measure(pairs, {"min_count": 99})
    assert str(pairs) not in str(caught.value)


def test_what_ends_in_a_crash_is_told_in_a_sentence(
    pairs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measured, "_MANY", 1)
    with pytest.raises(BroughtError, match="they cannot be read; bring fewer"):
        measure(pairs, {"nonsense": 1})


def test_a_hundred_thousand_lines_leave_the_server_free(tmp_path: Path) -> None:
    path = tmp_path / "many.tsv"
    path.write_text(
        "".join(f"word{i % 900} and {i}\tmot{i % 900} et {i}\n" for i in range(100_000)),
        encoding="utf-8",
    )
    found: list[MeasuredPairs] = []
    assert takes_at_most(
        0.2, lambda: found.append(measure(path, {"tokens": "words", "max_tokens": 9}))
    )
    assert found[-1].pairs == 100_000


def test_what_takes_too_long_is_told_and_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measured, "_MANY", 1)
    monkeypatch.setattr(measured, "_SECONDS", 0.01)
    path = tmp_path / "pairs.tsv"
    path.write_text(TEXT, encoding="utf-8")
    with pytest.raises(BroughtError, match=r"they are not read within 0\.01 seconds; bring fewer"):
        measure(path, {})
