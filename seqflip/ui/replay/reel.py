"""All that the player needs, computed ahead and sent once: each frame of a replay as plain data."""

import base64
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

import numpy as np

from seqflip.learning.chance import guessing_loss
from seqflip.nn import CROSS, FloatArray
from seqflip.runs.eventlog import Happenings
from seqflip.runs.steplog import Curve
from seqflip.runs.thinning import Line
from seqflip.runs.trained import Trained
from seqflip.study.chronicle import NOTHING, Chapter, Chronicle
from seqflip.study.replay import Frame, Kind, Moment, Move, Replay, moments, moves
from seqflip.ui.charts.palette import HEAT
from seqflip.ui.labels import (
    END,
    distinct,
    names_of_heads,
    percent,
    short_share,
    shortened,
    significant,
    sure,
)

MARKS: dict[Kind, tuple[str, str]] = {
    "right": (
        "first right answer",
        "The whole answer to this sequence is right for the first time.",
    ),
    "rise": ("alignment rose fastest", "The attention on the true places has just risen fastest."),
    "lost": ("wrong again", "An answer that had been right is wrong again."),
    "fall": ("alignment broke down", "The alignment is farthest below its highest so far."),
    "spike": ("loss jumped", "The loss jumped highest above what it had just been."),
}
LONGEST = 16  # characters of a label
_NOTHING = Line(np.empty(0, np.int64), np.empty(0, np.float64))


def reel(
    trained: Trained,
    replay: Replay,
    curve: Curve | None,
    happened: Happenings | None,
    told: Chronicle = NOTHING,
) -> dict[str, Any]:
    """Return what there is to play; weights are in hundredths, one byte each.

    Parameters
    ----------
    trained : Trained
    replay : Replay
        With at least one frame.
    curve, happened : optional
        Of the run's logs, for the loss.
    told : Chronicle
        In which order things happened.
    """
    training = _NOTHING if curve is None else curve.lines["loss"]
    held_out = _NOTHING if happened is None else happened.lines["loss"]
    source = trained.words(replay.read)
    right = None if replay.right is None else [word(trained, token) for token in replay.right]
    frames = [
        _frame(trained, frame, move, training)
        for frame, move in zip(replay.frames, moves(replay.frames), strict=True)
    ]
    rows = max(len(frame.outputs) for frame in replay.frames)
    truth = [] if replay.truth is None else np.argwhere(replay.truth[:rows]).tolist()
    has_attention = trained.config.model.attends
    return {
        "source": source,
        **_labelled(source),
        "expected": right,
        "rows": rows,
        "has_attention": has_attention,
        "heads": names_of_heads(trained.model.network.looks),
        "truth": truth if has_attention else [],
        "aligned": any(frame.alignment is not None for frame in replay.frames),
        "frames": frames,
        "training": _points(training),
        "held_out": _points(held_out),
        "moments": [
            {**_named(moment), "place": moment.place, "step": moment.step}
            for moment in moments(replay.frames, training)
        ],
        "unmarked": "Nothing stands out: no right answer to this sequence, and no sudden change."
        if right is not None
        else "No moment is marked, as nobody knows the right answer to this sequence.",
        "chapters": [_chapter(chapter, replay.frames) for chapter in told.chapters],
        "order": told.order,
        "chance": _chance(trained, replay.chance),
        "colours": HEAT,
    }


def _chance(trained: Trained, alignment: float | None) -> dict[str, str]:
    """Return what alignment and loss are measured against."""
    guess = f"{guessing_loss(trained.model.vocab_size):.2f}"
    return {
        "alignment": "" if alignment is None else f"by chance: {percent(alignment)}",
        "loss": f"guessing: {guess}",
    }


def _chapter(chapter: Chapter, frames: Sequence[Frame]) -> dict[str, Any]:
    """Return a sentence with the first and the last frame that shows what it tells."""
    steps = [frame.step for frame in frames]
    place = min(bisect_left(steps, chapter.start), len(steps) - 1)
    last = max(bisect_right(steps, chapter.end) - 1, place)
    return {"text": chapter.text, "place": place, "last": last}


def _named(moment: Moment) -> dict[str, str]:
    label, text = MARKS[moment.kind]
    return {"label": label, "text": text}


def _frame(trained: Trained, frame: Frame, move: Move, loss: Line) -> dict[str, Any]:
    words = [word(trained, token) for token in frame.outputs]
    found = bisect_right(loss.step, frame.step)
    shares = frame.probabilities.tolist()
    correct = frame.correct
    return {
        "step": frame.step,
        **_moving(trained, move),
        "words": words,
        **_labelled(words),
        "weights": _cells(frame.weights),
        "heads": _cells(frame.heads),
        "shares": [[short_share(share), round(share, 3)] for share in shares],
        "correct": correct,
        "right": frame.right,
        "mass": None if frame.alignment is None else round(frame.alignment, 4),
        "loss": significant(float(loss.value[found - 1]), 3) if found else "–",
        "alignment": percent(frame.alignment),
        "tokens": "–" if correct is None else f"{sum(correct)} of {len(correct)}",
        "sure": sure(float(np.prod(frame.probabilities, dtype=np.float64))),
    }


def _moving(trained: Trained, move: Move) -> dict[str, Any]:
    """Return where attention moves most from a frame on, as a link to Attend says it."""
    looks = trained.model.network.looks
    if looks is None or move.head is None:
        return {"row": move.row + 1}
    layer, head = divmod(move.head, looks.heads)
    return {"row": move.row + 1, "through": f"{CROSS}-{layer + 1}-{head + 1}"}


def _cells(weights: FloatArray) -> str:
    """Return weights as hundredths, a byte each."""
    return base64.b64encode(np.rint(100 * weights).astype(np.uint8).tobytes()).decode()


def _labelled(words: Sequence[str]) -> dict[str, list[str]]:
    """Return words with equal ones told apart, whole and as they fit beside a picture."""
    labels = distinct(words)
    return {"labels": labels, "short": [shortened(label, LONGEST) for label in labels]}


def word(trained: Trained, token: int) -> str:
    """Return how a token is written, and how the mark that ends an answer is."""
    return END if token == 0 else trained.vocabulary[token]


def _points(line: Line) -> dict[str, list[Any]]:
    """Return a line's points, to four digits; a gap is None."""
    values = [float(f"{value:.4g}") if np.isfinite(value) else None for value in line.value]
    return {"x": line.step.tolist(), "y": values}
