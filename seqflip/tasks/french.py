"""A little English-French, from a grammar of a few hundred words.

Adjectives change place, articles agree with their nouns, some words split (not: ne pas), and some
vanish (the is of "is sleeping").
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise
from typing import Final

from seqflip.tasks.french_words import (
    AFTER,
    ALONE,
    BEFORE,
    BEINGS,
    DETERMINERS,
    NOUNS,
    PRONOUNS,
    WITH_OBJECT,
    Adjective,
    Noun,
    Verb,
)
from seqflip.tasks.language import Language, Part, Shape, digits_of
from seqflip.tasks.task import TASKS

_VOWELS: Final = "aeiouhéèêœâôî"
_SOME: Final = ("un", "une", "des")  # these are "de" where a verb is denied
_NOT: Final = "not"


@TASKS.register
class French(Language):
    """The black cat sleeps becomes le chat noir dort."""

    name, label = "french", "A little English–French"
    look_for = (
        "Mostly the diagonal, and where an adjective goes behind its noun the look crosses over; "
        "ne looks at not, which pas need not do again."
    )
    example = "the black cat sleeps"
    shortest, src_length, tgt_length = 2, 11, 13

    @classmethod
    def tokens(cls) -> Iterable[str]:
        return _tokens()

    @classmethod
    def shapes(cls) -> Sequence[Shape]:
        return _shapes()

    @classmethod
    def translate(cls, source: Sequence[str]) -> list[Part]:
        try:
            return list(_Reader(source).sentence())
        except _NoSentence:
            return []


class _NoSentence(ValueError):
    """The grammar does not make it."""


@dataclass
class _Subject:
    parts: list[Part]
    several: bool
    feminine: bool


class _Reader:
    """Reads an English sentence from left to right, and says it in French."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._place = 0

    def sentence(self) -> Iterator[Part]:
        """Give the French sentence, each word with the places of those that it says."""
        subject = self._pronoun() if self._next() in PRONOUNS else self._noun_phrase()
        yield from subject.parts
        yield from self._predicate(subject)
        if self._place != len(self._words):
            raise _NoSentence

    def _next(self) -> str:
        return self._words[self._place] if self._place < len(self._words) else ""

    def _take(self) -> tuple[str, int]:
        word, place = self._next(), self._place
        self._place += 1
        return word, place

    def _pronoun(self) -> _Subject:
        word, place = self._take()
        french, several = PRONOUNS[word]
        return _Subject([Part(french, (place,))], several, french == "elle")

    def _noun_phrase(self, *, denied: bool = False) -> _Subject:
        determiner, at = self._take()
        before = self._adjective(_BEFORE)
        after = self._adjective(_AFTER)
        word, place = self._take()
        if word not in _NOUNS:
            raise _NoSentence
        noun, several = _NOUNS[word]
        english = [adjective.english for adjective, _ in (*before, *after)] + [word]
        french = noun.french_several if several else noun.french
        said = [Part(_agree(one, noun, several, french), (where,)) for one, where in before]
        said += [Part(one, (place,)) for one in french.split()]
        said += [Part(one.french[_form(noun.feminine, several)], (where,)) for one, where in after]
        article = _article(determiner, several, noun.feminine, english[0], said[0].token)
        if (article == "des" and before) or (article in _SOME and denied):
            article = "d'" if said[0].token[0] in _VOWELS else "de"
        return _Subject([Part(article, (at,)), *said], several, noun.feminine)

    def _adjective(self, known: dict[str, Adjective]) -> list[tuple[Adjective, int]]:
        if self._next() not in known:
            return []
        word, place = self._take()
        return [(known[word], place)]

    def _predicate(self, subject: _Subject) -> Iterator[Part]:
        word, place = self._take()
        if word in _BE:
            if word != _BE[subject.several]:
                raise _NoSentence
            yield from self._being(subject, place)
        elif word in _DO:
            negated, not_at = self._take()
            verb, at = self._take()
            if word != _DO[subject.several] or negated != _NOT or verb not in _PLAIN:
                raise _NoSentence
            yield from self._doing(_PLAIN[verb], subject, (place, at), (not_at,))
        else:
            verbs = _PLAIN if subject.several else _THIRD
            if word not in verbs:
                raise _NoSentence
            yield from self._doing(verbs[word], subject, (place,), ())

    def _being(self, subject: _Subject, place: int) -> Iterator[Part]:
        """Go on after is or are: with not, then with an adjective, or what is being done."""
        negated = (self._take()[1],) if self._next() == _NOT else ()
        word, at = self._take()
        if word in _DOING:
            yield from self._doing(_DOING[word], subject, (place, at), negated)
        elif word in _ADJECTIVES:
            yield from _around("sont" if subject.several else "est", (place,), negated)
            form = _form(subject.feminine, subject.several)
            yield Part(_ADJECTIVES[word].french[form], (at,))
        else:
            raise _NoSentence

    def _doing(
        self, verb: Verb, subject: _Subject, of: tuple[int, ...], negated: tuple[int, ...]
    ) -> Iterator[Part]:
        yield from _around(verb.french_several if subject.several else verb.french, of, negated)
        if verb in WITH_OBJECT:
            yield from self._noun_phrase(denied=bool(negated)).parts


