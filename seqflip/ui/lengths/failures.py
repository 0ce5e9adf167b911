"""The sequences that a model fails, as a table from which each can be opened in Attend."""

from collections.abc import Sequence
from html import escape
from itertools import zip_longest
from urllib.parse import urlencode

import streamlit as st

from seqflip.study.lengths import Failure
from seqflip.study.lengths_report import Report
from seqflip.ui.labels import with_end

# A plain click stays in this tab's session; with a key held, the browser does what it always does.
# So it does on a page that renews itself: `st.switch_page` may leave an empty page behind there.
_JS = """
export default function ({ parentElement, data, setTriggerValue }) {
  const table = parentElement.querySelector("div")
  if (table.innerHTML !== data.html) table.innerHTML = data.html
  table.onclick = (event) => {
    const link = event.target.closest("a")
    if (!link || data.live || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    setTriggerValue("open", Number(link.dataset.row))
  }
}
"""
_component = st.components.v2.component(
    "seqflip_failures", html="<div></div>", js=_JS, isolate_styles=False
)


def failures_table(report: Report, failures: Sequence[Failure], *, live: bool) -> None:
    """Draw the table, and open a sequence in Attend when that is asked for.

    ``live`` says whether the page renews itself.
    """
    links = [_link(report, failure) for failure in failures]
    rows = "".join(
        _row(report, failure, i, link)
        for i, (failure, link) in enumerate(zip(failures, links, strict=True))
    )
    titles = ("Input", "Expected", "Answer")
    head = "".join(f'<th scope="col">{title}</th>' for title in titles)
    html = (
        f'<table class="seqflip-answers"><thead><tr>{head}<th scope="col">'
        f'<span class="hidden">Open</span></th></tr></thead><tbody>{rows}</tbody></table>'
    )
    data = {"html": html, "live": live}
    row = _component(key="lengths_failures", data=data, on_open_change=_nothing).open
    if isinstance(row, int) and row < len(links):
        st.switch_page("pages/attend.py", query_params=links[row])


def _nothing() -> None:
    """Streamlit tells of a trigger only where somebody listens."""


def _row(report: Report, failure: Failure, place: int, link: dict[str, str]) -> str:
    end = report.vocabulary[0]
    source = report.words(failure.source)
    expected = [word for word in report.words(failure.expected) if word != end]
    cells = (_tokens(source), _tokens(expected), _answer(report, failure))
    return (
        "<tr>"
        + "".join(f"<td>{cell}</td>" for cell in cells)
        + f'<td class="verdict"><a href="attend?{escape(urlencode(link))}" data-row="{place}">'
        f'Attend<span class="hidden"> to {escape(" ".join(source))}</span></a></td></tr>'
    )


def _tokens(words: Sequence[str]) -> str:
    return " ".join(f"<span>{escape(word)}</span>" for word in words)


def _answer(report: Report, failure: Failure) -> str:
    """Return the model's tokens, wrong ones struck; what is missing is a wrong end."""
    answered = with_end(report.words(failure.answered), report.vocabulary[0])
    pairs = zip_longest(answered, failure.answered, failure.expected[: len(answered)])
    return " ".join(
        f"<span>{escape(word)}</span>" if token == right else f"<s>{escape(word)}</s>"
        for word, token, right in pairs
        if not (token == right == 0)
    )


def _link(report: Report, failure: Failure) -> dict[str, str]:
    """Return the link to the first wrong output."""
    pairs = zip_longest(failure.answered, failure.expected, fillvalue=-1)
    first = next(i for i, (answer, right) in enumerate(pairs) if answer != right)
    row = min(first, len(failure.answered) - 1)
    source = " ".join(report.words(failure.source))
    return {"run": report.run, "source": source, "row": str(row + 1)}
