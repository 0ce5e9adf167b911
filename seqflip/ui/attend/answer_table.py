"""The answer position by position, as a table in HTML: nothing moves while one types."""

from collections.abc import Iterable, Sequence
from html import escape

from seqflip.ui.attend.picture import Answer
from seqflip.ui.labels import short_share

CHOSEN = ' class="chosen"'


def answer_table(plain: Answer, changed: Answer | None, row: int) -> str:
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
        for part in (one.inputs, one.outputs, one.right or [])
    )
    rows = [
        _row("", "head", (str(i + 1) for i in range(width)), width, row, head=True),
        _row("Input", "", map(escape, plain.inputs), width, None),
    ]
    if plain.right is not None:
        rows.append(_row("Expected", "", map(escape, map(plain.word, plain.right)), width, row))
    if plain.forced:
        reads = map(escape, map(plain.word, plain.trace.inputs.tolist()))
        rows.append(_row("Reads", "", reads, width, row))
    rows.append(_row("Answer", "answer", _marked(plain), width, row))
    rows.append(_row("Probability", "probability", _shares(plain), width, row))
    if changed is not None:
        if changed.inputs != plain.inputs:
            differ = _differing(changed.inputs, plain.inputs)
            rows.append(_row("Changed input", "", differ, width, None))
        rows.append(_row("Changed answer", "answer", _differing_answer(changed, plain), width, row))
        rows.append(_row("Probability", "probability", _shares(changed), width, row))
    return (
        '<div class="seqflip-scroll" tabindex="0" role="region" aria-label="The answer">'
        f'<table class="seqflip-positions">{"".join(rows)}</table></div>'
    )


def _row(
    title: str,
    kind: str,
    cells: Iterable[str],
    width: int,
    chosen: int | None,
    *,
    head: bool = False,
) -> str:
    tag = 'th scope="col"' if head else "td"
    end = tag.split()[0]
    written = list(cells)
    written += [""] * (width - len(written))
    columns = (
        f"<{tag}{CHOSEN if i == chosen else ''}>{cell}</{end}>" for i, cell in enumerate(written)
    )
    first = f"<td>{title}</td>" if head else f'<th scope="row">{title}</th>'
    return f'<tr class="{kind}">{first}{"".join(columns)}</tr>'


def _marked(answer: Answer) -> Iterable[str]:
    """Yield the outputs; wrong ones are struck."""
    correct = answer.correct or [True] * len(answer.outputs)
    for token, right in zip(answer.outputs, correct, strict=True):
        yield escape(token) if right else _wrong(token)


def _wrong(token: str) -> str:
    return f'<s class="wrong">{escape(token)}</s><span class="hidden"> wrong</span>'


def _differing(now: Sequence[str], before: Sequence[str]) -> Iterable[str]:
    """Yield tokens; those that are not what they were stand out."""
    for i, token in enumerate(now):
        same = i < len(before) and token == before[i]
        yield escape(token) if same else f'<mark title="changed">{escape(token)}</mark>'


def _differing_answer(changed: Answer, plain: Answer) -> Iterable[str]:
    correct = changed.correct or [True] * len(changed.outputs)
    before = plain.outputs
    for i, (token, right) in enumerate(zip(changed.outputs, correct, strict=True)):
        written = escape(token) if right else _wrong(token)
        same = i < len(before) and token == before[i]
        yield written if same else f'<mark title="changed">{written}</mark>'


def _shares(answer: Answer) -> Iterable[str]:
    """Yield the outputs' probabilities, each over a bar."""
    for share in answer.trace.output_probabilities.tolist():
        yield f'<span class="share" style="--share:{share:.3f}">{escape(short_share(share))}</span>'
