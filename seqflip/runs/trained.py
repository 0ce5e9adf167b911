"""A run's folder as a model to use: from text to an answer, and what would have been right.

>>> from seqflip.runs.trained import open_trained
>>> trained = open_trained("examples/reverse")
>>> trained.model.predict([trained.encode("3 1 4")])
array([[4, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]])
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from seqflip.config.config import Config
from seqflip.config.section import ConfigError
from seqflip.data.tasks import solve, true_alignment
from seqflip.data.typed import read_typed, unknown_words
from seqflip.data.vocabulary import MARKS
from seqflip.learning.metrics import up_to_end
from seqflip.model import Seq2SeqAttentionModel
from seqflip.nn.arrays import BoolArray
from seqflip.runs.checkpoint import CheckpointError, load_checkpoint
from seqflip.runs.run import Run, RunError, UnknownRun
from seqflip.runs.snapshots import read_snapshots
from seqflip.runs.store import RunStore, default_root
from seqflip.system.home import HOME
from seqflip.system.npz import Arrays, NpzError
from seqflip.tasks import TASKS, Language

EXAMPLES = HOME / "examples"
"""The runs that come with SeqFlip."""


@dataclass(frozen=True, eq=False)
class Trained:
    """A model with all that is known about what it learned.

    Attributes
    ----------
    config : Config
    model : Seq2SeqAttentionModel
    vocabulary : list of str
        How each token id is written; place 0 is the mark that ends a sequence.
    step : int or None
        After how many updates these weights were the newest; None: they are the run's best.
    """

    config: Config
    model: Seq2SeqAttentionModel
    vocabulary: list[str]
    step: int | None

    @property
    def is_language(self) -> bool:
        """Whether only sentences of a small language have a right answer."""
        return issubclass(TASKS[self.config.data.task], Language)

    def encode(self, text: str) -> list[int]:
        """Return the ids of tokens with spaces or commas between them; ValueError says what not."""
        return read_typed(text, self.config.data, self.vocabulary)

    def unknown(self, text: str) -> list[str]:
        """Return the words of a text that are read as unknown, each once."""
        return unknown_words(text, self.config.data, self.vocabulary)

    def words(self, tokens: Iterable[int]) -> list[str]:
        """Return how tokens are written, and the marks that the encoder may read around them."""
        written = [*self.vocabulary, *MARKS]
        return [written[token] for token in tokens]

    def answer_length(self, source_len: int) -> int:
        """Return how many tokens an answer to such a source has at most."""
        if self.config.data.tgt_length is not None:
            return self.config.data.tgt_length
        return max(self.model.tgt_length, source_len)

    def right_answer(self, source: Sequence[int]) -> list[int] | None:
        """Return the task's answer, up to and including the end mark if it has one.

        None if there is none: a user's own pairs have no rule, and what is no sentence of a
        language has no translation.
        """
        data = self.config.data
        if data.own_pairs:
            return None
        target = solve(data.task, [source], self.answer_length(len(source)), data.rotate_by)
        right = up_to_end(target[0])
        return right if right[0] != 0 else None

    def true_alignment(self, source: Sequence[int]) -> BoolArray | None:
        """Return where each token of the right answer comes from, (target_len, source_len)."""
        target = self.right_answer(source)
        if target is None:
            return None
        data = self.config.data
        truth = true_alignment(data.task, [source], [target], data.rotate_by)
        return None if truth is None else truth[0]


def find_run(text: str) -> Run:
    """Return the run that somebody means: by its folder, or by its id in runs/ or examples/.

    Raises
    ------
    RunError
        If there is none.
    """
    run = Run(Path(text))
    if run.exists():
        return run
    root = default_root()
    try:
        return RunStore(root, examples=EXAMPLES).get(text)
    except UnknownRun:
        raise RunError(
            f"{text[:200]}: there is no run in such a folder, and none with this id in {root} or "
            "among the examples"
        ) from None


def open_trained(
    run: Run | str | os.PathLike[str], *, newest: bool = False, step: int | None = None
) -> Trained:
    """Load the model of a run's folder.

    Parameters
    ----------
    run : Run or path
    newest : bool
        Whether to take the weights of the last checkpoint, instead of the best by held-out loss.
    step : int, optional
        Takes the weights that it had after this step, of which there must be a snapshot.

    Raises
    ------
    RunError
        If there are no weights yet, or no such snapshot, or the folder is not whole.
    """
    run = run if isinstance(run, Run) else Run(Path(run))
    if not run.exists():
        raise RunError(f"{run.folder}: there is no run in this folder")
    try:
        config = run.config()
        vocabulary = _vocabulary(run)
        model = Seq2SeqAttentionModel.from_config(config.model, *vocabulary.sizes, seed=0)
        if step is not None:
            _load_snapshot(run, model, step)
        elif newest:
            step = _load_newest(run, model)
        else:
            model.load_parameters(_best(run))
    except FileNotFoundError:
        raise RunError(f"{run.id} has no weights yet") from None
    except (ConfigError, NpzError, CheckpointError, ValueError, KeyError, TypeError) as error:
        raise RunError(f"{run.id} cannot be opened: {error}") from error
    return Trained(config, model, vocabulary.tokens, step)


@dataclass(frozen=True)
class _Vocabulary:
    tokens: list[str]
    src_length: int
    tgt_length: int

    @property
    def sizes(self) -> tuple[int, int, int]:
        return len(self.tokens), self.src_length, self.tgt_length


def _vocabulary(run: Run) -> _Vocabulary:
    found = run.vocabulary_file()
    if found is None:
        raise FileNotFoundError
    tokens = list(map(str, found["tokens"]))
    return _Vocabulary(tokens, int(found["src_length"]), int(found["tgt_length"]))


def _best(run: Run) -> Arrays:
    weights = run.weights()
    if weights is None:
        raise FileNotFoundError
    return weights


def _load_newest(run: Run, model: Seq2SeqAttentionModel) -> int:
    checkpoint = load_checkpoint(run.checkpoint_path)
    flat = model.network.parameters.flat
    newest = checkpoint.arrays["parameters"]
    if newest.shape != flat.shape or not np.isfinite(newest).all():
        raise ValueError("the checkpoint's weights are not those of its model")
    flat[...] = newest
    return int(checkpoint.meta["step"])


def _load_snapshot(run: Run, model: Seq2SeqAttentionModel, step: int) -> None:
    snapshots = read_snapshots(run.snapshots_path, model.parameter_count)
    found = snapshots["parameters"][snapshots["step"] == step]
    if not len(found):
        raise ValueError(f"it keeps no snapshot of step {step:,}")
    if not np.isfinite(found).all():
        raise ValueError(f"the weights of step {step:,} are not numbers")
    model.network.parameters.flat[...] = found[0]
