"""Make the reference arrays that ``tests/test_reference.py`` holds SeqFlip against.

The model is written here a second time, with PyTorch's own modules and in the plainest way: packed
sequences for the encoder, one step at a time for the decoder, no masks where a length will do.
What two independent programs agree on is unlikely to be a mistake.

Run by hand, and only when the model's definition changes (any PyTorch 2 will do; the files in this
folder were made with torch 2.13.0 and numpy 2.4.6)::

    pip install torch numpy
    python -m tests.reference.make_reference
    python -m tests.reference.make_transformer_reference

All is computed in float64 and stored as float32 (the initial parameters are exact in both).
A file holds one model and two batches (``full``: every length at its limit, ``padded``: shorter
rows too). Parameters, gradients and the like are flat vectors in the order of ``layout``.
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, pad, softplus
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

FOLDER = Path(__file__).parent
VOCAB_SIZE, SRC_LENGTH, TGT_LENGTH = 7, 5, 4
D_MODEL, D_K, D_V = 6, 5, 4
ADAM_STEPS, LEARNING_RATE, CLIP_NORM = 10, 0.01, 1.0


class Feedforward(nn.Module):
    """One layer that keeps nothing of what it read before, to be called as ``nn.RNN`` is."""

    def __init__(
        self, n_in: int, hidden: int, layers: int, *, batch_first: bool, bidirectional: bool = False
    ) -> None:
        super().__init__()
        assert layers == 1
        assert batch_first
        self.directions = ["", "_reverse"][: 1 + bidirectional]
        for direction in self.directions:
            layer = nn.Linear(n_in, hidden)
            self.register_parameter(f"weight_ih_l0{direction}", layer.weight)
            self.register_parameter(f"bias_ih_l0{direction}", layer.bias)

    def read(self, x: Tensor) -> list[Tensor]:
        """Give what each direction makes of ``x`` (..., n_in)."""
        return [
            torch.tanh(x @ getattr(self, f"weight_ih_l0{to}").T + getattr(self, f"bias_ih_l0{to}"))
            for to in self.directions
        ]

    def forward(
        self, x: Tensor | PackedSequence, state: Tensor | None = None
    ) -> tuple[Tensor | PackedSequence, Tensor]:
        """Give all states, and where each direction ends: the backward one at the first token."""
        if isinstance(x, Tensor):
            states = torch.cat(self.read(x), -1)
            return states, states[None, :, -1]
        padded, lengths = pad_packed_sequence(x, batch_first=True)
        found = self.read(padded)
        ends = [found[0][torch.arange(len(lengths)), lengths - 1]]
        ends += [one[:, 0] for one in found[1:]]
        states = pack_padded_sequence(
            torch.cat(found, -1), lengths, batch_first=True, enforce_sorted=False
        )
        return states, torch.stack(ends)


CELLS: dict[str, type[nn.Module]] = {
    "rnn": nn.RNN,
    "gru": nn.GRU,
    "lstm": nn.LSTM,
    "feedforward": Feedforward,
}

BATCHES = {
    "full": (
        [[3, 1, 4, 6, 5], [2, 2, 6, 5, 1], [6, 4, 4, 1, 3]],
        [[5, 6, 4, 1], [1, 5, 6, 2], [3, 1, 4, 4]],
    ),
    # One row is full, one stops inside, one has a single source token. The first target fills its
    # length and so has no end mark, the second is nothing but its end mark.
    "padded": (
        [[5, 1, 3, 3, 2], [4, 6, 1, 0, 0], [2, 0, 0, 0, 0]],
        [[2, 3, 3, 1], [0, 0, 0, 0], [6, 2, 0, 0]],
    ),
}


class Options(NamedTuple):
    """What distinguishes one reference model from another."""

    cell: str = "gru"
    attention: str = "scaled_dot"
    layers: int = 1
    bidirectional: bool = True
    input_feeding: bool = False
    source_marks: bool = False

    @property
    def name(self) -> str:
        """The name of the file."""
        parts = [self.cell, self.attention]
        parts += [f"{self.layers}_layers"] if self.layers > 1 else []
        parts += [] if self.bidirectional else ["one_way"]
        parts += ["input_feeding"] if self.input_feeding else []
        parts += ["source_marks"] if self.source_marks else []
        return "-".join(parts)


def all_options() -> Iterator[Options]:
    """Every cell with every attention, and then the other options one by one and together."""
    for cell in ("rnn", "gru", "lstm"):
        for attention in ("scaled_dot", "additive", "none"):
            yield Options(cell, attention)
    yield Options("gru", "dot")
    yield Options("gru", "scaled_dot", layers=2)
    yield Options("gru", "scaled_dot", bidirectional=False)
    yield Options("gru", "scaled_dot", input_feeding=True)
    yield Options("rnn", "dot", layers=2, bidirectional=False, input_feeding=True)
    yield Options("lstm", "additive", layers=2, input_feeding=True)
    for attention in ("shift", "location", "location_dot"):
        yield Options("gru", attention)
    yield Options("rnn", "shift", source_marks=True)
    yield Options("lstm", "shift", input_feeding=True)
    yield Options("rnn", "location", input_feeding=True, source_marks=True)
    yield Options("gru", "scaled_dot", source_marks=True)
    yield Options("feedforward", "additive")
    yield Options("feedforward", "shift", source_marks=True)


class Vector(nn.Module):
    """A weight vector of its own, so that its name is ``score.weight``."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(size))


