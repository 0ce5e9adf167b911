"""What a run made of one sequence at each of its snapshots, and the moments worth seeing again."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from seqflip.decoding import trace
from seqflip.learning.chance import guessing_alignment
from seqflip.learning.metrics import alignment
from seqflip.model import Seq2SeqAttentionModel
from seqflip.nn.arrays import BoolArray, FloatArray
from seqflip.runs.live import pooled
from seqflip.runs.snapshots import read_snapshots
from seqflip.runs.thinning import Line
from seqflip.runs.trained import Trained

Kind = Literal["right", "rise", "lost", "fall", "spike"]

LEAST_RISE = 0.05  # of the alignment between two snapshots, to be worth a mark
LEAST_FALL = 0.2  # of the alignment below its highest so far
SPIKE = 3.0  # times the median change of the loss before
LEAST_SPIKE = 0.2  # nats
_LATELY = 5  # points of the loss curve above whose lowest a jump is measured
_BEFORE = 20  # of which a jump stands out


@dataclass(frozen=True, eq=False)
class Frame:
    """The answer to a source of ``source_len`` tokens at one snapshot.

    Attributes
    ----------
    step : int
        How many updates the weights had.
    outputs : tuple of int
        The answer, greedily decoded, up to and including its end mark.
    probabilities : (outputs,)
        Of each output.
    weights : (outputs, source_len)
        Of the attention; zeros where there is none.
    heads : (heads, outputs, source_len)
        Of each head of a Transformer that looks at the source, the lowest layer first: none
        of a model with one look.
    correct : tuple of bool or None
        Whether each output is what it should be; None where nobody knows.
    right : bool or None
        Whether the whole answer is right.
    alignment : float or None
        The attention on the true places, as a mean over the outputs that have one.
    encoder, decoder : (source_len, n), (outputs, n)
        Their states, of at most so many numbers as are drawn.
    likely : (outputs, vocab_size)
        The probability of each token.
    """

    step: int
    outputs: tuple[int, ...]
    probabilities: FloatArray
    weights: FloatArray
    heads: FloatArray
    correct: tuple[bool, ...] | None
    right: bool | None
    alignment: float | None
    encoder: FloatArray
    decoder: FloatArray
    likely: FloatArray


@dataclass(frozen=True)
class Moment:
    """Something worth seeing again.

    Attributes
    ----------
    kind : str
        ``right``: the first right answer; ``rise``: the alignment had just risen fastest; ``lost``:
        wrong again for the first time; ``fall``: the alignment was farthest below its highest so
        far; ``spike``: the loss jumped highest.
    place : int
        Which frame shows it.
    step : int
        When it happened; a spike may happen between two frames.
    """

    kind: Kind
    place: int
    step: int


class Replay:
    """Follows a run's snapshots, and answers one source with each.

    Parameters
    ----------
    trained : Trained
        The run's model as it is now, which stays as it is.
    path : Path
        The run's snapshots.
    source : tokens
    right : tokens, optional
        The right answer, where it is known.

    Attributes
    ----------
    source : tuple of int
    read : tuple of int
        The source as the encoder reads it, marks included: what the weights lie on.
    frames : list of Frame
    truth : (target_len, len(read)) boolean or None
        Where each output truly comes from, where the task has such a place.
    """

    def __init__(
        self, trained: Trained, path: Path, source: Sequence[int], right: Sequence[int] | None
    ) -> None:
        now = trained.model
        self.source, self.right = tuple(source), None if right is None else tuple(right)
        read = now.network.marked(np.array([self.source]))[0]
        self.read = tuple(read.tolist())
        self.truth = trained.true_alignment(source)
        if self.truth is not None:
            on_tokens, self.truth = self.truth, np.zeros((len(self.truth), len(read)), np.bool_)
            self.truth[:, read < now.vocab_size] = on_tokens
        self.frames: list[Frame] = []
        self._path, self._file = path, -1
        self._limit = trained.answer_length(len(self.source))
        self._model = Seq2SeqAttentionModel.from_config(
            trained.config.model, now.vocab_size, now.src_length, now.tgt_length, seed=0
        )

    @property
    def chance(self) -> float | None:
        """The alignment of looking at all inputs alike, where there is a true one."""
        if self.truth is None or not self._model.network.attends:
            return None
        return guessing_alignment(self.truth[None], [len(self.read)])

    @property
    def alignments(self) -> Line:
        """The alignment at each snapshot; no points where there is none."""
        known = [(one.step, one.alignment) for one in self.frames if one.alignment is not None]
        steps, values = zip(*known, strict=True) if known else ((), ())
        return Line(np.array(steps, np.int64), np.array(values, np.float64))

    def update(self) -> bool:
        """Answer with the snapshots that are new since the last call; return whether any were.

        Raises
        ------
        SnapshotError
            If the file does not hold snapshots of this model.
        """
        if not self._path.exists():
            return False
        file = self._path.stat().st_ino
        if file != self._file:  # a run that went back to its checkpoint has another file
            self._file = file
            self.frames.clear()
        new = read_snapshots(self._path, self._model.parameter_count)[len(self.frames) :]
        for snapshot in new:
            self._model.network.parameters.flat[...] = snapshot["parameters"]
            self.frames.append(self._frame(int(snapshot["step"])))
        return len(new) > 0

    def _frame(self, step: int) -> Frame:
        found = trace(self._model.network, self.source, self._model.tgt_length, limit=self._limit)
        outputs = tuple(found.outputs.tolist())
        correct = None
        if self.right is not None:
            wanted = self.right + (-1,) * len(outputs)
            correct = tuple(a == b for a, b in zip(outputs, wanted, strict=False))
        return Frame(
            step,
            outputs,
            found.output_probabilities,
            found.weights,
            found.heads_on_source,
            correct,
            None if self.right is None else outputs == self.right,
            self._alignment(found.weights),
            pooled(found.encoder_states),
            pooled(found.decoder_states),
            found.probabilities,
        )

    def _alignment(self, weights: FloatArray) -> float | None:
        if self.truth is None or not self._model.network.attends:
            return None
        truth: BoolArray = np.zeros(weights.shape, np.bool_)
        truth[: len(self.truth)] = self.truth[: len(weights)]
        return alignment(weights[None], truth[None]) if truth.any() else None


class Move(NamedTuple):
    """Where attention moves most, from one frame to the next: at which output, and of which head.

    ``head`` is a place among all heads, the lowest layer first; None where there is one look.
    """

    row: int
    head: int | None


def moves(frames: Sequence[Frame]) -> list[Move]:
    """Return where attention moves most from each frame to the next; the last: from that before."""
    pairs = [*pairwise(frames)]
    return [_move(*pair) for pair in [*pairs, *pairs[-1:]]] or [Move(0, None)] * len(frames)


def _move(before: Frame, after: Frame) -> Move:
    def all_looks(frame: Frame) -> FloatArray:
        rows = min(len(before.outputs), len(after.outputs))
        looks: FloatArray = frame.heads if len(frame.heads) else frame.weights[None]
        return looks[:, :rows]

    moved = np.abs(all_looks(after) - all_looks(before)).sum(axis=-1)
    head, row = divmod(int(moved.argmax()), moved.shape[1])
    return Move(row, head if len(before.heads) else None)


def moved_most(frames: Sequence[Frame], row: int) -> int | None:
    """Return after which step an output's attention moves most until the next frame.

    None where fewer than two frames answer so far.
    """
    pairs = [pair for pair in pairwise(frames) if all(row < len(one.outputs) for one in pair)]
    if not pairs:
        return None
    moved = [np.abs(after.weights[row] - before.weights[row]).sum() for before, after in pairs]
    return pairs[int(np.argmax(moved))][0].step


def moments(frames: Sequence[Frame], loss: Line | None) -> list[Moment]:
    """Return what is worth seeing again, in the order in which it happened.

    Parameters
    ----------
    frames : sequence of Frame
    loss : Line, optional
        The loss of the training batches.
    """
    found = [*_answers(frames), *_alignments(frames)]
    if loss is not None:
        found += _spike(frames, loss)
    return sorted(found, key=lambda moment: (moment.step, moment.place))


def _answers(frames: Sequence[Frame]) -> list[Moment]:
    """Return when the answer was right for the first time, and when it was lost again."""
    right = [bool(frame.right) for frame in frames]
    if True not in right:
        return []
    first = right.index(True)
    found = [Moment("right", first, frames[first].step)]
    if False in right[first:]:
        lost = right.index(False, first)
        found.append(Moment("lost", lost, frames[lost].step))
    return found


def _alignments(frames: Sequence[Frame]) -> list[Moment]:
    """Return when the alignment rose fastest, and when it was farthest below what it had been."""
    known = [(i, frame.alignment) for i, frame in enumerate(frames) if frame.alignment is not None]
    if len(known) < 2:
        return []
    places = [i for i, _ in known]
    values = np.array([value for _, value in known])
    steps = np.array([frames[i].step for i in places])
    found = []
    rises = np.diff(values)
    fastest = int((rises / np.diff(steps)).argmax())
    if rises[fastest] >= LEAST_RISE:
        place = places[fastest + 1]
        found.append(Moment("rise", place, frames[place].step))
    falls = np.maximum.accumulate(values) - values
    if falls.max() >= LEAST_FALL:
        place = places[int(falls.argmax())]
        found.append(Moment("fall", place, frames[place].step))
    return found


def _spike(frames: Sequence[Frame], loss: Line) -> list[Moment]:
    """Return where the loss is highest above the lowest of the points before, if it stands out."""
    there = np.isfinite(loss.value)
    values, steps = np.asarray(loss.value, np.float64)[there], np.asarray(loss.step)[there]
    if len(values) <= _BEFORE or not frames:
        return []
    lately = np.lib.stride_tricks.sliding_window_view(values[:-1], _LATELY).min(axis=1)
    rises = values[_LATELY:] - lately
    highest = int(rises.argmax())
    before = abs(rises[max(highest - _BEFORE, 0) : highest])
    usual = float(np.median(before)) if len(before) else 0.0
    step = int(steps[_LATELY + highest])
    shown = [i for i, frame in enumerate(frames) if frame.step >= step]
    stands_out = rises[highest] >= max(LEAST_SPIKE, SPIKE * usual)
    return [Moment("spike", shown[0], step)] if stands_out and shown else []
