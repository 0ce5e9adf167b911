"""The sequences that a model fails, as a table from which each can be opened in Attend."""

from collections.abc import Sequence
from itertools import zip_longest
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from seqflip.study.lengths import Failure
from seqflip.study.lengths_report import Report
from seqflip.ui.as_typed import all_in_html, in_html
from seqflip.ui.labels import with_end
from seqflip.ui.parts.tables import struck
from seqflip.ui.shell.pages import go_to

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
_TABLE = Markup(
    '<table class="seqflip-answers"><thead><tr><th scope="col">Input</th>'
    '<th scope="col">Expected</th><th scope="col">Answer</th>'
    '<th scope="col"><span class="hidden">Open</span></th></tr></thead><tbody>{}</tbody></table>'
)
_ROW = Markup(
    "<tr><td>{source}</td><td>{expected}</td><td>{answer}</td>"
    '<td class="verdict"><a href="attend?{link}" data-row="{place}">'
    'Attend<span class="hidden"> to {said}</span></a></td></tr>'
)
_component = st.components.v2.component(
    "seqflip_failures", html="<div></div>", js=_JS, isolate_styles=False
)


def failures_table(report: Report, failures: Sequence[Failure], *, live: bool) -> None:
    """Draw the table, and open a sequence in Attend when that is asked for.

    ``live`` says whether the page renews itself.
    """
    links = [_link(report, failure) for failure in failures]
    rows = Markup("").join(
        _row(report, failure, i, link)
        for i, (failure, link) in enumerate(zip(failures, links, strict=True))
    )
    html = _TABLE.format(rows)
    data = {"html": html, "live": live}
    row = _component(key="lengths_failures", data=data, on_open_change=_nothing).open
    if isinstance(row, int) and row < len(links):
        go_to("attend", links[row])


def _nothing() -> None:
    """Streamlit tells of a trigger only where somebody listens."""


def _row(report: Report, failure: Failure, place: int, link: dict[str, str]) -> Markup:
    end = report.vocabulary[0]
    source = report.words(failure.source)
    return _ROW.format(
        source=all_in_html(source),
        expected=all_in_html(word for word in report.words(failure.expected) if word != end),
        answer=_answer(report, failure),
        link=urlencode(link),
        place=place,
        said=" ".join(source),
    )


def _answer(report: Report, failure: Failure) -> Markup:
    """Return the model's tokens, wrong ones struck; what is missing is a wrong end."""
    answered = with_end(report.words(failure.answered), report.vocabulary[0])
    pairs = zip_longest(answered, failure.answered, failure.expected[: len(answered)])
    return Markup(" ").join(
        in_html(word) if token == right else struck(word)
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
