"""Most tokens right, and hardly an answer."""

from collections.abc import Sequence

import numpy as np

from seqflip.study.cases import answers_of_length, most_tokens_few_answers
from seqflip.ui.gallery.cases import Findings, Way, case
from seqflip.ui.gallery.pieces import answers, figures
from seqflip.ui.labels import percent
from seqflip.ui.parts.subject import Subject

_FURTHER = 6  # how many tokens beyond the trained length are tried
_LISTED = 3


@case(
    "exact-match",
    "Most tokens right, few answers",
    "Token accuracy is high, exact match is low.",
    "answers",
    runs=("reverse", "steps"),
)
def show(runs: Sequence[Subject]) -> Findings | None:
    """Show the first length at which token accuracy and exact match part."""
    subject, other = runs
    trained = subject.trained
    longest = trained.model.src_length
    lengths = range(longest + 1, longest + _FURTHER + 1)
    found = most_tokens_few_answers(answers_of_length(trained, length) for length in lengths)
    if found is None:
        return None
    length, tokens = found.x_src.shape[1], found.token_accuracy
    counted = int(found.counts[0].sum())
    by_chance = tokens**counted
    wrong = np.flatnonzero(found.wrong.any(axis=1))[:_LISTED].tolist()
    repaired = answers_of_length(other.trained, length).exact_match
    at = {"length": str(length), "max": str(2 * longest)}
    return Findings(
        says=(
            f"At {length} tokens, where it was trained on {longest} at most, “{subject.name}” "
            f"gets {percent(tokens)} of all tokens right, and {percent(found.exact_match)} of the "
            "answers.",
            f"One wrong token spoils a whole answer. If each of {counted} tokens were right with "
            f"{percent(tokens)}, independently of the others, {percent(by_chance)} of the answers "
            "would be.",
        ),
        evidence=(
            figures(
                "Two measures of the same answers",
                ("measure", f"{len(found.x_src)} sequences of {length} tokens"),
                (
                    ("token accuracy", percent(tokens)),
                    ("exact match", percent(found.exact_match)),
                    (f"{percent(tokens)} to the power of {counted}", percent(by_chance)),
                ),
            ),
            answers(
                trained,
                [(found.source(row), found.right(row), found.answer(row)) for row in wrong],
            ),
        ),
        live=(
            Way(
                "lengths",
                f"All lengths, and what fails at {length}",
                {"runs": subject.run.id, "of": subject.run.id, **at},
            ),
        ),
        repaired=f"“{other.name}” answers {percent(repaired)} of the same sequences without a "
        "mistake: its attention steps from place to place.",
        repair=Way(
            "lengths",
            "Both, length by length",
            {"runs": f"{subject.run.id} {other.run.id}", "of": other.run.id, **at},
        ),
    )
