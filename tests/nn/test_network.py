"""The whole network: its options in every pair, and what must hold for all of them."""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

from seqflip.nn.arrays import FloatArray, IntArray
from seqflip.nn.attention import ATTENTIONS
from seqflip.nn.layers import EMBEDDING_SCALE
from seqflip.nn.network import Network, Pass
from seqflip.nn.rnn import RecurrentArchitecture, RecurrentNetwork
from seqflip.nn.rnn.cells import CELLS
from tests.nn.gradients import (
    assert_directional_gradients,
    assert_gradients,
    buffers,
    network,
    of_parameters,
    tokens,
)
from tests.thorough import THOROUGH, every_pair

Options = dict[str, Any]

ALL: list[Options] = [
    {
        "cell": cell,
        "attention": attention,
        "bidirectional": bidirectional,
        "layers": layers,
        "input_feeding": feeding,
    }
    for cell, attention, bidirectional, layers, feeding in product(
        CELLS,
        ATTENTIONS,
        (False, True),
        (1, 2),
        (False, True),
    )
    if (ATTENTIONS[attention].attends or not feeding)
    and (CELLS[cell].recurrent_slots or (layers == 1 and bidirectional))
    and (layers == 1 or bidirectional or not ATTENTIONS[attention].remembers)
]
SOME = [ALL[i] for i in range(0, len(ALL), 5)]
FULL = tokens([[1, 2, 3], [4, 4, 1], [2, 3, 1], [3, 1, 4]])
PADDED = tokens([[1, 2, 3, 4], [2, 1], [4], [3, 3, 1]])
TARGETS = tokens([[3, 2, 1], [1, 2], [4, 1, 4], [1]])


def named(options: Options) -> str:
    words = [str(options["cell"]), str(options["attention"]), f"{options['layers']}-layer"]
    words += ["both-ways"] if options["bidirectional"] else []
    words += ["feeding"] if options["input_feeding"] else []
    return "-".join(words)


all_options = pytest.mark.parametrize("options", every_pair(ALL), ids=named)
some_options = pytest.mark.parametrize("options", SOME, ids=named)


def forward(made: Network, x_src: IntArray, x_tgt: IntArray, dropout_seed: int = 0) -> Pass:
    """Run the network teacher-forced; dropout, if there is any, has the same mask every time."""
    rng = np.random.default_rng(dropout_seed)
    return made.forward(x_src, made.shifted(x_tgt), rng, buffers())


def differentiate(made: Network, x_src: IntArray, rng: np.random.Generator) -> Callable[[], float]:
    """Go back from a random gradient by the logits; return what this is the gradient of."""
    done = forward(made, x_src, TARGETS)
    d_logits = rng.standard_normal(done.logits.shape)
    made.backward(d_logits, done, buffers())
    return lambda: float(np.sum(d_logits * forward(made, x_src, TARGETS).logits))


# ------------------------------------------------------------------ gradients


@pytest.mark.parametrize("dropout", [0.0, 0.3], ids=["padded", "padded-dropout"])
@all_options
def test_gradients_along_random_directions(options: Options, dropout: float) -> None:
    assert_gradients_of(options, PADDED, dropout)


@some_options
def test_gradients_where_nothing_is_padded(options: Options) -> None:
    assert_gradients_of(options, FULL, dropout=0.0)


def assert_gradients_of(options: Options, x_src: IntArray, dropout: float) -> None:
    seed = 4 + ALL.index(options)  # of a start from which no gradient is lost in rounding
    made = network(seed, dropout=dropout, **options)
    rng = np.random.default_rng(seed + 1000)
    assert_directional_gradients(differentiate(made, x_src, rng), made.parameters, rng)


@pytest.mark.parametrize(
    ("cell", "seed"),
    [
        (cell, seed)
        for i, cell in enumerate(CELLS)
        for seed in range(6)
        if THOROUGH or seed % 4 == i
    ],
)
def test_gradients_by_every_coordinate(cell: str, seed: int) -> None:
    attention = ("scaled_dot", "dot", "additive", "shift", "location", "location_dot")[seed]
    made = network(seed, cell=cell, attention=attention, input_feeding=seed in (2, 3))
    value = differentiate(made, PADDED, np.random.default_rng(seed))
    assert_gradients(value, of_parameters(made.parameters))


