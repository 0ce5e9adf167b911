"""Trained models on sequences of each length: which ones, and what is measured on them."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from seqflip.config.config import Config
from seqflip.config.files import override
from seqflip.data.tasks import make_dataset, solve, true_alignment
from seqflip.data.vocabulary import number_vocabulary
from seqflip.learning.evaluation import evaluate
from seqflip.learning.metrics import wilson_interval
from seqflip.model import Seq2SeqAttentionModel
from seqflip.runs.run import RunError
from seqflip.runs.trained import EXAMPLES, Trained
from seqflip.study import lengths as module
from seqflip.study.lengths import KEPT, LengthTest, draw, longest_to_try, open_test

NONE = np.empty((0, 3), np.int64)


@pytest.fixture(scope="module")
def reverse() -> LengthTest:
    return open_test(EXAMPLES / "reverse", count=50)


def untrained(*settings: str, count: int = 30) -> LengthTest:
    """A model that knows nothing, for a task of these settings."""
    small = ("data.n_train=60", "data.n_test=8", "data.vocab_size=5", "data.src_length=5")
    width = ("model.d_model=8", "training.batch_size=8")
    config = override(Config(), [*small, *width, "data.min_length=3", *settings])
    data = make_dataset(config.data)
    model = Seq2SeqAttentionModel.from_config(
        config.model, data.vocab_size, data.src_length, data.tgt_length, seed=0
    )
    trained = Trained(config, model, number_vocabulary(data.vocab_size), None)
    return LengthTest(trained, data, count)


def rows(tokens: np.ndarray) -> set[tuple[int, ...]]:
    return {tuple(row) for row in tokens.tolist()}


class TestTheSequences:
    @given(
        length=some.integers(1, 6),
        symbols=some.integers(1, 8),
        count=some.integers(1, 40),
        known=some.integers(0, 60),
    )
    def test_they_are_distinct_and_none_is_known(
        self, length: int, symbols: int, count: int, known: int
    ) -> None:
        before = draw(length, known, symbols, 1, np.empty((0, length), np.int64))
        drawn = draw(length, count, symbols, 0, before)
        assert len(rows(drawn)) == len(drawn) == min(count, symbols**length - len(before))
        assert not rows(drawn) & rows(before)
        assert drawn.shape[1] == length
        assert ((drawn >= 1) & (drawn <= symbols)).all()

    def test_they_depend_on_seed_and_length_alone(self) -> None:
        drawn = draw(3, 20, 30, 0, NONE)
        np.testing.assert_array_equal(draw(3, 20, 30, 0, NONE), drawn)
        np.testing.assert_array_equal(draw(3, 40, 30, 0, NONE)[:20], drawn)
        assert rows(draw(3, 20, 30, 1, NONE)) != rows(drawn)

    @pytest.mark.parametrize("symbols", [10, 1000])
    def test_only_what_is_known_is_replaced(self, symbols: int) -> None:
        drawn = draw(3, 20, symbols, 0, NONE)
        others = draw(3, 20, symbols, 0, drawn[[2, 5]])
        np.testing.assert_array_equal(others[:18], np.delete(drawn, [2, 5], axis=0))

    def test_of_many_and_of_few_they_are_evenly_drawn(self) -> None:
        for length in (3, 8):
            drawn = draw(length, 4000, 20, 0, np.empty((0, length), np.int64))
            shares = np.bincount(drawn.ravel(), minlength=21)[1:] / drawn.size
            assert shares == pytest.approx(0.05, abs=0.01)

    def test_models_of_the_same_data_get_the_same(self, reverse: LengthTest) -> None:
        bottleneck = open_test(EXAMPLES / "bottleneck", count=50)
        failing = [test.at(20) for test in (reverse, bottleneck)]  # all of them, for both
        sources = [[one.source for one in point.failures] for point in failing if point]
        assert len(sources[0]) == KEPT
        assert sources[0] == sources[1]

    def test_none_of_them_was_trained_on(self) -> None:
        test = untrained("data.n_train=200", count=500)
        tried = {
            tuple(failure.source)
            for length in (3, 4, 5)
            for failure in (test.at(length) or pytest.fail("nothing tried")).failures
        }
        assert tried
        assert not tried & {tuple(row[row != 0].tolist()) for row in test.data.x_src_train}

    def test_where_there_are_few_all_are_tried_and_this_is_told(self) -> None:
        test = untrained(count=50)
        one, three, five = (test.at(length) for length in (1, 3, 5))
        known = int((test.data.x_src_train[:, 3:] == 0).all(axis=1).sum())
        assert 64 - 50 < known < 64
        assert one is not None
        assert three is not None
        assert five is not None
        assert (one.sequences, one.all_there_are) == (4, True)
        assert (three.sequences, three.all_there_are) == (64 - known, True)
        assert (five.sequences, five.all_there_are) == (50, False)

    def test_nothing_is_left_where_all_were_trained_on(self) -> None:
        test = untrained("data.min_length=1", "data.n_train=160", "data.src_length=4")
        assert test.at(1) is None
        assert [point.length for point in test.points(6)][-1] == 6


class TestTheNumbers:
    def test_they_are_those_of_the_evaluation(self, reverse: LengthTest) -> None:
        for length in (3, 12, 14):
            known = reverse.data.x_src_train
            known = known[(known != 0).sum(axis=1) == length, :length]
            x_src = draw(length, 50, 30, 0, known)
            x_tgt = solve("reverse", x_src, max(12, length))
            truth = true_alignment("reverse", x_src, x_tgt)
            expected = evaluate(reverse.trained.model.network, x_src, x_tgt, truth)
            point = reverse.at(length)
            assert point is not None
            assert point.alignment is not None
            assert point.exact_match.value == pytest.approx(expected.sequence_accuracy)
            assert point.token_accuracy.value == pytest.approx(expected.accuracy)
            assert point.alignment.value == pytest.approx(expected.alignment)

    def test_each_has_the_interval_of_that_many_sequences(self, reverse: LengthTest) -> None:
        point = reverse.at(13)
        assert point is not None
        assert point.sequences == 50
        assert point.exact_match.value == point.right / 50
        assert point.exact_match[1:] == wilson_interval(point.right / 50, 50)
        for estimate in (point.token_accuracy, point.alignment):
            assert estimate is not None
            low, high = wilson_interval(estimate.value, 50)
            assert low < estimate.low < estimate.value < estimate.high < high

    def test_it_is_told_which_lengths_were_trained_on(self, reverse: LengthTest) -> None:
        points = list(reverse.points(longest=14, shortest=2))
        assert [point.length for point in points] == list(range(2, 15))
        assert [point.length for point in points if point.seen] == list(range(4, 13))
        assert reverse.seen == range(4, 13)
        assert longest_to_try(reverse.trained) == 36

    def test_without_attention_there_is_no_alignment(self) -> None:
        point = untrained("model.attention=none").at(4)
        assert point is not None
        assert point.alignment is None

    @pytest.mark.parametrize("task", ["copy", "sort", "rotate"])
    def test_all_tasks_can_be_tested_beyond_their_lengths(self, task: str) -> None:
        points = list(untrained(f"data.task={task}").points())
        assert points[-1].length == 15
        assert all(point.alignment is not None for point in points)

    def test_a_model_is_only_asked_for_as_much_as_its_answers_are_long(self) -> None:
        point = untrained("data.tgt_length=2").at(9)
        assert point is not None
        assert all(len(failure.expected) <= 2 for failure in point.failures)

    def test_in_small_pieces_they_are_the_same(
        self, reverse: LengthTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = reverse.at(14)
        monkeypatch.setattr(module, "_MEMORY", 1)
        pieces = reverse.at(14)
        assert whole is not None
        assert pieces is not None
        assert pieces.alignment == pytest.approx(whole.alignment)
        assert dataclasses.replace(pieces, alignment=whole.alignment) == whole


class TestWhatFails:
    def test_source_right_answer_and_answer_are_kept(self, reverse: LengthTest) -> None:
        point = reverse.at(20)
        assert point is not None
        assert len(point.failures) == KEPT
        for source, expected, answered in point.failures:
            assert expected == source[::-1]
            assert answered != expected
            assert len(answered) <= 20
            assert 0 not in answered[:-1]

    def test_an_end_mark_counts_where_one_was_to_be_written(self, reverse: LengthTest) -> None:
        point = reverse.at(1)
        assert point is not None
        assert all(failure.expected == [*failure.source, 0] for failure in point.failures)

    def test_there_is_none_where_all_are_right(self, reverse: LengthTest) -> None:
        point = reverse.at(8)
        assert point is not None
        assert point.right == point.sequences == 50
        assert point.failures == ()


class TestOwnPairs:
    def test_they_are_tried_on_what_was_held_out(self) -> None:
        test = open_test(EXAMPLES / "pairs")
        points = list(test.points())
        assert sum(point.sequences for point in points) == len(test.data.x_src_test)
        assert all(point.all_there_are and point.alignment is None for point in points)
        assert longest_to_try(test.trained) == points[-1].length

    def test_at_most_so_many_of_each_length(self) -> None:
        test = dataclasses.replace(open_test(EXAMPLES / "pairs"), count=5)
        points = list(test.points())
        assert {point.sequences for point in points} == {5}
        assert not any(point.all_there_are for point in points)

    def test_other_lengths_have_none(self) -> None:
        assert open_test(EXAMPLES / "pairs").at(40) is None


def test_a_run_without_weights_is_refused(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / "copy", tmp_path / "mine")
    (tmp_path / "mine" / "weights.npz").unlink()
    with pytest.raises(RunError, match="mine has no weights yet"):
        open_test(tmp_path / "mine")
