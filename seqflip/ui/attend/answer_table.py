"""The answer position by position, as a table in HTML: nothing moves while one types."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from seqflip.ui.as_typed import in_html
from seqflip.ui.attend.picture import Answer
from seqflip.ui.labels import short_share
from seqflip.ui.parts.numbers import EMPTY

_TABLE = Markup(
    '<div class="seqflip-scroll" tabindex="0" role="region" aria-label="The answer">'
    '<table class="seqflip-positions">{}</table></div>'
).format
_WRONG = Markup('<s class="wrong">{}</s><span class="hidden"> wrong</span>').format
_CHANGED = Markup('<mark title="changed">{}</mark>').format
_SHARE = Markup('<span class="share" style="--share:{:.3f}">{}</span>').format
_CHOSEN = Markup(' class="chosen"')


def answer_table(plain: Answer, changed: Answer | None, row: int) -> Markup:
    """Return source, right answer, given answer and its probabilities, one column a position.

    Parameters
    ----------
    plain : Answer
    changed : Answer, optional
        What it is after interventions.
    row : int
        The chosen output.
    """
    width = max(
        len(part)
        for one in (plain, changed)
        if one is not None
        for part in (one.typed, one.outputs, one.right or [])
    )
    rows = [
        _head(width, row),
        _row("Input", "", map(in_html, plain.typed), width, None),
    ]
    if plain.right is not None:
        rows.append(_row("Expected", "", _words(plain, plain.right), width, row))
    if plain.forced:
        rows.append(_row("Reads", "", _words(plain, plain.trace.inputs.tolist()), width, row))
    rows.append(_row("Answer", "answer", _marked(plain), width, row))
    rows.append(_row("Probability", "probability", _shares(plain), width, row))
    if changed is not None:
        if changed.typed != plain.typed:
            differ = _differing(map(in_html, changed.typed), changed.typed, plain.typed)
            rows.append(_row("Changed input", "", differ, width, None))
        differ = _differing(_marked(changed), changed.outputs, plain.outputs)
        rows.append(_row("Changed answer", "answer", differ, width, row))
        rows.append(_row("Probability", "probability", _shares(changed), width, row))
    return _TABLE(EMPTY.join(rows))


def _head(width: int, chosen: int) -> Markup:
    cells = (
        Markup('<th scope="col"{}>{}</th>').format(_CHOSEN if i == chosen else EMPTY, i + 1)
        for i in range(width)
    )
    return Markup('<tr class="head"><td></td>{}</tr>').format(EMPTY.join(cells))


def _row(title: str, kind: str, cells: Iterable[Markup], width: int, chosen: int | None) -> Markup:
    written = list(cells)
    written += [EMPTY] * (width - len(written))
    columns = (
        Markup("<td{}>{}</td>").format(_CHOSEN if i == chosen else EMPTY, cell)
        for i, cell in enumerate(written)
    )
    return Markup('<tr class="{}"><th scope="row">{}</th>{}</tr>').format(
        kind, title, EMPTY.join(columns)
    )


def _words(answer: Answer, tokens: Iterable[int]) -> Iterable[Markup]:
    return map(in_html, map(answer.word, tokens))


def _marked(answer: Answer) -> Iterable[Markup]:
    """Yield the outputs; wrong ones are struck."""
    correct = answer.correct or [True] * len(answer.outputs)
    for token, right in zip(answer.outputs, correct, strict=True):
        yield in_html(token) if right else _WRONG(in_html(token))


def _differing(
    written: Iterable[Markup], now: Sequence[str], before: Sequence[str]
) -> Iterable[Markup]:
    """Yield what is written of each token; those that are not what they were stand out."""
    for i, (one, token) in enumerate(zip(written, now, strict=True)):
        same = i < len(before) and token == before[i]
        yield one if same else _CHANGED(one)


def _shares(answer: Answer) -> Iterable[Markup]:
    """Yield the outputs' probabilities, each over a bar."""
    for share in answer.trace.output_probabilities.tolist():
        yield _SHARE(share, short_share(share))
