"""A user's own file of pairs: what it may look like, and what is no pair."""

from pathlib import Path

import pytest

from seqflip.data.pairs import Pairs, parse_pairs, read_pairs


@pytest.mark.parametrize(
    "text",
    [
        "1 2,2 1\n3,3\n",
        "1 2\t2 1\n3\t3\n",
        "1 2, 2 1\r\n\r\n3 ,3",
        '"1 2","2 1"\n"3","3"\n',
        '1 2, "2 1"\n3, "3"\n',
        "source,target\n1 2,2 1\n3,3\n",
        "SRC\ttgt\n1 2\t2 1\n3\t3\n",
        "Input,Output\n1 2,2 1\n3,3\n",
        "\n\n1 2,2 1\n ,\n3,3\n",
        "1 2,2 1\n3,3\n1 2,2 1\n",
    ],
)
def test_all_usual_forms_are_read(text: str) -> None:
    assert parse_pairs(text) == Pairs([["1", "2"], ["3"]], [["2", "1"], ["3"]])


def test_words_keep_their_commas_and_quotes_between_tabs() -> None:
    pairs = parse_pairs('Hello, "you"!\tHallo, "du"!\n')

    assert pairs == Pairs([["Hello,", '"you"!']], [["Hallo,", '"du"!']])


def test_only_the_first_line_names_the_columns() -> None:
    pairs = parse_pairs("a,b\nsource,target\n")

    assert pairs.sources == [["a"], ["source"]]


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_bytes("\ufeffgrün,verde\n".encode())

    assert read_pairs(file) == Pairs([["grün"]], [["verde"]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there are no pairs; a line is a source, a comma or tab, and a target"),
        (
            "source,target\n",
            "there are no pairs; a line is a source, a comma or tab, and a target",
        ),
        ("1,1\n2\n", "line 2 must have two columns, a source and a target, not 1"),
        ("1,1\n1,2,3\n", "line 2 must have two columns, a source and a target, not 3"),
        ("1\t1\n2,2\n", "line 2 must have two columns, a source and a target, not 1"),
        ("1,1\n2,\n", "line 2 has an empty column; both need at least one token"),
        (" ,1\n", "line 1 has an empty column; both need at least one token"),
        (
            "1,1\n2,2\n\n1,3\n",
            "line 4 gives another target for the source in line 1; a source can have only one",
        ),
        ("a,<end>\n", "line 1 has the token <end>, which marks the end itself"),
        (f"a,{'b' * 101}\n", "line 1 has a token of 101 characters; 100 are allowed"),
        ('1,1\n"2,2\n', "line 2 cannot be read: unexpected end of data"),
    ],
)
def test_a_line_that_is_no_pair(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        parse_pairs(text)

    assert str(caught.value) == message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    _assert_refused(tmp_path / "none.csv", "there is no such file")


def test_a_directory(tmp_path: Path) -> None:
    _assert_refused(tmp_path, "this is a directory, not a CSV or TSV file")


def test_a_file_that_may_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)

    _assert_refused(Path("secret.csv"), "the file cannot be read: Permission denied")


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    file = tmp_path / "latin.csv"
    file.write_bytes("1,1\ngrün,verde\n".encode("latin-1"))

    _assert_refused(file, "line 2 is not UTF-8 text")


def test_an_endless_file() -> None:
    _assert_refused(
        Path("/dev/zero"), "the file is larger than the 10,000,000 bytes that are allowed"
    )


def _assert_refused(file: Path, message: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        read_pairs(file)

    assert str(caught.value) == f"{file}: {message}"
