"""Memory that is handed out again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqflip.nn.arrays import FloatArray
from seqflip.nn.buffers import CACHE_LINE, Buffers

SHAPES = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4)), max_size=6)


def address(array: FloatArray) -> int:
    start: int = array.__array_interface__["data"][0]
    return start


def warmed(*shapes: tuple[int, ...]) -> Buffers:
    """Return buffers that know from a first step how much is needed."""
    buffers = Buffers()
    for shape in shapes:
        buffers.empty(*shape)
    buffers.reset()
    return buffers


def test_the_same_requests_get_the_same_memory_again() -> None:
    buffers = warmed((3, 4), (5,))
    first = [address(buffers.empty(3, 4)), address(buffers.empty(5))]
    buffers.reset()
    assert [address(buffers.empty(3, 4)), address(buffers.empty(5))] == first


def test_without_a_reset_all_memory_is_fresh() -> None:
    buffers = Buffers()
    arrays = [buffers.empty(3, 4) for _ in range(3)]
    assert len({address(array) for array in arrays}) == 3


def test_every_array_begins_with_a_cache_line() -> None:
    buffers = warmed((3,), (5, 7), (2, 2))
    for shape in ((3,), (5, 7), (2, 2)):
        assert address(buffers.empty(*shape)) % CACHE_LINE == 0


def test_smaller_requests_fit_into_the_memory_of_larger_ones() -> None:
    buffers = warmed((4, 5))
    large = address(buffers.empty(4, 5))
    for shape in ((2, 3), (3, 2, 2), (20,), (4, 5)):
        buffers.reset()
        array = buffers.empty(*shape)
        assert array.shape == shape
        assert array.flags.c_contiguous
        assert address(array) == large


def test_a_larger_request_gets_new_memory_once() -> None:
    buffers = warmed((2,))
    buffers.empty(50)
    buffers.reset()
    larger = address(buffers.empty(50))
    buffers.reset()
    buffers.empty(2)
    buffers.reset()
    assert address(buffers.empty(50)) == larger


@given(st.lists(SHAPES, max_size=4))
def test_arrays_of_one_step_never_overlap(steps: list[list[tuple[int, int]]]) -> None:
    buffers = Buffers()
    for shapes in steps:
        buffers.reset()
        arrays = [buffers.empty(*shape) for shape in shapes]
        for number, array in enumerate(arrays):
            array[...] = number
        for number, (array, shape) in enumerate(zip(arrays, shapes, strict=True)):
            assert array.shape == shape
            assert (array == number).all()


def test_a_scope_gives_back_what_was_asked_for_inside_it_and_nothing_else() -> None:
    buffers = warmed((3,), (4,), (5,))
    before = buffers.empty(3)
    with buffers.scope():
        inside = [address(buffers.empty(4)), address(buffers.empty(5))]
    with buffers.scope():
        assert [address(buffers.empty(4)), address(buffers.empty(5))] == inside
    assert address(buffers.empty(4)) == inside[0]
    assert address(before) not in inside


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_all_arrays_have_the_type_asked_for(dtype: type) -> None:
    assert Buffers(dtype).empty(2, 3).dtype == dtype