@some_options
def test_gradients_add_up(options: Options) -> None:
    made = network(**options)
    differentiate(made, PADDED, np.random.default_rng(0))
    once = made.parameters.flat_grad.copy()
    differentiate(made, PADDED, np.random.default_rng(0))
    np.testing.assert_allclose(made.parameters.flat_grad, 2 * once, rtol=1e-9, atol=1e-12)


# ------------------------------------------------------------------ teacher forcing


def assert_no_answer_is_seen(made: Network) -> None:
    """Change one target token after the other, and compare the logits up to its step."""
    before = forward(made, PADDED, TARGETS).logits
    for t in range(TARGETS.shape[1]):
        changed = TARGETS.copy()
        changed[:, t] = (changed[:, t] + 1) % 5
        after = forward(made, PADDED, changed).logits
        np.testing.assert_array_equal(before[:, : t + 1], after[:, : t + 1])
        later = before[:, t + 1 :] != after[:, t + 1 :]
        if "decoder.weight_hh_l0" not in made.parameters.values:
            later = later[:, :1]  # without a memory, only the next step surely has
        assert later.any(axis=2).all()  # what comes after has read it


@all_options
def test_a_target_token_changes_no_logit_up_to_its_own_step(options: Options) -> None:
    assert_no_answer_is_seen(network(**options))


def test_reading_the_answer_itself_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Network, "shifted", lambda self, x_tgt: x_tgt)
    with pytest.raises(AssertionError):
        assert_no_answer_is_seen(network())


def test_the_decoder_reads_the_begin_symbol_and_then_the_target_one_step_late() -> None:
    made = network()
    assert made.shifted(np.array([[3, 2, 1], [4, 0, 0]])).tolist() == [[5, 3, 2], [5, 4, 0]]
    assert made.begin == len(made.parameters.values["embedding.weight"]) - 1


# ------------------------------------------------------------------ padding and batches


