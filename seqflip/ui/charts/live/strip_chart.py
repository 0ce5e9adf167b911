"""What the drawn model is told: see strip.js."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from seqflip.nn.arrays import FloatArray
from seqflip.runs.live import LIKELIEST, pooled
from seqflip.ui.charts.live.charts import LONGEST, Chart
from seqflip.ui.charts.palette import HEAT, RUNS
from seqflip.ui.labels import distinct, shortened


class Likely(NamedTuple):
    """A token that may come next."""

    token: str
    share: float


def likeliest(probabilities: FloatArray, word: Callable[[int], str]) -> list[list[Likely]]:
    """Return the likeliest tokens of each step, best first, given (steps, vocabulary)."""
    order = np.argsort(-probabilities, axis=-1, kind="stable")[:, :LIKELIEST]
    return [
        [Likely(word(token), float(shares[token])) for token in best]
        for best, shares in zip(order.tolist(), probabilities, strict=True)
    ]


def strip_chart(
    *,
    inputs: Sequence[str],
    outputs: Sequence[str],
    reads: Sequence[str],
    encoder: FloatArray,
    decoder: FloatArray,
    weights: FloatArray | None,
    heads: FloatArray | None,
    following: Sequence[Sequence[Likely]],
    correct: Sequence[bool] | None,
    links: int,
    row: int | None = None,
    column: int | None = None,
    opens: Mapping[str, str] | None = None,
) -> Chart:
    """Return the model drawn for each of its outputs.

    Parameters
    ----------
    inputs, outputs : sequence of str
        The tokens.
    reads : sequence of str
        What the decoder reads at each step.
    encoder : (inputs, d)
    decoder : (outputs, d)
    weights : (outputs, inputs), optional
        None without attention.
    heads : (heads, outputs, inputs), optional
        Of a Transformer's last block.
    following : for each output, the likeliest tokens
    correct : sequence of bool, optional
        Whether each output is right.
    links : int
        In how many directions the encoder reads on from state to state.
    row : int, optional
        The output that is shown; without it, the one that was.
    column : int, optional
        The chosen input, where no heatmap keeps the choice of a cell: then the strip tells of it.
    opens : mapping, optional
        From ``encoder``, ``decoder``, ``arcs`` and ``next`` to what has their arithmetic.
    """
    several = heads is not None and len(heads) > 1
    return {
        "inputs": [shortened(one, LONGEST) for one in distinct(inputs)],
        "outputs": [shortened(one, LONGEST) for one in outputs],
        "reads": [shortened(one, LONGEST) for one in reads],
        "encoder": _bars(encoder),
        "decoder": _bars(decoder),
        "weights": None if weights is None else _percent(weights),
        "heads": [_percent(one) for one in heads] if several and heads is not None else None,
        "head_colours": RUNS if several else None,
        "next": [
            [(shortened(one.token, LONGEST), round(100 * one.share)) for one in step]
            for step in following
        ],
        "correct": None if correct is None else list(correct),
        "links": links,
        "look": HEAT[-2],
        "opens": dict(opens or {}),
        "column": column,
        **({} if row is None else {"row": row}),
    }


def _percent(weights: FloatArray) -> list[list[int]]:
    rounded: list[list[int]] = np.rint(100 * np.asarray(weights)).astype(int).tolist()
    return rounded


def _bars(states: FloatArray) -> list[list[int]]:
    """Return states from -100 to 100, the largest number of all being one of these."""
    states = pooled(np.asarray(states, np.float64))
    largest = float(np.abs(states).max(initial=0)) or 1.0
    return _percent(states / largest)
