"""The whole Transformer: the table of its options, and what must hold for all of them."""

from typing import Any

import numpy as np
import pytest

from seqflip.nn import POSITIONS, Transformer, TransformerArchitecture
from seqflip.nn.gradcheck import relative_error
from tests.nn.gradients import (
    assert_directional_gradients,
    assert_gradients,
    buffers,
    of_parameters,
)
from tests.nn.test_network import (
    FULL,
    PADDED,
    TARGETS,
    assert_no_answer_is_seen,
    differentiate,
    forward,
)

Options = dict[str, Any]

SMALLEST: Options = {"layers": 1, "heads": 1, "feed_forward": 0}
ALL: list[Options] = [
    *({"positions": name} for name in POSITIONS),
    *({"positions": name, "norm": "after", "layers": 1} for name in POSITIONS),
    {"heads": 1},
    {"feed_forward": 0},
    {"heads": 4},
    SMALLEST,
    SMALLEST | {"norm": "after"},
]


def named(options: Options) -> str:
    return "-".join(f"{name}_{value}" for name, value in options.items())


all_options = pytest.mark.parametrize("options", ALL, ids=named)


def network(seed: int = 0, **options: Any) -> Transformer:
    """Return a tiny Transformer with parameters of order 1; its widths differ where they can."""
    sizes = {"vocab_size": 5, "d_model": 4, "layers": 2, "heads": 2, "feed_forward": 3}
    if options.get("heads") == 4:
        sizes["d_model"] = 8
    made = Transformer(
        TransformerArchitecture(**(sizes | {"max_positions": 9} | options)), "float64"
    )
    rng = np.random.default_rng(seed)
    made.parameters.flat[...] = 0.5 * rng.standard_normal(made.parameters.flat.size)
    return made


# ------------------------------------------------------------------ gradients


@pytest.mark.parametrize("dropout", [0.0, 0.3])
@all_options
def test_gradients_along_random_directions(options: Options, dropout: float) -> None:
    seed = ALL.index(options)
    made = network(seed, dropout=dropout, **options)
    rng = np.random.default_rng(seed + 1000)
    x_src = PADDED if dropout else FULL
    assert_directional_gradients(differentiate(made, x_src, rng), made.parameters, rng)


def test_gradients_by_every_coordinate() -> None:
    made = network(**SMALLEST)
    value = differentiate(made, PADDED, np.random.default_rng(0))
    assert_gradients(value, of_parameters(made.parameters))


def test_gradients_add_up() -> None:
    made = network()
    differentiate(made, PADDED, np.random.default_rng(0))
    once = made.parameters.flat_grad.copy()
    differentiate(made, PADDED, np.random.default_rng(0))
    np.testing.assert_allclose(made.parameters.flat_grad, 2 * once, rtol=1e-9, atol=1e-12)


# ------------------------------------------------------------------ what is seen of what


@all_options
def test_a_target_token_changes_no_logit_up_to_its_own_step(options: Options) -> None:
    made = network(**options)
    before = forward(made, PADDED, TARGETS).logits
    for t in range(TARGETS.shape[1]):
        changed = TARGETS.copy()
        changed[:, t] = (changed[:, t] + 1) % 5
        after = forward(made, PADDED, changed).logits
        np.testing.assert_array_equal(before[:, : t + 1], after[:, : t + 1])


def test_what_comes_after_a_token_has_read_it() -> None:
    assert_no_answer_is_seen(network())


