"""The whole network once more, one number at a time, from nothing but the named parameters.

Slow and plain on purpose: it shares no code with the package, and computes in double precision.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Parameters = dict[str, NDArray[Any]]


class ByHand(NamedTuple):
    """What came out, under the names that a trace has for it."""

    query: Vector
    key: Vector
    value: Vector
    terms: Vector
    scores: Vector
    weights: Vector
    context: Vector
    logits: Vector
    probabilities: Vector
    layer_states: Vector
    encoder_layers: Vector


def sigmoid(x: Vector) -> Vector:
    return np.array([1 / (1 + math.exp(-one)) for one in x])


def softmax(x: Vector) -> Vector:
    powers = [math.exp(one) for one in x]
    return np.array(powers) / math.fsum(powers)


def step(cell: str, p: Parameters, name: str, x: Vector, h: Vector, c: Vector) -> Any:
    """One step of a torch.nn cell: (h, c) after it."""
    n = len(h)
    if cell == "feedforward":
        return np.tanh(p[name.format("weight_ih")] @ x + p[name.format("bias_ih")]), c
    inner = p[name.format("weight_ih")] @ x + p[name.format("bias_ih")]
    outer = p[name.format("weight_hh")] @ h + p[name.format("bias_hh")]
    if cell == "rnn":
        return np.tanh(inner + outer), c
    if cell == "gru":
        r, z = sigmoid((inner + outer)[:n]), sigmoid((inner + outer)[n : 2 * n])
        return (1 - z) * np.tanh(inner[2 * n :] + r * outer[2 * n :]) + z * h, c
    gates = inner + outer
    i, f, o = (sigmoid(gates[k * n : (k + 1) * n]) for k in (0, 1, 3))
    c = f * c + i * np.tanh(gates[2 * n : 3 * n])
    return o * np.tanh(c), c


def run(model: Any, source: list[int], inputs: list[int], **changes: Any) -> ByHand:
    """Answer ``source``, reading ``inputs``; ``temperature`` and ``forbidden`` change the look."""
    made = model.network.architecture
    if made.source_marks:
        source = [made.vocab_size, *source, made.vocab_size + 1]
    p = {name: value.astype(np.float64) for name, value in model.parameters().items()}
    encoded, h, c = _encode(made, p, source)
    states = encoded[-1]
    key, value = states @ p["attention.key.weight"].T, states @ p["attention.value.weight"].T
    context = np.zeros(made.d_v)
    weights = np.eye(len(source))[0]
    rows: list[tuple[Vector, ...]] = []
    for token in inputs:
        x = p["embedding.weight"][token]
        for layer in range(made.layers):
            if layer == 0 and made.input_feeding:
                x = np.concatenate([x, context])
            name = f"decoder.{{}}_l{layer}"
            h[layer], c[layer] = step(made.cell, p, name, x, h[layer], c[layer])
            x = h[layer]
        query = p["attention.query.weight"] @ x
        located = key
        if made.attention.startswith("location"):
            located = key + _location(p["attention.location.weight"], weights)
        terms = _terms(made.attention, p, query, located)
        scores = np.array([math.fsum(row) for row in terms])
        if made.attention in ("scaled_dot", "shift", "location_dot"):
            scores /= math.sqrt(made.d_k)
        if made.attention == "shift":
            weights = _weigh(_moved(p, x, softmax(scores), weights), **changes)
        else:
            weights = _weigh(scores, **changes)
        context = np.array([math.fsum(weights * column) for column in value.T])
        logits = p["output.weight"] @ np.concatenate([x, context]) + p["output.bias"]
        rows.append((query, terms, scores, weights, context, logits, softmax(logits), np.array(h)))
    queries, terms, scores, weights, contexts, logits, probabilities, layers = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    return ByHand(
        queries,
        key,
        value,
        terms,
        scores,
        weights,
        contexts,
        logits,
        probabilities,
        layers.swapaxes(0, 1),
        encoded,
    )


def _encode(made: Any, p: Parameters, source: list[int]) -> tuple[Vector, list[Vector], Any]:
    states: Vector = np.array([p["embedding.weight"][token] for token in source])
    last_h, last_c, layers = [], [], []
    directions = ["", "_reverse"] if made.bidirectional else [""]
    width = made.d_model // len(directions)
    for layer in range(made.layers):
        sides, ends_h, ends_c = [], [], []
        for direction in directions:
            h = c = np.zeros(width)
            side = []
            for x in states[::-1] if direction else states:
                h, c = step(made.cell, p, f"encoder.{{}}_l{layer}{direction}", x, h, c)
                side.append(h)
            sides.append(side[::-1] if direction else side)
            ends_h.append(h)
            ends_c.append(c)
        states = np.concatenate(sides, axis=1)
        layers.append(states)
        last_h.append(np.concatenate(ends_h))
        last_c.append(np.concatenate(ends_c))
    return np.array(layers), last_h, last_c


def _location(kernel: Vector, before: Vector) -> Vector:
    """What each place is told of the weights around it, (source_len, d_k)."""
    d_k, _, width = kernel.shape
    found = np.zeros((len(before), d_k))
    for place in range(len(before)):
        for tap in range(width):
            seen = place + tap - width // 2
            if 0 <= seen < len(before):
                found[place] += kernel[:, 0, tap] * before[seen]
    return found


def _moved(p: Parameters, state: Vector, content: Vector, before: Vector) -> Vector:
    """Gate, shift and sharpen: what the last softmax gets, (source_len,)."""
    gate, shift, power = (
        p[f"attention.{part}.weight"] @ state + p[f"attention.{part}.bias"]
        for part in ("gate", "shift", "power")
    )
    (g,), (back, stay, on) = sigmoid(gate), softmax(shift)
    mixed = [0.0, *(g * content + (1 - g) * before), 0.0]
    moved = [
        back * mixed[j + 1] + stay * mixed[j] + on * mixed[j - 1] for j in range(1, len(mixed) - 1)
    ]
    gamma = 1 + math.log1p(math.exp(power[0]))
    return np.array([gamma * math.log(max(one, 1e-12)) for one in moved])


def _terms(attention: str, p: Parameters, query: Vector, key: Vector) -> Vector:
    if attention in ("additive", "location"):
        w = p["attention.score.weight"]
        return np.array([[w[i] * math.tanh(query[i] + k[i]) for i in range(len(w))] for k in key])
    return np.array([[query[i] * k[i] for i in range(len(query))] for k in key])


def _weigh(scores: Vector, temperature: float = 1.0, forbidden: tuple[int, ...] = ()) -> Vector:
    open_places = [j for j in range(len(scores)) if j not in forbidden]
    weights = np.zeros(len(scores))
    weights[open_places] = softmax(scores[open_places] / temperature)
    return weights
