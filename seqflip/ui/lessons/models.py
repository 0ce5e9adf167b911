"""The models that lessons show, each loaded once, and what was asked of them."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from seqflip.data.vocabulary import decode
from seqflip.decoding import Intervention, Trace, trace
from seqflip.nn.arrays import IntArray
from seqflip.race.folder import Race
from seqflip.runs.run import Run, RunError
from seqflip.runs.store import RunStore, default_root
from seqflip.runs.trained import EXAMPLES, Trained
from seqflip.study.lengths import LengthPoint, LengthTest, length_test
from seqflip.study.lengths_report import Report
from seqflip.system.blas import one_blas_thread
from seqflip.ui.labels import with_end
from seqflip.ui.parts.subject import Subject, open_subject

SEQUENCES = 100
"""How many sequences of each length a lesson tries."""


@dataclass(frozen=True, eq=False)
class Shown:
    """A model and the sequence that a lesson shows it.

    Attributes
    ----------
    trained : Trained
    source : tuple of int
    """

    trained: Trained
    source: tuple[int, ...]

    @classmethod
    def of(cls, run: str, sequence: str) -> "Shown":
        """Open it; raises RunError or ValueError if there is no such run, or it cannot read it."""
        trained = trained_of(run)
        return cls(trained, tuple(trained.encode(sequence)))

    def trace(self, *interventions: Intervention) -> Trace:
        """Answer the sequence, with what is changed by hand."""
        return _trace(self.trained, self.source, interventions)

    def words(self, tokens: IntArray) -> list[str]:
        """Return how tokens are written, the end mark as on all pages."""
        return with_end(self.trained.words(tokens.tolist()), self.trained.vocabulary[0])

    def said(self, found: Trace) -> str:
        """Return an answer without its end mark."""
        return decode(found.outputs.tolist(), self.trained.vocabulary)

    def changed(self, *interventions: Intervention) -> int:
        """Return how many words are others under interventions; a missing one is another."""
        before, after = self.trace().outputs, self.trace(*interventions).outputs
        length = max(len(before), len(after))
        rows = [np.pad(one, (0, length - len(one)), constant_values=-1) for one in (before, after)]
        return int((rows[0] != rows[1]).sum())


@lru_cache(maxsize=64)
def _trace(
    trained: Trained, source: tuple[int, ...], interventions: tuple[Intervention, ...]
) -> Trace:
    network = trained.model.network
    return trace(network, source, trained.model.tgt_length, interventions=interventions)


def subject_of(run: str) -> Subject:
    """Return a run's model as it is now; raises RunError if there is none."""
    return open_subject(_store().get(run))


def trained_of(run: str) -> Trained:
    """Return a run's model; raises RunError if there is none."""
    return subject_of(run).trained


def report_of(run: str, longest: int) -> Report:
    """Return how far a run gets, tried up to a length."""
    subject = subject_of(run)
    points = (point_at(run, length) for length in range(1, longest + 1))
    return Report(
        run,
        subject.name,
        subject.trained.step,
        _test(subject.run.folder, subject.version, subject).seen,
        tuple(point for point in points if point is not None),
        subject.trained.vocabulary,
    )


def point_at(run: str, length: int) -> LengthPoint | None:
    """Return how good a run is at a length; None if there are no sequences of this length."""
    subject = subject_of(run)
    return _point(subject.run.folder, subject.version, length, subject)


def race_of(race: str) -> Race:
    """Return a race; raises RunError if there is none."""
    found: Run = _store().find(race)
    if not found.is_race():
        raise RunError(f"{race} is a run, not a race")
    return Race(found.folder, bundled=found.bundled)


def curve_of(race: str, variant: str) -> tuple[list[int], list[float]]:
    """Return a variant's steps, and its exact match at each, of the first seed."""
    rounds: list[dict[str, Any]] = race_of(race).results()["rounds"]
    lanes = rounds[0]["lanes"] if rounds else {}
    if variant not in lanes:
        raise ValueError(f"{race} has no variant “{variant}”; it has {', '.join(lanes)}")
    curve = lanes[variant]["curve"]
    return curve["step"], curve["sequence_accuracy"]


@st.cache_resource(show_spinner=False, max_entries=16)
def _test(folder: Path, version: int, _subject: Subject) -> LengthTest:
    return length_test(_subject.run, _subject.trained, SEQUENCES)


@st.cache_resource(show_spinner=False, max_entries=1000)
def _point(folder: Path, version: int, length: int, _subject: Subject) -> LengthPoint | None:
    with one_blas_thread():
        return _test(folder, version, _subject).at(length)


def _store() -> RunStore:
    return RunStore(default_root(), examples=EXAMPLES)