def _around(verb: str, of: tuple[int, ...], negated: tuple[int, ...]) -> Iterator[Part]:
    """Say a verb, between ne and pas where it is negated."""
    if negated:
        yield Part("n'" if verb[0] in _VOWELS else "ne", negated)
    yield Part(verb, of)
    if negated:
        yield Part("pas", negated)


def _form(feminine: bool, several: bool) -> int:
    return 2 * several + feminine


def _agree(adjective: Adjective, noun: Noun, several: bool, following: str) -> str:
    """Return the form of an adjective before its noun."""
    if adjective.before_vowel and not several and not noun.feminine and following[0] in _VOWELS:
        return adjective.before_vowel
    return adjective.french[_form(noun.feminine, several)]


def _article(determiner: str, several: bool, feminine: bool, english: str, following: str) -> str:
    """Return the French article before a word; there is none if the English one is wrong."""
    for one, many, (masculine, fem, before_vowel, of_several) in DETERMINERS:
        if determiner != (many if several else _english_article(one, english)):
            continue
        if several:
            return of_several
        if following[0] in _VOWELS:
            if one == "this":
                return "cette" if feminine else "cet"
            return before_vowel or (fem if feminine else masculine)
        return fem if feminine else masculine
    raise _NoSentence


def _english_article(determiner: str, following: str) -> str:
    return "an" if determiner == "a" and following[0] in "aeiou" else determiner


_Choices = list[list[str]]  # the words that may stand at each place
_FORMS = ("english", "third", "doing")
_BE, _DO = ("is", "are"), ("does", "do")  # of one, of several
_BEFORE: Final = {one.english: one for one in BEFORE}
_AFTER: Final = {one.english: one for one in AFTER}
_ADJECTIVES: Final = _BEFORE | _AFTER
_NOUNS: Final = {
    word: (noun, several)
    for noun in NOUNS
    for word, several in ((noun.english, False), (noun.several, True))
}
_VERBS: Final = [*ALONE, *WITH_OBJECT]
_PLAIN: Final = {verb.english: verb for verb in _VERBS}
_THIRD: Final = {verb.third: verb for verb in _VERBS}
_DOING: Final = {verb.doing: verb for verb in _VERBS}


@cache
def _shapes() -> list[Shape]:
    """Return the shapes of sentences: who, of what number, and what is said of them."""
    return [
        Shape(math.prod(map(len, words)), partial(_sentence, words))
        for several in (False, True)
        for subject in (_pronouns(several), *_noun_phrases(BEINGS, several))
        for predicate in _predicates(several)
        for words in [[*subject, *predicate]]
    ]


def _pronouns(several: bool) -> _Choices:
    return [[word for word, (_, many) in PRONOUNS.items() if many == several]]


def _noun_phrases(nouns: Sequence[Noun], several: bool) -> Iterator[_Choices]:
    """Give an article and a noun, with no, one or two adjectives."""
    articles = [many if several else one for one, many, _ in DETERMINERS]
    named = [noun.several if several else noun.english for noun in nouns]
    for before in ([], [list(_BEFORE)]):
        for after in ([], [list(_AFTER)]):
            yield [articles, *before, *after, named]


def _predicates(several: bool) -> Iterator[_Choices]:
    be, do = [_BE[several]], [_DO[several]]
    for negated in ([], [[_NOT]]):
        yield [be, *negated, list(_ADJECTIVES)]
        for verbs, objects in ((ALONE, [[]]), (WITH_OBJECT, _objects())):
            plain, third, doing = ([getattr(verb, form) for verb in verbs] for form in _FORMS)
            now = [do, *negated, plain] if negated else [plain if several else third]
            for following in objects:
                yield [*now, *following]
                yield [be, *negated, doing, *following]


def _objects() -> list[_Choices]:
    return [phrase for several in (False, True) for phrase in _noun_phrases(NOUNS, several)]


def _sentence(choices: _Choices, number: int) -> list[str]:
    places = digits_of(number, [len(words) for words in choices])
    said = [words[place] for words, place in zip(choices, places, strict=True)]
    return [_english_article(word, after) for word, after in pairwise([*said, ""])]


@cache
def _tokens() -> frozenset[str]:
    """Return all words of both languages."""
    english = [*PRONOUNS, *_BE, *_DO, _NOT, "an", *_ADJECTIVES, *_NOUNS, *_PLAIN, *_THIRD, *_DOING]
    english += [word for one, many, _ in DETERMINERS for word in (one, many)]
    french = [
        "est",
        "sont",
        "ne",
        "n'",
        "pas",
        "cet",
        "de",
        "d'",
        *(word for word, _ in PRONOUNS.values()),
    ]
    for _, _, articles in DETERMINERS:
        french += articles
    for noun in NOUNS:
        french += [*noun.french.split(), *noun.french_several.split()]
    for adjective in _ADJECTIVES.values():
        french += [*adjective.french, adjective.before_vowel]
    for verb in _VERBS:
        french += [verb.french, verb.french_several]
    return frozenset(filter(None, [*english, *french]))
