"""The glossary: read with care, and written so that one can learn from it."""

import re

import pytest

from seqflip.runs.trained import EXAMPLES
from seqflip.ui.attend.view import from_link as attend_link
from seqflip.ui.lengths.view import from_link as lengths_link
from seqflip.ui.parts.fields import values_of
from seqflip.ui.parts.presets import FIRST, presets, races
from seqflip.ui.parts.url_state import from_link as settings_link
from seqflip.ui.replay.view import from_link as replay_link
from seqflip.ui.runs.compare import MEASURES
from seqflip.ui.shell.words.glossary import Word, glossary, read_glossary
from tests.ui.shell.words.finding import found_in

WORDS = glossary()
KNOWN = {
    "attend": {"run", "source", "row", "numbers", "truth", "panel", "edits", "through"},
    "replay": {"run", "source", "step", "truth"},
    "lengths": {"runs", "max", "measure"},
    "race": {"story"},
    "runs": {"chosen", "measure"},
    "train": {"run", "pairs", *values_of(presets()[FIRST].config)},
}
LINKS = {name: word for name, word in WORDS.items() if word.at}


def names_in(text: str) -> list[str]:
    return [name for name, _, _ in found_in(text, WORDS)]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- token", "a glossary is a mapping of words"),
        ("token: {means: A, meant: B}", "token.meant: Extra inputs are not permitted"),
        ("token: {formula: a}", "token.means: Field required"),
        ("token: {means: 3}", "token.means: Input should be a valid string"),
        ("token: {means: ''}", "token.means: String should have at least 1 character"),
        ("token: {means: A, forms: 'a,,b'}", "token.forms.1: String should have at least"),
        ("token: {means: A, see: There}", "token: see and at belong together"),
        ("token: {means: A, see: T, at: x/y}", "token: at must begin with a page, one of train,"),
        ("token: {means: A}\ntoken: {means: B}", "line 2 gives token a second time"),
        ("a: {means: A, forms: Words}\nb: {means: B, forms: words}", "b: the form “words” is one"),
        ("token: A", "token: Input should be"),
    ],
)
def test_what_is_wrong_is_told_with_the_word(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(complaint)}"):
        read_glossary(text)


def test_a_word_is_found_as_a_whole_by_its_longest_form() -> None:
    assert names_in("Keys: held-out loss, attention weights (log probability).") == [
        *("key", "held-out", "loss", "attention weight", "log probability")
    ]
    assert names_in("monkeys, re-weighted, lossy, gru, reads ⟨end⟩") == ["end mark"]
    assert names_in("The arrow keys; √d_k; scores÷√d_k") == ["d_k", "score", "d_k"]


@pytest.mark.parametrize("name", WORDS)
def test_a_definition_is_short_and_stands_on_words_above_it(name: str) -> None:
    word, above = WORDS[name], [*WORDS][: [*WORDS].index(name)]
    assert word.means.endswith(".")
    assert len(re.findall(r"[.?!](?= |$)", word.means)) <= 2
    assert len(word.means) <= 220
    assert set(names_in(word.means)) <= {*above, name}


@pytest.mark.parametrize("name", LINKS)
def test_where_it_can_be_seen_is_a_view_that_a_page_knows(name: str) -> None:
    word = LINKS[name]
    assert complaints_about(word) == []
    assert dict(word.params).keys() <= KNOWN[word.page]
    for name in ("run", "runs", "chosen"):
        assert all((EXAMPLES / run).is_dir() for run in word.params.get(name, "").split())


def complaints_about(word: Word) -> list[str]:
    params = word.params
    if word.page == "attend":
        return attend_link(params)[1]
    if word.page == "replay":
        return replay_link(params)[1]
    if word.page == "lengths":
        return lengths_link(params, most=100)[1]
    if word.page == "race":
        return [story for story in params.values() if story not in races()]
    if word.page == "runs":
        return [measure for measure in [params["measure"]] if measure not in MEASURES]
    return settings_link(params, values_of(presets()[FIRST].config))[1]
