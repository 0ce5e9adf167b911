"""Small tables of numbers and tokens, as HTML: they change all the time, and nothing may move."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from seqflip.runs.status import Status
from seqflip.ui.labels import END, percent, significant, with_end


def progress_bar(done: float, text: str) -> str:
    """Return a bar of which a share is done, with a text above it."""
    return (
        f'<div class="seqflip-progress"><p>{escape(text)}</p>'
        f'<progress max="1" value="{done:.4f}" aria-label="{escape(text)}"></progress></div>'
    )


def figures_table(status: Status) -> str:
    """Return loss, accuracies and alignment, of training and of held-out data."""
    measured = "" if status.val_step is None else f"at step {status.val_step:,}"
    rows = (
        (
            "training",
            "last steps" if status.loss is not None else "",
            significant(status.loss),
            percent(status.accuracy),
            percent(status.sequence_accuracy),
            percent(status.alignment),
        ),
        (
            "held-out",
            measured,
            significant(status.val_loss),
            percent(status.val_accuracy),
            percent(status.val_sequence_accuracy),
            percent(status.val_alignment),
        ),
    )
    head = ("Loss", "Token accuracy", "Exact match", "Alignment")
    return (
        '<table class="seqflip-figures"><thead><tr><td></td>'
        + "".join(f'<th scope="col">{title}</th>' for title in head)
        + "</tr></thead><tbody>"
        + "".join(
            f'<tr class="{name}"><th scope="row">{name} <small>{when}</small></th>'
            + "".join(f"<td>{value}</td>" for value in values)
            + "</tr>"
            for name, when, *values in rows
        )
        + "</tbody></table>"
    )


def answers_table(answers: Sequence[Mapping[str, Any]], end: str) -> str:
    """Return held-out sequences with what the model made of them, right and wrong marked.

    The token `end` that ends an answer is only shown where it is wrong.
    """
    rows = "".join(
        f"<tr><td>{_tokens(answer['source'])}</td>"
        f"<td>{_tokens([token for token in answer['target'] if token != end])}</td>"
        f"<td>{_answer(answer, end)}</td>"
        f'<td class="verdict">{_verdict(bool(answer["right"]))}</td></tr>'
        for answer in answers
    )
    head = "".join(f'<th scope="col">{title}</th>' for title in ("Input", "Expected", "Answer"))
    return (
        f'<table class="seqflip-answers"><thead><tr>{head}<th scope="col">'
        '<span class="hidden">Right or wrong</span></th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _tokens(tokens: Sequence[str]) -> str:
    return " ".join(f"<span>{escape(token)}</span>" for token in tokens)


def _answer(answer: Mapping[str, Any], end: str) -> str:
    """Return the model's tokens, wrong ones struck."""
    pairs = zip(with_end(answer["output"], end), answer["correct"], strict=True)
    return " ".join(
        f"<span>{escape(token)}</span>" if correct else f"<s>{escape(token)}</s>"
        for token, correct in pairs
        if not (correct and token == END)
    )


def _verdict(right: bool) -> str:
    if right:
        return '<span class="right" title="right">✓<span class="hidden">right</span></span>'
    return '<span class="wrong" title="wrong">✗<span class="hidden">wrong</span></span>'
