"""Whatever word of the field a page uses is defined, and what is defined is used."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from seqflip.nn import ATTENTIONS, CELLS, NORMS, OPTIMIZERS, POSITIONS, SCHEDULES
from seqflip.tasks import TASKS
from seqflip.ui.parts.presets import presets, races
from seqflip.ui.shell.words.glossary import Glossary, glossary, pattern
from tests.ui.shell.words.finding import found_in
from tests.ui.texts import drawn_texts, plain, written_texts

ROOT = Path(__file__).parents[4]
APP = ROOT / "app.py"
TERMS = (Path(__file__).parent / "field_terms.txt").read_text(encoding="utf-8").split("\n")[:-1]
VIEWS = [
    ("train", {"run": "reverse"}),
    ("attend", {"run": "reverse", "numbers": "yes", "truth": "yes"}),
    ("attend", {"run": "steps", "panel": "surgery", "edits": "temperature-5"}),
    ("attend", {"run": "bottleneck", "panel": "beam"}),
    ("attend", {"run": "transformer", "through": "cross-2-1", "numbers": "yes"}),
    ("replay", {"run": "reverse"}),
    ("race", {}),
    ("lengths", {"runs": "reverse", "max": "16", "count": "50"}),
    ("runs", {}),
]


pytestmark = pytest.mark.xdist_group("terms")  # all pages are opened once


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEQFLIP_RUNS", str(tmp_path_factory.mktemp("runs")))
        st.cache_resource.clear()
        return {*of_the_pages(), *of_the_modules(), *of_the_choices()}


def of_the_pages() -> Iterator[str]:
    for name, params in VIEWS:
        page = AppTest.from_file(APP, default_timeout=60)
        for key, text in params.items():
            page.query_params[key] = text
        if name != "train":
            page.switch_page(f"pages/{name}.py")
        page.run()
        assert not page.exception
        assert not page.error
        assert not page.warning
        yield from drawn_texts(page, without=["seqflip_words"])


def of_the_modules() -> Iterator[str]:
    for module in (*ROOT.glob("seqflip/ui/**/*.py"), *ROOT.glob("pages/*.py")):
        yield from written_texts(module)
    for lesson in ROOT.glob("lessons/*.md"):
        yield from map(plain, lesson.read_text(encoding="utf-8").split("\n\n"))


def of_the_choices() -> Iterator[str]:
    """Return what stories, tasks and settings say, of which a page shows what is chosen."""
    yield from (preset.story for preset in presets().values())
    yield from (race.story for race in races().values())
    yield from (task.look_for for task in TASKS.values())
    for choice in (ATTENTIONS, CELLS, NORMS, OPTIMIZERS, POSITIONS, SCHEDULES):
        yield from (kind.label for kind in choice.values())


def undefined(text: str, words: Glossary) -> set[str]:
    """Return the terms that a text uses without a definition that would cover them."""
    covered = [match.span() for match in re.finditer(pattern(words), text, re.ASCII)]
    return {
        match[0]
        for match in re.finditer(USED, text)
        if not any(start <= match.start() and match.end() <= end for start, end in covered)
    }


def _written(term: str) -> str:
    """Return a pattern for a term: one with a capital, such as a name, only as it is written."""
    first = term[0] if term != term.lower() else f"[{term[0]}{term[0].upper()}]"
    return first + re.escape(term[1:])


USED = re.compile(
    rf"(?<![\w-])(?:{'|'.join(map(_written, sorted(TERMS, key=len, reverse=True)))})s?(?![\w-])",
    re.ASCII,
)


def test_whatever_is_used_is_defined(texts: set[str]) -> None:
    missing = {text: found for text in texts if (found := undefined(text, glossary()))}
    assert missing == {}, "add these words to glossary.yaml"


def test_definitions_and_formulas_use_what_is_defined() -> None:
    words = glossary()
    said = [f"{word.means} {word.formula} {word.see}" for word in words.values()]
    assert [found for text in said if (found := undefined(text, words))] == []


def test_whatever_is_defined_is_used(texts: set[str]) -> None:
    words = glossary()
    used = {name for text in texts for name, _, _ in found_in(text, words)}
    for name, word in words.items():
        used |= {other for other, _, _ in found_in(word.means, words) if other != name}
    assert [name for name in words if name not in used] == []


def test_a_term_without_a_definition_is_found() -> None:
    words = glossary()
    assert undefined("Its perplexity falls with the loss.", words) == {"perplexity"}
    assert undefined("A vanishing gradient in the GRU", words) == {"vanishing gradient"}
    assert undefined("The arrow keys choose attention weights.", words) == set()
