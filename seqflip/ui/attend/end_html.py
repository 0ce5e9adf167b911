"""What the end mark looks at, and whether it has to, in HTML."""

from markupsafe import Markup

from seqflip.study.ending import Ending, Written, ending
from seqflip.ui.as_typed import in_html
from seqflip.ui.attend.cells import strong
from seqflip.ui.attend.picture import Answer
from seqflip.ui.labels import END
from seqflip.ui.parts.numbers import probability

_P = Markup("<p>{}</p>").format
_END = in_html(END)


def end_mark(answer: Answer) -> Markup:
    """Say where the step looks that ends the answer, and what it writes if it may not."""
    found = ending(answer.trace)
    if found is None:
        return _P(
            Markup("This answer has no {}: it is as long as an answer may be here.").format(_END)
        )
    said = Markup("Output {} is {}. It looks most at {} (weight {}).").format(
        found.row + 1,
        _END,
        strong(in_html(answer.labels[0][found.column])),
        probability(found.weight),
    )
    return _P(said) + _P(finding(answer, found))


def finding(answer: Answer, found: Ending) -> Markup:
    """Say what came out when it was not allowed to."""
    if found.unseen is None or found.blind is None:
        return Markup("Where it looks was set by hand, so what it needs cannot be tried.")
    unseen, blind = (_written(answer, one) for one in (found.unseen, found.blind))
    state = "the steps before" if answer.trace.looks else "its state"
    if found.unseen.ends:
        said = Markup("It writes {} all the same when it may not look there{}").format(_END, unseen)
        if found.blind.ends:
            return said + Markup(
                ", and even when it may look nowhere{}: that the answer is over, it knows from {}."
            ).format(blind, state)
        return said + Markup(
            ". When it may look nowhere, it writes {}: some input it has to see, but not this one."
        ).format(blind)
    said = Markup("When it may not look there, it writes {}").format(unseen)
    if found.blind.ends:
        return said + Markup(
            "; when it may look nowhere, it writes {}{}: it would end by {} alone, and what it "
            "sees elsewhere speaks against it."
        ).format(_END, blind, state)
    return said + Markup(
        ", and when it may look nowhere, {}: to know that the answer is over, it has to look there."
    ).format(blind)


def _written(answer: Answer, one: Written) -> Markup:
    """Return how likely the end was, after the token that was written in its place, if any."""
    if one.ends:
        return Markup(" (probability {})").format(probability(one.share_of_end))
    return Markup("{} ({} then has a probability of {})").format(
        strong(in_html(answer.word(one.token))), _END, probability(one.share_of_end)
    )
