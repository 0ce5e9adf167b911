"""Attention: the function by its properties, the variants by their formulas and gradients."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from seqflip import scaled_dot_product_attention
from seqflip.nn.arrays import BoolArray, FloatArray
from seqflip.nn.attention import ATTENTIONS, AttentionCache, Memory
from seqflip.nn.gradcheck import numerical_gradient, relative_error
from seqflip.nn.reference import attend
from seqflip.nn.rnn import RecurrentArchitecture, RecurrentNetwork
from tests.nn.gradients import assert_gradients, buffers, of_parameters, random_parameters
from tests.thorough import tries

Inputs = tuple[FloatArray, FloatArray, FloatArray, BoolArray]
VARIANTS = [name for name, kind in ATTENTIONS.items() if kind.attends]
ANEW = [name for name in VARIANTS if not ATTENTIONS[name].remembers]


@st.composite
def inputs(draw: st.DrawFn, size: float = 10) -> Inputs:
    """Draw query (n, d_k), key (m, d_k), value (m, d_v) and mask (n, m)."""
    n, m, d_k, d_v = (draw(st.integers(1, 5)) for _ in range(4))
    numbers = st.floats(-size, size)
    return (
        draw(arrays(np.float64, (n, d_k), elements=numbers)),
        draw(arrays(np.float64, (m, d_k), elements=numbers)),
        draw(arrays(np.float64, (m, d_v), elements=st.floats(-1e3, 1e3))),
        draw(arrays(np.bool_, (n, m))),
    )


# ------------------------------------------------------------------ scaled_dot_product_attention


def test_it_is_the_formula() -> None:
    rng = np.random.default_rng(0)
    q, k, v = rng.standard_normal((3, 4)), rng.standard_normal((5, 4)), rng.standard_normal((5, 2))
    output, weights = scaled_dot_product_attention(q, k, v)
    expected = np.exp(q @ k.T / 2)
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(weights, expected, rtol=1e-12)
    np.testing.assert_allclose(output, expected @ v, rtol=1e-12)


@given(inputs())
def test_rows_sum_to_one(given_: Inputs) -> None:
    q, k, v, _ = given_
    _, weights = scaled_dot_product_attention(q, k, v)
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-12)


@given(inputs())
def test_masked_keys_get_nothing_and_the_others_share_all(given_: Inputs) -> None:
    q, k, v, mask = given_
    output, weights = scaled_dot_product_attention(q, k, v, mask)
    assert (weights[~mask] == 0).all()
    some = mask.any(axis=1)
    np.testing.assert_allclose(weights[some].sum(axis=-1), 1, rtol=1e-12)
    assert (weights[~some] == 0).all()
    assert (output[~some] == 0).all()


@given(inputs())
def test_what_is_masked_could_be_anything(given_: Inputs) -> None:
    q, k, v, mask = given_
    mask[:, 0] = False
    before = scaled_dot_product_attention(q, k, v, mask)
    k[0], v[0] = 9.0, -9.0
    after = scaled_dot_product_attention(q, k, v, mask)
    for a, b in zip(before, after, strict=True):
        np.testing.assert_array_equal(a, b)


@given(inputs(), st.randoms(use_true_random=False))
def test_the_order_of_keys_and_values_does_not_matter(given_: Inputs, random: object) -> None:
    q, k, v, mask = given_
    order = list(range(len(k)))
    random.shuffle(order)  # type: ignore[attr-defined]
    output, weights = scaled_dot_product_attention(q, k, v, mask)
    output_2, weights_2 = scaled_dot_product_attention(q, k[order], v[order], mask[:, order])
    np.testing.assert_allclose(weights_2, weights[:, order], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(output_2, output, rtol=1e-9, atol=1e-9)


@given(inputs(size=1e150))
def test_large_scores_neither_overflow_nor_become_nan(given_: Inputs) -> None:
    q, k, v, mask = given_
    for allowed in (None, mask):
        output, weights = scaled_dot_product_attention(q, k, v, allowed)
        assert np.isfinite(output).all()
        assert np.isfinite(weights).all()


@given(inputs(), st.integers(1, 3), st.integers(1, 3))
def test_leading_dimensions_broadcast(given_: Inputs, a: int, b: int) -> None:
    q, k, v, mask = given_
    many_q = q + np.arange(a)[:, None, None, None]  # (a, 1, n, d_k)
    many_k = k - np.arange(b)[:, None, None]  # (b, m, d_k)
    output, weights = scaled_dot_product_attention(many_q, many_k, v, mask)
    assert output.shape == (a, b, len(q), v.shape[1])
    assert weights.shape == (a, b, len(q), len(k))
    for i in range(a):
        for j in range(b):
            alone = scaled_dot_product_attention(many_q[i, 0], many_k[j], v, mask)
            np.testing.assert_allclose(output[i, j], alone[0], rtol=1e-9, atol=1e-9)
            np.testing.assert_allclose(weights[i, j], alone[1], rtol=1e-9, atol=1e-12)


def test_values_alone_may_have_leading_dimensions() -> None:
    output, weights = scaled_dot_product_attention(
        np.ones((2, 3)), np.ones((4, 3)), np.ones((6, 4, 5))
    )
    assert output.shape == (6, 2, 5)
    assert weights.shape == (6, 2, 4)


@pytest.mark.parametrize("shape", [(), (4,), (1, 4), (2, 1), (2, 4), (6, 2, 4), (6, 1, 1)])
def test_a_mask_broadcasts_and_zeros_and_ones_are_as_good(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(1)
    q, k, v = (rng.standard_normal((6, n, 3)) for n in (2, 4, 4))
    mask = rng.random(shape) < 0.5
    _, weights = scaled_dot_product_attention(q, k, v, mask)
    assert ((weights > 0) == np.broadcast_to(mask, (6, 2, 4))).all()
    for dtype in (np.int64, np.uint8, np.float64):
        _, same = scaled_dot_product_attention(q, k, v, np.asarray(mask).astype(dtype))
        np.testing.assert_array_equal(same, weights)


def test_without_keys_there_is_nothing_to_attend_to() -> None:
    output, weights = scaled_dot_product_attention(
        np.ones((2, 3)), np.ones((0, 3)), np.ones((0, 4))
    )
    assert output.tolist() == np.zeros((2, 4)).tolist()
    assert weights.shape == (2, 0)


def test_lists_and_integers_are_welcome_and_nothing_is_changed() -> None:
    q, k, v = np.array([[1, 0]]), np.array([[1, 0], [1, 0]]), np.array([[2], [4]])
    output, weights = scaled_dot_product_attention(q.tolist(), k.tolist(), v.tolist())
    assert output.tolist() == [[3.0]]
    assert weights.tolist() == [[0.5, 0.5]]
    scaled_dot_product_attention(q, k, v, np.array([[1, 0]]))
    assert (q.tolist(), v.tolist()) == ([[1, 0]], [[2], [4]])


def test_single_precision_stays_single() -> None:
    x = np.ones((2, 3), np.float32)
    assert [a.dtype for a in scaled_dot_product_attention(x, x, x)] == [np.float32] * 2


GOOD = {"query": np.ones((2, 3)), "key": np.ones((4, 3)), "value": np.ones((4, 5))}


@pytest.mark.parametrize(
    ("wrong", "error", "sentence"),
    [
        ({"query": np.ones((2, 2))}, ValueError, "query and key must have the same last dimension"),
        ({"value": np.ones((3, 5))}, ValueError, "key and value must have the same number of rows"),
        ({"query": np.ones(3)}, ValueError, "query must have at least 2 dimensions"),
        ({"key": np.full((4, 3), "x")}, TypeError, "key must be an array of real numbers"),
        ({"value": np.ones((4, 5), complex)}, TypeError, "value must be an array of real numbers"),
        (
            {"query": np.ones((2, 0)), "key": np.ones((4, 0))},
            ValueError,
            "query and key must have at least one feature",
        ),
        (
            {"query": np.ones((2, 2, 3)), "key": np.ones((3, 4, 3))},
            ValueError,
            "the leading dimensions of query, key and value must broadcast",
        ),
        ({"mask": np.ones((2, 3))}, ValueError, r"mask must broadcast to \(2, 4\)"),
        ({"mask": np.ones((7, 2, 4))}, ValueError, r"mask must broadcast to \(2, 4\)"),
        ({"mask": np.full((2, 4), 2)}, ValueError, "mask must hold only True/False or 1/0"),
        ({"mask": np.full((2, 4), np.nan)}, ValueError, "mask must hold only True/False or 1/0"),
        ({"mask": [["yes"]]}, TypeError, "mask must be boolean or 0/1"),
    ],
)
def test_what_does_not_fit_is_refused(
    wrong: dict[str, FloatArray], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        scaled_dot_product_attention(**(GOOD | wrong))


def test_half_precision_is_added_up_in_single_precision() -> None:
    query = np.full((1, 64), 60, np.float16)
    key = np.stack([query[0], query[0] / 2])
    output, weights = scaled_dot_product_attention(query, key, np.array([[1], [2]], np.float16))
    assert output.dtype == weights.dtype == np.float16
    assert weights.tolist() == [[1, 0]]
    assert output.tolist() == [[1]]


# ------------------------------------------------------------------ the variants


class Looking:
    """A variant of attention, decoder states that look, and encoder states that are looked at."""

    def __init__(self, name: str, seed: int, padded: bool) -> None:
        rng = np.random.default_rng(seed)
        kind = ATTENTIONS[name]
        declared = kind.declare(d_model=4, d_k=3, d_v=2)
        self.parameters = random_parameters(
            rng, {f"attention.{part}": one.shape for part, one in declared.items()}
        )
        self.attention = kind(self.parameters.within("attention."))
        self.states = rng.standard_normal((2, 3, 4))  # batch 2, steps 3
        self.encoded = rng.standard_normal((2, 5, 4))  # source_len 5
        self.mask = (np.arange(5) < np.array([5, 3])[:, None])[:, None] if padded else None

    def look(self) -> tuple[FloatArray, AttentionCache]:
        memory = self.attention.remember(self.encoded, self.mask, buffers())
        context = np.empty((2, 3, self.attention.d_v))
        cache = self.attention.forward(self.states, memory, context, buffers())
        return context, cache

    def projected(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        w = self.parameters.values
        return (
            self.states @ w["attention.query.weight"].T,
            self.encoded @ w["attention.key.weight"].T,
            self.encoded @ w["attention.value.weight"].T,
        )


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("name", ANEW)
def test_each_variant_scores_by_its_formula(name: str, padded: bool) -> None:
    looking = Looking(name, 0, padded)
    context, cache = looking.look()
    q, k, v = looking.projected()
    plain = looking.attention.plain
    assert plain is not None
    shared = [f"attention.{part}.weight" for part in ("query", "key", "value")]
    own = [value for name, value in looking.parameters.values.items() if name not in shared]
    scores = plain(q, k, *own)
    np.testing.assert_allclose(cache.scores, scores, rtol=1e-12)
    _, weights = attend(scores, v, looking.mask)
    np.testing.assert_allclose(cache.weights, weights, rtol=1e-12)
    np.testing.assert_allclose(context, weights @ v, rtol=1e-12)


@pytest.mark.parametrize("feeding", [False, True])
@pytest.mark.parametrize("x_src", [[[1, 2, 3]], [[1, 2, 3], [4, 0, 0]]], ids=["full", "padded"])
def test_what_the_network_runs_is_the_public_function_bit_for_bit(
    x_src: list[list[int]], feeding: bool
) -> None:
    made = RecurrentNetwork(RecurrentArchitecture(9, 32, 16, 24, input_feeding=feeding))
    made.initialise(np.random.default_rng(1))
    targets = np.array([[5, 1, 7, 2], [3, 8, 8, 1]])[: len(x_src)]
    done = made.forward(np.array(x_src), made.shifted(targets))
    _, key, value, mask, _ = done.source.memory
    steps = [slice(t, t + 1) for t in range(4)] if feeding else [slice(None)]
    for now in steps:
        output, weights = scaled_dot_product_attention(done.looked.query[:, now], key, value, mask)
        np.testing.assert_array_equal(done.weights[:, now], weights)
        np.testing.assert_array_equal(done.context[:, now], output)


@pytest.mark.parametrize("padded", [False, True])
def test_the_scaled_variant_is_the_public_function(padded: bool) -> None:
    looking = Looking("scaled_dot", 1, padded)
    context, cache = looking.look()
    output, weights = scaled_dot_product_attention(*looking.projected(), looking.mask)
    np.testing.assert_allclose(context, output, rtol=1e-12)
    np.testing.assert_allclose(cache.weights, weights, rtol=1e-12)


@pytest.mark.parametrize("seed", range(tries(1, 3)))
@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("name", VARIANTS)
def test_gradients_by_states_and_parameters(name: str, padded: bool, seed: int) -> None:
    looking = Looking(name, seed, padded)
    d_context = np.random.default_rng(seed + 10).standard_normal((2, 3, 2))

    def function() -> float:
        return float(np.sum(d_context * looking.look()[0]))

    _, cache = looking.look()
    d = looking.attention.backward(d_context.copy(), cache, buffers())
    d_encoded = looking.attention.remember_backward(d.key, d.value, cache.memory, buffers())
    assert_gradients(
        function,
        {
            "states": (looking.states, d.states),
            "encoded": (looking.encoded, d_encoded),
            **of_parameters(looking.parameters),
        },
    )


@pytest.mark.parametrize("name", VARIANTS)
def test_gradients_of_two_looks_add_up(name: str) -> None:
    looking = Looking(name, 0, padded=True)
    _, cache = looking.look()
    for _ in range(2):
        d = looking.attention.backward(np.ones((2, 3, 2)), cache, buffers())
        looking.attention.remember_backward(d.key, d.value, cache.memory, buffers())
    twice = looking.parameters.flat_grad.copy()
    looking.parameters.zero_grad()
    d = looking.attention.backward(np.ones((2, 3, 2)), cache, buffers())
    looking.attention.remember_backward(d.key, d.value, cache.memory, buffers())
    np.testing.assert_allclose(twice, 2 * looking.parameters.flat_grad, rtol=1e-12)


@pytest.mark.parametrize("name", VARIANTS)
def test_what_is_behind_a_padded_place_does_not_matter(name: str) -> None:
    looking = Looking(name, 0, padded=True)
    before, cache = looking.look()
    d = looking.attention.backward(np.ones((2, 3, 2)), cache, buffers())
    assert (d.key[1, 3:] == 0).all()
    assert (d.value[1, 3:] == 0).all()
    looking.encoded[1, 3:] = 1e3
    after, _ = looking.look()
    np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("name", VARIANTS)
def test_many_looks_at_once_are_single_looks(name: str) -> None:
    looking = Looking(name, 0, padded=True)
    context, cache = looking.look()
    before = None
    for t in range(3):
        alone = np.empty((2, 1, 2))
        one = looking.attention.forward(
            looking.states[:, t : t + 1], cache.memory, alone, buffers(), before
        )
        before = one.weights[:, 0]
        np.testing.assert_allclose(alone[:, 0], context[:, t], rtol=1e-12)


@pytest.mark.parametrize("name", VARIANTS)
def test_only_what_remembers_depends_on_where_it_looked(name: str) -> None:
    looking = Looking(name, 0, padded=True)
    _, cache = looking.look()
    before = np.array([[0, 0, 0, 1, 0], [0, 0, 1, 0, 0.0]])
    context = np.empty((2, 3, 2))
    other = looking.attention.forward(looking.states, cache.memory, context, buffers(), before)
    changed = not np.allclose(other.weights, cache.weights)
    assert changed == looking.attention.remembers


@pytest.mark.parametrize("name", [name for name in VARIANTS if ATTENTIONS[name].remembers])
@pytest.mark.parametrize("padded", [False, True])
def test_gradients_by_the_weights_before_and_through_those_after(name: str, padded: bool) -> None:
    looking, rng = Looking(name, 0, padded), np.random.default_rng(3)
    before = rng.dirichlet(np.ones(5), 2) * (1 if looking.mask is None else looking.mask[:, 0])
    d_context, d_last = rng.standard_normal((2, 3, 2)), rng.standard_normal((2, 5))

    def look() -> tuple[FloatArray, AttentionCache]:
        memory = looking.attention.remember(looking.encoded, looking.mask, buffers())
        context = np.empty((2, 3, 2))
        return context, looking.attention.forward(
            looking.states, memory, context, buffers(), before
        )

    def function() -> float:
        context, cache = look()
        return float(np.sum(d_context * context) + np.sum(d_last * cache.weights[:, -1]))

    _, cache = look()
    d = looking.attention.backward(d_context.copy(), cache, buffers(), d_last.copy())
    assert d.before is not None
    looking.attention.remember_backward(d.key, d.value, cache.memory, buffers())
    expected = d.before if looking.mask is None else d.before * looking.mask[:, 0]
    numerical = numerical_gradient(function, before, 1e-5)
    if looking.mask is not None:
        numerical *= looking.mask[:, 0]  # nobody looks behind the end
    assert relative_error(numerical, expected) < 1e-6
    assert_gradients(
        function, {"states": (looking.states, d.states), **of_parameters(looking.parameters)}
    )


def test_without_attention_there_is_no_context_no_weight_and_no_gradient() -> None:
    looking = Looking("none", 0, padded=True)
    context, cache = looking.look()
    assert context.shape == (2, 3, 0)
    assert not cache.weights.any()
    assert isinstance(cache.memory, Memory)
    d = looking.attention.backward(context, cache, buffers())
    assert not d.states.any()
    assert not looking.attention.remember_backward(d.key, d.value, cache.memory, buffers()).any()
