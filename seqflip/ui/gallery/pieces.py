"""What cases are shown with: small tables, heatmaps, and links to where it can be seen live."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from markupsafe import Markup

from seqflip.nn.arrays import BoolArray, FloatArray
from seqflip.runs.trained import Trained
from seqflip.ui.as_typed import in_html
from seqflip.ui.charts.live import Chart, heatmap
from seqflip.ui.gallery.cases import Way
from seqflip.ui.labels import END, with_end
from seqflip.ui.parts.numbers import table
from seqflip.ui.parts.subject import Subject
from seqflip.ui.parts.tables import answers_table, struck

_ROW = Markup('<tr><th scope="row">{}</th>{}</tr>').format
_CELL = Markup("<td>{}</td>").format
HEIGHT = 260
_FRAME, _ROW_HEIGHT = 100, 14  # pixels, 11 of them for letters


def words(trained: Trained, tokens: Sequence[int]) -> list[str]:
    """Return how tokens are written, the mark that ends a sequence as a mark."""
    return with_end(trained.words(tokens), trained.vocabulary[0])


def typed(trained: Trained, tokens: Sequence[int]) -> str:
    """Return a source as one types it."""
    return " ".join(trained.words(tokens))


def figures(kind: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    """Return a table of figures: of each row the first cell is its name."""
    return table(
        kind, head, (_ROW(name, Markup("").join(map(_CELL, cells))) for name, *cells in rows)
    )


def outputs(
    kind: str, trained: Trained, right: Sequence[int], rows: Mapping[str, Sequence[int]]
) -> Markup:
    """Return answers below each other, output by output, with the wrong tokens struck.

    Parameters
    ----------
    kind : str
        What the table is called, for those who cannot see it.
    trained : Trained
    right : sequence of int
        The right answer.
    rows : mapping
        Of each answer its name and its tokens.
    """
    longest = max(map(len, [right, *rows.values()]))
    head = ["output", *map(str, range(1, longest + 1))]
    plain = [in_html(word) for word in words(trained, right)]
    body = [_ROW("right", _cells(plain, longest))]
    for name, tokens in rows.items():
        compared = zip_longest(words(trained, tokens), tokens, right[: len(tokens)])
        marked = [
            in_html(word) if token == wanted else struck(word) for word, token, wanted in compared
        ]
        body.append(_ROW(name, _cells(marked, longest)))
    return table(kind, head, body)


def _cells(shown: Sequence[Markup], width: int) -> Markup:
    filled = [*shown, *[Markup("")] * (width - len(shown))]
    return Markup("").join(map(_CELL, filled))


def answers(
    trained: Trained, rows: Sequence[tuple[Sequence[int], Sequence[int], Sequence[int]]]
) -> Markup:
    """Return a table of sources, right answers and answers."""
    return answers_table(
        [
            {
                "source": trained.words(source),
                "target": trained.words(right),
                "output": trained.words(answer),
                "correct": [
                    token == wanted
                    for token, wanted in zip_longest(answer, right[: len(answer)], fillvalue=-1)
                ],
                "right": list(right) == list(answer),
            }
            for source, right, answer in rows
        ],
        trained.vocabulary[0],
    )


def weights_chart(
    title: str,
    weights: FloatArray,
    inputs: Sequence[str],
    said: Sequence[str],
    alt: str,
    truth: BoolArray | None = None,
) -> Chart:
    """Return a small heatmap of attention weights, high enough to name every output."""
    height = max(HEIGHT, _FRAME + _ROW_HEIGHT * len(said))
    return heatmap(title, weights, inputs, said, alt=alt, height=height, truth=truth)


def attend(subject: Subject, label: str, source: Sequence[int], row: int = 0, **params: str) -> Way:
    """Return the way to a sequence on the page Attend, at an output counted from 0."""
    asked = typed(subject.trained, source)
    link = {"run": subject.run.id, "source": asked, "row": str(row + 1), **params}
    return Way("attend", label, link)


def spoken(trained: Trained, tokens: Sequence[int]) -> str:
    """Return an answer for a sentence, without its end mark."""
    return " ".join(word for word in words(trained, tokens) if word != END)
