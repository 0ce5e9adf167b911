"""What is said of the end mark, for every way in which it can come out."""

import re
from dataclasses import replace

import pytest

from seqflip.decoding import Forbid, Force
from seqflip.runs.run import Run
from seqflip.runs.trained import EXAMPLES
from seqflip.study.ending import Ending, Written
from seqflip.ui.attend.end_html import end_mark, finding
from seqflip.ui.attend.parts import typed_parts
from seqflip.ui.attend.picture import Answer, answer
from seqflip.ui.attend.view import PLAIN
from seqflip.ui.parts.subject import open_subject

KEY = "attend_step_end"


def answered(run: str, source: str, *edits: Forbid | Force) -> Answer:
    subject = open_subject(Run(EXAMPLES / run))
    return answer(subject, subject.trained.encode(source), None, edits)


def plain(text: str) -> str:
    return re.sub("<.*?>", "", text)


@pytest.mark.parametrize("run", ["reverse", "additive", "copy", "transformer", "steps"])
def test_what_it_writes_unseen_is_what_surgery_shows(run: str) -> None:
    found = answered(run, "16 26 6 21 25 25 10 12 6")
    row = len(found.outputs) - 1
    column = int(found.trace.weights[row].argmax())
    said = plain(end_mark(found))
    assert f"Output {row + 1} is ⟨end⟩. It looks most at {found.labels[0][column]}" in said
    unseen = answered(run, "16 26 6 21 25 25 10 12 6", Forbid(column, row=row)).outputs[row]
    all_the_same = "It writes ⟨end⟩ all the same when it may not look there"
    assert (all_the_same in said) == (unseen == "⟨end⟩")
    assert (f"When it may not look there, it writes {unseen}" in said) == (unseen != "⟨end⟩")


@pytest.mark.parametrize(
    ("unseen", "blind", "said"),
    [
        (
            Written(0, 0.9),
            Written(0, 0.8),
            "It writes ⟨end⟩ all the same when it may not look there (probability 0.9000), and "
            "even when it may look nowhere (probability 0.8000): that the answer is over, it knows "
            "from its state.",
        ),
        (
            Written(0, 0.9),
            Written(7, 0.1),
            "It writes ⟨end⟩ all the same when it may not look there (probability 0.9000). When it "
            "may look nowhere, it writes 7 (⟨end⟩ then has a probability of 0.1000): some input it "
            "has to see, but not this one.",
        ),
        (
            Written(4, 0.2),
            Written(0, 0.8),
            "When it may not look there, it writes 4 (⟨end⟩ then has a probability of 0.2000); "
            "when it may look nowhere, it writes ⟨end⟩ (probability 0.8000): it would end by its "
            "state alone, and what it sees elsewhere speaks against it.",
        ),
        (
            Written(4, 0.2),
            Written(7, 0.1),
            "When it may not look there, it writes 4 (⟨end⟩ then has a probability of 0.2000), and "
            "when it may look nowhere, 7 (⟨end⟩ then has a probability of 0.1000): to know that "
            "the answer is over, it has to look there.",
        ),
    ],
)
def test_each_way_in_which_it_can_come_out(unseen: Written, blind: Written, said: str) -> None:
    found = Ending(6, 0, 0.9, Written(0, 1), unseen, blind)
    assert plain(finding(answered("reverse", "3 1 4 1 5 9"), found)) == said


def test_a_transformer_has_no_state_but_the_steps_before() -> None:
    found = Ending(6, 0, 0.9, Written(0, 1), Written(0, 1), Written(0, 1))
    assert plain(finding(answered("transformer", "3 1 4"), found)).endswith(
        "from the steps before."
    )


def test_an_answer_without_an_end_mark_and_one_that_is_forced_say_so() -> None:
    assert "has no ⟨end⟩" in plain(end_mark(answered("pairs", "14 july 1999")))
    free = answered("reverse", "3 1 4 1 5 9")
    row = len(free.outputs) - 1
    forced = answered("reverse", "3 1 4 1 5 9", Force(0, row=row))
    assert "was set by hand" in plain(end_mark(forced))


def test_it_follows_what_is_typed() -> None:
    for source, outputs in (("3 1 4 1 5", 6), ("3 1 4 1", 5)):
        view = replace(PLAIN, source=source)
        told = typed_parts(Run(EXAMPLES / "reverse"), view, 0)[KEY]["html"]
        assert f"Output {outputs} is" in str(told)
