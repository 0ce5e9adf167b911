"""``live.json``: what the model answers right now, and where it looks.

It shows the attention for one sequence, a held-out one or whatever people type, and the answers to
a few held-out sequences, always the same ones, so that one can watch them come right. Renewing it
takes a small share of the time, however large the model is.
"""

import time
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from seqflip.config.config import Config
from seqflip.data.tasks import Dataset, solve
from seqflip.data.typed import read_typed, unknown_words
from seqflip.data.vocabulary import MARKS
from seqflip.decoding import greedy
from seqflip.learning.metrics import counted
from seqflip.nn.arrays import FloatArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.functional import softmax
from seqflip.nn.looking import CROSS
from seqflip.nn.network import Network, Source
from seqflip.runs.run import Run
from seqflip.system.atomic import write_json
from seqflip.system.pace import Pace

ANSWERS: Final = 8
LONGEST_PROBE: Final = 200  # tokens
LIKELIEST: Final = 4
STATE_NUMBERS: Final = 32

_NOT_YET, _ALWAYS = 0, -1  # in place of the step at which an answer came right
_SECONDS = 0.4
_SHARE = 0.01

Tokens = NDArray[np.int64]


class LivePicture:
    """Renews a run's ``live.json`` while it trains.

    Parameters
    ----------
    run : Run
        Where to.
    config, dataset
        What the run learns.
    network : Network
        What has learned it so far; changes as training goes on.
    """

    def __init__(self, run: Run, config: Config, dataset: Dataset, network: Network) -> None:
        self._path = run.folder / "live.json"
        self._config, self._dataset, self._network = config, dataset, network
        self._typed = ""
        self._error: str | None = None
        self._probe = self._held_out_probe()
        self._right_since = _seen_before(run)
        self._pace = Pace(_SECONDS, _SHARE)

    def show(self, text: str | None) -> None:
        """From now on, show this sequence; without one, or if it cannot be, a held-out one."""
        text = (text or "").strip()
        if text == self._typed:
            return
        self._typed, self._error = text, None
        self._probe = self._held_out_probe()
        if text:
            try:
                self._probe = self._typed_probe(text)
            except ValueError as error:
                self._error = str(error)
        self._pace.now()

    def renew_if_due(self, step: int) -> None:
        """Renew the picture if the last one is old, the longer the more it costs."""
        if self._pace.is_due():
            with self._pace:
                self.renew(step)

    def renew(self, step: int) -> None:
        """Show what the network does after ``step`` updates."""
        write_json(self._path, self.picture(step), durable=False)

    def picture(self, step: int) -> dict[str, Any]:
        """Return what the network does after ``step`` updates."""
        found = self._picture()
        first_right = self._first_right(step, right=bool(found["probe"]["right"]))
        return {
            "step": step,
            "updated": time.time(),
            "asked": self._typed,
            "first_right": first_right,
            **found,
        }

    def _first_right(self, step: int, *, right: bool) -> int | None:
        """Return when the answer came right; None if it has not, or was right when first seen."""
        since = self._right_since.get(self._typed)
        if since is None or (right and since == _NOT_YET):
            since = _NOT_YET if not right else _ALWAYS if since is None else step
            self._right_since[self._typed] = since
        return since if since > 0 else None

    def _held_out_probe(self) -> tuple[Tokens, Tokens | None]:
        """Return the first held-out source ``(1, S)`` and its target ``(1, T)``."""
        return self._dataset.x_src_test[:1], self._dataset.x_tgt_test[:1]

    def _typed_probe(self, text: str) -> tuple[Tokens, Tokens | None]:
        """Return a source that somebody typed, and its target where the task has a rule for it."""
        data = self._config.data
        ids = read_typed(text, data, self._dataset.vocabulary)
        if len(ids) > LONGEST_PROBE:
            raise ValueError(
                f"{len(ids)} tokens are too many; at most {LONGEST_PROBE} can be shown"
            )
        source = np.array([ids])
        if data.own_pairs:
            return source, None
        length = (
            max(self._dataset.tgt_length, len(ids)) if data.tgt_length is None else data.tgt_length
        )
        target = solve(data.task, source, length, data.rotate_by)
        return source, target if target.any() else None

    def _picture(self) -> dict[str, Any]:
        """Answer the probe and the held-out sequences, all in one batch."""
        (source, target), data = self._probe, self._dataset
        asked, wanted = data.x_src_test[:ANSWERS], data.x_tgt_test[:ANSWERS]
        sources = np.zeros((1 + len(asked), max(source.shape[1], asked.shape[1])), np.int64)
        sources[0, : source.shape[1]] = source
        sources[1:, : asked.shape[1]] = asked
        limit = data.tgt_length if target is None else target.shape[1]
        read = self._network.read(sources, None, Buffers(self._network.parameters.flat.dtype))
        outputs = greedy(self._network, read, max(limit, data.tgt_length))
        look = self._compare(source[0], outputs[0, :limit], None if target is None else target[0])
        answers = zip(asked, outputs[1:, : data.tgt_length], wanted, strict=True)
        return {
            "probe": look
            | self._about_probe(look)
            | {"read": self._read(source), "start": self._start(read)}
            | self._way(outputs[:1, :limit]),
            "answers": [self._compare(*answer) for answer in answers],
        }

    def _about_probe(self, look: dict[str, Any]) -> dict[str, Any]:
        """Say where the probe comes from."""
        return {
            "text": self._typed or " ".join(look["source"]),
            "typed": bool(self._typed) and self._error is None,
            "error": self._error,
            "unknown": unknown_words(self._typed, self._config.data, self._dataset.vocabulary),
        }

    def _read(self, source: Tokens) -> list[str]:
        """Return what the encoder reads of the probe, marks included."""
        read, written = self._network.marked(source)[0], [*self._dataset.vocabulary, *MARKS]
        return [written[token] for token in read[read != 0]]

    def _start(self, read: Source) -> list[float] | None:
        """Return all that a decoder without attention knows of the probe: its first state."""
        if self._network.attends:
            return None
        return [round(x, 3) for x in read.start.by_layer[:, 0].ravel().tolist()]

    def _way(self, output: Tokens) -> dict[str, Any]:
        """Return how the answer ``(1, T)`` to the probe came about.

        States of encoder and decoder, what was likely at each step, and where each token looked; of
        a Transformer by each head that looks at the source too, the lowest layer first.
        """
        source, _ = self._probe
        done = self._network.forward(source, self._network.shifted(output))
        rows = int(counted(output).sum())
        columns = int(np.count_nonzero(self._network.marked(source)))
        found = {
            "states": {
                "encoder": _rounded(pooled(done.source.states[0, :columns]), 3),
                "decoder": _rounded(pooled(done.layer_states[-1, 0, :rows]), 3),
            },
            "next": self._likely(softmax(done.logits[0, :rows])),
        }
        if not self._network.attends:
            return {**found, "weights": None, "heads": []}
        across = [one for one in self._network.looked(done).items() if one[0].kind == CROSS]
        heads = [
            {"layer": where.layer, "head": head, "weights": _rounded(weights[:rows, :columns], 4)}
            for where, look in across
            for head, weights in enumerate(look.weights[0])
        ]
        return {**found, "weights": _rounded(done.weights[0, :rows, :columns], 4), "heads": heads}

    def _likely(self, probabilities: FloatArray) -> list[list[tuple[str, float]]]:
        """Return the likeliest tokens of each step, best first."""
        order = np.argsort(-probabilities, axis=1, kind="stable")[:, :LIKELIEST]
        return [
            [(self._dataset.vocabulary[token], round(float(shares[token]), 3)) for token in row]
            for row, shares in zip(order.tolist(), probabilities, strict=True)
        ]

    def _compare(self, source: Tokens, output: Tokens, target: Tokens | None) -> dict[str, Any]:
        """Put an answer next to what would be right, token by token, end marks included."""
        given = self._written(output[counted(output[None])[0]])
        found = {"source": self._written(source[source != 0]), "output": given}
        if target is None:
            return {**found, "target": None, "correct": None, "right": None}
        wanted = self._written(target[counted(target[None])[0]])
        correct = [i < len(wanted) and token == wanted[i] for i, token in enumerate(given)]
        return {**found, "target": wanted, "correct": correct, "right": given == wanted}

    def _written(self, tokens: Tokens) -> list[str]:
        return [self._dataset.vocabulary[token] for token in tokens]


def pooled(states: FloatArray) -> FloatArray:
    """Return states, ``(n, d)``, of at most so many numbers: means of stretches of longer ones."""
    if states.shape[1] <= STATE_NUMBERS:
        return states
    parts = np.array_split(states, STATE_NUMBERS, axis=1)
    return np.stack([part.mean(axis=1) for part in parts], axis=1)


def _rounded(rows: FloatArray, digits: int) -> list[list[float]]:
    return [[round(x, digits) for x in row] for row in rows.tolist()]


def _seen_before(run: Run) -> dict[str, int]:
    """Return since when an answer is right, as an earlier process of this run has seen it."""
    before = run.live()
    if before is None or "asked" not in before:
        return {}
    return {before["asked"]: before["first_right"] or (_ALWAYS if before["probe"]["right"] else 0)}
