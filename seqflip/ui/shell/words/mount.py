"""Every word of the field on a page opens its definition at a press, and `?` opens the list."""

from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import streamlit as st

from seqflip.ui.shell.pages import PAGES
from seqflip.ui.shell.words.glossary import Word, by_form, glossary, pattern

_HTML: Final = """
<button type="button" class="seqflip-open-words">Words <kbd>?</kbd></button>
<div class="seqflip-word" popover="auto" role="dialog" tabindex="-1" aria-label="Definition"></div>
<dialog class="seqflip-words" aria-labelledby="seqflip-words-title">
  <div class="head">
    <h2 id="seqflip-words-title">Words</h2>
    <button type="button" class="close">Close</button>
    <input type="search" aria-label="Find a word" placeholder="Find a word" autocomplete="off">
    <p class="hidden" role="status"></p>
  </div>
  <div class="list"></div>
</dialog>
"""
_component = st.components.v2.component(
    "seqflip_words",
    html=_HTML,
    js=Path(__file__).with_name("words.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def words() -> None:
    """Draw the button that opens the list, and let every word of the page open its definition."""
    _component(key="words", data=_told(), width="content")


@cache
def _told() -> dict[str, Any]:
    known = glossary()
    return {
        "pattern": pattern(known),
        "forms": by_form(known),
        "words": {name: _shown(word) for name, word in known.items()},
    }


def _shown(word: Word) -> dict[str, str]:
    shown = {"means": word.means, "formula": word.formula, "see": word.see, "at": ""}
    if word.at:
        path = PAGES[word.page].path
        shown["at"] = f"{path}?{urlencode(word.params)}"
    return shown
