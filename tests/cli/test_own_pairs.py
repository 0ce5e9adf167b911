"""``--set data.pairs=FILE``: short for all pairs of a file."""

import json
from pathlib import Path

import pytest

from seqflip.cli.main import main
from seqflip.cli.own_pairs import spelled_out
from seqflip.config import Config, ConfigError

SMALL = ["--set", "training.epochs=1", "--set", "model.d_model=8", "--quiet"]


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    file = tmp_path / "mine.csv"
    file.write_text("".join(f"Number {i},nombre {i}\n" for i in range(40)), encoding="utf-8")
    return file


def test_all_pairs_of_a_file_are_learned_and_one_in_ten_is_held_out(
    pairs: Path, tmp_path: Path
) -> None:
    output = tmp_path / "results.json"
    asked = ["--set", f"data.pairs={pairs}", "--set", "data.tokens=letters", *SMALL]
    assert main([*asked, "--output", str(output)]) == 0
    metrics = json.loads(output.read_text(encoding="utf-8"))
    assert (metrics["train_examples"], metrics["test_examples"]) == (4, 4)
    assert metrics["steps"] == 1  # a batch is no larger than there are


def test_it_is_spelled_out(pairs: Path) -> None:
    assert spelled_out(Config(), ["model.d_k=4", f"data.pairs={pairs}"]) == [
        "model.d_k=4",
        "data.task=pairs",
        f"data.path={pairs}",
        "data.n_train=36",
        "data.n_test=4",
        "training.batch_size=36",
    ]
    assert spelled_out(Config(), ["model.d_k=4"]) == ["model.d_k=4"]


def test_numbers_that_are_set_stay(pairs: Path) -> None:
    asked = [f"data.pairs={pairs}", "data.n_test=5", "data.n_train=9"]
    assert spelled_out(Config(), asked)[-2:] == ["data.task=pairs", f"data.path={pairs}"]


@pytest.mark.parametrize(
    ("content", "told"),
    [("alone", "there are no pairs"), ("a,b", "one pair alone; at least two can be learned")],
)
def test_what_cannot_be_learned_is_told(tmp_path: Path, content: str, told: str) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=told):
        spelled_out(Config(), [f"data.pairs={file}"])
    assert main(["--set", f"data.pairs={file}"]) == 2
