"""``live.json``: what the model answers right now, and where it looks.

It shows the attention for one sequence, a held-out one or whatever people type, and the answers to
a few held-out sequences, always the same ones, so that one can watch them come right. Renewing it
takes a small share of the time, however large the model is.
"""

import time
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from seqflip.atomic import write_json
from seqflip.config import Config
from seqflip.decoding import greedy
from seqflip.metrics import counted
from seqflip.nn.buffers import Buffers
from seqflip.nn.network import Network
from seqflip.pace import Pace
from seqflip.runs import Run
from seqflip.tasks import Dataset, solve
from seqflip.vocabulary import encode

ANSWERS: Final = 8
LONGEST_PROBE: Final = 200  # tokens

_SECONDS = 0.25
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
        return {
            "step": step,
            "updated": time.time(),
            "probe": self._look(),
            "answers": self._ask(),
        }

    def _held_out_probe(self) -> tuple[Tokens, Tokens | None]:
        """Return the first held-out source ``(1, S)`` and its target ``(1, T)``."""
        return self._dataset.x_src_test[:1], self._dataset.x_tgt_test[:1]

    def _typed_probe(self, text: str) -> tuple[Tokens, Tokens | None]:
        """Return a source that somebody typed, and its target where the task has a rule for it."""
        ids = encode(text, self._dataset.vocabulary)
        if len(ids) > LONGEST_PROBE:
            raise ValueError(
                f"{len(ids)} tokens are too many; at most {LONGEST_PROBE} can be shown"
            )
        source, data = np.array([ids]), self._config.data
        if data.task == "pairs":
            return source, None
        length = (
            max(self._dataset.tgt_length, len(ids)) if data.tgt_length is None else data.tgt_length
        )
        return source, solve(data.task, source, length, data.rotate_by)

    def _look(self) -> dict[str, Any]:
        """Answer the probe, and say where each token of the answer came from."""
        source, target = self._probe
        limit = self._dataset.tgt_length if target is None else target.shape[1]
        output = self._answer(source, limit)
        look = self._compare(source[0], output[0], None if target is None else target[0])
        weights = None
        if self._network.attention.looks:
            done = self._network.forward(source, self._network.shifted(output))
            shown = done.weights[0, : len(look["output"]), : len(look["source"])]
            weights = [[round(float(weight), 4) for weight in row] for row in shown]
        typed = bool(self._typed) and self._error is None
        text = self._typed or " ".join(look["source"])
        return {**look, "text": text, "typed": typed, "error": self._error, "weights": weights}

    def _ask(self) -> list[dict[str, Any]]:
        """Answer the first held-out sequences."""
        data = self._dataset
        sources, targets = data.x_src_test[:ANSWERS], data.x_tgt_test[:ANSWERS]
        outputs = self._answer(sources, data.tgt_length)
        return [self._compare(*row) for row in zip(sources, outputs, targets, strict=True)]

    def _answer(self, sources: Tokens, limit: int) -> Tokens:
        """Answer ``(n, S)`` by greedy decoding: ``(n, limit)``."""
        read = self._network.read(sources, None, Buffers(self._network.parameters.flat.dtype))
        answers: Tokens = greedy(self._network, read, limit).astype(np.int64)
        return answers

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
