"""Where a model looks, for somebody who is to paint it before it is shown."""

from collections.abc import Sequence
from typing import Any

from seqflip.decoding import Trace
from seqflip.runs.trained import Trained
from seqflip.ui.labels import distinct, with_end


def painting(trained: Trained, found: Trace, rows: Sequence[int] = ()) -> dict[str, Any]:
    """Return what is to be painted, and what is right.

    Parameters
    ----------
    trained : Trained
    found : Trace
        Its answer to a sequence.
    rows : sequence of int, optional
        Which outputs are asked for, from 0; all of them otherwise.

    Raises
    ------
    ValueError
        If the model has no attention.
    """
    if not found.attends:
        raise ValueError("this model has no attention to paint")
    end = trained.vocabulary[0]
    inputs, outputs = (
        distinct(with_end(trained.words(tokens.tolist()), end))
        for tokens in (found.source, found.outputs)
    )
    weights = found.weights.astype(float).round(4).tolist()
    return {
        "inputs": inputs,
        "outputs": outputs,
        "rows": [*rows] or [*range(len(outputs))],
        "weights": weights,
    }