@all_options
def test_padding_the_source_further_changes_nothing(options: Options) -> None:
    made = network(**options)
    narrow, wide = (forward(made, np.pad(PADDED, ((0, 0), (0, n))), TARGETS) for n in (0, 3))
    np.testing.assert_allclose(wide.logits, narrow.logits, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(wide.weights[..., :4], narrow.weights, rtol=1e-10, atol=1e-14)
    assert not wide.weights[..., 4:].any()


@some_options
def test_what_lies_behind_padding_is_never_read(options: Options) -> None:
    made = network(**options)
    source = made.read(PADDED, None, buffers())
    inputs = made.shifted(TARGETS).T
    before = made.decode(inputs, source.start, source, None, buffers()).logits
    for part in (source.memory.states, source.memory.key, source.memory.value):
        part[PADDED == 0] = 1e6
    after = made.decode(inputs, source.start, source, None, buffers()).logits
    np.testing.assert_array_equal(before, after)


@all_options
def test_a_batch_gives_what_its_rows_give_alone(options: Options) -> None:
    made = network(**options)
    batch = forward(made, PADDED, TARGETS)
    for row, source in enumerate(PADDED):
        alone = forward(made, source[None, source > 0], TARGETS[row : row + 1])
        np.testing.assert_allclose(batch.logits[row], alone.logits[0], rtol=1e-9, atol=1e-11)
        weights = batch.weights[row][:, source > 0]
        np.testing.assert_allclose(weights, alone.weights[0], rtol=1e-9, atol=1e-12)


@all_options
def test_weights_are_distributions_over_the_tokens(options: Options) -> None:
    weights = forward(network(**options), PADDED, TARGETS).weights
    assert weights.shape == (*TARGETS.shape, PADDED.shape[1])
    np.testing.assert_allclose(weights.sum(axis=2), float(options["attention"] != "none"))
    assert not weights.swapaxes(1, 2)[PADDED == 0].any()


# ------------------------------------------------------------------ marks around the source

MARKED = tokens([[5, 1, 2, 3, 4, 6], [5, 2, 1, 6], [5, 4, 6], [5, 3, 3, 1, 6]])
marked_options = pytest.mark.parametrize(
    "options",
    [
        {"attention": name, "input_feeding": i % 2 == 1}
        for i, name in enumerate(ATTENTIONS)
        if name != "none"
    ],
    ids=lambda options: options["attention"],
)


def test_the_encoder_reads_marks_around_each_source_and_no_one_else_does() -> None:
    made = network(source_marks=True)
    np.testing.assert_array_equal(made.marked(PADDED), MARKED)
    assert made.parameters.values["embedding.weight"].shape == (7, 4)
    assert made.parameters.values["output.weight"].shape == (5, 6)
    np.testing.assert_array_equal(network().marked(PADDED), PADDED)


@marked_options
def test_a_network_with_marks_is_one_without_that_reads_them(options: Options) -> None:
    made, plain = network(source_marks=True, **options), network(vocab_size=6, **options)
    for name, value in plain.parameters.values.items():
        value[...] = 0
        rows = min(len(value), len(made.parameters.values[name]))
        value[:rows] = made.parameters.values[name][:rows]
    ours = forward(made, PADDED, TARGETS)
    inputs = made.shifted(TARGETS)
    theirs = plain.forward(MARKED, inputs)
    np.testing.assert_allclose(ours.logits, theirs.logits[..., :5], rtol=1e-10)
    np.testing.assert_allclose(made.on_tokens(ours.weights), theirs.weights[..., 1:-1], rtol=1e-10)


@marked_options
def test_marks_are_differentiated_and_padding_stays_behind_them(options: Options) -> None:
    made, rng = network(source_marks=True, **options), np.random.default_rng(0)
    assert_directional_gradients(differentiate(made, PADDED, rng), made.parameters, rng)
    narrow, wide = (forward(made, np.pad(PADDED, ((0, 0), (0, n))), TARGETS) for n in (0, 3))
    np.testing.assert_allclose(wide.logits, narrow.logits, rtol=1e-10, atol=1e-12)
    for row, source in enumerate(PADDED):
        alone = forward(made, source[None, source > 0], TARGETS[row : row + 1])
        np.testing.assert_allclose(narrow.logits[row], alone.logits[0], rtol=1e-9, atol=1e-11)


# ------------------------------------------------------------------ one step after the other


@all_options
def test_step_by_step_it_computes_what_it_computes_at_once(options: Options) -> None:
    made = network(**options)
    together = forward(made, PADDED, TARGETS)
    source = made.read(PADDED, None, buffers())
    state = source.start
    for t, read in enumerate(made.shifted(TARGETS).T):
        step = made.decode(read[None], state, source, None, buffers())
        state = step.state
        np.testing.assert_allclose(step.logits[:, 0], together.logits[:, t], rtol=1e-9, atol=1e-11)
        weights = together.weights[:, t]
        np.testing.assert_allclose(step.weights[:, 0], weights, rtol=1e-9, atol=1e-12)


@some_options
def test_going_on_from_a_state_in_the_middle_is_the_same(options: Options) -> None:
    made = network(**options)
    inputs = made.shifted(TARGETS).T
    source = made.read(PADDED, None, buffers())
    first = made.decode(inputs[:2], source.start, source, None, buffers())
    rest = made.decode(inputs[2:], first.state, source, None, buffers())
    together = forward(made, PADDED, TARGETS).logits
    np.testing.assert_allclose(rest.logits, together[:, 2:], rtol=1e-9, atol=1e-11)


# ------------------------------------------------------------------ dropout, memory, first weights


@some_options
def test_dropout_changes_what_is_trained_and_not_what_is_used(options: Options) -> None:
    made, plain = network(dropout=0.5, **options), network(dropout=0.0, **options)
    inputs = made.shifted(TARGETS)
    used = made.forward(PADDED, inputs)
    np.testing.assert_array_equal(used.logits, plain.forward(PADDED, inputs).logits)
    masks = [forward(made, PADDED, TARGETS, seed).logits for seed in (0, 0, 1)]
    np.testing.assert_array_equal(masks[0], masks[1])
    assert (masks[0] != masks[2]).any()


@all_options
def test_memory_that_is_used_again_changes_no_bit(options: Options) -> None:
    made = network(dropout=0.2, **options)
    again = buffers()

    def gradient(x_src: IntArray, steps: int, fresh: bool) -> FloatArray:
        inputs = made.shifted(TARGETS[: len(x_src), :steps])
        memory = buffers() if fresh else again
        memory.reset()
        made.parameters.zero_grad()
        done = made.forward(x_src, inputs, np.random.default_rng(3), memory)
        made.backward(np.ones_like(done.logits), done, memory)
        return made.parameters.flat_grad.copy()

    for x_src, steps in ((PADDED, 3), (FULL[:2], 2), (PADDED[1:], 1), (FULL, 3), (PADDED, 3)):
        used, fresh = (gradient(x_src, steps, fresh=which) for which in (False, True))
        np.testing.assert_array_equal(used, fresh)


@pytest.mark.parametrize("cell", [name for name, kind in CELLS.items() if kind.recurrent_slots])
def test_first_weights(cell: Any) -> None:
    made = RecurrentNetwork(
        RecurrentArchitecture(9, 16, 8, 12, cell=cell, attention="additive"), np.float64
    )
    made.initialise(np.random.default_rng(0))
    values = made.parameters.values
    assert values["embedding.weight"].std() == pytest.approx(EMBEDDING_SCALE, rel=0.2)
    for gate in np.split(values["decoder.weight_hh_l0"], CELLS[cell].gates):
        np.testing.assert_allclose(gate @ gate.T, np.eye(16), atol=1e-12)
    biases = {name: value for name, value in values.items() if "bias" in name}
    for name, bias in biases.items():
        remembers = cell == "lstm" and ".bias_ih" in name
        quarter = len(bias) // 4
        assert bias.sum() == (quarter if remembers else 0)
        assert not remembers or (bias[quarter : 2 * quarter] == 1).all()
    others = values.keys() - biases.keys() - {"embedding.weight", "decoder.weight_hh_l0"}
    assert all(values[name].any() for name in others)


def test_the_same_chance_gives_the_same_first_weights() -> None:
    flats = []
    for seed in (0, 0, 1):
        made = RecurrentNetwork(RecurrentArchitecture(9, 16, 8, 12))
        made.initialise(np.random.default_rng(seed))
        flats.append(made.parameters.flat)
    np.testing.assert_array_equal(flats[0], flats[1])
    assert (flats[0] != flats[2]).any()


def test_a_seed_gives_the_first_weights_that_it_always_gave() -> None:
    """By the sum of the first three numbers of each parameter: old runs can be repeated."""
    made = RecurrentNetwork(
        RecurrentArchitecture(5, 4, 3, 2, cell="lstm", attention="additive", input_feeding=True)
    )
    made.initialise(np.random.default_rng(7))
    found = {name: float(value.ravel()[:3].sum()) for name, value in made.parameters.values.items()}
    assert found == pytest.approx(
        {
            "embedding.weight": 0.000775,
            "encoder.weight_ih_l0": -0.966450,
            "encoder.weight_ih_l0_reverse": 1.349064,
            "encoder.weight_hh_l0": 1.092604,
            "encoder.weight_hh_l0_reverse": -0.427867,
            "encoder.bias_ih_l0": 1,
            "encoder.bias_ih_l0_reverse": 1,
            "encoder.bias_hh_l0": 0,
            "encoder.bias_hh_l0_reverse": 0,
            "decoder.weight_ih_l0": -0.099525,
            "decoder.weight_hh_l0": -0.382264,
            "decoder.bias_ih_l0": 0,
            "decoder.bias_hh_l0": 0,
            "attention.query.weight": -1.011512,
            "attention.key.weight": 1.596606,
            "attention.value.weight": -0.514499,
            "attention.score.weight": 0.867484,
            "output.weight": -0.081666,
            "output.bias": 0,
        },
        abs=2e-6,
    )
