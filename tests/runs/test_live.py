"""What a run shows of itself while it trains."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqflip.config.config import Config
from seqflip.config.files import override
from seqflip.data.tasks import make_dataset
from seqflip.learning.training import TrainingState
from seqflip.runs.creation import create_run
from seqflip.runs.live import ANSWERS, LONGEST_PROBE, LivePicture
from seqflip.runs.run import Run, RunInfo
from seqflip.system.atomic import write_json

CONFIG = override(
    Config(),
    [
        *("data.n_train=100", "data.n_test=20", "data.src_length=6", "data.vocab_size=9"),
        *("model.d_model=8", "model.d_k=4", "model.d_v=8", "data.min_length=3"),
    ],
)


def picture(folder: Path, config: Config = CONFIG) -> tuple[Run, LivePicture]:
    run = create_run(folder / "run", config, RunInfo())
    dataset = make_dataset(config.data)
    network = TrainingState.begin(config, dataset).network
    return run, LivePicture(run, config, dataset, network)


def shown(run: Run) -> dict[str, Any]:
    found = run.live()
    assert found is not None
    return found


def test_it_shows_a_held_out_sequence_and_answers_to_a_few(tmp_path: Path) -> None:
    run, live = picture(tmp_path)
    live.renew(7)
    found = shown(run)
    test = make_dataset(CONFIG.data)
    assert found["step"] == 7
    assert len(found["answers"]) == ANSWERS
    first = [str(token) for token in test.x_src_test[0] if token]
    assert found["probe"]["source"] == found["answers"][0]["source"] == first
    assert (found["probe"]["text"], found["probe"]["typed"]) == (" ".join(first), False)
    assert found["probe"]["target"][: len(first)] == first[::-1]


def test_weights_have_a_row_for_each_output_and_a_column_for_each_input(tmp_path: Path) -> None:
    run, live = picture(tmp_path)
    live.show("3, 1 2")
    live.renew(0)
    probe = shown(run)["probe"]
    weights = np.array(probe["weights"])
    assert weights.shape == (len(probe["output"]), 3)
    assert np.allclose(weights.sum(axis=1), 1, atol=1e-3)
    assert (probe["source"], probe["target"]) == (["3", "1", "2"], ["2", "1", "3", "0"])
    assert (probe["text"], probe["typed"], probe["error"]) == ("3, 1 2", True, None)


def test_right_and_wrong_are_told_token_by_token(tmp_path: Path) -> None:
    run, live = picture(tmp_path)
    live.renew(0)
    for answer in [*shown(run)["answers"], shown(run)["probe"]]:
        assert len(answer["correct"]) == len(answer["output"])
        for i, right in enumerate(answer["correct"]):
            expected = answer["target"][i] if i < len(answer["target"]) else None
            assert right == (answer["output"][i] == expected)
        assert answer["right"] == (answer["output"] == answer["target"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("3 99", "token 2, '99', is not in the vocabulary"),
        ("0", "marks the end"),
        ("1 " * (LONGEST_PROBE + 1), f"at most {LONGEST_PROBE} can be shown"),
        (",", "the sequence is empty"),
    ],
)
def test_what_cannot_be_shown_is_said_and_a_held_out_sequence_shown(
    tmp_path: Path, text: str, sentence: str
) -> None:
    run, live = picture(tmp_path)
    live.show(text)
    live.renew(0)
    probe = shown(run)["probe"]
    assert sentence in probe["error"]
    assert not probe["typed"]
    assert probe["weights"]
    live.show("")
    live.renew(0)
    assert shown(run)["probe"]["error"] is None


def test_a_longer_sequence_than_any_that_was_learned_can_be_shown(tmp_path: Path) -> None:
    run, live = picture(tmp_path)
    live.show("1 " * 50)
    live.renew(0)
    probe = shown(run)["probe"]
    assert probe["target"] == ["1"] * 50
    assert len(probe["weights"][0]) == 50


def test_without_attention_there_are_no_weights(tmp_path: Path) -> None:
    run, live = picture(tmp_path, override(CONFIG, ["model.attention=none"]))
    live.renew(0)
    assert shown(run)["probe"]["weights"] is None


def test_own_pairs_have_no_right_answer_to_what_is_typed(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("".join(f"a w{i}\tw{i} b\n" for i in range(30)), encoding="utf-8")
    config = override(
        Config(),
        [
            *("data.task=pairs", f"data.path={pairs}"),
            *("data.n_train=20", "data.n_test=10", "training.batch_size=4"),
        ],
    )
    run, live = picture(tmp_path, config)
    live.show("a w1")
    live.renew(0)
    probe = shown(run)["probe"]
    assert (probe["source"], probe["target"], probe["right"]) == (["a", "w1"], None, None)
    assert shown(run)["answers"][0]["target"]


def test_it_is_renewed_when_it_is_due_and_at_once_for_another_sequence(tmp_path: Path) -> None:
    run, live = picture(tmp_path)
    live.renew_if_due(1)
    live.renew_if_due(2)
    assert shown(run)["step"] == 1
    live.show("1 2 3")
    live.renew_if_due(3)
    assert shown(run)["step"] == 3


def test_it_tells_when_an_answer_came_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, live = picture(tmp_path)
    right = False

    def answered() -> dict[str, Any]:
        return {"probe": {"right": right}, "answers": []}

    monkeypatch.setattr(live, "_picture", answered)
    assert live.picture(5)["first_right"] is None
    right = True
    assert live.picture(9)["first_right"] == 9
    right = False
    assert live.picture(11)["first_right"] == 9
    right = True
    live.show("3 1 2")
    assert live.picture(20)["first_right"] is None  # nobody has seen it wrong
    live.show("")
    assert live.picture(30)["first_right"] == 9


def test_a_run_that_goes_on_remembers_when_its_answer_came_right(tmp_path: Path) -> None:
    run, live = picture(tmp_path)
    live.renew(7)
    write_json(run.folder / "live.json", shown(run) | {"first_right": 7})
    dataset = make_dataset(CONFIG.data)
    network = TrainingState.begin(CONFIG, dataset).network
    assert LivePicture(run, CONFIG, dataset, network).picture(9)["first_right"] == 7
