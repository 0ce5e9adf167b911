"""The two parts of a lesson that live in the browser: the path along the top, and what is asked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from seqflip.ui.asking import ASKING
from seqflip.ui.published import LOADER, next_turn, publish

_FOLDER = Path(__file__).parent / "asking"
BAR = "lessons_bar"

_BAR = """
<nav class="seqflip-path" aria-label="Stops">
  <button type="button" class="back" title="The stop before (left arrow)">← Back</button>
  <ol></ol>
  <button type="button" class="on" title="The next stop (right arrow)">Next →</button>
  <p class="where" role="status"></p>
  <button type="button" class="taken-up" hidden></button>
</nav>
"""
_ASKED = """
<section class="seqflip-asked" aria-label="Question">
  <div class="body"></div>
  <div class="of-class"></div>
  <p class="verdict" role="status"></p>
  <p class="after">
    <button type="button" class="again">Answer again</button>
    <button type="button" class="on">Next stop →</button>
  </p>
</section>
"""


def _component(name: str, html: str) -> Callable[..., Any]:
    made: Callable[..., Any] = st.components.v2.component(
        f"seqflip_{name}", html=html, js=LOADER, isolate_styles=False
    )
    return made


_bar = _component("lessons_bar", _BAR)
_asked = _component("lessons_asked", _ASKED)


def bar(data: dict[str, Any], on_go: Callable[[], None]) -> None:
    """Draw the path: its stops as links, and where one stands.

    Parameters
    ----------
    data : dict
        ``stops``, each with ``id``, ``title`` and ``href``; ``at``, from 0; ``minutes``.
    on_go : callable
        Is called when another stop was chosen: see :func:`chosen_stop`.
    """
    _bar(key=BAR, data={**_script("bar"), **data}, on_go_change=on_go)


def chosen_stop() -> int | None:
    """Return the stop that was just chosen, counted from 1."""
    chosen = st.session_state.get(BAR, {}).get("go")
    return None if chosen is None else int(chosen)


def asked(data: dict[str, Any]) -> None:
    """Ask a question; what is answered stays in the browser, or goes to a class.

    Parameters
    ----------
    data : dict
        ``id`` and ``version`` of the lesson, the ``kind`` of the question, and what that needs.
    """
    _asked(key="lessons_asked", data={**_script("asked"), **data})


def _script(name: str) -> dict[str, Any]:
    return {"script": f"{publish(_FOLDER, ASKING)}/{name}.js", "turn": next_turn()}
