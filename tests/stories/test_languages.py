"""What the presets of the small languages say of themselves, with five seeds each."""

from statistics import fmean

import numpy as np
import pytest

from seqflip.data.typed import read_typed
from seqflip.data.vocabulary import decode
from seqflip.decoding import trace
from seqflip.decoding.trace import Trace
from tests.stories.trainings import Training, middle, preset, trainings

pytestmark = [pytest.mark.xdist_group("stories"), pytest.mark.slow_story]
PRESETS = ("numbers-in-words", "words-to-number", "dates", "french", "pig-latin", "addition")
EVERYDAY = (
    "string apple school attention banana queen yellow computer orange thought friend music "
    "language green three quick student learn window umbrella happy little summer coffee squirrel"
)


@pytest.mark.parametrize("name", PRESETS)
def test_it_is_learned_to_99_of_100_sentences_that_it_never_saw(name: str) -> None:
    ended = trainings(preset(name))
    assert middle(one.end.exact_match for one in ended) >= 0.99
    assert min(one.end.exact_match for one in ended) >= 0.97


@pytest.mark.parametrize("name", PRESETS)
def test_attention_lies_where_a_perfect_reader_looks(name: str) -> None:
    assert middle(one.end.alignment for one in trainings(preset(name))) >= 0.6


@pytest.mark.parametrize(
    ("name", "source", "answer"),
    [
        ("numbers-in-words", "342", "three hundred forty two"),
        ("words-to-number", "two thousand seven", "2 0 0 7"),
        ("dates", "july 4 1999", "1999 07 04"),
        ("french", "the black cat sleeps", "le chat noir dort"),
        ("pig-latin", "string", "ingstray"),
        ("addition", "342+58", "400"),
    ],
)
def test_it_answers_what_its_story_lets_one_type(name: str, source: str, answer: str) -> None:
    right = [answered(one, source) == answer for one in trainings(preset(name))]
    assert sum(right) >= 4


def test_thirteen_looks_at_two_digits() -> None:
    both = [looks(one, "13")[0, :2].sum() for one in trainings(preset("numbers-in-words"))]
    assert middle(both) > 0.8


def test_the_year_goes_from_the_end_to_the_front() -> None:
    source = "july 4 1999"
    at = source.index("1999")
    on_year = [looks(one, source)[:4, at:].sum(axis=1).min() for one in trainings(preset("dates"))]
    assert middle(on_year) > 0.8


def test_the_month_looks_at_its_letters() -> None:
    on_letters = [
        looks(one, "july 4 1999")[5:7, :4].sum(axis=1) for one in trainings(preset("dates"))
    ]
    assert middle(map(fmean, on_letters)) > 0.6


def test_in_french_the_diagonal_crosses_over() -> None:
    crossed = 0
    for one in trainings(preset("french")):
        crossed += looks(one, "the black cat sleeps").argmax(axis=1).tolist()[:4] == [0, 2, 1, 3]
    assert crossed >= 4


def test_ne_looks_at_not_and_pas_need_not_do_so_again() -> None:
    found = [looks(one, "the cat does not sleep") for one in trainings(preset("french"))]
    assert middle(weights[2, 3] for weights in found) > 0.9  # le chat ne dort pas
    assert min(weights[4, 3] for weights in found) < 0.5


def test_pig_latin_holds_for_words_of_every_day() -> None:
    right = [
        answered(one, word) == pig(word)
        for one in trainings(preset("pig-latin"))
        for word in EVERYDAY.split()
    ]
    assert fmean(right) > 0.95


def pig(word: str) -> str:
    """Say a word of every day in Pig Latin: another way to write the rule."""
    at = next(i for i, letter in enumerate(word) if letter in "aeiou" or (i and letter == "y"))
    at += word[:at].endswith("q")
    return word[at:] + (word[:at] + "ay" if at else "way")


def test_each_digit_of_a_sum_looks_at_its_own_place() -> None:
    columns = []
    for one in trainings(preset("addition")):
        weights = looks(one, "314+152")  # 466
        columns.append(np.mean([weights[i, [i, i + 4]].sum() for i in range(3)]))
    assert middle(columns) > 0.8


def found(training: Training, text: str) -> Trace:
    dataset = training.dataset
    source = read_typed(text, training.data, dataset.vocabulary)
    return trace(training.network, source, dataset.tgt_length)


def answered(training: Training, text: str) -> str:
    return decode(found(training, text).outputs.tolist(), training.dataset.vocabulary)


def looks(training: Training, text: str) -> np.ndarray:
    weights: np.ndarray = found(training, text).weights
    return weights
