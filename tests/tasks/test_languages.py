"""The small languages: what each sentence becomes, and which word says which."""

import contextlib
from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from seqflip.config.files import parse_config
from seqflip.config.section import ConfigError
from seqflip.config.sections import DataConfig
from seqflip.data.tasks import Dataset, make_dataset, solve, true_alignment
from seqflip.data.typed import read_typed
from seqflip.data.vocabulary import decode
from seqflip.tasks import TASKS, Language, lengths

LANGUAGES: list[type[Language]] = [
    task for task in TASKS.values() if isinstance(task, type) and issubclass(task, Language)
]
every = pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.name)


def translated(task: str, text: str) -> str:
    """Return the answer to what somebody types, as a page writes it; empty if there is none."""
    kind = TASKS[task]
    assert issubclass(kind, Language)
    source = read_typed(text, DataConfig(task=task), kind.vocabulary())
    return decode(solve(task, [source], kind.tgt_length)[0], kind.vocabulary())


def said_by(task: str, text: str) -> dict[str, str]:
    """Return for each token of an answer the tokens of the source that it says."""
    kind = TASKS[task]
    assert issubclass(kind, Language)
    written = kind.vocabulary()
    source = read_typed(text, DataConfig(task=task), written)
    target = solve(task, [source], kind.tgt_length)
    truth = true_alignment(task, [source], target)
    assert truth is not None
    return {
        written[token]: " ".join(written[source[place]] for place in np.flatnonzero(row))
        for token, row in islice(zip(target[0], truth[0], strict=True), int(lengths(target)[0]))
    }


@pytest.mark.parametrize(
    ("task", "source", "target"),
    [
        ("numbers_to_words", "342", "three hundred forty two"),
        ("numbers_to_words", "3 0 0", "three hundred"),
        ("numbers_to_words", "7,013", "seven thousand thirteen"),
        ("numbers_to_words", "210400", "two hundred ten thousand four hundred"),
        ("numbers_to_words", "042", ""),
        ("words_to_numbers", "three hundred forty two", "3 4 2"),
        ("words_to_numbers", "Two thousand seven", "2 0 0 7"),
        ("words_to_numbers", "thousand two", ""),
        ("words_to_numbers", "twenty twenty", ""),
        ("dates", "July 4, 1999", "1999 07 04"),
        ("dates", "July 4,1999", "1999 07 04"),
        ("dates", "december 31 2001", "2001 12 31"),
        ("dates", "february 30 2000", ""),
        ("dates", "may 04 2000", ""),
        ("pig_latin", "String", "ingstray"),
        ("pig_latin", "apple", "appleway"),
        ("pig_latin", "queen", "eenquay"),
        ("pig_latin", "yellow", "ellowyay"),
        ("pig_latin", "rhythm", "ythmrhay"),
        ("pig_latin", "tsk", "tskay"),
        ("pig_latin", "incomprehensible", ""),
        ("addition", "342+58", "400"),
        ("addition", "999 + 1", "1000"),
        ("addition", "0+0", "0"),
        ("addition", "1+", ""),
        ("addition", "1+2+3", ""),
        ("addition", "007+1", ""),
    ],
)
def test_what_a_source_becomes(task: str, source: str, target: str) -> None:
    assert translated(task, source) == target


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("The black cat sleeps.", "le chat noir dort"),
        ("the,black,cat,sleeps", "le chat noir dort"),
        ("the black cats sleep", "les chats noirs dorment"),
        ("a small white mouse is sleeping", "une petite souris blanche dort"),
        ("an old friend arrives", "un vieil ami arrive"),
        ("my school is old", "mon école est vieille"),
        ("the queen does not help the children", "la reine n' aide pas les enfants"),
        ("she is not eating an apple", "elle ne mange pas de pomme"),
        ("they eat small potatoes", ""),  # some small potatoes, as the grammar has it
        ("they eat some small potatoes", "ils mangent de petites pommes de terre"),
        ("he eats the green potato", "il mange la pomme de terre verte"),
        ("the horses are beautiful", "les chevaux sont beaux"),
        ("this child is not sad", "cet enfant n' est pas triste"),
        ("my friends are singing", "mes amis chantent"),
        ("the cat sleep", ""),
        ("the cats is black", ""),
        ("a old dog runs", ""),
        ("black the cat sleeps", ""),
        ("the cat", ""),
        ("the cat sleeps sleeps", ""),
        ("she eats", ""),
    ],
)
def test_french(english: str, french: str) -> None:
    assert translated("french", english) == french


def test_which_word_says_which_in_french() -> None:
    assert said_by("french", "the black cat does not eat the apple") == {
        "le": "the",
        "chat": "cat",
        "noir": "black",
        "ne": "not",
        "mange": "does eat",
        "pas": "not",
        "la": "the",
        "pomme": "apple",
    }


