"""Named views into one flat vector."""

import numpy as np
import pytest

from seqflip.nn.parameters import Parameters

SHAPES = {"a": (2, 3), "b": (4,), "b_reverse": (4,), "c": (1,)}


def test_names_are_views_in_order() -> None:
    parameters = Parameters(SHAPES)
    parameters.flat[...] = np.arange(15)
    assert {name: value.shape for name, value in parameters.values.items()} == SHAPES
    assert parameters.values["a"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert parameters.values["c"].tolist() == [14]
    parameters["b"].value[...] = 7
    parameters["b"].grad[...] = 8
    assert parameters.flat[6:10].tolist() == [7] * 4
    assert parameters.flat_grad[6:10].tolist() == [8] * 4


def test_neighbours_stack_without_a_copy() -> None:
    parameters = Parameters(SHAPES)
    both = parameters.stack(["b", "b_reverse"])
    both.value[1] = 5
    both.grad[0] = 6
    assert parameters.values["b_reverse"].tolist() == [5] * 4
    assert parameters.grads["b"].tolist() == [6] * 4


@pytest.mark.parametrize("names", [["a", "b_reverse"], ["b_reverse", "b"]])
def test_what_is_not_next_to_each_other_does_not_stack(names: list[str]) -> None:
    with pytest.raises(ValueError, match="do not lie next to each other"):
        Parameters(SHAPES).stack(names)


def test_zero_grad_forgets_gradients_and_keeps_values() -> None:
    parameters = Parameters(SHAPES)
    parameters.flat[...] = parameters.flat_grad[...] = 1
    parameters.zero_grad()
    assert parameters.flat.all()
    assert not parameters.flat_grad.any()


def test_single_precision_unless_told_otherwise() -> None:
    assert Parameters(SHAPES).flat.dtype == np.float32
    assert Parameters(SHAPES, np.float64).flat_grad.dtype == np.float64
