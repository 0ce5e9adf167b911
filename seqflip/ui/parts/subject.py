"""Whose attention is looked at: the models of all runs, each loaded once for all visitors."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import streamlit as st

from seqflip.data.tasks import Dataset, make_dataset
from seqflip.data.vocabulary import decode
from seqflip.learning.metrics import counted
from seqflip.runs.held_out import held_out
from seqflip.runs.run import PAIRS, Run, RunError
from seqflip.runs.snapshots import SnapshotError, read_snapshots
from seqflip.runs.status import ACTIVE, ENDED, State
from seqflip.runs.trained import Trained, open_trained
from seqflip.study.hardest import Hardest, hardest
from seqflip.ui.parts.typed import first_sources, read_source, unusual_length

Tokens = tuple[int, ...]

_MANY_PAIRS = 1_000_000  # bytes; reading ten times as many takes the server five seconds


class DataError(ValueError):
    """A run's data cannot be made any more; the message says why."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A run's model as it is now.

    Attributes
    ----------
    run : Run
    name : str
        What people call the run.
    state : str
        Of the run.
    trained : Trained
    version : int
        Another number for other weights.
    snapshot : int or None
        After which step it had the weights that are looked at; None: they are not a snapshot's.
    """

    run: Run
    name: str
    state: State
    trained: Trained
    version: int
    snapshot: int | None = None

    @property
    def follows(self) -> bool:
        """Whether its weights may still change."""
        return self.state in ACTIVE and self.snapshot is None

    @property
    def snapshots(self) -> list[int]:
        """The steps whose weights the run has kept."""
        try:
            found = read_snapshots(self.run.snapshots_path, self.trained.model.parameter_count)
        except SnapshotError:
            return []
        steps: list[int] = found["step"].tolist()
        return steps

    def at(self, step: int) -> Self:
        """Return it as it was at the last snapshot up to a step, or as it is where there is none.

        Raises
        ------
        RunError
            If the snapshot cannot be read.
        """
        kept = [one for one in self.snapshots if one <= step]
        if not kept:
            return self
        try:  # a run that goes back has another file
            file = self.run.snapshots_path.stat()
        except OSError as error:
            raise RunError(f"the snapshots of {self.name} cannot be read: {error}") from None
        version = hash((file.st_ino, file.st_mtime_ns if self.state in ENDED else 0, kept[-1]))
        then = _open(self.run.folder, False, version, kept[-1])
        return replace(self, trained=then, version=version, snapshot=kept[-1])

    @property
    def example(self) -> str:
        """A source that it knows, always the same, as one would type it."""
        try:
            return decode(self.random_source(0), self.trained.vocabulary)
        except DataError:
            return " ".join(self.trained.vocabulary[1:][: self.trained.model.src_length])

    @property
    def opening(self) -> str:
        """What a page opens with, of a length that is typical for it.

        Where there is no attention, a sequence that it fails: that is what there is to see.
        """
        trained = self.trained
        if not trained.config.model.attends:
            return self._typical_failure() or self.example
        if trained.config.data.own_pairs:
            return self.example
        for first in first_sources(trained.config.data):
            with contextlib.suppress(ValueError):
                if unusual_length(trained, len(read_source(first, trained))) is None:
                    return first
        return self.example

    def _typical_failure(self) -> str | None:
        """Return a held-out source that it fails, as long as most; None if there is none."""
        try:
            sources, ranking = _shown(self.run.folder).x_src_test, self.ranking()
        except DataError:
            return None
        failing = ranking.order[: int(ranking.wrong.sum())]
        if not len(failing):
            return None
        lengths = (sources != 0).sum(axis=1)
        nearest = abs(lengths[failing] - np.median(lengths)).argmin()
        return decode(_without_end(sources[failing[nearest]]), self.trained.vocabulary)

    def right_answer(self, source: Sequence[int]) -> list[int] | None:
        """Return what would be right: by the task's rule, or from the user's pairs; else None."""
        if not self.trained.config.data.own_pairs:
            return self.trained.right_answer(source)
        try:
            return _answers(self.run.folder).get(tuple(source))
        except DataError:
            return None

    def random_source(self, seed: int) -> Tokens:
        """Return a held-out source; raises DataError."""
        sources = _shown(self.run.folder).x_src_test
        return _without_end(sources[np.random.default_rng(seed).integers(len(sources))])

    def hard_source(self, place: int) -> Tokens:
        """Return one of the hardest held-out sources, 0 is the hardest; raises DataError."""
        sources = _shown(self.run.folder).x_src_test
        return _without_end(sources[self.ranking().order[place % len(sources)]])

    def ranking(self) -> Hardest:
        """Return how hard the held-out sources are for it; raises DataError."""
        return _ranking(self.run.folder, self.version, self.trained)


def open_subject(run: Run, step: int | None = None) -> Subject:
    """Return a run's model: the newest weights while it is trained, and its best afterwards.

    With a ``step``, its weights at the last snapshot up to that step, if it keeps any.

    Raises
    ------
    RunError
        If it has no weights yet, or its folder is not whole.
    """
    state = run.status().state
    newest = state in ACTIVE
    path = run.checkpoint_path if newest else run.weights_path
    try:
        version = path.stat().st_mtime_ns
    except OSError:
        raise RunError(f"{run.info().name or run.id} has no weights yet") from None
    trained = _open(run.folder, newest, version)
    subject = Subject(run, run.info().name or run.id, state, trained, version)
    return subject if step is None else subject.at(step)


@st.cache_resource(show_spinner=False, max_entries=32)
def _open(folder: Path, newest: bool, version: int, step: int | None = None) -> Trained:
    return open_trained(folder, newest=newest, step=step)


@st.cache_resource(show_spinner=False, max_entries=8)
def _shown(folder: Path) -> Dataset:
    with _told(folder):
        return held_out(Run(folder))


@st.cache_resource(show_spinner=False, max_entries=2)
def _answers(folder: Path) -> dict[Tokens, list[int]]:
    """Return the answers of a user's own pairs by source: of many, of the held-out ones alone."""
    paths = [folder / name for name in PAIRS if (folder / name).exists()]
    many = sum(path.stat().st_size for path in paths) > _MANY_PAIRS
    with _told(folder):
        data = held_out(Run(folder)) if many else make_dataset(Run(folder).config().data)
    sources = np.concatenate([data.x_src_train, data.x_src_test])
    targets = np.concatenate([data.x_tgt_train, data.x_tgt_test])
    lengths = counted(targets).sum(axis=1)
    return {
        _without_end(source): target[:length].tolist()
        for source, target, length in zip(sources, targets, lengths, strict=True)
    }


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Say of which run the data cannot be made."""
    try:
        yield
    except (ValueError, OSError, MemoryError) as error:
        raise DataError(f"the data of {folder.name} cannot be made: {error}") from error


@st.cache_resource(show_spinner=False, max_entries=32)
def _ranking(folder: Path, version: int, _trained: Trained) -> Hardest:
    data = _shown(folder)
    return hardest(_trained.model.network, data.x_src_test, data.x_tgt_test)


def _without_end(tokens: Sequence[int]) -> Tokens:
    return tuple(int(token) for token in tokens if token != 0)