def test_what_says_what_elsewhere() -> None:
    assert said_by("numbers_to_words", "2013") == {
        "two": "2",
        "thousand": "2",
        "thirteen": "1 3",
    }
    assert said_by("words_to_numbers", "three hundred six") == {"3": "three", "0": "", "6": "six"}
    assert said_by("addition", "45+162") == {"2": "1", "0": "4 6", "7": "5 2"}
    assert said_by("pig_latin", "top") == {"o": "o", "p": "p", "t": "t", "a": "", "y": ""}
    assert said_by("dates", "may 4 1999")["4"] == "4"
    assert said_by("dates", "may 4 1999")["1"] == "1"


@every
def test_sentences_of_every_shape_are_translated_within_its_sizes(language: type[Language]) -> None:
    rng = np.random.default_rng(0)
    known = set(language.vocabulary()[1:])
    sources, targets = [], []
    for shape in language.shapes():
        numbers = {0, shape.count - 1, *rng.integers(shape.count, size=20).tolist()}
        for source in map(shape.sentence, sorted(numbers)):
            parts = language.translate(source)
            assert parts, source
            assert known.issuperset(source)
            assert known.issuperset(part.token for part in parts)
            assert all(0 <= place < len(source) for part in parts for place in part.of)
            sources.append(tuple(source))
            targets.append(len(parts))
    assert len(set(sources)) == len(sources)
    assert min(map(len, sources)) == language.shortest
    assert max(map(len, sources)) == language.src_length
    assert max(targets) == language.tgt_length == language.sizes().tgt_length - 1


@every
def test_no_two_numbers_of_a_shape_make_the_same_sentence(language: type[Language]) -> None:
    for shape in language.shapes()[:12]:
        sentences = [tuple(shape.sentence(number)) for number in range(min(shape.count, 2000))]
        assert len(set(sentences)) == len(sentences)


@every
def test_its_example_is_a_sentence_of_it(language: type[Language]) -> None:
    assert translated(language.name, language.example)


@every
@given(text=some.text(max_size=40))
def test_whatever_is_typed_is_translated_or_refused(language: type[Language], text: str) -> None:
    with contextlib.suppress(ValueError):
        source = read_typed(text, DataConfig(task=language.name), language.vocabulary())
        parts = language.translate([language.vocabulary()[token] for token in source])
        assert {part.token for part in parts} <= set(language.vocabulary())


@every
@given(data=some.data())
def test_any_tokens_of_it_have_a_translation_or_none(
    language: type[Language], data: some.DataObject
) -> None:
    tokens = some.sampled_from(language.vocabulary()[1:])
    source = data.draw(some.lists(tokens, min_size=1, max_size=14))
    assert isinstance(language.translate(source), list)


def made(task: str, n_train: int = 400) -> Dataset:
    return make_dataset(DataConfig(task=task, n_train=n_train, n_test=60))


@every
def test_its_data_are_distinct_sentences_with_their_translations(language: type[Language]) -> None:
    data = made(language.name)
    both = [tuple(row) for row in [*data.x_src_train.tolist(), *data.x_src_test.tolist()]]
    assert len(set(both)) == len(both) == 460
    assert data.vocabulary == language.vocabulary()
    sizes = (data.vocab_size, language.shortest, data.src_length, data.tgt_length)
    assert sizes == DataConfig(task=language.name).sizes
    assert (data.x_tgt_train[:, 0] != 0).all()
    for source, target in zip(data.x_src_test, data.x_tgt_test, strict=True):
        said = [data.vocabulary[token] for token in source if token]
        answer = [part.token for part in language.translate(said)]
        assert answer == [data.vocabulary[token] for token in target if token]


def test_short_sentences_are_as_frequent_as_there_are() -> None:
    digits = lengths(made("numbers_to_words", n_train=1000).x_src_train)
    assert set(digits.tolist()) == {1, 2, 3, 4, 5, 6}
    assert (digits == 6).mean() < 0.35


def test_more_sentences_than_a_language_has_are_refused() -> None:
    with pytest.raises(ConfigError, match="but task dates has only 73,000") as caught:
        DataConfig(task="dates", n_train=73_000, n_test=1)
    assert caught.value.key == "data.n_train"
    assert DataConfig(task="dates", n_train=72_999, n_test=1).n_train == 72_999


@pytest.mark.parametrize(
    "setting", ["vocab_size", "src_length", "tgt_length", "min_length", "rotate_by"]
)
def test_what_the_language_decides_cannot_be_set(setting: str) -> None:
    with pytest.raises(ConfigError, match="but with task french the language decides it"):
        parse_config(f"data: {{task: french, {setting}: 5}}")


def test_what_pairs_alone_have_cannot_be_set() -> None:
    with pytest.raises(ConfigError, match="task french reads no file"):
        DataConfig(task="french", lower_case=True)
