"""Files of pairs in the forms that people have: each is read as its author meant it."""

import gzip
import json
from pathlib import Path

import pytest

from seqflip.data.pairs import read_pairs

REPEATED = "an earlier line gives its source another target"
NAMES = "line 1 names the columns"

# The file's name and content, its pairs as "source > target | ...", and what is said of it.
FILES: list[tuple[str, str | bytes, str, list[str]]] = [
    ("commas.csv", "1 2,2 1\n3,3\n", "1 2 > 2 1 | 3 > 3", []),
    ("tabs.tsv", "1 2\t2 1\n3\t3\n", "1 2 > 2 1 | 3 > 3", []),
    ("spaces.csv", "1 2, 2 1\r\n\r\n3 ,3", "1 2 > 2 1 | 3 > 3", []),
    ("quoted.csv", '"1 2", "2 1"\n"3","3"\n', "1 2 > 2 1 | 3 > 3", []),
    ("empty-lines.csv", "\n\n1 2,2 1\n ,\n3,3\n", "1 2 > 2 1 | 3 > 3", []),
    # line ends, and what only looks like one
    ("multiline.csv", '"3 1\n4","4\n1 3"\n5 6,6 5\n', "3 1 4 > 4 1 3 | 5 6 > 6 5", []),
    ("multiline.tsv", '"3 1\n4"\t"4\n1 3"\n5 6\t6 5\n', "3 1 4 > 4 1 3 | 5 6 > 6 5", []),
    ("u2028.csv", '"3 1\u20284","4 1 3"\n5 6,6 5\n', "3 1 4 > 4 1 3 | 5 6 > 6 5", []),
    ("nel.csv", '"3 1\u00854","4 1 3"\n5 6,6 5\n', "3 1 4 > 4 1 3 | 5 6 > 6 5", []),
    ("vt.csv", '"3 1\x0b4","4 1 3"\n5 6,6 5\n', "3 1 4 > 4 1 3 | 5 6 > 6 5", []),
    ("u2028.tsv", "3 1 4\t4 1 3\n5 6\u20287\t7 6 5\n", "3 1 4 > 4 1 3 | 5 6 7 > 7 6 5", []),
    ("cr.csv", "1 2,2 1\r3 4,4 3\r", "1 2 > 2 1 | 3 4 > 4 3", []),
    # quotes
    ("quoted.tsv", '"1, 2"\t"2 ,1"\n"a ""b"""\tb\n', '1, 2 > 2 ,1 | a "b" > b', []),
    ("bare-quotes.tsv", 'Hi, "you"!\tHallo, "du"!\n', 'Hi, "you"! > Hallo, "du"!', []),
    ("open-quote.tsv", '"Hi\tHallo\n"you\tdu\n', '"Hi > Hallo | "you > du', []),
    ("closed-later.tsv", '"a\tb\nc\td"\n', '"a > b | c > d"', []),
    ("inner.csv", 'say "hi" now,sag hi\n', 'say "hi" now > sag hi', []),
    ("single.csv", "'a b','b a'\n", "'a b' > 'b a'", []),
    (
        "backslash.csv",
        '"a \\"b\\" c",d\n',
        'a "b" c > d',
        ["a backslash before a quote was read as belonging to it"],
    ),
    ("tab-in-quotes.csv", '"a\tb",c\nd,e\n', "a b > c | d > e", []),
    ("tab-later.csv", '1 2,2 1\n"a\tb",c\n', "1 2 > 2 1 | a b > c", []),
    # separators
    ("semicolon.csv", "3 1 4;4 1 3\n5 6;6 5\n", "3 1 4 > 4 1 3 | 5 6 > 6 5", []),
    ("decimal.csv", "3,5;4 1\n2,5;6 5\n", "3,5 > 4 1 | 2,5 > 6 5", []),
    ("commas-in-text.csv", "ja, klar;yes, sure\n", "ja, klar > yes, sure", []),
    ("pipe.txt", "3 1 4|4 1 3\n5 6|6 5\n", "3 1 4 > 4 1 3 | 5 6 > 6 5", []),
    ("triple-pipe.txt", "3 1 4 ||| 4 1 3\n", "3 1 4 > 4 1 3", []),
    ("sep.csv", "sep=,\n1 2,2 1\n", "1 2 > 2 1", []),
    ("sep-semi.csv", "sep=;\n1,2;2,1\n", "1,2 > 2,1", []),
    ("sep-tab.csv", "sep=\t\n1,2\t2,1\n", "1,2 > 2,1", []),
    ("scan.txt", "IN: jump twice OUT: JUMP JUMP\n", "jump twice > JUMP JUMP", []),
    (
        "cmudict.txt",
        "CAT  K AE1 T\nA  AH0\n",
        "C A T > K AE1 T | A > AH0",
        ["this is a dictionary: each word was read as its letters"],
    ),
    # columns
    ("header.csv", "source,target\n1 2,2 1\n", "1 2 > 2 1", [NAMES]),
    ("header.tsv", "SRC\ttgt\n1 2\t2 1\n", "1 2 > 2 1", [NAMES]),
    ("languages.tsv", "English\tFrench\n1 2\t2 1\n", "1 2 > 2 1", [NAMES]),
    ("word.csv", "word,phonemes\ncat,K AE T\n", "cat > K AE T", [NAMES]),
    ("quoted-header.csv", '\ufeff"source","target"\n"1 2","2 1"\n', "1 2 > 2 1", [NAMES]),
    (
        "three-named.csv",
        "id,source,target\n1,a b,b a\n",
        "a b > b a",
        [NAMES, "the columns source and target were read"],
    ),
    (
        "turned-round.tsv",
        "target\tsource\nb a\ta b\n",
        "a b > b a",
        [NAMES, "the columns source and target were read"],
    ),
    ("no-header.csv", "a,b\nsource,target\n", "a > b | source > target", []),
    ("three.tsv", "Go.\tVa !\tCC\n", "Go. > Va !", ["only the first two columns were read"]),
    ("trailing-tab.tsv", "1 2\t2 1\t\n3 4\t4 3\t\n", "1 2 > 2 1 | 3 4 > 4 3", []),
    ("trailing-comma.csv", "1 2,2 1,\n3 4,4 3,\n", "1 2 > 2 1 | 3 4 > 4 3", []),
    # lines that are no pairs
    (
        "two-targets.tsv",
        "Run!\tCours !\nRun!\tCourez !\n",
        "Run! > Cours !",
        [f"line 2 was left out: {REPEATED}"],
    ),
    (
        "repeated.tsv",
        "1 2\t2 1\n1 2\t2 1\n",
        "1 2 > 2 1",
        ["line 2 was left out: it repeats an earlier line"],
    ),
    (
        "empty-target.tsv",
        "1 2\t2 1\n3\t\n",
        "1 2 > 2 1",
        ["line 2 was left out: the target is empty"],
    ),
    ("blank.tsv", "\n\t\n1 2\t2 1\n", "1 2 > 2 1", []),
    (
        "comment.tsv",
        "# a comment\n1 2\t2 1\n",
        "1 2 > 2 1",
        ["line 1 was left out: there is no second column"],
    ),
    (
        "after-many-lines.csv",
        '"1\n2",3\n4,5\n\n6\n',
        "1 2 > 3 | 4 > 5",
        ["line 5 was left out: there is no second column"],
    ),
    (
        "unquoted-comma.csv",
        "a,b\nc,d\nHi, you,du\n",
        "a > b | c > d",
        [
            "line 3 was left out: it has 3 columns; name them in the first line, or put text that "
            "has the separator in it in quotes"
        ],
    ),
    (
        "many.tsv",
        "a\tb\nc\td\n\n1\n2\n",
        "a > b | c > d",
        ["2 lines were left out: there is no second column (lines 4, 5)"],
    ),
    # characters
    (
        "composed.tsv",
        "caf\u00e9\tcoffee\ncafe\u0301\tblack\n",
        "caf\u00e9 > coffee",
        [f"line 2 was left out: {REPEATED}"],
    ),
    ("decomposed.tsv", "cafe\u0301\tcoffee\n", "caf\u00e9 > coffee", []),
    ("marks.tsv", "\u200f\u05e9\u200f a\ta b\n", "\u05e9 a > a b", []),
    ("zero-width.tsv", "a\u200bb c\tc\n", "ab c > c", []),
    ("nul.tsv", "1 2\t2 1\n3\x00 4\t4 3\n", "1 2 > 2 1 | 3 4 > 4 3", []),
    (
        "emoji.tsv",
        "👨\u200d👩\u200d👧 hi\thi 👨\u200d👩\u200d👧\n",
        "👨\u200d👩\u200d👧 hi > hi 👨\u200d👩\u200d👧",
        [],
    ),
    ("no-break.tsv", "va\u00a0! ici\tgo now\n", "va ! ici > go now", []),
    ("chinese.tsv", "我是学生\tI am\n私\u3000は\tI\n", "我是学生 > I am | 私 は > I", []),
    ("special.tsv", "<b> &lt; $x$\t=1+1 @a\n", "<b> &lt; $x$ > =1+1 @a", []),
    ("the-end.tsv", "the end\tdie end\n", "the end > die end", []),
    # encodings
    ("bom.csv", "\ufeffgrün,verde\n", "grün > verde", []),
    ("two-boms.csv", "\ufeff\ufeff1 2,2 1\n", "1 2 > 2 1", []),
    ("utf-16.txt", "1 2\t2 1\n3 4\t4 3\n".encode("utf-16"), "1 2 > 2 1 | 3 4 > 4 3", []),
    (
        "latin1.csv",
        "a,b\ngrün,verde\n".encode("latin-1"),
        "a > b | grün > verde",
        ["line 2 is not UTF-8; the file was read as Windows-1252"],
    ),
    ("packed.tsv.gz", gzip.compress(b"1 2\t2 1\n"), "1 2 > 2 1", []),
    # JSON
    ("json.jsonl", '{"source": "1 2", "target": "2 1"}\n', "1 2 > 2 1", []),
    ("json-lists.jsonl", '{"src": ["a", "b"], "tgt": ["b"]}\n', "a b > b", []),
    (
        "translation.jsonl",
        '{"id": "1", "translation": {"de": "ja", "en": "yes"}}\n',
        "ja > yes",
        ["the columns de and en were read"],
    ),
    (
        "other-names.jsonl",
        '{"verb": "go", "past": "went", "more": "gone"}\n',
        "go > went",
        ["the columns verb and past were read", "only the first two columns were read"],
    ),
    ("whole.json", json.dumps([{"input": "1 2", "output": "2 1"}]), "1 2 > 2 1", []),
]


@pytest.mark.parametrize(
    ("name", "content", "pairs", "remarks"), FILES, ids=[name for name, *_ in FILES]
)
def test_a_file_as_people_have_it(
    tmp_path: Path, name: str, content: str | bytes, pairs: str, remarks: list[str]
) -> None:
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    found = read_pairs(file)
    sides = (map(" ".join, side) for side in (found.sources, found.targets))
    assert " | ".join(map(" > ".join, zip(*sides, strict=True))) == pairs
    assert found.remarks == remarks
