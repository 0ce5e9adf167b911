"""The glossary's formulas and numbers are what the engine computes, on random numbers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from seqflip.decoding import trace
from seqflip.decoding.trace import entropy_in_bits
from seqflip.learning.metrics import alignment, token_accuracy
from seqflip.nn import OPTIMIZERS, Buffers, reference, scaled_dot_product_attention, softmax
from seqflip.nn.arrays import FloatArray
from seqflip.nn.functional import sigmoid
from seqflip.nn.loss import softmax_cross_entropy, softmax_cross_entropy_backward
from seqflip.nn.parameters import Parameter
from seqflip.nn.transformer.feed_forward import FeedForward
from seqflip.nn.transformer.layer_norm import EPSILON, LayerNorm
from seqflip.nn.transformer.sinusoids import sinusoids
from seqflip.runs.trained import EXAMPLES, open_trained
from seqflip.ui.shell.words.glossary import glossary

RNG = np.random.default_rng(16)
Both = tuple[Any, Any]  # what the engine computes, and what the formula says


def some(*shape: int) -> FloatArray:
    return RNG.standard_normal(shape)


def parameter(*shape: int) -> Parameter:
    return Parameter(some(*shape), np.zeros(shape))


def softmax_of(x: FloatArray) -> FloatArray:
    """Return it as the glossary has it, for one row."""
    shares: FloatArray = np.exp(x) / np.exp(x).sum()
    return shares


def dot_product() -> Both:
    a, b = some(2, 5)
    return reference.dot(a[None], b[None])[0, 0], sum(a[i] * b[i] for i in range(5))


def matrix() -> Both:
    w, x = some(3, 4), some(4)
    return reference.linear(x, w), [sum(w[i, j] * x[j] for j in range(4)) for i in range(3)]


def tanh() -> Both:
    x = some(5)
    return np.tanh(x), (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


def softmax_() -> Both:
    x = some(5)
    return softmax(x), softmax_of(x)


def confidence() -> Both:
    trained = open_trained(EXAMPLES / "bottleneck")
    found = trace(trained.model.network, trained.encode("3 1 4 1 5 9"), trained.model.tgt_length)
    return found.confidence, np.prod(found.output_probabilities.astype(np.float64))


def entropy() -> Both:
    weights = softmax_of(some(5))
    return entropy_in_bits(weights), -sum(w * np.log2(w) for w in weights)


def loss() -> Both:
    logits, targets = some(6, 4), np.array([0, 3, 1, 1, 2, 0])
    p = [softmax_of(row)[target] for row, target in zip(logits, targets, strict=True)]
    return softmax_cross_entropy(logits, targets, np.ones(6, bool)).loss, -np.mean(np.log(p))


def finite_differences() -> Both:
    logits, targets, h = some(2, 4), np.array([1, 3]), 1e-5

    def loss_at(step: float) -> float:
        moved = logits.copy()
        moved[0, 2] += step
        return softmax_cross_entropy(moved, targets, np.ones(2, bool)).loss

    gradient = softmax_cross_entropy_backward(
        softmax_cross_entropy(logits, targets, np.ones(2, bool))
    )
    return gradient[0, 2], (loss_at(h) - loss_at(-h)) / (2 * h)


def learning_rate() -> Both:
    w, gradient = some(2, 5)
    after = w.copy()
    OPTIMIZERS["sgd"](5, w.dtype, momentum=0.0).update(after, gradient, 0.1)
    return after, w - 0.1 * gradient


def adam() -> Both:
    w, *gradients = some(4, 5)
    after, optimizer = w.copy(), OPTIMIZERS["adam"](5, w.dtype, beta1=0.5, beta2=0.75)
    m = v = np.zeros(5)
    for step, gradient in enumerate(gradients, 1):
        optimizer.update(after, gradient, 0.1)
        m, v = m / 2 + gradient / 2, v * 3 / 4 + gradient**2 / 4
        w = w - 0.1 * (m / (1 - 0.5**step)) / (np.sqrt(v / (1 - 0.75**step)) + 1e-8)
    return after, w


def gate() -> Both:
    x = some(5)
    return sigmoid(x), 1 / (1 + np.exp(-x))


def rnn() -> Both:
    x, h, w, u, b = some(1, 3), some(1, 4), some(4, 3), some(4, 4), some(4)
    (new,) = reference.rnn(x, (h,), w, u, b, np.zeros(4))
    return new[0], np.tanh(w @ x[0] + u @ h[0] + b)


def gru() -> Both:
    x, h, w, u = some(1, 3), some(1, 4), some(12, 3), some(12, 4)
    (new,) = reference.gru(x, (h,), w, u, np.zeros(12), np.zeros(12))
    r, z = (sigmoid(w[part] @ x[0] + u[part] @ h[0]) for part in (slice(0, 4), slice(4, 8)))
    n = np.tanh(w[8:] @ x[0] + r * (u[8:] @ h[0]))
    return new[0], (1 - z) * n + z * h[0]


def lstm() -> Both:
    x, h, c_before, w, u = some(1, 3), some(1, 4), some(1, 4), some(16, 3), some(16, 4)
    new = reference.lstm(x, (h, c_before), w, u, np.zeros(16), np.zeros(16))
    i, f, g, o = np.split(w @ x[0] + u @ h[0], 4)
    c = sigmoid(f) * c_before[0] + sigmoid(i) * np.tanh(g)
    return np.concatenate(new), np.stack([sigmoid(o) * np.tanh(c), c])


def feed_forward() -> Both:
    shapes = {"linear1.weight": (6, 4), "linear1.bias": (6,)}
    shapes |= {"linear2.weight": (4, 6), "linear2.bias": (4,)}
    made = {name: parameter(*shape) for name, shape in shapes.items()}
    x = some(1, 4)
    y, _ = FeedForward(made).forward(x, Buffers(np.float64))
    w1, b1, w2, b2 = (one.value for one in made.values())
    return y[0], w2 @ np.maximum(0, w1 @ x[0] + b1) + b2


def scaled_dot_product() -> Both:
    q, key = some(4), some(5, 4)
    _, weights = scaled_dot_product_attention(q[None], key, some(5, 3))
    return weights[0], softmax_of(np.array([q @ k / np.sqrt(4) for k in key]))


def additive() -> Both:
    w, q, k = some(3, 4)
    return reference.additive(q[None], k[None], w)[0, 0], w @ np.tanh(q + k)


def attention_weight() -> Both:
    scores = some(1, 5)
    return reference.attend(scores, some(5, 3))[1][0], softmax_of(scores[0])


def context() -> Both:
    q, key, value = some(1, 4), some(5, 4), some(5, 3)
    c, (weights,) = scaled_dot_product_attention(q, key, value)
    return c[0], sum(weights[j] * value[j] for j in range(5))


def alignment_() -> Both:
    weights = np.stack([softmax_of(some(5)) for _ in range(3)])
    truth = np.array([[1, 0, 0, 0, 0], [0, 1, 1, 0, 0], [0, 0, 0, 0, 1]], bool)
    total = sum(weights[t, j] for t in range(3) for j in range(5) if truth[t, j])
    return alignment(weights[None], truth[None]), total / 3


def sharpening() -> Both:
    m, p = softmax_of(some(5)), 2.5
    return reference.sharpen(m, np.array([p])), m**p / (m**p).sum()


def layer_norm() -> Both:
    x, w, b = some(1, 6), parameter(6), parameter(6)
    y, _ = LayerNorm(w, b).forward(x, Buffers(np.float64))
    normal = (x[0] - x.mean()) / np.sqrt(x.var() + EPSILON)
    return y[0], w.value * normal + b.value


def sinusoidal() -> Both:
    d, p = 6, 5.0
    angles = [p / 10_000 ** (2 * i / d) for i in range(d // 2)]
    pairs = [(np.sin(angle), np.cos(angle)) for angle in angles]
    return sinusoids(np.array([p]), d)[0], np.ravel(pairs)


FORMULAS: dict[str, tuple[str, Callable[[], Both]]] = {
    "dot product": ("a · b = a₁b₁ + a₂b₂ + … + aₙbₙ", dot_product),
    "matrix": ("(W x)ᵢ = Σⱼ Wᵢⱼ xⱼ", matrix),
    "tanh": ("tanh(x) = (eˣ − e⁻ˣ) ÷ (eˣ + e⁻ˣ)", tanh),
    "softmax": ("softmax(x)ⱼ = exp(xⱼ) ÷ Σᵢ exp(xᵢ)", softmax_),
    "confidence": ("p(y) = p(y₁) · p(y₂) · … · p(yₙ)", confidence),
    "entropy": ("H = −Σⱼ αⱼ log₂ αⱼ", entropy),
    "loss": ("loss = −(1/n) Σₜ ln p(yₜ)", loss),
    "finite differences": ("(loss(w + h) − loss(w − h)) ÷ 2h", finite_differences),
    "learning rate": ("w ← w − η · ∂loss/∂w", learning_rate),
    "Adam": ("w ← w − η · m ÷ (√v + ε)", adam),
    "gate": ("σ(x) = 1 ÷ (1 + exp(−x))", gate),
    "RNN": ("h = tanh(W x + U h₋₁ + b)", rnn),
    "GRU": ("h = (1 − z) · n + z · h₋₁", gru),
    "LSTM": ("c = f · c₋₁ + i · g, h = o · tanh(c)", lstm),
    "feed-forward": ("W₂ max(0, W₁ x + b₁) + b₂", feed_forward),
    "scaled dot product": ("score = q · k ÷ √d_k", scaled_dot_product),
    "additive": ("score = w · tanh(q + k)", additive),
    "attention weight": ("α = softmax(scores)", attention_weight),
    "context": ("c = Σⱼ αⱼ vⱼ", context),
    "alignment": ("(1/T) Σₜ Σ over true j of αₜⱼ", alignment_),
    "sharpening": ("αⱼ = mⱼᵖ ÷ Σᵢ mᵢᵖ", sharpening),
    "layer norm": ("w · (x − mean) ÷ √(variance + ε) + b", layer_norm),
    "sinusoidal": ("sin(p ÷ 10000^(2i/d)), cos(p ÷ 10000^(2i/d))", sinusoidal),
}
NAMED_ONLY = {
    "gradient",
    "recurrent",
    "query",
    "key",
    "value",
    "temperature",
    "residual connection",
}
"""Formulas that say what goes into what, and leave nothing to compute that others do not."""


def test_every_formula_is_computed_here() -> None:
    written = {name: word.formula for name, word in glossary().items() if word.formula}
    assert written.keys() == FORMULAS.keys() | NAMED_ONLY
    assert {name: text for name, (text, _) in FORMULAS.items()}.items() <= written.items()


@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_is_what_the_engine_computes(name: str) -> None:
    computed, said = FORMULAS[name][1]()
    np.testing.assert_allclose(computed, said, rtol=1e-5, atol=1e-7)


def test_the_numbers_in_the_definitions_are_right() -> None:
    means = {name: word.means for name, word in glossary().items()}
    assert "Ten tokens of 90 % each make 35 %" in means["confidence"]
    assert round(100 * 0.9**10) == 35
    assert f"One nat is {1 / np.log(2):.2f} bits" in means["nats"]
    even = np.full((1, 3, 8), 1 / 8)
    assert "0 where one place has all the weight, and log₂ n where n places" in means["entropy"]
    assert entropy_in_bits(np.eye(8)[0]) == 0
    assert entropy_in_bits(even[0, 0]) == np.log2(8)
    assert "an even look at n inputs would have 1/n" in means["alignment"]
    assert alignment(even, np.eye(8, dtype=bool)[None, :3]) == 1 / 8
    assert "An answer of ten tokens with one mistake has 90 %" in means["token accuracy"]
    assert token_accuracy([[*range(1, 10), 5]], [[*range(1, 11)]]) == 0.9
    guess = softmax_cross_entropy(np.zeros((3, 20)), np.array([1, 2, 3]), np.ones(3, bool))
    assert "to guess among V equally likely tokens costs ln V nats" in means["nats"]
    assert guess.loss == pytest.approx(np.log(20))
