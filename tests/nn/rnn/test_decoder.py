"""The decoder: all at once as step by step, with and without input feeding."""

import numpy as np
import pytest

from seqflip.nn import protocols
from seqflip.nn.arrays import FloatArray
from seqflip.nn.attention import Memory
from seqflip.nn.rnn.cells import CELLS, State
from seqflip.nn.rnn.decoder import DecoderCache, DecoderGradients, DecoderState, InputFeedingDecoder
from tests.nn.gradients import assert_gradients, buffers, network, of_parameters

NAMES = list(CELLS)
BATCH, STEPS, D_MODEL, D_K, D_V = 3, 4, 4, 3, 2


class Case:
    """A decoder of two layers, what it starts from and what it looks at."""

    def __init__(self, cell: str, feeding: bool, dropout: float = 0.0, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.network = network(
            seed, cell=cell, layers=2, input_feeding=feeding, dropout=dropout, attention="additive"
        )
        self.decoder = self.network.decoder
        self.tokens = rng.integers(0, 6, (STEPS, BATCH))
        parts = range(CELLS[cell].state_parts)
        shape = (1, BATCH, D_MODEL)
        layers: list[State] = [tuple(rng.standard_normal(shape) for _ in parts) for _ in range(2)]
        self.start = DecoderState(layers, rng.standard_normal((BATCH, D_V)))
        mask = (np.arange(5) < np.array([5, 2, 3])[:, None])[:, None]
        key, value = rng.standard_normal((BATCH, 5, D_K)), rng.standard_normal((BATCH, 5, D_V))
        self.memory = Memory(rng.standard_normal((BATCH, 5, D_MODEL)), key, value, mask)
        self.d_features = rng.standard_normal((BATCH, STEPS, D_MODEL + D_V))

    def forward(self) -> tuple[FloatArray, DecoderState, DecoderCache]:
        rng = np.random.default_rng(7)  # the same mask every time
        return self.decoder.forward(self.tokens, self.start, self.memory, rng, buffers())


def test_both_offer_what_is_asked_of_any_decoder() -> None:
    for feeding in (False, True):
        case = Case("lstm", feeding)
        decoder: protocols.Decoder[DecoderState, DecoderCache, DecoderGradients] = case.decoder
        features, state, cache = decoder.forward(
            case.tokens, case.start, case.memory, None, buffers()
        )
        steps, batch = case.tokens.shape
        assert cache.looked.weights.shape == (batch, steps, 5)
        assert cache.layer_states.shape == (2, batch, steps, D_MODEL)
        np.testing.assert_array_equal(cache.layer_states[-1], features[..., :D_MODEL])
        np.testing.assert_array_equal(cache.layer_states[:, :, -1], state.by_layer)
        read = cache.contexts_read
        assert (read is not None) == feeding
        if read is not None:
            np.testing.assert_array_equal(read[:, 0], case.start.context)
            np.testing.assert_array_equal(read[:, 1:], features[:, :-1, D_MODEL:])


def test_rows_of_a_state_are_taken_as_a_beam_needs_them() -> None:
    state = Case("lstm", feeding=True).start
    taken = state.take(np.array([1, 1, 0]))
    np.testing.assert_array_equal(taken.by_layer, state.by_layer[:, [1, 1, 0]])
    np.testing.assert_array_equal(taken.context, state.context[[1, 1, 0]])
    np.testing.assert_array_equal(taken.layers[0][1], state.layers[0][1][:, [1, 1, 0]])


@pytest.mark.parametrize("feeding", [False, True])
@pytest.mark.parametrize("cell", NAMES)
def test_step_by_step_it_does_what_it_does_at_once(cell: str, feeding: bool) -> None:
    case = Case(cell, feeding)
    together, final, _ = case.forward()
    state = case.start
    for t in range(STEPS):
        step = case.tokens[t : t + 1]
        features, state, _ = case.decoder.forward(step, state, case.memory, None, buffers())
        np.testing.assert_allclose(features[:, 0], together[:, t], rtol=1e-10)
    np.testing.assert_allclose(state.context, final.context, rtol=1e-10)
    for layer, expected in zip(state.layers, final.layers, strict=True):
        np.testing.assert_allclose(layer, expected, rtol=1e-10)


@pytest.mark.parametrize(("feeding", "dropout"), [(False, 0.0), (True, 0.4)])
@pytest.mark.parametrize("cell", NAMES)
def test_gradients(cell: str, feeding: bool, dropout: float) -> None:
    case = Case(cell, feeding, dropout)
    _, _, cache = case.forward()
    d = case.decoder.backward(case.d_features.copy(), cache, buffers())
    starts = {
        f"start {i} {j}": (part, d_part)
        for i, (layer, d_layer) in enumerate(zip(case.start.layers, d.layers, strict=True))
        for j, (part, d_part) in enumerate(zip(layer, d_layer, strict=True))
    }
    reached = {
        name: pair
        for name, pair in of_parameters(case.network.parameters).items()
        if name.startswith(("embedding", "decoder", "attention.query", "attention.score"))
    }
    memory = {"key": (case.memory.key, d.key), "value": (case.memory.value, d.value)}
    assert_gradients(
        lambda: float(np.sum(case.d_features * case.forward()[0])), {**starts, **memory, **reached}
    )


@pytest.mark.parametrize("cell", NAMES)
def test_a_context_that_is_fed_to_weights_of_zero_changes_nothing(cell: str) -> None:
    fed, plain = Case(cell, feeding=True), Case(cell, feeding=False)
    assert isinstance(fed.decoder, InputFeedingDecoder)
    assert not isinstance(plain.decoder, InputFeedingDecoder)
    for name, value in fed.network.parameters.values.items():
        if name == "decoder.weight_ih_l0":
            value[:, D_MODEL:] = 0
            plain.network.parameters.values[name][...] = value[:, :D_MODEL]
        else:
            plain.network.parameters.values[name][...] = value
    np.testing.assert_allclose(fed.forward()[0], plain.forward()[0], rtol=1e-10)


@pytest.mark.parametrize("cell", NAMES)
def test_the_first_context_that_is_fed_is_the_one_it_starts_from(cell: str) -> None:
    case = Case(cell, feeding=True)
    features, _, cache = case.forward()
    assert cache.fed is not None
    np.testing.assert_array_equal(cache.fed[0, 0], case.start.context)
    np.testing.assert_array_equal(cache.fed[1:, 0].swapaxes(0, 1), features[:, :-1, D_MODEL:])