@all_options
def test_padding_the_source_further_changes_nothing(options: Options) -> None:
    made = network(**options)
    source, wider = PADDED, np.pad(PADDED, ((0, 0), (0, 3)))
    narrow, wide = (made.forward(x, made.shifted(TARGETS)) for x in (source, wider))
    np.testing.assert_allclose(wide.logits, narrow.logits, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(wide.weights[..., :4], narrow.weights, rtol=1e-10, atol=1e-14)
    assert not wide.weights[..., 4:].any()


@all_options
def test_a_batch_gives_what_its_rows_give_alone(options: Options) -> None:
    made = network(**options)
    batch = made.forward(PADDED, made.shifted(TARGETS))
    for row, source in enumerate(PADDED):
        alone = made.forward(source[None, source > 0], made.shifted(TARGETS[row : row + 1]))
        np.testing.assert_allclose(batch.logits[row], alone.logits[0], rtol=1e-9, atol=1e-11)


@all_options
def test_every_heads_weights_are_distributions(options: Options) -> None:
    made = network(**options)
    looks = made.looked(forward(made, PADDED, TARGETS))
    assert len(looks) == 3 * made.architecture.layers
    for where, look in looks.items():
        np.testing.assert_allclose(look.weights.sum(axis=-1), 1, err_msg=str(where))
        if where.kind != "decoder":
            assert not look.weights.transpose(0, 3, 1, 2)[PADDED == 0].any()
        else:
            assert not np.triu(look.weights, 1).any()


# ------------------------------------------------------------------ one step after the other


@all_options
def test_with_kept_keys_and_values_it_computes_what_it_computes_anew(options: Options) -> None:
    made = network(**options)
    together = made.forward(PADDED, made.shifted(TARGETS))
    source = made.read(PADDED, None, buffers())
    state = source.start
    for t, read in enumerate(made.shifted(TARGETS).T):
        step = made.decode(read[None], state, source, None, buffers())
        state = step.state
        np.testing.assert_allclose(step.logits[:, 0], together.logits[:, t], rtol=1e-9, atol=1e-11)
        weights = together.weights[:, t]
        np.testing.assert_allclose(step.weights[:, 0], weights, rtol=1e-9, atol=1e-12)


def test_several_words_may_be_read_from_where_it_stands() -> None:
    made = network()
    together = made.forward(PADDED, made.shifted(TARGETS))
    source = made.read(PADDED, None, buffers())
    inputs = made.shifted(TARGETS).T
    first = made.decode(inputs[:1], source.start, source, None, buffers())
    rest = made.decode(inputs[1:], first.state, source, None, buffers())
    np.testing.assert_allclose(rest.logits, together.logits[:, 1:], rtol=1e-9, atol=1e-11)


@all_options
def test_a_state_goes_on_with_the_rows_that_are_taken(options: Options) -> None:
    made = network(**options)
    rows = np.array([2, 0, 2])
    whole, part = (made.read(x, None, buffers()) for x in (PADDED, PADDED[rows]))
    inputs = made.shifted(TARGETS).T
    state = made.decode(inputs[:2], whole.start, whole, None, buffers()).state
    ours = made.decode(inputs[2:, rows], state.take(rows), part, None, buffers())
    theirs = made.decode(inputs[2:], state, whole, None, buffers())
    np.testing.assert_allclose(ours.logits, theirs.logits[rows], rtol=1e-9, atol=1e-11)


# ------------------------------------------------------------------ order


def test_without_positions_the_order_of_the_source_means_nothing() -> None:
    made = network(positions="none")
    mixed = FULL[:, [2, 0, 1]]
    logits, others = (made.forward(x, made.shifted(TARGETS)).logits for x in (FULL, mixed))
    np.testing.assert_allclose(logits, others, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("positions", [name for name in POSITIONS if name != "none"])
def test_with_positions_it_does(positions: str) -> None:
    made = network(positions=positions)
    mixed = FULL[:, [2, 0, 1]]
    logits, others = (made.forward(x, made.shifted(TARGETS)).logits for x in (FULL, mixed))
    assert relative_error(logits, others) > 1e-3


def test_it_begins_with_the_same_weights_for_the_same_seed() -> None:
    one, same, other = (Transformer(TransformerArchitecture(9, 8)) for _ in range(3))
    for made, seed in ((one, 1), (same, 1), (other, 2)):
        made.initialise(np.random.default_rng(seed))
    np.testing.assert_array_equal(one.parameters.flat, same.parameters.flat)
    assert relative_error(one.parameters.flat, other.parameters.flat) > 0.1
    values = one.parameters.values
    assert (values["encoder.layers.0.norm1.weight"] == 1).all()
    assert not values["decoder.layers.1.multihead_attn.in_proj_bias"].any()
