"""Why attention moves: the formula is the network's own gradient, and so is the update."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from seqflip import Seq2SeqAttentionModel
from seqflip.decoding import trace
from seqflip.nn import CROSS, FloatArray, Network, Where, make_network
from seqflip.runs.snapshots import read_snapshots
from seqflip.runs.trained import EXAMPLES, open_trained
from seqflip.study.pull import Head, pull

SOURCE, TARGET = [3, 1, 4, 1, 5], [5, 1, 4, 1, 3]
LOOKS: list[dict[str, Any]] = [
    {"attention": "scaled_dot", "layers": 2, "cell": "lstm"},
    {"attention": "dot", "source_marks": True},
    {"attention": "scaled_dot", "input_feeding": True},
]


def made(**settings: Any) -> Network:
    model = Seq2SeqAttentionModel(9, 6, 6, 8, 4, 6, seed=1, dtype="float64", **settings)
    return model.network


def gradients(
    network: Network, source: Sequence[int], target: Sequence[int], row: int
) -> dict[str, FloatArray]:
    """Return the gradients of one output's loss by all parameters, by the network's backward."""
    x = np.array([target])
    done = network.forward(np.array([source]), network.shifted(x))
    shares = np.exp(done.logits[0, row] - done.logits[0, row].max())
    d_logits = np.zeros_like(done.logits)
    d_logits[0, row] = shares / shares.sum() - np.eye(network.vocab_size)[target[row]]
    network.parameters.zero_grad()
    network.backward(d_logits, done)
    return {name: grad.copy() for name, grad in network.parameters.grads.items()}


def transformer(**settings: Any) -> Network:
    return made(architecture="transformer", heads=2, layers=2, feed_forward=12, **settings)


# With input feeding the loss of a later output reaches the queries before it as well.
@pytest.mark.parametrize(
    ("settings", "row"), [(LOOKS[0], 0), (LOOKS[0], 3), (LOOKS[1], 3), (LOOKS[2], 0)]
)
def test_the_pull_on_scores_is_what_reaches_the_query(settings: dict[str, Any], row: int) -> None:
    network = made(**settings)
    found = pull(network, SOURCE, TARGET, row, 0.1)
    seen = trace(network, SOURCE, 6, target=TARGET)
    d_query = seen.scale * found.d_scores @ seen.key
    by_network = gradients(network, SOURCE, TARGET, row)["attention.query.weight"]
    np.testing.assert_allclose(np.outer(d_query, seen.decoder_states[row]), by_network, atol=1e-12)


@pytest.mark.parametrize("head", [Head(0, 1), Head(1, 0), Head(1, 1)])
@pytest.mark.parametrize("norm", ["before", "after"])
def test_the_pull_of_a_head_is_what_reaches_its_query(head: Head, norm: str) -> None:
    network = transformer(norm=norm)
    row = 3 if head.layer == 1 else 0  # lower heads of earlier words have a part in later losses
    found = pull(network, SOURCE, TARGET, row, 0.1, head)
    seen = trace(network, SOURCE, 6, target=TARGET).of_head(Where(CROSS, head.layer), head.head)
    d_query = seen.scale * found.d_scores @ seen.key
    name = f"decoder.layers.{head.layer}.multihead_attn.in_proj_bias"
    by_network = gradients(network, SOURCE, TARGET, row)[name][: network.architecture.d_model]  # type: ignore[attr-defined]
    np.testing.assert_allclose(d_query, by_network.reshape(2, -1)[head.head], atol=1e-9)


def test_the_pull_of_attention_that_steps_is_by_what_its_last_softmax_gets() -> None:
    network = made(attention="shift")
    found = pull(network, SOURCE, TARGET, 0, 0.1)
    stages = trace(network, SOURCE, 6, target=TARGET).stages
    power = stages["power"][0, 0]
    d_power = found.d_scores @ stages["raised"][0] / power
    by_network = gradients(network, SOURCE, TARGET, 0)["attention.power.bias"]
    np.testing.assert_allclose(d_power * (1 - np.exp(1 - power)), by_network[0], atol=1e-12)


EVERY: list[tuple[dict[str, Any], Head | None]] = [
    *((one, None) for one in LOOKS),
    ({"attention": "additive"}, None),
    ({"attention": "location"}, None),
    ({"attention": "shift", "source_marks": True}, None),
    ({"architecture": "transformer", "heads": 2, "layers": 2, "positions": "rotary"}, Head(0, 1)),
]


@pytest.mark.parametrize(("settings", "head"), EVERY)
@pytest.mark.parametrize("row", [0, 2, 4])
def test_formula_and_finite_differences_agree(
    settings: dict[str, Any], head: Head | None, row: int
) -> None:
    found = pull(made(**settings), SOURCE, TARGET, row, 0.1, head)
    assert found.agrees
    assert found.difference < 1e-8
    assert np.abs(found.d_scores).max() > 1e-5
    assert found.d_scores.sum() == pytest.approx(0, abs=1e-12)
    assert found.mean == pytest.approx((found.weights * found.useful).sum())
    assert found.loss == pytest.approx(-np.log(found.probability))


def test_a_wrong_gradient_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_the_mean(weights: FloatArray, d_weights: FloatArray) -> FloatArray:
        return weights * d_weights

    module = import_module("seqflip.study.pull")  # the package gives its function the same name
    monkeypatch.setattr(module, "by_scores", without_the_mean)
    assert not pull(made(), SOURCE, TARGET, 1, 0.1).agrees


@pytest.mark.parametrize(("settings", "head"), EVERY)
def test_the_update_is_one_plain_step_of_all_parameters(
    settings: dict[str, Any], head: Head | None
) -> None:
    network, row = made(**settings), 2
    before = network.parameters.flat.copy()
    found = pull(network, SOURCE, TARGET, row, 0.3, head)
    np.testing.assert_array_equal(network.parameters.flat, before)  # it is left as it was
    moved = make_network(network.architecture, np.float64)
    grads = gradients(network, SOURCE, TARGET, row)
    moved.parameters.assign(
        {name: value - 0.3 * grads[name] for name, value in network.parameters.values.items()}
    )
    seen = trace(moved, SOURCE, 6, target=TARGET)
    if head is not None:
        seen = seen.of_head(Where(CROSS, head.layer), head.head)
    np.testing.assert_allclose(found.after, seen.weights[row], atol=1e-12)
    assert found.loss_after == pytest.approx(-seen.log_probabilities[row, TARGET[row]])


def moving_weight(network: Network, row: int, share: float) -> list[float]:
    """Return the loss of an output when a share of all weight is moved onto each input."""
    seen = trace(network, SOURCE, 6, target=TARGET)
    weight, bias = (network.parameters.values[f"output.{name}"] for name in ("weight", "bias"))
    losses = []
    for value in seen.value:
        context = (1 - share) * seen.context[row] + share * value
        logits = weight @ np.concatenate([seen.decoder_states[row], context]) + bias
        losses.append(float(np.log(np.exp(logits).sum()) - logits[TARGET[row]]))
    return losses


def test_the_most_useful_input_is_that_where_weight_lowers_the_loss_most() -> None:
    network = made()
    for row in range(len(TARGET)):
        found = pull(network, SOURCE, TARGET, row, 0.1)
        losses = np.array(moving_weight(network, row, 1e-4))
        assert losses.argmin() == found.useful.argmax()
        gained = (found.loss - losses) / 1e-4
        np.testing.assert_allclose(gained, found.useful - found.mean, atol=1e-3)


def test_at_the_start_what_would_serve_is_pulled_and_gets_more_weight() -> None:
    """The story of the example: while it learns, the right place is found, pulled, and gains."""
    trained = open_trained(EXAMPLES / "reverse", step=37)
    source = [3, 1, 4, 1, 5, 9]
    right = trained.right_answer(source)
    assert right is not None
    rate = trained.config.training.learning_rate
    found = pull(trained.model.network, source, right, 2, rate)
    assert found.useful.argmax() == found.pulls.argmax() == 3  # where the third output comes from
    assert found.after[3] > found.weights[3]
    assert found.loss_after < found.loss


def test_where_all_is_learned_next_to_nothing_pulls() -> None:
    trained = open_trained(EXAMPLES / "reverse")
    source = [3, 1, 4, 1, 5, 9]
    right = trained.right_answer(source)
    assert right is not None
    found = pull(trained.model.network, source, right, 2, 0.01)
    assert np.abs(found.pulls).max() < 1e-4


def test_single_precision_is_no_reason_to_disagree() -> None:
    trained = open_trained(EXAMPLES / "reverse")
    kept = read_snapshots(EXAMPLES / "reverse" / "snapshots.bin", trained.model.parameter_count)
    for snapshot in kept[::6]:
        trained.model.network.parameters.flat[...] = snapshot["parameters"]
        seen = trace(trained.model.network, SOURCE, 6, target=TARGET)
        found = pull(trained.model.network, SOURCE, TARGET, 2, 0.01)
        assert found.agrees
        np.testing.assert_allclose(found.weights, seen.weights[2], atol=1e-4)
