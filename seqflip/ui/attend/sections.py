"""How one output came about, step by step, as HTML."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from markupsafe import Markup

from seqflip.nn import CROSS, ENCODER
from seqflip.ui.attend import block_html, encoder_html, end_html, moves_html, step_html
from seqflip.ui.attend.picture import Answer
from seqflip.ui.attend.step_html import Place
from seqflip.ui.attend.through import Through, through_head
from seqflip.ui.attend.understand import Scene

STEP = Markup('<div class="seqflip-step">{}</div>')

ENCODED = "Where keys and values come from"
ENCODED_FOR_NOBODY = "How the encoder reads an input"
SCORES = ("scores", "head_scores")
"""The steps in which scores are made, and may be divided."""


class Section(NamedTuple):
    """One step.

    Attributes
    ----------
    name : str
        Under which its code is found, and the page knows it.
    title : str
        Stands above it; empty for what needs none.
    html : Markup
    folded : bool
        Whether it is opened by a press.
    """

    name: str
    title: str
    html: Markup
    folded: bool = False

    @property
    def key(self) -> str:
        """The name of its HTML on the page."""
        return f"attend_step_{self.name}"


def sections(shown: Scene) -> list[Section]:
    """Return all steps of the chosen row."""
    answer, through, numbers = shown.opened, shown.through, shown.view.numbers
    place = shown.place_in(answer)
    if through is None:
        found = list(_of_one_look(answer, place, numbers=numbers))
    else:
        found = list(_of_a_block(answer, place, through, numbers=numbers))
    if through is None or through.kind != ENCODER:
        found.append(_section("prediction", "Prediction", step_html.prediction(answer, place)))
    if through is None or through.kind == CROSS:
        read = encoder_html.encoder(answer, place, through, numbers=numbers)
        title = ENCODED if answer.has_attention else ENCODED_FOR_NOBODY
        found.insert(0, _section("encoder", title, read))
        if answer.has_attention:
            found.append(_section("end", "The end mark", end_html.end_mark(answer)))
    return found


def _section(name: str, title: str, content: str, folded: bool = False) -> Section:
    return Section(name, title, STEP.format(content), folded)


def _of_one_look(answer: Answer, place: Place, *, numbers: bool) -> Iterator[Section]:
    """Make the steps of a recurrent decoder."""

    def step(title: str, name: str, draw: Callable[..., str], **how: bool) -> Section:
        return _section(name, title, draw(answer, place, **how))

    yield step("State", "state", step_html.state, numbers=numbers)
    if not answer.has_attention:
        return
    yield step("Query", "query", step_html.query, numbers=numbers)
    stages = answer.trace.stages
    if "location" in stages:
        yield step("Location", "location", moves_html.location)
    scored = "Scores and content" if "content" in stages else "Scores and weights"
    yield step(scored, "scores", step_html.scores)
    if numbers:
        yield step("Every term of the product", "terms", step_html.terms)
    if "moved" in stages:
        yield step("Gate", "mixed", moves_html.gate)
        yield step("Shift", "moved", moves_html.shift)
        yield step("Sharpening", "sharpened", moves_html.sharpening)
    yield step("Context", "context", step_html.context)
    if numbers:
        yield step("Every value", "values", step_html.values)


def _of_a_block(
    answer: Answer, place: Place, through: Through, *, numbers: bool
) -> Iterator[Section]:
    """Make what a Transformer's head made for one row, and what the block around it did."""
    if through.head is None:
        yield _section("about", "", block_html.about(answer, place, through))
        return
    one = through_head(answer, through, place.row)
    query = one.trace.query[place.row]
    way_in = block_html.way_in(answer, through, place, numbers=numbers)
    yield _section("way_in", "What comes in", way_in, True)
    own = block_html.own_query(answer, query, through, numbers=numbers)
    yield _section("own_query", "Query", own)
    yield _section("head_scores", "Scores and weights", step_html.scores(one, place))
    if numbers:
        terms = step_html.terms(one, place)
        yield _section("head_terms", "Every term of the product", terms, True)
    yield _section("head_context", "Context", step_html.context(one, place), True)
    if answer.trace.heads > 1:
        title = "All heads together, and the way past them"
    else:
        title = "Out of the head, and the way past it"
    heads = block_html.all_heads(answer, through, place, numbers=numbers)
    yield _section("heads", title, heads, True)
    if block_html.feeds(answer):
        content = block_html.feed_forward(answer, through, place, numbers=numbers)
        yield _section("feed_forward", "Feed-forward", content, True)
