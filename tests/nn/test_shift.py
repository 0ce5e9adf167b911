"""Attention that keeps its place: by its formulas, and by what it does at its extremes."""

import numpy as np
import pytest

from seqflip.nn import reference
from seqflip.nn.arrays import BoolArray, FloatArray
from seqflip.nn.attention import AttentionCache
from seqflip.nn.shift import FIRST_GATE, Moves, ShiftAttention
from tests.nn.gradients import buffers, random_parameters

STEPS, SOURCE_LEN = 4, 5
OPEN, CLOSED = 50.0, -50.0  # a gate's bias


class Looking:
    """Shift attention, four decoder states that look, and five encoder states."""

    def __init__(self, padded: bool = False) -> None:
        rng = np.random.default_rng(0)
        declared = ShiftAttention.declare(d_model=4, d_k=3, d_v=2)
        self.parameters = random_parameters(
            rng, {name: one.shape for name, one in declared.items()}
        )
        self.attention = ShiftAttention(self.parameters.within(""))
        self.states = rng.standard_normal((2, STEPS, 4))
        self.encoded = rng.standard_normal((2, SOURCE_LEN, 4))
        lengths = np.array([5, 3])[:, None]
        self.mask: BoolArray | None = (np.arange(5) < lengths)[:, None] if padded else None

    def set(self, part: str, bias: list[float]) -> None:
        """Let a part say the same whatever the state."""
        self.parameters.values[f"{part}.weight"][...] = 0
        self.parameters.values[f"{part}.bias"][...] = bias

    def look(self, before: FloatArray | None = None) -> AttentionCache:
        memory = self.attention.remember(self.encoded, self.mask, buffers())
        context = np.empty((2, STEPS, 2))
        return self.attention.forward(self.states, memory, context, buffers(), before)


@pytest.mark.parametrize("padded", [False, True])
def test_it_is_what_the_textbook_writes(padded: bool) -> None:
    looking = Looking(padded)
    cache, w, mask = looking.look(), looking.parameters.values, looking.mask
    before: FloatArray = np.zeros((2, SOURCE_LEN))
    before[:, 0] = 1
    query, key = (
        x @ w[f"{name}.weight"].T
        for x, name in ((looking.states, "query"), (looking.encoded, "key"))
    )
    scores = reference.scaled_dot(query, key)
    content = reference.softmax(scores if mask is None else np.where(mask, scores, -np.inf))
    for t in range(STEPS):
        gate, shift, power = (
            reference.linear(looking.states[:, t], w[f"{part}.weight"], w[f"{part}.bias"])
            for part in ("gate", "shift", "power")
        )
        mixed = reference.remember(content[:, t], reference.sigmoid(gate), before)
        moved = reference.shift(mixed, reference.softmax(shift))
        now = None if mask is None else mask[:, 0]
        before = reference.sharpen(moved, 1 + np.log1p(np.exp(power)), now)
        np.testing.assert_allclose(cache.weights[:, t], before, rtol=1e-10, atol=1e-14)


def test_what_happened_on_the_way_is_kept_by_name() -> None:
    made = Moves(**Looking(padded=True).look().stages)
    assert made.gate.shape == made.power.shape == (2, STEPS, 1)
    assert made.shift.shape == (2, STEPS, 3)
    assert (made.power >= 1).all()
    np.testing.assert_allclose(made.shift.sum(axis=2), 1)
    for weights in (made.before, made.content, made.mixed):
        assert weights.shape == (2, STEPS, SOURCE_LEN)
        np.testing.assert_allclose(weights.sum(axis=2), 1)


@pytest.mark.parametrize(
    ("shares", "expected"), [([0, 0, OPEN], [1, 2, 3]), ([0, OPEN, 0], [0, 0, 0])]
)
def test_with_a_closed_gate_it_only_moves(shares: list[float], expected: list[int]) -> None:
    looking = Looking()
    looking.set("gate", [CLOSED])
    looking.set("shift", shares)
    assert looking.look().weights.argmax(axis=2)[:, :3].tolist() == [expected] * 2
    backwards = np.eye(SOURCE_LEN)[[4, 4]]
    looking.set("shift", [OPEN, 0, 0])
    assert looking.look(backwards).weights.argmax(axis=2).tolist() == [[3, 2, 1, 0]] * 2


def test_with_an_open_gate_that_stays_it_is_scaled_dot_attention_sharpened() -> None:
    looking = Looking(padded=True)
    looking.set("gate", [OPEN])
    looking.set("shift", [0, OPEN, 0])
    looking.set("power", [CLOSED])  # 1: as it is
    cache = looking.look()
    np.testing.assert_allclose(cache.weights, cache.stages["content"], atol=1e-10)
    looking.set("power", [2.0])
    sharper = looking.look().weights
    assert (sharper.max(axis=2) > cache.weights.max(axis=2)).all()


def test_a_power_keeps_weights_sharp_however_often_they_leak() -> None:
    looking = Looking()
    looking.set("gate", [CLOSED])
    looking.set("shift", [0, 3, 0])  # a tenth leaks to either side at every step
    for power, kept in ((CLOSED, False), (5.0, True)):
        looking.set("power", [power])
        least = looking.look(np.eye(SOURCE_LEN)[[2, 2]]).weights.max(axis=2).min()
        assert (least > 0.99) == kept


def test_what_moves_beyond_an_end_is_lost_and_the_rest_adds_up_to_one() -> None:
    looking = Looking()
    looking.set("gate", [CLOSED])
    looking.set("shift", [0, 0, 1])
    cache = looking.look(np.eye(SOURCE_LEN)[[4, 4]])
    staying = cache.stages["shift"][0, 0, :2]
    np.testing.assert_allclose(cache.stages["moved"][0, 0, 3:], staying, rtol=1e-6)
    np.testing.assert_allclose(cache.weights.sum(axis=2), 1)


def test_the_gate_begins_nearly_closed() -> None:
    declared = ShiftAttention.declare(d_model=4, d_k=3, d_v=2)
    bias = np.zeros(1)
    declared["gate.bias"].start(bias, np.random.default_rng(0))
    assert bias.tolist() == [FIRST_GATE]
    assert reference.sigmoid(bias)[0] < 0.2
