"""How the loss falls, and from where on only that of training does."""

from collections.abc import Sequence

import numpy as np

from seqflip.runs.thinning import Line
from seqflip.study.chronicle.chapter import Chapter
from seqflip.study.chronicle.numbers import nats, percent

LEAST_FALL = 0.1  # of the first loss
LEAST_START = 0.1  # of the time until the steep fall is over; what is shorter is no chapter
BY_HEART = 0.2  # nats by which the held-out loss is above its lowest in the end


def fall_of(loss: Line, guess: float | None) -> list[Chapter]:
    """Tell of the shortest stretch that has half of the whole fall, and of what was before it."""
    if len(loss.step) < 2:
        return []
    step, value = loss.step.tolist(), loss.value.tolist()
    whole = value[0] - min(value)
    if whole < LEAST_FALL * value[0]:
        return [Chapter("flat", 0, step[-1], _flat(step, value, guess))]
    i, j = _steepest(step, value, whole / 2)
    share = percent((value[i] - value[j]) / whole)
    text = (
        f"From step {step[i]:,} to {step[j]:,} the loss falls fastest, from {nats(value[i])} to "
        f"{nats(value[j])}: {share} of its whole fall."
    )
    steep = Chapter("steep", step[i], step[j], text)
    if step[i] < LEAST_START * step[j]:
        return [steep]
    verb = "falls" if value[i] < value[0] else "goes"
    text = f"Up to step {step[i]:,} the loss {verb} from {nats(value[0])} to {nats(value[i])}"
    text = f"{text}{_guessing(value[: i + 1], guess)}."
    return [Chapter("start", 0, step[i], text), steep]


def _flat(step: Sequence[int], value: Sequence[float], guess: float | None) -> str:
    """Say how little a loss falls, or that it rises."""
    if value[-1] > (1 + LEAST_FALL) * value[0]:
        at_the_end = f"{nats(value[-1])} at step {step[-1]:,}"
        return f"The loss rises: from {nats(value[0])} at the start to {at_the_end}."
    low = min(value)
    return (
        f"The loss hardly falls: it is {nats(value[0])} at the start, and {nats(low)} at its "
        f"lowest, at step {step[value.index(low)]:,}{_guessing(value, guess)}."
    )


def _steepest(step: Sequence[int], value: Sequence[float], fall: float) -> tuple[int, int]:
    """Return the ends of the shortest stretch with such a fall; of equal ones, the first."""
    stretches = [
        (step[j] - step[i], i, j)
        for i in range(len(step))
        for j in range(i + 1, len(step))
        if value[i] - value[j] >= fall
    ]
    _, i, j = min(stretches)
    return i, j


def _guessing(value: Sequence[float], guess: float | None) -> str:
    """Say how a stretch of the loss compares with knowing how often each token occurs."""
    if guess is None:
        return ""
    knowing = "knowing only how often each token occurs"
    if min(value) >= guess:
        return f", no better than {knowing} ({nats(guess)})"
    if value[-1] >= (1 - LEAST_FALL) * guess:
        return f", hardly better than {knowing} ({nats(guess)})"
    return f"; {knowing} gives {nats(guess)}"


def by_heart(loss: Line, held_out: Line) -> list[Chapter]:
    """Tell from where on what is learned no longer helps with what was held out."""
    if len(held_out.step) < 2 or len(loss.step) < 2:
        return []
    best = int(held_out.value.argmin())
    low, last = float(held_out.value[best]), float(held_out.value[-1])
    start, end = int(held_out.step[best]), int(held_out.step[-1])
    before, after = np.interp([start, end], loss.step, loss.value).tolist()
    if last - low < BY_HEART or after >= before:
        return []
    text = (
        f"From step {start:,} on it learns by heart: the training loss falls on, from "
        f"{nats(before)} to {nats(after)}, that of held-out sequences rises from {nats(low)} to "
        f"{nats(last)}."
    )
    return [Chapter("heart", start, end, text)]
