"""A run's folder opened as a model to use."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from seqflip.config.config import Config
from seqflip.config.files import override, parse_config
from seqflip.data.tasks import make_dataset
from seqflip.learning.training import TrainingState
from seqflip.runs.creation import create_run
from seqflip.runs.run import Run, RunError, RunInfo
from seqflip.runs.snapshots import read_snapshots
from seqflip.runs.trained import open_trained
from seqflip.session.opening import Opened
from seqflip.session.session import Session
from seqflip.system.atomic import write_json
from seqflip.system.npz import save_npz
from seqflip.tasks import TASKS, Language

SMALL = override(
    Config(),
    [
        "data.n_train=64",
        "data.n_test=8",
        "data.vocab_size=9",
        "data.src_length=5",
        "model.d_model=8",
        "training.epochs=2",
        "training.batch_size=16",
    ],
)
FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = sorted(path.parent.name for path in FOLDER.glob("*/config.yaml"))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run that was trained for a moment."""
    folder = tmp_path_factory.mktemp("runs") / "small"
    made = create_run(folder, SMALL, RunInfo(name="small"))
    dataset = make_dataset(SMALL.data)
    opened = Opened(SMALL, dataset, TrainingState.begin(SMALL, dataset), resumed=False)
    Session(made, opened, lambda _: None, scratch=False).train()
    return made


def test_the_best_weights_are_those_of_the_folder(run: Run) -> None:
    trained = open_trained(run.folder)
    assert trained.step is None
    weights = run.weights()
    assert weights is not None
    for name, value in trained.model.parameters().items():
        np.testing.assert_array_equal(value, weights[name])


def test_what_is_typed_is_read_as_the_pairs_were(run: Run) -> None:
    config = parse_config("data: {task: pairs, path: pairs.tsv, lower_case: true}")
    trained = replace(open_trained(run), config=config, vocabulary=["<end>", "a", "é"])
    assert trained.encode("A \u200bE\u0301") == [1, 2]


def test_the_newest_weights_are_those_of_the_checkpoint(run: Run) -> None:
    trained = open_trained(run, newest=True)
    assert trained.step == 8
    with np.load(run.checkpoint_path) as arrays:
        np.testing.assert_array_equal(trained.model.network.parameters.flat, arrays["parameters"])


def test_what_would_be_right_follows_from_the_task(run: Run) -> None:
    trained = open_trained(run)
    assert trained.right_answer([3, 1, 4]) == [4, 1, 3, 0]
    assert trained.right_answer([1, 2, 3, 4, 5]) == [5, 4, 3, 2, 1]
    assert trained.right_answer([1, 2, 3, 4, 5, 6, 7]) == [7, 6, 5, 4, 3, 2, 1]
    truth = trained.true_alignment([3, 1, 4])
    assert truth is not None
    assert truth.astype(int).tolist() == [[0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 0, 0]]


def test_text_becomes_tokens_and_tokens_text(run: Run) -> None:
    trained = open_trained(run)
    assert trained.encode("3, 1 4") == [3, 1, 4]
    assert trained.words([4, 1, 0]) == ["4", "1", "0"]


def test_many_long_words_can_be_opened(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(run.folder, folder)
    tokens = ["<end>", *(str(i) * 200_000 for i in range(1, 9))]
    found = (run.vocabulary_file() or {}) | {"tokens": tokens}
    write_json(folder / "vocabulary.json", found)
    assert open_trained(folder).vocabulary == Run(folder).vocabulary() == tokens


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="there is no run in this folder"):
        open_trained(tmp_path)


def test_a_run_that_has_not_begun_has_no_weights(tmp_path: Path) -> None:
    made = create_run(tmp_path / "new", SMALL, RunInfo())
    for newest in (False, True):
        with pytest.raises(RunError, match="new has no weights yet"):
            open_trained(made, newest=newest)


@pytest.mark.parametrize("damage", ["weights.npz", "vocabulary.json", "config.yaml"])
def test_a_damaged_folder_is_refused_in_one_sentence(run: Run, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "damaged"
    folder.mkdir()
    for file in run.folder.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / damage).write_text("{ nonsense", encoding="utf-8")
    with pytest.raises(RunError) as caught:
        open_trained(folder)
    assert "\n" not in str(caught.value)


def test_weights_of_another_model_are_refused(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    for file in run.folder.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    save_npz(folder / "weights.npz", {"embedding.weight": np.zeros((2, 2), np.float32)})
    with pytest.raises(RunError, match="other cannot be opened"):
        open_trained(folder)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_bundled_example_opens_and_answers(name: str) -> None:
    run = Run(FOLDER / name, bundled=True)
    assert run.status().state == "finished"
    assert run.info().source == "example"
    trained = open_trained(run)
    kind = TASKS[trained.config.data.task]
    text = kind.example if issubclass(kind, Language) else "3 1 4 1 5"
    source = trained.encode("3 may 2024" if name == "pairs" else text)
    answer = trained.model.predict(np.array([source]))[0]
    if name == "pairs":
        assert "".join(trained.words(answer)) == "2024-05-03"
    elif trained.config.model.attends:
        right = trained.right_answer(source)
        assert right is not None
        assert answer[: len(right)].tolist() == right


def test_there_is_an_example_without_attention_and_one_with_letters() -> None:
    assert {"reverse", "copy", "sort", "additive", "bottleneck", "pairs"} <= set(EXAMPLES)


def test_the_weights_of_a_snapshot_are_those_of_its_step(run: Run) -> None:
    parameters = open_trained(run.folder).model.parameter_count
    kept = read_snapshots(run.snapshots_path, parameters)
    assert len(kept) > 1
    for snapshot in kept:
        trained = open_trained(run.folder, step=int(snapshot["step"]))
        assert trained.step == snapshot["step"]
        np.testing.assert_array_equal(trained.model.network.parameters.flat, snapshot["parameters"])


def test_a_step_without_a_snapshot_is_told(run: Run) -> None:
    with pytest.raises(RunError, match="keeps no snapshot of step 9,999"):
        open_trained(run.folder, step=9999)
