"""Make the reference arrays of the Transformer, as ``make_reference.py`` makes those of the others.

Encoder and decoder are those of ``torch.nn.Transformer``. Nothing is kept from step to step: each
word is predicted by the whole decoder from all words before it.
"""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from tests.reference.make_reference import (
    BATCHES,
    CLIP_NORM,
    D_MODEL,
    SRC_LENGTH,
    TGT_LENGTH,
    VOCAB_SIZE,
    Decodes,
    arrays_of,
    write,
)

PLACES = 8


class Options(NamedTuple):
    """What distinguishes one reference model from another."""

    layers: int = 2
    heads: int = 2
    feed_forward: int = 5
    norm: str = "before"
    positions: str = "sinusoidal"
    max_positions: int = PLACES
    architecture: str = "transformer"

    @property
    def name(self) -> str:
        """The name of the file."""
        counts = f"{self.layers}_layers-{self.heads}_heads"
        return f"{self.architecture}-{self.norm}-{self.positions}-{counts}"


def all_options() -> Iterator[Options]:
    """Both places of the norms, and then the other options one by one."""
    yield Options()
    yield Options(norm="after")
    yield Options(layers=1, heads=1)
    yield Options(heads=3, positions="learned")
    yield Options(layers=1, norm="after", positions="none")


def sinusoids() -> Tensor:
    """Return the positions of the paper, (places, d_model)."""
    waves = torch.zeros(PLACES, D_MODEL, dtype=torch.float64)
    for place in range(PLACES):
        for i in range(0, D_MODEL, 2):
            angle = torch.tensor(place / 10_000 ** (i / D_MODEL), dtype=torch.float64)
            waves[place, i], waves[place, i + 1] = torch.sin(angle), torch.cos(angle)
    return waves


class Reference(Decodes):
    """The Transformer; its ``state_dict`` bears the names that SeqFlip uses."""

    def __init__(self, options: Options) -> None:
        super().__init__()
        self.kind = options.positions
        both = nn.Transformer(
            D_MODEL,
            options.heads,
            options.layers,
            options.layers,
            options.feed_forward,
            dropout=0.0,
            batch_first=True,
            norm_first=options.norm == "before",
        )
        self.embedding = nn.Embedding(VOCAB_SIZE + 1, D_MODEL)
        self.encoder, self.decoder = both.encoder, both.decoder
        self.output = nn.Linear(D_MODEL, VOCAB_SIZE)
        if self.kind == "learned":
            self.positions = nn.Embedding(PLACES, D_MODEL)

    def embed(self, tokens: Tensor) -> Tensor:
        """Return tokens (n, length) as vectors with their places."""
        x = self.embedding(tokens)
        if self.kind == "learned":
            return x + self.positions(torch.arange(tokens.shape[1]))
        return x + sinusoids()[: tokens.shape[1]] if self.kind == "sinusoidal" else x

    def decode(self, x_src: Tensor, x_tgt: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """Decode by running the whole decoder for every step."""
        pad = x_src == 0
        states = self.encoder(self.embed(x_src), src_key_padding_mask=pad)
        read = torch.full((len(x_src), 1), VOCAB_SIZE)
        all_logits, all_weights, answers = [], [], []
        for t in range(TGT_LENGTH):
            features, weights = self.features(read, states, pad)
            logits = self.output(features[:, -1])
            all_logits.append(logits)
            all_weights.append(weights[:, -1])
            answers.append(logits.argmax(-1))
            token = answers[t] if x_tgt is None else x_tgt[:, t]
            read = torch.cat([read, token[:, None]], dim=1)
        return torch.stack(all_logits, 1), torch.stack(all_weights, 1), torch.stack(answers, 1)

    def features(self, read: Tensor, states: Tensor, pad: Tensor) -> tuple[Tensor, Tensor]:
        """Return features for every word that was read, and where the last block looked."""
        last = self.decoder.layers[-1].multihead_attn
        asked: list[Tensor] = []
        hook = last.register_forward_pre_hook(lambda _, inputs: asked.append(inputs[0]))
        hidden = torch.ones(read.shape[1], read.shape[1]).triu(1).bool()
        found = self.decoder(self.embed(read), states, tgt_mask=hidden, memory_key_padding_mask=pad)
        hook.remove()
        _, weights = last(asked[0], states, states, key_padding_mask=pad, need_weights=True)
        return found, weights


def make(options: Options, seed: int) -> dict[str, np.ndarray]:
    """All arrays of one file."""
    assert max(SRC_LENGTH, TGT_LENGTH) <= PLACES
    return arrays_of(Reference(options).double(), options._asdict(), seed)


def is_telling(arrays: dict[str, np.ndarray]) -> bool:
    """Say whether clipping clips, and greedy decoding has no near tie and says different things.

    That some answers end early and others do not is rare here, and not asked for.
    """
    best_two = np.sort(arrays["padded.greedy_logits"])[..., -2:]
    tokens = [arrays[f"{batch}.greedy_tokens"] for batch in BATCHES]
    return bool(
        np.linalg.norm(arrays["padded.gradients"]) > CLIP_NORM
        and np.diff(best_two).min() > 1e-3
        and len(np.unique(np.concatenate(tokens))) > 1
    )


def main() -> None:
    """Write one file for each combination of options."""
    for options in all_options():
        write(options.name, partial(make, options), is_telling)


if __name__ == "__main__":
    main()
