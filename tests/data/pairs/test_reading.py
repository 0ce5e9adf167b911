"""A user's own file of pairs: how it may be asked to be read, and what is no file of pairs."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqflip.data.pairs import MAX_BYTES, parse_pairs, read_pairs, whole_file
from seqflip.data.pairs.text import MAX_LINES, decoded
from tests.promptness import takes_at_most

NONE = "there are no pairs; a line is a source, a comma or tab, and a target"
FEW = "line 1 is no pair, as most are not: {}; a line is a source, a comma or tab, and a target"


def test_letters_instead_of_words() -> None:
    pairs = parse_pairs("h\u00e9 a\tyo 👨\u200d👩\u200d👧\n", tokens="letters")
    assert pairs.sources == [["h", "é", "␣", "a"]]
    assert pairs.targets == [["y", "o", "␣", "👨\u200d👩\u200d👧"]]


def test_lower_case() -> None:
    pairs = parse_pairs("A b\tX\na B\ty\n", lower_case=True)
    assert pairs.sources == [["a", "b"]]
    assert pairs.targets == [["x"]]
    assert [one.line for one in pairs.left_out] == [2]


@pytest.mark.parametrize(
    ("header", "sources"),
    [(None, [["1"]]), (True, [["1"]]), (False, [["source"], ["1"]])],
)
def test_whether_the_first_line_is_a_header_can_be_said(
    header: bool | None, sources: list[list[str]]
) -> None:
    assert parse_pairs("source\ttarget\n1\t2\n", header=header).sources == sources


def test_a_header_of_unusual_names_is_left_out_on_wish() -> None:
    assert parse_pairs("from\tto\n1\t2\n", header=True).sources == [["1"]]


@pytest.mark.parametrize(
    ("sources", "targets"),
    [("src.txt", "tgt.txt"), ("train.src", "train.tgt"), ("source", "target")],
)
def test_two_files_line_by_line(tmp_path: Path, sources: str, targets: str) -> None:
    (tmp_path / sources).write_text("1 2\n3, 4\n", encoding="utf-8")
    (tmp_path / targets).write_text("2 1\n4\t3\n", encoding="utf-8")
    found = read_pairs(tmp_path / sources)
    assert found.sources == [["1", "2"], ["3,", "4"]]
    assert found.targets == [["2", "1"], ["4", "3"]]
    assert found.remarks == [f"the targets were read from {targets}, line by line"]


def test_two_files_of_different_length(tmp_path: Path) -> None:
    (tmp_path / "src.txt").write_text("1\n2\n", encoding="utf-8")
    (tmp_path / "tgt.txt").write_text("1\n", encoding="utf-8")
    _assert_refused(
        tmp_path / "src.txt",
        "it has 2 lines and tgt.txt 1; each source needs its target in the same line",
    )


@pytest.mark.parametrize("name", ["mine.csv", "src.txt", "mine.txt"])
def test_what_is_kept_is_read_as_the_file_itself(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("1 2\tx\n", encoding="utf-8")
    (tmp_path / "tgt.txt").write_text("2 1\n", encoding="utf-8")
    suffix, content = whole_file(tmp_path / name)
    copy = tmp_path / f"copy{suffix}"
    copy.write_bytes(content)
    assert read_pairs(copy).sources == read_pairs(tmp_path / name).sources
    assert read_pairs(copy).targets == read_pairs(tmp_path / name).targets


def test_of_a_file_that_is_too_large_the_beginning_is_read() -> None:
    line = b"1 2\t2 1" + 50 * b" " + b"\n"
    text, decisions = decoded(line * (MAX_BYTES // len(line)) + b"cut in two\t" + line)
    assert text.encode().endswith(line)
    assert decisions == ["only the first 10,000,000 bytes were read"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_of_too_many_lines_the_first_are_read(end: str) -> None:
    text = f"1,2{end}" * MAX_LINES
    assert decoded(text.encode()) == (text, [])
    assert decoded(f"{text}3,4".encode()) == (text, ["only the first 250,000 lines were read"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", NONE),
        ("1 2 3\n", NONE),
        ("source,target\n", NONE),
        (" ,1\n", FEW.format("the source is empty")),
        ("a,<end>\n", FEW.format("it has the token <end>, which marks the end itself")),
        (f"a,{'b' * 101}\n", FEW.format("it has a token of more than 100 characters")),
        (
            "Hello, you,Hallo du\n",
            FEW.format(
                "it has 3 columns; name them in the first line, or put text that has the "
                "separator in it in quotes"
            ),
        ),
        ('1,1\n"2,2\n', "line 2 cannot be read: unexpected end of data"),
        ('1,1\n"a b" ,"b a"\n', "line 2 cannot be read: ',' expected after '\"'"),
    ],
)
def test_what_is_no_file_of_pairs(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        parse_pairs(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04...", "this is a ZIP archive or a workbook; save it as CSV or TSV"),
        (b"\x1f\x8b broken", "the gzip file is damaged, or too large"),
        (b"a\tb\n\xff\x00", "line 2 is not text"),
        (b"a\tb\n\x81", "line 2 is not UTF-8 text; save the file as UTF-8"),
    ],
)
def test_what_is_no_text(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    _assert_refused(file, message)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    _assert_refused(tmp_path / "none.csv", "there is no such file")


def test_a_directory(tmp_path: Path) -> None:
    _assert_refused(tmp_path, "this is a directory, not a file of pairs")


def test_a_file_that_may_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    _assert_refused(Path("secret.csv"), "the file cannot be read: Permission denied")


def test_an_endless_file() -> None:
    _assert_refused(Path("/dev/zero"), NONE)


LARGE = {
    "not a pair": "alone\n" * 400_000,
    "too many columns": "a,b,c\n" * 400_000,
    "an open quote": '"a,b\n' * 400_000,
    "spaces": " " * 9_000_000 + "b",
    "brackets": "[" * 9_000_000,
    "one token": "a" * 5_000_000 + "\tb\n",
    "backslashes": "\\" * 9_000_000,
    "a line of commas": "," * 9_000_000,
    "a list of lists": f"[{'[],' * 3_000_000}[]]",
    "a list of what is no pair": f"[{'{},' * 3_000_000}{{}}]",
    "accents upon accents": "a," + "\u0301\u0323" * 2_000_000,
}


@pytest.mark.parametrize("text", [*LARGE.values()], ids=[*LARGE])
def test_what_is_refused_is_refused_at_once(text: str) -> None:
    def refused() -> None:
        with pytest.raises(ValueError, match=r"no pair|cannot be read|upon"):
            parse_pairs(text)

    assert takes_at_most(1, refused)


@pytest.mark.thorough
def test_lines_that_say_the_same_are_read_in_two_seconds() -> None:
    text = "hello world,a b c\n" * 600_000
    pairs = parse_pairs(text)
    assert pairs.sources == [["hello", "world"]]
    assert pairs.decisions == ["only the first 250,000 lines were read"]
    assert takes_at_most(2, lambda: parse_pairs(text))


def test_many_reasons_are_told_in_a_few_sentences() -> None:
    good = "".join(f"{i},b\n" for i in range(30))
    told = parse_pairs(good + "\n".join(f"a{',b' * n}" for n in range(2, 12))).remarks
    assert len(told) == 6
    assert told[0].startswith("line 31 was left out: it has 3 columns")
    assert told[-1] == "5 more lines were left out for other reasons"


def test_a_hundred_thousand_lines_are_read_in_two_seconds() -> None:
    text = "".join(f"a{i} é b c d\td c b é a{i}\n" for i in range(100_000))
    assert len(parse_pairs(text).sources) == 100_000
    assert takes_at_most(2, lambda: parse_pairs(text))


@given(
    st.binary(max_size=200)
    | st.lists(st.sampled_from([b'"', b",", b"\t", b";", b"\n", b"a", b"\\", b"{", b"\xe9"])).map(
        b"".join
    )
)
def test_any_bytes_are_pairs_or_refused_in_a_sentence(content: bytes) -> None:
    refused = ""
    tokens: list[list[str]] = []
    try:
        pairs = parse_pairs(decoded(content)[0])
        tokens = pairs.sources + pairs.targets
    except ValueError as error:
        refused = str(error)
    assert len(refused.splitlines()) == (0 if tokens else 1)
    assert tokens == [" ".join(some).split() for some in tokens]


def _assert_refused(file: Path, message: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        read_pairs(file)
    assert str(caught.value) == f"{file}: {message}"