class Attention(nn.Module):
    """Attention of one decoder state to the source, in one of its kinds."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self.query = nn.Linear(D_MODEL, D_K, bias=False)
        self.key = nn.Linear(D_MODEL, D_K, bias=False)
        self.value = nn.Linear(D_MODEL, D_V, bias=False)
        if kind in ("additive", "location"):
            self.score = Vector(D_K)
        if kind.startswith("location"):
            self.location = nn.Conv1d(1, D_K, 7, padding=3, bias=False)
        if kind == "shift":
            self.gate = nn.Linear(D_MODEL, 1)
            self.shift = nn.Linear(D_MODEL, 3)
            self.power = nn.Linear(D_MODEL, 1)

    def forward(
        self, state: Tensor, encoded: Tensor, real: Tensor, before: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Attend from ``state`` (n, d_model) to the real steps of ``encoded`` (n, source, d).

        ``before`` (n, source) are the weights of the step before.
        """
        query, key, value = self.query(state)[:, None], self.key(encoded), self.value(encoded)
        if self.kind.startswith("location"):
            key = key + self.location(before[:, None]).transpose(1, 2)
        if self.kind in ("additive", "location"):
            scores = torch.tanh(query + key) @ self.score.weight
        else:
            scores = (query * key).sum(-1)
            if self.kind != "dot":
                scores = scores / D_K**0.5
        weights = scores.masked_fill(~real, -torch.inf).softmax(-1)
        if self.kind == "shift":
            weights = self.move(weights, before, state) * real
            weights = weights / weights.sum(-1, keepdim=True)
        return (weights[..., None] * value).sum(1), weights

    def move(self, content: Tensor, before: Tensor, state: Tensor) -> Tensor:
        """Mix, move, and raise to a power, as Graves et al. (2014) do."""
        gate = torch.sigmoid(self.gate(state))
        share = torch.softmax(self.shift(state), -1)
        mixed = pad(gate * content + (1 - gate) * before, (1, 1))
        moved = share[:, :1] * mixed[:, 2:] + share[:, 1:2] * mixed[:, 1:-1]
        moved = moved + share[:, 2:] * mixed[:, :-2]
        return moved.clamp(min=1e-12) ** (1 + softplus(self.power(state)))


