"""What the presets say of themselves, with five seeds each."""

import math

import numpy as np
import pytest

from seqflip.data.vocabulary import encode, symbol_vocabulary
from seqflip.decoding import trace
from seqflip.learning import evaluate
from seqflip.ui.train.own_pairs import ENOUGH, FEW, STEPS
from tests.stories.trainings import Training, middle, preset, trainings

pytestmark = pytest.mark.xdist_group("stories")  # one process, so that each is trained once
slow = pytest.mark.slow_story


class TestReverse:
    """Learned, whatever its length; weights turn from a grey field into an anti-diagonal."""

    def test_the_weights_begin_as_a_grey_field(self) -> None:
        for training in trainings(preset("reverse"), 1):
            weights = attention(training, [3, 1, 4, 1, 5, 9])
            assert weights.max() < 0.3

    @slow
    def test_they_turn_into_an_anti_diagonal_as_the_loss_falls(self) -> None:
        begun, ended = trainings(preset("reverse"), 20), trainings(preset("reverse"), 400)
        assert middle(one.end.loss for one in ended) < 0.1 * middle(one.end.loss for one in begun)
        assert middle(one.end.alignment for one in begun) < 0.3
        assert middle(one.end.alignment for one in ended) > 0.8

    @slow
    @pytest.mark.parametrize("length", range(4, 13))
    def test_it_is_learned_whatever_the_length(self, length: int) -> None:
        ended = trainings(preset("reverse"), 400)
        assert middle(one.exact_match_at(length) for one in ended) > 0.9


class TestBottleneck:
    """The longer the sequence, the less of it is left in one vector."""

    @slow
    def test_the_longer_the_less_is_right(self) -> None:
        ended = trainings(preset("bottleneck"), 400)
        by_length = [middle(one.exact_match_at(n) for one in ended) for n in (4, 5, 6)]
        assert by_length[0] > by_length[1] > by_length[2]
        assert by_length[0] > by_length[2] + 0.1

    def test_it_is_the_first_story_to_the_last_number_but_one_setting(self) -> None:
        reverse, bottleneck = preset("reverse"), preset("bottleneck")
        model = bottleneck.model.model_copy(update={"attention": reverse.model.attention})
        assert bottleneck.model_copy(update={"model": model}) == reverse


NAMES = (
    "Ada Zoë Anna José Hannah Turing Søren Łukasz Großmann Élodie Maximilian Wilhelmina O'Connor"
)


@slow
class TestName:
    """Trained on letters at random, right on names that it has never seen."""

    def test_names_are_read_backwards(self) -> None:
        config = preset("name")
        vocabulary = symbol_vocabulary(config.data.symbols, config.data.vocab_size)
        right = []
        for training in trainings(config):
            model = training.network
            for name in NAMES.split():
                source = encode(name, vocabulary)
                found = trace(model, source, config.data.src_length, limit=len(source) + 1)
                right.append(found.outputs.tolist() in (source[::-1], [*source[::-1], 0]))
            assert training.end.exact_match >= 0.99
        assert sum(right) >= 0.97 * len(right)


@slow
class TestHowManyPairs:
    """What is said of pairs of one's own: few are learned by heart, many as what they share."""

    @staticmethod
    def trained_on(pairs: int) -> list[Training]:
        config = preset("reverse")
        data = config.data.model_copy(update={"n_train": pairs})
        epochs = math.ceil(STEPS / math.ceil(pairs / config.training.batch_size))
        training = config.training.model_copy(update={"epochs": epochs})
        return trainings(config.model_copy(update={"data": data, "training": training}))

    def test_few_are_learned_by_heart(self) -> None:
        for one in self.trained_on(FEW // 2):
            seen = evaluate(one.network, one.dataset.x_src_train, one.dataset.x_tgt_train)
            assert seen.sequence_accuracy > 0.95
            assert one.end.exact_match < 0.8

    def test_so_many_do_better(self) -> None:
        more = middle(one.end.exact_match for one in self.trained_on(ENOUGH))
        assert more > middle(one.end.exact_match for one in self.trained_on(FEW // 2)) + 0.1


@slow
class TestCopy:
    """The plainest alignment: a diagonal."""

    def test_a_diagonal_appears(self) -> None:
        assert middle(one.end.alignment for one in trainings(preset("copy"), 400)) > 0.8


@slow
class TestRotate:
    """One diagonal becomes two; where to jump depends on nothing but the place."""

    def test_it_finds_where_to_jump(self) -> None:
        jumped = []
        for training in trainings(preset("rotate")):
            source = [5, 2, 9, 7, 3, 8]
            weights = attention(training, source)
            jumped.append(np.mean([weights[2, 5], weights[3, 0]]))
        assert middle(jumped) > 0.7


@slow
class TestSort:
    """Attention goes by content; repeated numbers share their weights."""

    def test_copies_share_the_weight(self) -> None:
        smallest = []
        for training in trainings(preset("sort")):
            weights = attention(training, [7, 3, 9, 3, 12, 5])
            smallest.append(weights[:2][:, [1, 3]].min())
        assert middle(smallest) > 0.2

    def test_where_to_look_depends_on_the_tokens(self) -> None:
        for training in trainings(preset("sort")):
            first = attention(training, [7, 3, 9, 2, 12, 5])[0].argmax()
            other = attention(training, [7, 2, 9, 3, 12, 5])[0].argmax()
            assert (first, other) == (3, 1)


class TestReverse12:
    """The course notebook's task, by a model an eighth as wide that sees each sequence twice."""

    def test_its_size_and_its_data(self) -> None:
        ours, notebook = preset("reverse-12"), preset("notebook")
        assert ours.data == notebook.data
        assert ours.model.d_model * 8 == notebook.model.d_model
        assert ours.training.epochs == 2

    @slow
    def test_it_is_learned(self) -> None:
        ended = trainings(preset("reverse-12"))
        assert middle(one.end.exact_match for one in ended) > 0.999


def attention(training: Training, source: list[int]) -> np.ndarray:
    """Return the weights of the right answers to a source: (outputs, inputs)."""
    found = trace(training.network, source, training.dataset.tgt_length)
    weights: np.ndarray = found.weights[: len(source)]
    return weights
