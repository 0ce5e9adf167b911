"""Small tables of numbers and tokens, as HTML: they change all the time, and nothing may move."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from seqflip.runs.status import Status
from seqflip.study.by_chance import ByChance
from seqflip.ui.as_typed import all_in_html, in_html
from seqflip.ui.labels import END, percent, significant, sure, with_end

_PROGRESS = Markup(
    '<div class="seqflip-progress"><p>{text}</p>'
    '<progress max="1" value="{done:.4f}" aria-label="{text}"></progress></div>'
)
_FIGURES = Markup(
    '<table class="seqflip-figures"><thead><tr><td></td>{head}</tr></thead>'
    "<tbody>{rows}</tbody></table>"
)
_HEAD = (
    ("Loss", "teacher-forced"),
    ("Token accuracy", "teacher-forced"),
    ("Token accuracy", "free-running"),
    ("Exact match", "free-running"),
    ("Alignment", "teacher-forced"),
)
_TITLE = Markup('<th scope="col">{} <small>{}</small></th>')
_FIGURE = Markup("<td>{}</td>")
_FIGURE_ROW = Markup(
    '<tr class="{kind}"><th scope="row">{name} <small>{when}</small></th>{cells}</tr>'
)
_ANSWERS = Markup(
    '<table class="seqflip-answers"><thead><tr><th scope="col">Input</th>'
    '<th scope="col">Expected</th><th scope="col">Answer</th>'
    '<th scope="col"><span class="hidden">Right or wrong</span></th></tr></thead>'
    "<tbody>{}</tbody></table>"
)
_ANSWER_ROW = Markup('<tr><td>{}</td><td>{}</td><td>{}</td><td class="verdict">{}</td></tr>')
_ANSWER_LINE = Markup(
    '<dl class="seqflip-answer"><dt>input</dt><dd>{}</dd>'
    '<dt>answer</dt><dd>{} <span class="verdict">{}</span></dd></dl>'
)
_VERDICTS = {
    True: Markup('<span class="right" title="right">✓<span class="hidden">right</span></span>'),
    False: Markup('<span class="wrong" title="wrong">✗<span class="hidden">wrong</span></span>'),
}


def progress_bar(done: float, text: str) -> Markup:
    """Return a bar of which a share is done, with a text above it."""
    return _PROGRESS.format(done=done, text=text)


def figures_table(status: Status, chance: ByChance | None = None) -> Markup:
    """Return loss, accuracies and alignment, of training and of held-out data, and by chance.

    With teacher forcing the model is told the right token before each that it has to find; free
    running, it lives on its own answer. Training batches are only ever seen teacher-forced.
    """
    rows = (
        (
            "training",
            "last steps" if status.loss is not None else "",
            significant(status.loss),
            percent(status.accuracy),
            "–",
            percent(status.sequence_accuracy),
            percent(status.alignment),
        ),
        (
            "held-out",
            "" if status.val_step is None else f"at step {status.val_step:,}",
            significant(status.val_loss),
            percent(status.val_forced_accuracy),
            percent(status.val_accuracy),
            percent(status.val_sequence_accuracy),
            percent(status.val_alignment),
        ),
        (
            "by chance",
            "all tokens, all places alike",
            *(_DASHES if chance is None else _by_chance(chance)),
        ),
    )
    return _FIGURES.format(
        head=Markup("").join(_TITLE.format(*title) for title in _HEAD),
        rows=Markup("").join(
            _FIGURE_ROW.format(
                kind=name.replace(" ", "-"),
                name=name,
                when=when,
                cells=Markup("").join(map(_FIGURE.format, figures)),
            )
            for name, when, *figures in rows
        ),
    )


_DASHES = ("–",) * len(_HEAD)


def _by_chance(chance: ByChance) -> tuple[str, ...]:
    """Return what who has learned nothing gets: told the words before or not, it is the same."""
    return (
        significant(chance.loss),
        sure(chance.accuracy),
        sure(chance.accuracy),
        sure(chance.sequence_accuracy),
        percent(chance.alignment),
    )


def answers_table(answers: Sequence[Mapping[str, Any]], end: str) -> Markup:
    """Return held-out sequences with what the model made of them, right and wrong marked.

    The token `end` that ends an answer is only shown where it is wrong.
    """
    return _ANSWERS.format(
        Markup("").join(
            _ANSWER_ROW.format(
                all_in_html(answer["source"]),
                all_in_html(token for token in answer["target"] if token != end),
                _answer(answer, end),
                _VERDICTS[bool(answer["right"])],
            )
            for answer in answers
        )
    )


def answer_line(probe: Mapping[str, Any], end: str) -> Markup:
    """Return one sequence and the answer to it, wrong tokens struck."""
    known = probe["correct"] is not None
    return _ANSWER_LINE.format(
        all_in_html(probe["source"]),
        _answer(probe, end) if known else all_in_html(with_end(probe["output"], end)),
        _VERDICTS[bool(probe["right"])] if known else "",
    )


def struck(token: str) -> Markup:
    """Return a token that is wrong."""
    return Markup("<s>{}</s>").format(in_html(token))


def _answer(answer: Mapping[str, Any], end: str) -> Markup:
    """Return the model's tokens, wrong ones struck."""
    pairs = zip(with_end(answer["output"], end), answer["correct"], strict=True)
    return Markup(" ").join(
        in_html(token) if correct else struck(token)
        for token, correct in pairs
        if not (correct and token == END)
    )