class Decodes(nn.Module):
    """What every reference model can do."""

    def decode(self, x_src: Tensor, x_tgt: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """Decode step by step, on the target's tokens if given and else on its own answers.

        Gives logits (n, target, vocab), weights (n, target, source) and the tokens (n, target) that
        it finds most likely.
        """
        raise NotImplementedError

    def loss(self, x_src: Tensor, x_tgt: Tensor) -> Tensor:
        """Mean cross-entropy over the tokens up to and including the first 0 of each target."""
        logits, _, _ = self.decode(x_src, x_tgt)
        zeros_before = (x_tgt == 0).cumsum(1) - (x_tgt == 0).long()
        counted = zeros_before == 0
        return cross_entropy(logits[counted], x_tgt[counted])


class Reference(Decodes):
    """The encoder-decoder; its ``state_dict`` bears the names that SeqFlip uses."""

    def __init__(self, options: Options) -> None:
        super().__init__()
        self.options = options
        recurrent = CELLS[options.cell]
        directions = 2 if options.bidirectional else 1
        attends = options.attention != "none"
        fed = D_V if attends and options.input_feeding else 0
        marks = 2 if options.source_marks else 1
        self.embedding = nn.Embedding(VOCAB_SIZE + marks, D_MODEL)
        self.encoder = recurrent(
            D_MODEL,
            D_MODEL // directions,
            options.layers,
            batch_first=True,
            bidirectional=options.bidirectional,
        )
        self.decoder = recurrent(D_MODEL + fed, D_MODEL, options.layers, batch_first=True)
        if attends:
            self.attention = Attention(options.attention)
        self.output = nn.Linear(D_MODEL + (D_V if attends else 0), VOCAB_SIZE)

    def encode(self, x_src: Tensor) -> tuple[Tensor, Tensor | tuple[Tensor, ...]]:
        """Give all encoder states (n, source, d_model) and the state the decoder starts from."""
        packed = pack_padded_sequence(
            self.embedding(x_src), (x_src != 0).sum(1), batch_first=True, enforce_sorted=False
        )
        packed_states, last = self.encoder(packed)
        total = x_src.shape[1]
        encoded, _ = pad_packed_sequence(packed_states, batch_first=True, total_length=total)
        if self.options.cell == "lstm":
            return encoded, tuple(self.join_directions(part) for part in last)
        return encoded, self.join_directions(last)

    def join_directions(self, last: Tensor) -> Tensor:
        """Lay the directions of each layer side by side: (layers, n, d_model)."""
        by_layer = last.unflatten(0, (self.options.layers, -1))
        return torch.cat(by_layer.unbind(1), dim=-1)

    def decode(self, x_src: Tensor, x_tgt: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """Decode with a recurrent layer and one look a step."""
        if self.options.source_marks:
            x_src = between_marks(x_src)
        real = x_src != 0
        encoded, state = self.encode(x_src)
        weights = torch.zeros_like(real, dtype=encoded.dtype)
        weights[:, 0] = 1
        context = encoded.new_zeros(len(x_src), D_V)
        token = torch.full((len(x_src),), VOCAB_SIZE)
        all_logits, all_weights, answers = [], [], []
        for t in range(TGT_LENGTH):
            step_input = self.embedding(token)
            if self.options.input_feeding:
                step_input = torch.cat([step_input, context], dim=-1)
            top, state = self.decoder(step_input[:, None], state)
            features = top[:, 0]
            if self.options.attention != "none":
                context, weights = self.attention(features, encoded, real, weights)
                features = torch.cat([features, context], dim=-1)
            logits = self.output(features)
            all_logits.append(logits)
            all_weights.append(weights if self.options.attention != "none" else 0 * weights)
            answers.append(logits.argmax(-1))
            token = answers[t] if x_tgt is None else x_tgt[:, t]
        return torch.stack(all_logits, 1), torch.stack(all_weights, 1), torch.stack(answers, 1)


def between_marks(x_src: Tensor) -> Tensor:
    """Put a begin mark before each source and an end mark behind it."""
    rows = [
        torch.cat([torch.tensor([VOCAB_SIZE]), row[row != 0], torch.tensor([VOCAB_SIZE + 1])])
        for row in x_src
    ]
    padded = nn.utils.rnn.pad_sequence(rows, batch_first=True)
    return pad(padded, (0, x_src.shape[1] + 2 - padded.shape[1]))


def flat(tensors: list[Tensor]) -> Tensor:
    """Join tensors to one vector."""
    return torch.cat([tensor.detach().reshape(-1) for tensor in tensors])


def draw_parameters(model: Decodes, seed: int) -> Tensor:
    """Fill the model with random multiples of 1/64: exact in any precision, small when packed."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randint(-128, 129, parameter.shape, generator=generator) / 64)
    return flat(list(model.parameters()))


def until_end(answers: Tensor) -> Tensor:
    """Set all that follows a first 0 to 0."""
    return answers * (answers != 0).cumprod(1)


def adam_run(
    model: Decodes, start: Tensor, x_src: Tensor, x_tgt: Tensor, clip_norm: float | None
) -> tuple[Tensor, Tensor]:
    """Take ten Adam steps from ``start`` on one batch: the losses before each, and the end."""
    nn.utils.vector_to_parameters(start.clone(), model.parameters())
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    losses = []
    for _ in range(ADAM_STEPS):
        optimizer.zero_grad()
        loss = model.loss(x_src, x_tgt)
        loss.backward()
        if clip_norm is not None:
            clip_grad_norm_(model.parameters(), clip_norm)
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses), flat(list(model.parameters()))


def make(options: Options, seed: int) -> dict[str, np.ndarray]:
    """All arrays of one file."""
    return arrays_of(Reference(options).double(), options._asdict(), seed)


def arrays_of(model: Decodes, options: dict[str, object], seed: int) -> dict[str, np.ndarray]:
    """All arrays of a model with parameters of this seed."""
    start = draw_parameters(model, seed)
    arrays: dict[str, Tensor] = {"parameters": start}
    for batch, (source, target) in BATCHES.items():
        x_src, x_tgt = torch.tensor(source), torch.tensor(target)
        clip_norm = CLIP_NORM if batch == "padded" else None
        nn.utils.vector_to_parameters(start.clone(), model.parameters())
        model.zero_grad()
        loss = model.loss(x_src, x_tgt)
        loss.backward()
        with torch.no_grad():
            logits, weights, _ = model.decode(x_src, x_tgt)
            greedy_logits, greedy_weights, answers = model.decode(x_src, None)
        gradients = flat([p.grad for p in model.parameters() if p.grad is not None])
        adam_losses, adam_parameters = adam_run(model, start, x_src, x_tgt, clip_norm)
        arrays |= {
            f"{batch}.x_src": x_src.to(torch.int8),
            f"{batch}.x_tgt": x_tgt.to(torch.int8),
            f"{batch}.logits": logits,
            f"{batch}.weights": weights,
            f"{batch}.loss": loss.detach(),
            f"{batch}.gradients": gradients,
            f"{batch}.greedy_tokens": until_end(answers).to(torch.int8),
            f"{batch}.greedy_logits": greedy_logits,
            f"{batch}.greedy_weights": greedy_weights,
            f"{batch}.adam_losses": adam_losses,
            f"{batch}.adam_parameters": adam_parameters,
        }
    stored = {
        name: (tensor.float() if tensor.is_floating_point() else tensor).numpy()
        for name, tensor in arrays.items()
    }
    about = {
        "vocab_size": VOCAB_SIZE,
        "src_length": SRC_LENGTH,
        "tgt_length": TGT_LENGTH,
        "d_model": D_MODEL,
        "d_k": D_K,
        "d_v": D_V,
        **options,
    }
    layout = {name: list(parameter.shape) for name, parameter in model.named_parameters()}
    training = {"learning_rate": LEARNING_RATE, "full": None, "padded": CLIP_NORM}
    return stored | {
        "options": np.array(json.dumps(about)),
        "layout": np.array(json.dumps(layout)),
        "training": np.array(json.dumps(training)),
    }


def is_telling(arrays: dict[str, np.ndarray]) -> bool:
    """Say whether these arrays test what they should: clipping clips, greedy decoding has no near
    tie, says different things to different sources, and ends early for some but not for all.
    """
    tokens = arrays["padded.greedy_tokens"]
    best_two = np.sort(arrays["padded.greedy_logits"])[..., -2:]
    return bool(
        np.linalg.norm(arrays["padded.gradients"]) > CLIP_NORM
        and np.diff(best_two).min() > 1e-3
        and len(np.unique(tokens, axis=0)) == len(tokens)
        and len(np.unique(tokens)) > 3
        and 0 < (tokens == 0).any(axis=1).sum() < len(tokens)
    )


def write(
    name: str,
    of_seed: Callable[[int], dict[str, np.ndarray]],
    telling: Callable[[dict[str, np.ndarray]], bool] = is_telling,
) -> None:
    """Write the file of a model, with the first seed that is telling."""
    path = FOLDER / f"{name}.npz"
    np.savez_compressed(path, allow_pickle=False, **next(filter(telling, map(of_seed, count()))))
    print(f"{path.name}  {path.stat().st_size} bytes", flush=True)


def main() -> None:
    """Write one file for each combination of options."""
    for options in all_options():
        write(options.name, partial(make, options))


if __name__ == "__main__":
    main()
